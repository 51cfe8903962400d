package rest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// once is the headers of a request that may be sent again.
func (h headers) once(key string) headers { return h.with("Idempotency-Key", key) }

func TestTheSameRequestAgainGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, path string
		by         headers
		body       string
		status     int
	}{
		{"a new user", "/users", byREST(), `{"uid":"mina","name":"Mina","withAuthToken":true}`, 200},
		{"a user who is there already", "/users", byREST(), `{"uid":"` + andrew + `","name":"A"}`, 400},
		{"a bad user", "/users", byREST(), `{"uid":"mi na"}`, 400},
		{"no body", "/users", byREST(), ``, 400},
		{"an auth token", "/users/" + andrew + "/auth_tokens", byREST(), `{"force":true}`, 200},
		{"an auth token for a client", "/users/" + andrew + "/auth_tokens", byAuthKey(), `{"force":true}`, 200},
		{"a role", "/roles", byREST(), `{"role":"tutor","name":"Tutor"}`, 200},
		{"a key", "/apikeys", byREST(), `{"name":"Worker"}`, 200},
		{"blocked users", "/users/" + andrew + "/blockedusers", byREST(), `{"blockedUids":["cometchat-uid-2"]}`, 200},
		{"imported users", "/data_import/users", byREST(), `{"users":{"ana":{"uid":"ana","name":"Ana"}}}`, 200},
		{"an app", "/apps", byManager(), `{"name":"Other"}`, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			by := test.by.once("key 1")
			first := a.call(http.MethodPost, test.path, by, test.body)
			if first.status != test.status {
				t.Fatalf("status %d, want %d: %s", first.status, test.status, first.text)
			}
			before := a.stored()
			again := a.call(http.MethodPost, test.path, by, test.body)
			if again.status != first.status || again.text != first.text {
				t.Errorf("again: status %d, %s\nwant %d, %s", again.status, again.text, first.status, first.text)
			}
			if diff := cmp.Diff(before, a.stored()); diff != "" {
				t.Errorf("it was done again (-before +after):\n%s", diff)
			}
		})
	}
}

func TestAnotherRequestIsDone(t *testing.T) {
	t.Parallel()
	const path, body = "/users/" + andrew + "/auth_tokens", `{"force":true}`
	for _, test := range []struct {
		name string
		by   headers
	}{
		{"with another Idempotency-Key", byREST().once("key 2")},
		{"with none", byREST()},
		{"of another caller", byAuthKey().once("key 1")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			first := a.must(http.MethodPost, path, byREST().once("key 1"), body)
			if other := a.must(http.MethodPost, path, test.by, body); other.text == first.text {
				t.Error("it got the answer to another request")
			}
		})
	}
}

func TestAnIdempotencyKeyIsForOneRequest(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	first := a.must(http.MethodPost, "/users", byREST().once("key 1"), `{"uid":"mina","name":"Mina"}`)
	before := a.stored()
	for _, test := range []struct{ name, path, body string }{
		{"another body", "/users", `{"uid":"oleg","name":"Oleg"}`},
		{"another path", "/roles", `{"uid":"mina","name":"Mina"}`},
		{"another version", "/v3/users", `{"uid":"mina","name":"Mina"}`},
	} {
		got := a.refused(http.MethodPost, test.path, byREST().once("key 1"), test.body, "ERR_BAD_REQUEST", http.StatusBadRequest)
		details, _ := got.body["error"].(map[string]any)["details"].(map[string]any)
		if details["Idempotency-Key"] == nil {
			t.Errorf("%s: the details are %v", test.name, details)
		}
	}
	if a.stored() != before {
		t.Error("a refused request changed the database")
	}
	if again := a.must(http.MethodPost, "/users", byREST().once("key 1"), `{"uid":"mina","name":"Mina"}`); again.text != first.text {
		t.Error("the first answer is lost")
	}
}

func TestABadIdempotencyKeyIsRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	before := a.stored()
	for _, key := range []string{"", strings.Repeat("k", 256), "schlüssel", "a\tb"} {
		a.refused(http.MethodPost, "/users", byREST().once(key), `{"uid":"mina","name":"Mina"}`, "ERR_BAD_REQUEST", http.StatusBadRequest)
	}
	if a.stored() != before {
		t.Error("a refused request changed the database")
	}
	a.must(http.MethodPost, "/users", byREST().once(strings.Repeat("~", 255)), `{"uid":"mina","name":"Mina"}`)
	// Where nothing is done twice, it means nothing.
	a.must(http.MethodGet, "/users", byREST().once(""), "")
}

func TestABodyThatIsTooLargeIsRefusedAsEver(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	body := `{"uid":"mina","name":"Mina","metadata":{"x":"` + strings.Repeat("x", 11<<10) + `"}}`
	want := a.refused(http.MethodPost, "/users", byREST(), body, "ERR_BAD_REQUEST", http.StatusBadRequest)
	if got := a.call(http.MethodPost, "/users", byREST().once("key 1"), body); got.text != want.text {
		t.Errorf("got %s, want %s", got.text, want.text)
	}
}

func TestCallersWithoutProofKeepNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.refused(http.MethodPost, "/users", headers{"apikey": "wrong"}.once("key 1"), `{}`, "AUTH_ERR_APIKEY_NOT_FOUND", http.StatusUnauthorized)
	if stored := a.attempts(); stored != 0 {
		t.Errorf("%d attempts are stored", stored)
	}
}

