package rest_test

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/rest/specified"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/internal/testlog"
	"github.com/usherhq/usher/internal/vault"
)

// keys seals what the tests store. One keyset for all, so that a database can be opened again.
var keys = vault.Ephemeral()

// The app that every test has for itself.
const (
	appID   = "testing"
	authKey = "auth-key-of-the-test"
	restKey = "rest-key-of-the-test"
	andrew  = "cometchat-uid-1"
	// bystander is another app on the same server, with the same keys and users: what a test does in
	// its own app must neither show nor change anything of it.
	bystander = "bystander"

	managementKey    = "management-key-of-the-test"
	managementSecret = "management-secret-of-the-test"
)

// noon is what the clock says in every test.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// api is a server with a database of its own. When its test ends, it looks for every credential that
// was sent or answered in everything that was logged.
type api struct {
	t       *testing.T
	url     string
	service *identity.Service
	store   *sqlstore.Store
	address string // of the database
	log     *testlog.Log
	mu      sync.Mutex
	secrets map[string]bool
	// alone says that there is no bystander, so that requests need not name the app.
	alone bool
}

// alone makes an api with one app only.
func alone(first *identity.FirstApp, _ *rest.Config) { first.LogoutRevokes += soleApp }

// soleApp marks a FirstApp on its way from alone to newAPI.
const soleApp = " and no other app"

// option changes how an api is made.
type option func(*identity.FirstApp, *rest.Config)

func newAPI(t *testing.T, options ...option) *api {
	t.Helper()
	return newAPIOn(t, testdatabase.SQLite(t), options...)
}

// newAPIOn is newAPI on the database at an address.
func newAPIOn(t *testing.T, address string, options ...option) *api {
	t.Helper()
	a := &api{t: t, address: address}
	a.open(options)
	return a
}

