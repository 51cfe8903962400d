package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

func tokens() []behaviour {
	return []behaviour{
		{"a session is the token, its user and its app", sessionRoundTrip},
		{"an unknown token has no session", unknownSession},
		{"a deactivated user has no sessions", sessionOfDeactivated},
		{"tokens are listed newest first, in pages", pagesOfTokens},
		{"a token value is taken once", tokenTaken},
		{"a token needs a user", tokenWithoutUser},
		{"adding a token counts the user's others", countOfOthers},
		{"the newest unbound token of a scope is found", newestUnbound},
		{"a bound token is not found as unbound", boundToken},
		{"binding keeps the device", bindDevice},
		{"a revoked token can't be bound", bindRevoked},
		{"revoking ends one token of its own user", deleteToken},
		{"revoking the oldest leaves the newest", deleteBeyond},
		{"the id of a token is never used again", tokenIDs},
	}
}

func sessionRoundTrip(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	user := addUser(t, store, fullUser(app, "mina"))
	token := newToken("token-1")
	token.MintedBy, token.Device = identity.ScopeAuthOnly, web
	token = addToken(t, store, user, token)
	if token.ID == 0 {
		t.Error("the token has no id")
	}
	got, err := store.Session(t.Context(), "token-1")
	wantError(t, "find the session", err, nil)
	wantEqual(t, "the session", got, identity.Session{Token: token, User: user, App: app})
}

func unknownSession(t *testing.T, store identity.Store) {
	addToken(t, store, addMina(t, store), newToken("token-1"))
	for _, value := range []identity.Secret{"token-2", "TOKEN-1", "token-", "token-1 ", "token_1", "%", ""} {
		_, err := store.Session(t.Context(), value)
		wantError(t, fmt.Sprintf("the session of %q", string(value)), err, identity.ErrNotFound)
	}
}

func sessionOfDeactivated(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	addToken(t, store, mina, newToken("token-1"))
	deactivate(t, store, mina)
	_, err := store.Session(t.Context(), "token-1")
	wantError(t, "the session", err, identity.ErrNotFound)
}

// addTokens adds tokens that are called as they are numbered, from 1.
func addTokens(tb testing.TB, store identity.Store, user identity.User, prefix string, count int) []identity.AuthToken {
	tb.Helper()
	added := make([]identity.AuthToken, count)
	for i := range added {
		added[i] = addToken(tb, store, user, newToken(identity.Secret(fmt.Sprintf("%s%d", prefix, i+1))))
	}
	return added
}

func pagesOfTokens(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	added := addTokens(t, store, mina, "m", 5)
	addTokens(t, store, oleg, "o", 2)
	slices.Reverse(added)
	for _, page := range []struct {
		of   identity.Page
		want []identity.AuthToken
	}{
		{identity.Page{Number: 1, Size: 2}, added[:2]},
		{identity.Page{Number: 3, Size: 2}, added[4:]},
		{identity.Page{Number: 4, Size: 2}, nil},
		{everything, added},
	} {
		listed, total, err := store.AuthTokens(t.Context(), mina, founded, page.of)
		wantError(t, "list", err, nil)
		wantEqual(t, "the page", listed, page.want)
		wantEqual(t, "how many there are in all", total, 5)
	}
}

func tokenTaken(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	addToken(t, store, mina, newToken("token-1"))
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		_, _, err := tx.AddAuthToken(oleg, newToken("token-1"))
		return err
	})
	if err == nil {
		t.Error("two users have one token")
	}
	wantEqual(t, "the tokens of the second", values(listTokens(t, store, oleg)), []string{})
}

func tokenWithoutUser(t *testing.T, store identity.Store) {
	nobody := addMina(t, store)
	nobody.ID += 1000
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		_, _, err := tx.AddAuthToken(nobody, newToken("token-1"))
		return err
	})
	if err == nil {
		t.Error("a token was added to a user who does not exist")
	}
}

func countOfOthers(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	addTokens(t, store, addUser(t, store, newUser(newApp("acme"), "oleg")), "o", 3)
	// add adds a token and gives the count that came with it.
	add := func(value identity.Secret) (others int) {
		change(t, store, func(tx identity.Tx) (err error) {
			_, others, err = tx.AddAuthToken(mina, newToken(value))
			return err
		})
		return others
	}
	for want, value := range []identity.Secret{"m0", "m1", "m2"} {
		wantEqual(t, "others than "+string(value), add(value), want)
	}
	change(t, store, func(tx identity.Tx) error {
		_, err := tx.DeleteAuthToken(mina, "m1")
		return err
	})
	wantEqual(t, "others after one was revoked", add("m3"), 2)
}

// unbound asks for a user's newest unbound token.
func unbound(tb testing.TB, store identity.Store, user identity.User, scope identity.Scope) (identity.AuthToken, error) {
	tb.Helper()
	var token identity.AuthToken
	err := store.Change(tb.Context(), func(tx identity.Tx) (err error) {
		token, err = tx.NewestUnboundToken(user, scope, founded)
		return err
	})
	return token, err
}

