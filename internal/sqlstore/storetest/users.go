package storetest

import (
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func users() []behaviour {
	return []behaviour{
		{"a user is found as it was added", userRoundTrip},
		{"an unknown user is not found", unknownUser},
		{"a uid is taken once in an app", uidTaken},
		{"the uid of a deactivated user stays taken", uidOfDeactivated},
		{"a user needs an app", userWithoutApp},
		{"one uid in two apps is two users", sameUIDInTwoApps},
		{"saving writes every field that can change", saveUser},
		{"an unknown user can't be saved or touched", saveUnknownUser},
		{"touching writes when the user was last active, and nothing else", touchUser},
		{"a deactivated user can't be touched", touchDeactivated},
		{"a deactivated user is found and not listed", deactivatedUser},
		{"users are listed by the bytes of their uids", orderOfUsers},
		{"pages of users, with how many there are in all", pagesOfUsers},
	}
}

// fullUser has something in every field.
func fullUser(app identity.App, uid identity.UID) identity.User {
	user := newUser(app, uid)
	user.Avatar, user.Link = "https://img.example.org/m.png", "https://example.org/mina"
	user.StatusMessage = "In a meeting"
	user.Metadata = []byte(`{"team":"blue","@private":{"email":"mina@example.org"}}`)
	user.Tags = []string{"pilot", "blue team"}
	user.LastActiveAt = founded.Add(time.Minute)
	return user
}

func userRoundTrip(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	for _, want := range []identity.User{addUser(t, store, fullUser(app, "full")), addUser(t, store, newUser(app, "bare"))} {
		if want.ID == 0 {
			t.Errorf("the user %s has no id", want.UID)
		}
		wantEqual(t, "the user as it is read", findUser(t, store, want), want)
		change(t, store, func(tx identity.Tx) error {
			locked, err := tx.LockUser(want.AppID, want.UID)
			wantEqual(t, "the user as a change sees it", locked, want)
			if err != nil {
				return err
			}
			owner, err := tx.LockOwner(want.AppID, want.UID)
			wantEqual(t, "the user as an owner of tokens", owner, identity.User{ID: want.ID, AppID: want.AppID, UID: want.UID})
			return err
		})
	}
}

func unknownUser(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	for _, unknown := range []identity.UID{"min", "minas", "MINA", "m_na", "m%", ""} {
		_, err := store.User(t.Context(), mina.AppID, unknown)
		wantError(t, "find "+string(unknown), err, identity.ErrNotFound)
		err = store.Change(t.Context(), func(tx identity.Tx) error {
			_, err := tx.LockUser(mina.AppID, unknown)
			return err
		})
		wantError(t, "lock "+string(unknown), err, identity.ErrNotFound)
		err = store.Change(t.Context(), func(tx identity.Tx) error {
			_, err := tx.LockOwner(mina.AppID, unknown)
			return err
		})
		wantError(t, "lock the owner "+string(unknown), err, identity.ErrNotFound)
	}
}

// wantUIDTaken tries to add a user over one that exists.
func wantUIDTaken(tb testing.TB, store identity.Store, existing identity.User) {
	tb.Helper()
	again := existing
	again.ID, again.Name = 0, "Somebody Else"
	err := store.Change(tb.Context(), func(tx identity.Tx) error {
		_, err := tx.AddUser(again)
		return err
	})
	wantError(tb, "add the uid again", err, identity.ErrTaken)
	wantEqual(tb, "the user who was there first", findUser(tb, store, existing), existing)
}

func uidTaken(t *testing.T, store identity.Store) {
	wantUIDTaken(t, store, addMina(t, store))
}

func uidOfDeactivated(t *testing.T, store identity.Store) {
	wantUIDTaken(t, store, deactivate(t, store, addMina(t, store)))
}

func userWithoutApp(t *testing.T, store identity.Store) {
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.AddUser(newUser(newApp("nobody"), "mina"))
		return err
	})
	if err == nil {
		t.Error("a user was added to an app that does not exist")
	}
}

func sameUIDInTwoApps(t *testing.T, store identity.Store) {
	acme := addUser(t, store, newUser(addApp(t, store, "acme"), "mina"))
	zeta := addUser(t, store, newUser(addApp(t, store, "zeta"), "mina"))
	if acme.ID == zeta.ID {
		t.Fatalf("both users have the id %d", acme.ID)
	}
	acme.Name = "Mina of Acme"
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(acme) })
	addToken(t, store, acme, newToken("token-of-acme"))

	wantEqual(t, "the user of acme", findUser(t, store, acme), acme)
	wantEqual(t, "the user of zeta", findUser(t, store, zeta), zeta)
	wantEqual(t, "the tokens of zeta's", values(listTokens(t, store, zeta)), []string{})
	listed, total, err := store.Users(t.Context(), "zeta", identity.UserFilter{Page: everything})
	wantError(t, "list", err, nil)
	wantEqual(t, "the users of zeta", listed, []identity.User{zeta})
	wantEqual(t, "how many", total, 1)
}