// open opens the database, and serves it.
func (a *api) open(options []option) {
	t := a.t
	t.Helper()
	first := identity.FirstApp{ID: appID, Region: "us", AuthKey: authKey, RESTKey: restKey, SampleUsers: true}
	log := &testlog.Log{}
	config := rest.Config{
		Region: "us", Management: rest.Management{Key: managementKey, Secret: managementSecret},
		Log: log.Logger(),
	}
	for _, change := range options {
		change(&first, &config)
	}
	setting, isAlone := strings.CutSuffix(string(first.LogoutRevokes), soleApp)
	first.LogoutRevokes = identity.LogoutRevokes(setting)
	store, err := sqlstore.Open(t.Context(), a.address, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	service := identity.NewService(store, func() time.Time { return noon }, rand.Reader)
	if _, err := service.SetUp(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if !isAlone {
		addBystander(t, service)
	}
	handler, err := rest.NewHandler(service, config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	a.url, a.service, a.store, a.log, a.alone = server.URL, service, store, log, isAlone
	a.secrets = map[string]bool{authKey: true, restKey: true, managementSecret: true}
	before := a.storedOf(bystander)
	t.Cleanup(func() {
		server.Close()
		if after := a.storedOf(bystander); after != before {
			t.Errorf("the other app was changed from\n%s\nto\n%s", before, after)
		}
		a.checkLog()
	})
}

// addBystander makes the other app, with a token for one of its users.
func addBystander(t *testing.T, service *identity.Service) {
	t.Helper()
	wanted := identity.FirstApp{ID: bystander, Region: "us", AuthKey: authKey, RESTKey: restKey, SampleUsers: true}
	app, keys, err := service.CreateApp(t.Context(), identity.Caller{}, wanted, identity.AppChange{Name: new("Bystander")})
	if err != nil {
		t.Fatal(err)
	}
	caller := identity.Caller{App: app, Key: &keys[1]}
	if _, err := service.IssueToken(t.Context(), caller, andrew, identity.TokenRequest{Force: true}); err != nil {
		t.Fatal(err)
	}
}

// headers are a request's, by the names that the documents use.
type headers map[string]string

// Who calls: a back end, a client in development, a client with a token.
func byREST() headers              { return headers{"apikey": restKey} }
func byAuthKey() headers           { return headers{"apikey": authKey} }
func byToken(token string) headers { return headers{"authToken": token} }

// with adds a header.
func (h headers) with(name, value string) headers {
	more := maps.Clone(h)
	more[name] = value
	return more
}

// reply is an answer as it came in.
type reply struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

func (r reply) code() string {
	failure, _ := r.body["error"].(map[string]any)
	code, _ := failure["code"].(string)
	return code
}

// data is the data of a success as an object.
func (r reply) data() map[string]any {
	data, _ := r.body["data"].(map[string]any)
	return data
}

// list is the data of a success as a list of objects.
func (r reply) list() []map[string]any {
	items, _ := r.body["data"].([]any)
	var list []map[string]any
	for _, item := range items {
		object, _ := item.(map[string]any)
		list = append(list, object)
	}
	return list
}

// call sends a request. A path starts with a slash; a header "Host" names the host.
func (a *api) call(method, path string, sent headers, body string) reply {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if !a.alone && !strings.Contains(path, "/apps") {
		request.Header.Set("appId", appID)
	}
	for name, value := range sent {
		if name == "Host" {
			request.Host = value
			continue
		}
		request.Header.Set(name, value)
		if name == "apikey" || name == "authToken" {
			a.isSecret(value)
		}
	}
	response, err := (&http.Client{Transport: specified.Transport(a.t)}).Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	got := reply{status: response.StatusCode, header: response.Header, text: string(text)}
	if len(text) == 0 {
		return got
	}
	if err := json.Unmarshal(text, &got.body); err != nil {
		a.t.Fatalf("%s %s answered what is not JSON: %s", method, path, text)
	}
	// Rule of wire.md 0.1: anything else makes an SDK hang, which has no business with these two.
	forOthers := strings.HasSuffix(path, "/introspect") || strings.HasSuffix(path, "/jwks.json")
	if _, hasData := got.body["data"]; !hasData && got.code() == "" && !forOthers {
		a.t.Fatalf("%s %s answered neither data nor error.code: %s", method, path, text)
	}
	for _, name := range []string{"authToken", "jwt", "token"} {
		if token, ok := got.data()[name].(string); ok {
			a.isSecret(token)
		}
	}
	for _, item := range got.list() {
		if token, ok := item["authToken"].(string); ok {
			a.isSecret(token)
		}
	}
	return got
}

// must is call for what has to succeed.
func (a *api) must(method, path string, sent headers, body string) reply {
	a.t.Helper()
	got := a.call(method, path, sent, body)
	if got.status != http.StatusOK {
		a.t.Fatalf("%s %s: status %d, %s", method, path, got.status, got.text)
	}
	return got
}

// refused is call for what has to fail, with one code and its status.
func (a *api) refused(method, path string, sent headers, body, code string, status int) reply {
	a.t.Helper()
	got := a.call(method, path, sent, body)
	if got.code() != code || got.status != status {
		a.t.Errorf("%s %s: got status %d, code %q, want %d, %s; the answer was %s", method, path, got.status, got.code(), status, code, got.text)
	}
	return got
}

// issue gives a fresh token of a user.
func (a *api) issue(uid string, by headers) string {
	a.t.Helper()
	token, _ := a.must(http.MethodPost, "/users/"+uid+"/auth_tokens", by, `{"force":true}`).data()["authToken"].(string)
	return token
}

// deactivate makes a user one that doesn't exist for callers; there is no endpoint for it yet.
func (a *api) deactivate(uid string) {
	a.t.Helper()
	err := a.store.Change(a.t.Context(), func(tx identity.Tx) error {
		user, err := tx.LockUser(appID, identity.UID(uid))
		if err != nil {
			return err
		}
		user.DeactivatedAt = noon
		return tx.SaveUser(user)
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *api) isSecret(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secrets[text] = true
}

// checkLog fails the test when a credential stands in the log.
func (a *api) checkLog() {
	a.mu.Lock()
	defer a.mu.Unlock()
	text := a.log.String()
	if text == "" {
		a.t.Error("nothing was logged: the look for credentials in the log proves nothing")
	}
	for _, secret := range slices.Sorted(maps.Keys(a.secrets)) {
		// Shorter ones are no credentials of ours, and may stand in other words.
		if len(secret) >= 8 && strings.Contains(text, secret) {
			a.t.Errorf("the log holds the credential %q", secret)
		}
	}
}
