package rest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/rest/specified"
	"github.com/usherhq/usher/internal/sqlstore"
)

// undoing is a store whose changes work and leave nothing, so that every input of a fuzz target meets
// the same data.
type undoing struct {
	identity.Store
	// changed says that a change was made to its end, and events what it would have written.
	changed bool
	events  []identity.Event
}

var errUndone = errors.New("undone")

func (u *undoing) Change(ctx context.Context, do func(tx identity.Tx) error) error {
	err := u.Store.Change(ctx, func(tx identity.Tx) error {
		if err := do(hearing{tx, u}); err != nil {
			return err
		}
		return errUndone
	})
	if errors.Is(err, errUndone) {
		u.changed = true
		return nil
	}
	return err
}

// hearing is a transaction that takes down its events.
type hearing struct {
	identity.Tx
	store *undoing
}

func (h hearing) AddEvent(event identity.Event) error {
	h.store.events = append(h.store.events, event)
	return h.Tx.AddEvent(event)
}

// peer is where the requests of fuzz targets come from: a proxy that is trusted.
const peer = "192.0.2.1:1234"

// fuzzed is a server without a network, with all that paths name.
type fuzzed struct {
	handler *rest.Handler
	store   *undoing
	token   string
	paths   *strings.Replacer
}

func newFuzzed(f *testing.F) *fuzzed {
	f.Helper()
	store, err := sqlstore.Open(f.Context(), "sqlite:"+filepath.Join(f.TempDir(), "usher.db"), keys)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = store.Close() })
	made := identity.NewService(store, func() time.Time { return noon }, rand.Reader)
	set, err := made.SetUp(f.Context(), identity.FirstApp{ID: appID, Region: "us", AuthKey: authKey, RESTKey: restKey, SampleUsers: true})
	if err != nil {
		f.Fatal(err)
	}
	caller := identity.Caller{App: set.App}
	token, tokenErr := made.IssueToken(f.Context(), caller, andrew, identity.TokenRequest{Force: true})
	key, keyErr := made.CreateKey(f.Context(), caller, identity.KeyChange{Name: new("Spare")})
	_, roleErr := made.CreateRole(f.Context(), caller, "tutor", identity.RoleChange{Name: new("Tutor")})
	if err := errors.Join(tokenErr, keyErr, roleErr); err != nil {
		f.Fatal(err)
	}
	undone := &undoing{Store: store}
	handler, err := rest.NewHandler(identity.NewService(undone, func() time.Time { return noon }, rand.Reader), rest.Config{
		Region: "us", Management: rest.Management{Key: managementKey, Secret: managementSecret}, Log: slog.New(slog.DiscardHandler),
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")},
	})
	if err != nil {
		f.Fatal(err)
	}
	return &fuzzed{
		handler: handler, store: undone, token: string(token.Value),
		paths: strings.NewReplacer("{authToken}", string(token.Value), "{role}", "tutor", "{apiKey}", string(key.Value)),
	}
}

// callers gives the headers of who may call an endpoint.
func (f *fuzzed) caller(needs proofs) headers {
	switch needs {
	case manager:
		return byManager()
	case tokenOnly:
		return byToken(f.token)
	case open, anyKey, restOnly, restOrUser:
	}
	return byREST()
}

// send gives a request to the server and checks what is true of every answer: it is as specified, it is
// no failure of the server's, and a refusal has changed nothing.
func (f *fuzzed) send(t *testing.T, request *http.Request, sent headers) (status int) {
	t.Helper()
	for name, value := range sent {
		request.Header.Set(name, value)
	}
	request.RemoteAddr = peer
	f.store.changed, f.store.events = false, nil
	recorder := httptest.NewRecorder()
	f.handler.ServeHTTP(recorder, request)
	response := recorder.Result()
	defer response.Body.Close()
	response.Request = request
	text := recorder.Body.Bytes()
	if response.StatusCode >= http.StatusInternalServerError {
		t.Errorf("status %d: %s", response.StatusCode, text)
	}
	if request.Method != http.MethodOptions {
		for _, problem := range specified.CheckAnswer(t, response, text) {
			t.Errorf("%s %s answered %d, not as specified: %v\n%s", request.Method, request.URL, response.StatusCode, problem, text)
		}
	}
	// An attempt with an Idempotency-Key is kept with whatever it was answered.
	if response.StatusCode != http.StatusOK && f.store.changed && request.Header.Get("Idempotency-Key") == "" {
		t.Errorf("%s %s was refused with %d and changed something", request.Method, request.URL, response.StatusCode)
	}
	for _, event := range f.store.events {
		address, err := netip.ParseAddr(event.Address)
		if err != nil || address.Zone() != "" || address.Is4In6() {
			t.Errorf("an event of the address %q", event.Address)
		}
		if !utf8.ValidString(event.UserAgent) || strings.Contains(event.UserAgent, "\x00") || len(event.UserAgent) > 500 {
			t.Errorf("an event of the user agent %q", event.UserAgent)
		}
	}
	return response.StatusCode
}
