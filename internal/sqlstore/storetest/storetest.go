// Package storetest is what identity.Store promises, as tests. Every engine has to pass it, so that
// the use cases need not know which one they run on.
package storetest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/usherhq/usher/internal/identity"
)

// Run holds an engine to the contract. open gives an empty store that nobody else uses and releases
// it when the test ends.
func Run(t *testing.T, open func(t *testing.T) identity.Store) {
	t.Helper()
	for _, group := range []struct {
		name       string
		behaviours []behaviour
	}{
		{"Apps", apps()},
		{"Managing apps", appManagement()},
		{"Keys", keys()},
		{"Roles", roles()},
		{"Users", users()},
		{"Lists of users", userLists()},
		{"Totals of users", userTotals()},
		{"All users", allUsers()},
		{"Blocks", blocks()},
		{"Deleted users", deletedUsers()},
		{"Tokens", tokens()},
		{"Owners of tokens", owners()},
		{"Tokens that expire", expiry()},
		{"Sessions", sessions()},
		{"Sessions of many", sessionsOfMany()},
		{"Events", events()},
		{"Events of all apps", eventsOfAll()},
		{"Who is online", presence()},
		{"Signing keys", signingKeys()},
		{"Attempts", attempts()},
		{"Webhooks", webhooks()},
		{"Activity", activity()},
		{"Operators", operators()},
		{"Fixtures", fixtures()},
		{"Changes", changes()},
		{"Texts", texts()},
		{"Concurrency", concurrency()},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, behaviour := range group.behaviours {
				t.Run(behaviour.name, func(t *testing.T) {
					t.Parallel()
					behaviour.check(t, open(t))
				})
			}
		})
	}
}

// behaviour is one promise.
type behaviour struct {
	name  string
	check func(t *testing.T, store identity.Store)
}

// founded is the time at which everything in these tests is made.
var founded = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// everything is a page that holds all that a test makes.
var everything = identity.Page{Number: 1, Size: identity.MaxPageSize}

// web is a device as a client names it.
var web = identity.Device{Platform: "WEB", DeviceID: "browser-1", UserAgent: "Mozilla/5.0", AppInfo: []byte(`{"version":"1.2"}`)}

func newApp(id identity.AppID) identity.App {
	return identity.App{
		ID: id, Name: "App " + string(id), Region: "eu", LogoutRevokes: identity.LogoutRevokesSDK,
		AuthOnlyAccess: identity.AuthOnlyFull, CreatedAt: founded,
	}
}

func newUser(app identity.App, uid identity.UID) identity.User {
	return identity.User{
		AppID: app.ID, UID: uid, Name: "Mina Okafor", Role: identity.DefaultRole, CreatedAt: founded, UpdatedAt: founded,
	}
}

func newToken(value identity.Secret) identity.AuthToken {
	return identity.AuthToken{Value: value, MintedBy: identity.ScopeFullAccess, CreatedAt: founded}
}

// change makes a change that has to succeed.
func change(tb testing.TB, store identity.Store, do func(tx identity.Tx) error) {
	tb.Helper()
	if err := store.Change(tb.Context(), do); err != nil {
		tb.Fatalf("change: %v", err)
	}
}

func addApp(tb testing.TB, store identity.Store, id identity.AppID) identity.App {
	tb.Helper()
	app := newApp(id)
	change(tb, store, func(tx identity.Tx) error { return tx.AddApp(app) })
	return app
}

func addUser(tb testing.TB, store identity.Store, user identity.User) identity.User {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		user, err = tx.AddUser(user)
		return err
	})
	return user
}

// addMina adds an app with one user, for the tests that need no more.
func addMina(tb testing.TB, store identity.Store) identity.User {
	tb.Helper()
	return addUser(tb, store, newUser(addApp(tb, store, "acme"), "mina"))
}

func addToken(tb testing.TB, store identity.Store, user identity.User, token identity.AuthToken) identity.AuthToken {
	tb.Helper()
	token.UID = user.UID
	change(tb, store, func(tx identity.Tx) (err error) {
		token, _, err = tx.AddAuthToken(user, token)
		return err
	})
	return token
}

func deactivate(tb testing.TB, store identity.Store, user identity.User) identity.User {
	tb.Helper()
	user.DeactivatedAt = founded.Add(time.Hour)
	change(tb, store, func(tx identity.Tx) error { return tx.SaveUser(user) })
	return user
}

// findUser finds a user that has to be there.
func findUser(tb testing.TB, store identity.Store, user identity.User) identity.User {
	tb.Helper()
	found, err := store.User(tb.Context(), user.AppID, user.UID)
	if err != nil {
		tb.Fatalf("find the user %s: %v", user.UID, err)
	}
	return found
}

// listTokens lists all tokens of a user.
func listTokens(tb testing.TB, store identity.Store, user identity.User) []identity.AuthToken {
	tb.Helper()
	tokens, total, err := store.AuthTokens(tb.Context(), user, founded, everything)
	if err != nil {
		tb.Fatalf("list the tokens of %s: %v", user.UID, err)
	}
	if total != len(tokens) {
		tb.Errorf("listed %d tokens of %s and counted %d", len(tokens), user.UID, total)
	}
	return tokens
}

// values names tokens by what a test knows of them.
func values(tokens []identity.AuthToken) []string {
	names := make([]string, len(tokens))
	for i, token := range tokens {
		names[i] = string(token.Value)
	}
	return names
}

func ids(tokens []identity.AuthToken) []int64 {
	numbers := make([]int64, len(tokens))
	for i, token := range tokens {
		numbers[i] = token.ID
	}
	return numbers
}

// wantUsers expects the users that a filter chooses, in their order, on one page.
func wantUsers(tb testing.TB, store identity.Store, app identity.AppID, what string, filter identity.UserFilter, want ...identity.UID) {
	tb.Helper()
	filter.Page = everything
	listed, total, err := store.Users(tb.Context(), app, filter)
	wantError(tb, "list "+what, err, nil)
	wantEqual(tb, what, uids(listed), want)
	wantEqual(tb, "how many: "+what, total, len(want))
}

func uids(users []identity.User) []identity.UID {
	names := make([]identity.UID, len(users))
	for i, user := range users {
		names[i] = user.UID
	}
	return names
}

// wantEqual takes no list and an empty one for the same, as the documents do.
func wantEqual(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if difference := cmp.Diff(want, got, cmpopts.EquateEmpty()); difference != "" {
		tb.Errorf("%s (-want +got):\n%s", what, difference)
	}
}

func wantError(tb testing.TB, what string, got, want error) {
	tb.Helper()
	if !cmp.Equal(got, want, cmpopts.EquateErrors()) {
		tb.Errorf("%s: got the error %v, want %v", what, got, want)
	}
}

// newService is the use cases on a store, for the promises that matter only to them.
func newService(store identity.Store) *identity.Service {
	return identity.NewService(store, func() time.Time { return founded }, rand.Reader)
}