func newestUnbound(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	_, err := unbound(t, store, mina, identity.ScopeFullAccess)
	wantError(t, "of no token", err, identity.ErrNotFound)

	added := addTokens(t, store, mina, "full", 2)
	addTokens(t, store, oleg, "oleg", 1)
	_, err = unbound(t, store, mina, identity.ScopeAuthOnly)
	wantError(t, "of tokens that another scope minted", err, identity.ErrNotFound)

	authOnly := newToken("auth")
	authOnly.MintedBy = identity.ScopeAuthOnly
	authOnly = addToken(t, store, mina, authOnly)
	for scope, want := range map[identity.Scope]identity.AuthToken{
		identity.ScopeFullAccess: added[1],
		identity.ScopeAuthOnly:   authOnly,
	} {
		got, err := unbound(t, store, mina, scope)
		wantError(t, "of "+string(scope), err, nil)
		wantEqual(t, "the newest of "+string(scope), got, want)
	}
}

func boundToken(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	free := addToken(t, store, mina, newToken("free"))
	for name, device := range map[string]identity.Device{
		"by its platform": {Platform: "WEB"},
		"by its id":       {DeviceID: "browser-1"},
		"by both":         web,
	} {
		token := newToken(identity.Secret(name))
		token.Device = device
		addToken(t, store, mina, token)
		got, err := unbound(t, store, mina, identity.ScopeFullAccess)
		wantError(t, "next to one bound "+name, err, nil)
		wantEqual(t, "next to one bound "+name, got, free)
	}
	// What a client says of itself without naming itself does not bind.
	talkative := newToken("talkative")
	talkative.Device = identity.Device{UserAgent: web.UserAgent, AppInfo: web.AppInfo}
	talkative = addToken(t, store, mina, talkative)
	got, err := unbound(t, store, mina, identity.ScopeFullAccess)
	wantError(t, "next to a talkative one", err, nil)
	wantEqual(t, "next to a talkative one", got, talkative)
}

func bindDevice(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	other := addToken(t, store, mina, newToken("other"))
	want := addToken(t, store, mina, newToken("token-1"))
	want.Device = web
	change(t, store, func(tx identity.Tx) error { return tx.BindDevice(mina, want) })
	wantEqual(t, "the tokens", listTokens(t, store, mina), []identity.AuthToken{want, other})

	want.Device = identity.Device{Platform: "GO", DeviceID: "laptop"}
	change(t, store, func(tx identity.Tx) error { return tx.BindDevice(mina, want) })
	wantEqual(t, "the tokens on another device", listTokens(t, store, mina), []identity.AuthToken{want, other})
}

func bindRevoked(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	token := addToken(t, store, mina, newToken("token-1"))
	change(t, store, func(tx identity.Tx) error {
		_, err := tx.DeleteAuthToken(mina, token.Value)
		return err
	})
	token.Device = web
	err := store.Change(t.Context(), func(tx identity.Tx) error { return tx.BindDevice(mina, token) })
	wantError(t, "bind", err, identity.ErrNotFound)
	wantEqual(t, "the tokens", listTokens(t, store, mina), []identity.AuthToken{})
}

func deleteToken(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	added := addTokens(t, store, mina, "m", 3)
	// revoke gives the id of what it revoked.
	revoke := func(user identity.User, value identity.Secret) (id int64, err error) {
		err = store.Change(t.Context(), func(tx identity.Tx) (err error) {
			id, err = tx.DeleteAuthToken(user, value)
			return err
		})
		return id, err
	}
	_, err := revoke(oleg, "m2")
	wantError(t, "by another user", err, identity.ErrNotFound)
	wantEqual(t, "the tokens after that", values(listTokens(t, store, mina)), []string{"m3", "m2", "m1"})

	id, err := revoke(mina, "m2")
	wantError(t, "by its user", err, nil)
	wantEqual(t, "the id", id, added[1].ID)
	wantEqual(t, "the tokens after that", values(listTokens(t, store, mina)), []string{"m3", "m1"})
	_, err = store.Session(t.Context(), "m2")
	wantError(t, "its session", err, identity.ErrNotFound)

	_, err = revoke(mina, "m2")
	wantError(t, "once more", err, identity.ErrNotFound)
}

func deleteBeyond(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	addTokens(t, store, oleg, "o", 2)
	live := ids(addTokens(t, store, mina, "m", 6))
	for _, step := range []struct {
		newest, revoked int
	}{{7, 0}, {6, 0}, {5, 1}, {2, 3}, {2, 0}, {0, 2}, {0, 0}} {
		want, left := live[:step.revoked], live[step.revoked:]
		change(t, store, func(tx identity.Tx) error {
			revoked, err := tx.DeleteAuthTokensBeyond(mina, step.newest, founded)
			slices.Sort(revoked)
			wantEqual(t, fmt.Sprintf("revoked beyond %d", step.newest), revoked, want)
			return err
		})
		remaining := ids(listTokens(t, store, mina))
		slices.Reverse(remaining)
		wantEqual(t, fmt.Sprintf("left after %d", step.newest), remaining, left)
		live = left
	}
	wantEqual(t, "the tokens of the other user", values(listTokens(t, store, oleg)), []string{"o2", "o1"})
}

func tokenIDs(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	first := addToken(t, store, mina, newToken("first"))
	change(t, store, func(tx identity.Tx) error {
		_, err := tx.DeleteAuthTokensBeyond(mina, 0, founded)
		return err
	})
	if second := addToken(t, store, mina, newToken("second")); second.ID <= first.ID {
		t.Errorf("the token after %d has the id %d: the event log would confuse the two", first.ID, second.ID)
	}
}
