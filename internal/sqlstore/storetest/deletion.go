package storetest

import (
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

func deletedUsers() []behaviour {
	return []behaviour{
		{"a user goes with all that is its own", deleteUser},
		{"a deactivated user can be deleted", deleteDeactivated},
		{"an unknown user can't be deleted", deleteUnknownUser},
		{"a user made anew has nothing of the old one", userMadeAnew},
	}
}

func remove(tb testing.TB, store identity.Store, user identity.User) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) error { return tx.DeleteUser(user) })
}

func deleteUser(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	mina, oleg := addUser(t, store, fullUser(app, "mina")), addUser(t, store, fullUser(app, "oleg"))
	addToken(t, store, mina, newToken("of-mina"))
	kept := addToken(t, store, oleg, newToken("of-oleg"))
	block(t, store, mina, oleg, founded)
	block(t, store, oleg, mina, founded)
	findSession(t, store, "of-mina")
	remove(t, store, mina)

	_, err := store.User(t.Context(), "acme", "mina")
	wantError(t, "find the user", err, identity.ErrNotFound)
	_, err = store.Session(t.Context(), "of-mina")
	wantError(t, "find the session", err, identity.ErrNotFound)
	wantEqual(t, "the tokens", listTokens(t, store, mina), []identity.AuthToken{})
	wantUsers(t, store, "acme", "the users with the tag", identity.UserFilter{Tags: []string{"pilot"}}, "oleg")
	wantUsers(t, store, "acme", "all users", identity.UserFilter{Activity: identity.AnyActivity}, "oleg")
	wantEqual(t, "the blocks of the other", listBlocked(t, store, oleg, identity.BlockedEither), []identity.BlockedUser{})
	wantEqual(t, "the other user", findUser(t, store, oleg), oleg)
	wantEqual(t, "the tokens of the other", listTokens(t, store, oleg), []identity.AuthToken{kept})
}

func deleteDeactivated(t *testing.T, store identity.Store) {
	mina := deactivate(t, store, addMina(t, store))
	remove(t, store, mina)
	wantUsers(t, store, "acme", "all users", identity.UserFilter{Activity: identity.AnyActivity})
	addUser(t, store, newUser(newApp("acme"), "mina"))
}

func deleteUnknownUser(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	unknown := mina
	unknown.ID += 1000
	err := store.Change(t.Context(), func(tx identity.Tx) error { return tx.DeleteUser(unknown) })
	wantError(t, "delete", err, identity.ErrNotFound)
	wantEqual(t, "the user", findUser(t, store, mina), mina)
}

func userMadeAnew(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	old, oleg := addUser(t, store, fullUser(app, "mina")), addUser(t, store, newUser(app, "oleg"))
	addToken(t, store, old, newToken("of-the-old"))
	block(t, store, old, oleg, founded)
	block(t, store, oleg, old, founded)
	findSession(t, store, "of-the-old")
	// In one change, as a use case might: nothing in between may bring anything back.
	var fresh identity.User
	change(t, store, func(tx identity.Tx) (err error) {
		if err := tx.DeleteUser(old); err != nil {
			return err
		}
		fresh, err = tx.AddUser(newUser(app, "mina"))
		return err
	})
	if fresh.ID <= old.ID {
		t.Errorf("the id of the old user was %d, that of the new one is %d", old.ID, fresh.ID)
	}
	wantEqual(t, "the new user", findUser(t, store, fresh), fresh)
	_, err := store.Session(t.Context(), "of-the-old")
	wantError(t, "the session of the old one", err, identity.ErrNotFound)
	wantEqual(t, "the tokens", listTokens(t, store, fresh), []identity.AuthToken{})
	wantUsers(t, store, "acme", "the users with a tag of the old one", identity.UserFilter{Tags: []string{"pilot"}})
	wantEqual(t, "the blocks", listBlocked(t, store, fresh, identity.BlockedEither), []identity.BlockedUser{})
	wantEqual(t, "the blocks of the other", listBlocked(t, store, oleg, identity.BlockedEither), []identity.BlockedUser{})

	// Whoever still holds the old user changes nothing of the new one.
	for name, do := range map[string]func(tx identity.Tx) error{
		"save":   func(tx identity.Tx) error { return tx.SaveUser(old) },
		"touch":  func(tx identity.Tx) error { return tx.TouchUser(old) },
		"delete": func(tx identity.Tx) error { return tx.DeleteUser(old) },
		"revoke": func(tx identity.Tx) error {
			_, err := tx.DeleteAuthToken(old, "of-the-old")
			return err
		},
	} {
		wantError(t, name+" the old one", store.Change(t.Context(), do), identity.ErrNotFound)
	}
	wantEqual(t, "the new user after that", findUser(t, store, fresh), fresh)
}
