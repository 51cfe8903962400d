package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// An engine may remember whose tokens it wrote last: it must never be somebody who is not there any more.
func owners() []behaviour {
	return []behaviour{
		{"the owner of a token is found as it is now", ownerFollows},
		{"an owner whose change was undone is not there", ownerUndone},
		{"an owner goes with its app", ownerOfRemovedApp},
	}
}

// lockOwner finds an owner in a change of its own.
func lockOwner(tb testing.TB, store identity.Store, app identity.AppID, uid identity.UID) (owner identity.User, err error) {
	tb.Helper()
	err = store.Change(tb.Context(), func(tx identity.Tx) (err error) {
		owner, err = tx.LockOwner(app, uid)
		return err
	})
	return owner, err
}

// wantOwner expects an owner twice: the second time it may be remembered.
func wantOwner(tb testing.TB, store identity.Store, what string, want identity.User) {
	tb.Helper()
	want = identity.User{ID: want.ID, AppID: want.AppID, UID: want.UID, DeactivatedAt: want.DeactivatedAt}
	for range 2 {
		owner, err := lockOwner(tb, store, want.AppID, want.UID)
		wantError(tb, "find "+what, err, nil)
		wantEqual(tb, what, owner, want)
	}
}

func ownerFollows(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	other := addUser(t, store, newUser(addApp(t, store, "zeta"), "mina"))
	wantOwner(t, store, "the owner", mina)
	wantOwner(t, store, "the one of another app", other)
	mina = deactivate(t, store, mina)
	wantOwner(t, store, "the deactivated one", mina)
	mina.DeactivatedAt = time.Time{}
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(mina) })
	wantOwner(t, store, "the reactivated one", mina)
	remove(t, store, mina)
	_, err := lockOwner(t, store, "acme", "mina")
	wantError(t, "find the deleted one", err, identity.ErrNotFound)
	wantOwner(t, store, "the one who has the uid now", addUser(t, store, newUser(newApp("acme"), "mina")))
	wantOwner(t, store, "the one of another app", other)
}

func ownerUndone(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	errUndone := errors.New("undone")
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		added, err := tx.AddUser(newUser(app, "mina"))
		if err != nil {
			return err
		}
		found, err := tx.LockOwner("acme", "mina")
		if err != nil || found.ID != added.ID {
			t.Errorf("found %v in the change, %v", found, err)
		}
		return errUndone
	})
	wantError(t, "the change", err, errUndone)
	_, err = lockOwner(t, store, "acme", "mina")
	wantError(t, "find who was never there", err, identity.ErrNotFound)
}

func ownerOfRemovedApp(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	wantOwner(t, store, "the owner", mina)
	app := newApp("acme")
	app.DeleteAt = founded
	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(app) })
	wantEqual(t, "the removed apps", removeApps(t, store, founded), []identity.AppID{"acme"})
	addApp(t, store, "acme")
	_, err := lockOwner(t, store, "acme", "mina")
	wantError(t, "find the owner in an app made anew", err, identity.ErrNotFound)
}