func TestOfManySameRequestsAtOnceOneIsDone(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const path, body = "/users/" + andrew + "/auth_tokens", `{"force":true}`
	replies := make([]reply, 16)
	var group sync.WaitGroup
	for i := range replies {
		group.Go(func() { replies[i] = a.call(http.MethodPost, path, byREST().once("key 1"), body) })
	}
	group.Wait()
	answers := map[string]int{}
	for _, got := range replies {
		switch {
		case got.status == http.StatusOK:
			answers[got.text]++
		case got.status != http.StatusConflict || got.code() != "ERR_IDEMPOTENCY_KEY_IN_USE":
			t.Errorf("status %d, %s", got.status, got.text)
		}
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers were given, want 1: %v", len(answers), answers)
	}
	if tokens := a.must(http.MethodGet, path, byREST(), "").list(); len(tokens) != 1 {
		t.Errorf("%d tokens were issued, want 1", len(tokens))
	}
}

// A failure of ours is worth another try, and what it left must not stand in the way of that.
func TestAFailureIsNotKept(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const body = `{"uid":"mina","name":"Mina"}`
	for _, spoil := range []func(identity.Tx) identity.Tx{
		func(tx identity.Tx) identity.Tx { return failingTx{tx} },
		func(tx identity.Tx) identity.Tx { return panickingTx{tx} },
	} {
		broken := a.beside(spoiled{a.store, spoil})
		broken.refused(http.MethodPost, "/users", byREST().once("key 1"), body, "ERR_EXCEPTION", http.StatusInternalServerError)
	}
	a.must(http.MethodPost, "/users", byREST().once("key 1"), body)
}

// What was done is done, even where that could not be written down.
func TestAnAnswerThatCannotBeKeptIsGiven(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	broken := a.beside(spoiled{a.store, func(tx identity.Tx) identity.Tx { return forgettingTx{tx} }})
	broken.must(http.MethodPost, "/users", byREST().once("key 1"), `{"uid":"mina","name":"Mina"}`)
	if !strings.Contains(a.log.String(), "an answer could not be kept") {
		t.Error("nobody was told")
	}
	a.refused(http.MethodPost, "/users", byREST().once("key 1"), `{"uid":"mina","name":"Mina"}`, "ERR_IDEMPOTENCY_KEY_IN_USE", http.StatusConflict)
}

func TestAnswersSurviveARestartSealed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const path, body = "/users", `{"uid":"mina","name":"Mina","withAuthToken":true}`
	first := a.must(http.MethodPost, path, byREST().once("key 1"), body)
	token, _ := first.data()["authToken"].(string)
	if token == "" {
		t.Fatalf("no token in %s", first.text)
	}
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := sqlstore.Open(t.Context(), a.address, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if again := a.beside(store).must(http.MethodPost, path, byREST().once("key 1"), body); again.text != first.text {
		t.Errorf("after a restart: %s, want %s", again.text, first.text)
	}
	if strings.Contains(a.copyOfDatabase(), token) {
		t.Error("the database holds the token")
	}
}

func TestAnswersAreKeptForADay(t *testing.T) {
	t.Parallel()
	clock := &hand{}
	a := newAPI(t)
	service := identity.NewService(a.store, clock.now, strings.NewReader(""))
	a.must(http.MethodPost, "/users", byREST().once("key 1"), `{"uid":"mina","name":"Mina"}`)
	for _, test := range []struct {
		after time.Duration
		left  int
	}{{24*time.Hour - time.Second, 1}, {time.Second, 0}} {
		clock.move(test.after)
		if err := service.KeepHouse(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if left := a.attempts(); left != test.left {
			t.Errorf("after %v %d attempts are left, want %d", clock.now().Sub(noon), left, test.left)
		}
	}
}

// attempts counts what is kept of requests with an Idempotency-Key.
func (a *api) attempts() (count int) {
	a.t.Helper()
	db := testdatabase.Connect(a.t, a.address)
	if err := db.QueryRowContext(a.t.Context(), "SELECT count(*) FROM attempts").Scan(&count); err != nil {
		a.t.Fatal(err)
	}
	return count
}

// beside serves a store of the same data as a second server does.
func (a *api) beside(store identity.Store) *api {
	a.t.Helper()
	service := identity.NewService(store, func() time.Time { return noon }, rand.Reader)
	handler, err := rest.NewHandler(service, rest.Config{
		Management: rest.Management{Key: managementKey, Secret: managementSecret}, Log: slog.New(slog.NewTextHandler(a.log, nil)),
	})
	if err != nil {
		a.t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	a.t.Cleanup(server.Close)
	return &api{t: a.t, url: server.URL, service: service, store: a.store, address: a.address, log: a.log, secrets: a.secrets, alone: a.alone}
}

// spoiled is a store whose changes are not what they should be.
type spoiled struct {
	*sqlstore.Store
	spoil func(tx identity.Tx) identity.Tx
}

func (s spoiled) Change(ctx context.Context, do func(tx identity.Tx) error) error {
	return s.Store.Change(ctx, func(tx identity.Tx) error { return do(s.spoil(tx)) })
}

var errBroken = errors.New("broken")

type (
	failingTx    struct{ identity.Tx }
	panickingTx  struct{ identity.Tx }
	forgettingTx struct{ identity.Tx }
)

func (failingTx) AddUser(identity.User) (identity.User, error)   { return identity.User{}, errBroken }
func (panickingTx) AddUser(identity.User) (identity.User, error) { panic(errBroken) }
func (forgettingTx) AnswerAttempt(identity.Attempt) error        { return errBroken }