func saveUser(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	want := fullUser(newApp("acme"), "mina")
	want.ID, want.Name, want.Role = mina.ID, "Mina O.", "moderator"
	want.UpdatedAt, want.LastActiveAt = founded.Add(time.Hour), founded.Add(2*time.Hour)
	want.DeactivatedAt = founded.Add(3 * time.Hour)
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(want) })
	wantEqual(t, "the user with everything", findUser(t, store, mina), want)

	// And everything can be taken away again.
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(mina) })
	wantEqual(t, "the user with nothing", findUser(t, store, mina), mina)
}

func saveUnknownUser(t *testing.T, store identity.Store) {
	unknown := addMina(t, store)
	unknown.ID += 1000
	for what, do := range map[string]func(tx identity.Tx) error{
		"save":  func(tx identity.Tx) error { return tx.SaveUser(unknown) },
		"touch": func(tx identity.Tx) error { return tx.TouchUser(unknown) },
	} {
		wantError(t, what, store.Change(t.Context(), do), identity.ErrNotFound)
	}
}

func touchUser(t *testing.T, store identity.Store) {
	want := addMina(t, store)
	// A session may have been read long before: what it says of the user may be out of date.
	stale := want
	stale.Name, stale.Metadata, stale.UpdatedAt = "Old Name", []byte(`{"old":true}`), founded.Add(-time.Hour)
	stale.LastActiveAt = founded.Add(time.Hour)
	change(t, store, func(tx identity.Tx) error { return tx.TouchUser(stale) })
	want.LastActiveAt = stale.LastActiveAt
	wantEqual(t, "the user", findUser(t, store, want), want)
}

func touchDeactivated(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	gone := deactivate(t, store, mina)
	// Whoever signs in has read the user as active and must learn that it no longer is.
	mina.LastActiveAt = founded.Add(2 * time.Hour)
	err := store.Change(t.Context(), func(tx identity.Tx) error { return tx.TouchUser(mina) })
	wantError(t, "touch", err, identity.ErrNotFound)
	wantEqual(t, "the user", findUser(t, store, mina), gone)
}

func deactivatedUser(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	mina = deactivate(t, store, mina)

	wantEqual(t, "the deactivated user", findUser(t, store, mina), mina)
	change(t, store, func(tx identity.Tx) error {
		owner, err := tx.LockOwner(mina.AppID, mina.UID)
		wantEqual(t, "when the owner was deactivated", owner.DeactivatedAt, mina.DeactivatedAt)
		return err
	})
	listed, total, err := store.Users(t.Context(), "acme", identity.UserFilter{Page: everything})
	wantError(t, "list", err, nil)
	wantEqual(t, "the list", listed, []identity.User{oleg})
	wantEqual(t, "how many", total, 1)
}

func orderOfUsers(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	// In the order of ASCII, which no natural language's collation has.
	want := []identity.UID{"-", "--", "-a", "0", "10", "2", "_", "_a", "a", "a-", "a0", "a_", "aa", "ab", "b"}
	for i := range want {
		// Added in another order than they are listed: 7 and 15 have no common divisor.
		addUser(t, store, newUser(app, want[i*7%len(want)]))
	}
	listed, _, err := store.Users(t.Context(), app.ID, identity.UserFilter{Page: everything})
	wantError(t, "list", err, nil)
	wantEqual(t, "the order", uids(listed), want)
}

func pagesOfUsers(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	for _, uid := range []identity.UID{"a", "b", "c", "d", "e"} {
		addUser(t, store, newUser(app, uid))
	}
	for _, page := range []struct {
		of   identity.Page
		want []identity.UID
	}{
		{identity.Page{Number: 1, Size: 2}, []identity.UID{"a", "b"}},
		{identity.Page{Number: 2, Size: 2}, []identity.UID{"c", "d"}},
		{identity.Page{Number: 3, Size: 2}, []identity.UID{"e"}},
		{identity.Page{Number: 4, Size: 2}, nil},
		{identity.Page{Number: 1, Size: 5}, []identity.UID{"a", "b", "c", "d", "e"}},
		// The largest that a request may ask for.
		{identity.Page{Number: 1_000_000_000, Size: identity.MaxPageSize}, nil},
	} {
		listed, total, err := store.Users(t.Context(), app.ID, identity.UserFilter{Page: page.of})
		wantError(t, "list", err, nil)
		wantEqual(t, "the page", uids(listed), page.want)
		wantEqual(t, "how many there are in all", total, 5)
	}
}
