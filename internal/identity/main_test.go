package identity_test

import (
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/vault"
)

// keys seals what the tests store. One keyset for all, so that a database can be opened again.
var keys = vault.Ephemeral()

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// founded is what the clock shows when a house is opened.
var founded = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// The keys that a house is opened with.
const (
	authKey identity.Secret = "auth-key-of-acme"
	restKey identity.Secret = "rest-key-of-acme"
)

// house is the use cases on an empty database, with a clock that a test moves and random numbers
// that are the same each time.
type house struct {
	*identity.Service

	store identity.Store
	app   identity.App
	clock atomic.Int64 // seconds since founded
}

// emptyHouse has no app yet.
func emptyHouse(tb testing.TB) *house {
	tb.Helper()
	store, err := sqlstore.Open(tb.Context(), "sqlite:"+filepath.Join(tb.TempDir(), "usher.db"), keys)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	h := &house{store: store}
	h.Service = identity.NewService(store, h.now, rand.NewChaCha8([32]byte{}))
	return h
}

// newHouse has the app acme.
func newHouse(tb testing.TB) *house {
	tb.Helper()
	h := emptyHouse(tb)
	set, err := h.SetUp(tb.Context(), identity.FirstApp{
		ID: "acme", Region: "eu", AuthKey: string(authKey), RESTKey: string(restKey),
	})
	if err != nil {
		tb.Fatalf("set up: %v", err)
	}
	h.app = set.App
	return h
}

func (h *house) now() time.Time { return founded.Add(time.Duration(h.clock.Load()) * time.Second) }

// pass lets time pass.
func (h *house) pass(by time.Duration) { h.clock.Add(int64(by / time.Second)) }

// by is a caller with the key of a scope.
func (h *house) by(tb testing.TB, scope identity.Scope) identity.Caller {
	tb.Helper()
	value := restKey
	if scope == identity.ScopeAuthOnly {
		value = authKey
	}
	key, err := h.FindKey(tb.Context(), h.app, value)
	if err != nil {
		tb.Fatalf("find the key: %v", err)
	}
	return identity.Caller{App: h.app, Key: &key, Address: "203.0.113.7"}
}

// server is a back end: a caller with the fullAccess key.
func (h *house) server(tb testing.TB) identity.Caller {
	tb.Helper()
	return h.by(tb, identity.ScopeFullAccess)
}

// mina adds the user mina.
func (h *house) mina(tb testing.TB) identity.User {
	tb.Helper()
	return h.add(tb, "mina")
}

func (h *house) add(tb testing.TB, uid string) identity.User {
	tb.Helper()
	user, _, err := h.CreateUser(tb.Context(), h.server(tb), identity.NewUser{UID: uid, Name: "Mina Okafor"}, false)
	if err != nil {
		tb.Fatalf("create %s: %v", uid, err)
	}
	return user
}

// deactivate does what no use case does yet.
func (h *house) deactivate(tb testing.TB, user identity.User) {
	tb.Helper()
	user.DeactivatedAt = h.now()
	if err := h.store.Change(tb.Context(), func(tx identity.Tx) error { return tx.SaveUser(user) }); err != nil {
		tb.Fatalf("deactivate %s: %v", user.UID, err)
	}
}

// issue gives a user a new token, minted by the key of a scope.
func (h *house) issue(tb testing.TB, scope identity.Scope, uid identity.UID) identity.AuthToken {
	tb.Helper()
	token, err := h.IssueToken(tb.Context(), h.by(tb, scope), uid, identity.TokenRequest{Force: true})
	if err != nil {
		tb.Fatalf("issue a token to %s: %v", uid, err)
	}
	return token
}

// client is a caller who has proved a token.
func (h *house) client(tb testing.TB, value identity.Secret) identity.Caller {
	tb.Helper()
	session, err := h.FindSession(tb.Context(), string(h.app.ID), value)
	if err != nil {
		tb.Fatalf("find the session: %v", err)
	}
	return identity.Caller{App: session.App, Session: &session, Address: "203.0.113.8"}
}

// live lists the tokens of mina, newest first.
func (h *house) live(tb testing.TB) []identity.AuthToken {
	tb.Helper()
	tokens, total, err := h.ListTokens(tb.Context(), h.server(tb), "mina", identity.Page{Number: 1, Size: identity.MaxPageSize})
	if err != nil {
		tb.Fatalf("list the tokens: %v", err)
	}
	wantEqual(tb, "how many tokens were counted", total, len(tokens))
	return tokens
}

// wantCode expects an error with a code, or none.
func wantCode(tb testing.TB, what string, err error, want fault.Code) {
	tb.Helper()
	if got := fault.CodeOf(err); got != want || (err != nil) != (want != "") {
		tb.Errorf("%s: %v, want the code %q", what, err, want)
	}
}

// wantSession expects a token to be good, or to be refused as every token that is not.
func (h *house) wantSession(tb testing.TB, what string, value identity.Secret, good bool) {
	tb.Helper()
	_, err := h.FindSession(tb.Context(), "", value)
	want := fault.CodeUnknownAuthToken
	if good {
		want = ""
	}
	wantCode(tb, "the session of "+what, err, want)
}

func wantEqual(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if difference := cmp.Diff(want, got, cmpopts.EquateEmpty()); difference != "" {
		tb.Errorf("%s (-want +got):\n%s", what, difference)
	}
}
