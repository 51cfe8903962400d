package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

func changes() []behaviour {
	return []behaviour{
		{"an error undoes all of a change and comes back as it is", errorUndoes},
		{"a change sees what it wrote", seesOwnWrites},
		{"nobody else sees a change before its commit", unseenBeforeCommit},
		{"a change may go on after a name was taken", goOnAfterTaken},
		{"a panic undoes its change and the store lives on", panicUndoes},
		{"a change whose caller has left is not made", cancelledBefore},
		{"an open store answers", ping},
		{"a closed store refuses, and may be closed again", closed},
	}
}

// failure is an error that carries something, as a fault does.
type failure struct{ reason string }

func (f *failure) Error() string { return f.reason }

func errorUndoes(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	token := addToken(t, store, mina, newToken("token-1"))
	want := &failure{"a rule was broken"}
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		changed := mina
		changed.Name = "Somebody Else"
		_, addErr := tx.AddUser(newUser(newApp("acme"), "oleg"))
		_, _, tokenErr := tx.AddAuthToken(mina, newToken("token-2"))
		_, deleteErr := tx.DeleteAuthToken(mina, "token-1")
		if err := errors.Join(tx.AddApp(newApp("zeta")), tx.SaveUser(changed), addErr, tokenErr, deleteErr); err != nil {
			return err
		}
		return fmt.Errorf("in the change: %w", want)
	})
	wantError(t, "the change", err, want)
	if got, ok := errors.AsType[*failure](err); !ok || got != want {
		t.Errorf("the error came back as %#v", err)
	}
	wantEqual(t, "the text of the error", err.Error(), "in the change: a rule was broken")

	wantEqual(t, "the user", findUser(t, store, mina), mina)
	wantEqual(t, "the tokens", listTokens(t, store, mina), []identity.AuthToken{token})
	_, err = store.User(t.Context(), "acme", "oleg")
	wantError(t, "the user who was added", err, identity.ErrNotFound)
	_, err = store.App(t.Context(), "zeta")
	wantError(t, "the app that was added", err, identity.ErrNotFound)
}

func seesOwnWrites(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	change(t, store, func(tx identity.Tx) error {
		added, err := tx.AddUser(newUser(app, "mina"))
		if err != nil {
			return err
		}
		seen, err := tx.LockUser(app.ID, "mina")
		wantEqual(t, "the user", seen, added)
		return err
	})
}

func unseenBeforeCommit(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	change(t, store, func(tx identity.Tx) error {
		if _, err := tx.AddUser(newUser(app, "mina")); err != nil {
			return err
		}
		_, err := store.User(t.Context(), app.ID, "mina")
		wantError(t, "seen from outside", err, identity.ErrNotFound)
		return nil
	})
}

func goOnAfterTaken(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	change(t, store, func(tx identity.Tx) error {
		_, err := tx.AddUser(newUser(newApp("acme"), "mina"))
		wantError(t, "the uid again", err, identity.ErrTaken)
		wantError(t, "the app again", tx.AddApp(newApp("acme")), identity.ErrTaken)
		_, _, err = tx.AddAuthToken(mina, newToken("token-1"))
		return err
	})
	wantEqual(t, "what was written after that", values(listTokens(t, store, mina)), []string{"token-1"})
}

// panicUndoes leaves open whether a panic reaches the caller: one engine runs changes elsewhere.
func panicUndoes(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	func() {
		defer func() { _ = recover() }()
		err := store.Change(t.Context(), func(tx identity.Tx) error {
			if _, err := tx.AddUser(newUser(app, "mina")); err != nil {
				return err
			}
			panic("a bug")
		})
		if err == nil {
			t.Error("the change ended well")
		}
	}()
	_, err := store.User(t.Context(), app.ID, "mina")
	wantError(t, "what was written before the panic", err, identity.ErrNotFound)
	addUser(t, store, newUser(app, "mina"))
}

func cancelledBefore(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// More than once: where a choice is made by chance, both ways are taken.
	for range 20 {
		err := store.Change(ctx, func(tx identity.Tx) error {
			_, err := tx.AddUser(newUser(app, "mina"))
			return err
		})
		wantError(t, "the change", err, context.Canceled)
		_, err = store.User(t.Context(), app.ID, "mina")
		wantError(t, "what it would have written", err, identity.ErrNotFound)
	}
}

func ping(t *testing.T, store identity.Store) {
	wantError(t, "ping", store.Ping(t.Context()), nil)
}

func closed(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	wantError(t, "close", store.Close(), nil)
	wantError(t, "close again", store.Close(), nil)
	if err := store.Change(t.Context(), func(identity.Tx) error { return nil }); err == nil {
		t.Error("a closed store makes changes")
	}
	if _, err := store.App(t.Context(), "acme"); err == nil {
		t.Error("a closed store can be read")
	}
	if err := store.Ping(t.Context()); err == nil {
		t.Error("a closed store answers")
	}
}
