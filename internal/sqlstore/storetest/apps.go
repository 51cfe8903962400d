package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func apps() []behaviour {
	return []behaviour{
		{"an app is found as it was added", appRoundTrip},
		{"an unknown app is not found", unknownApp},
		{"an app id is taken once", appTaken},
		{"the only app is found while there is one", onlyApp},
		{"a key is found as it was added", keyRoundTrip},
		{"a key is found in its own app only", keyOfOtherApp},
		{"a key value is taken once in an app", keyTaken},
		{"a key needs an app", keyWithoutApp},
		{"the first app is claimed once", claimOnce},
		{"a claim that was undone counts for nothing", claimUndone},
	}
}

func appRoundTrip(t *testing.T, store identity.Store) {
	want := newApp("acme")
	want.Region, want.LogoutRevokes, want.AuthOnlyAccess = "us", identity.LogoutRevokesNever, identity.AuthOnlyTokens
	want.BindsDevices = true
	want.TokenLife = 36 * time.Hour
	want.UpdatedAt, want.DeleteAt = founded.Add(time.Hour), founded.Add(2*time.Hour)
	change(t, store, func(tx identity.Tx) error { return tx.AddApp(want) })
	got, err := store.App(t.Context(), "acme")
	wantError(t, "find the app", err, nil)
	wantEqual(t, "the app", got, want)
}

func unknownApp(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	_, err := store.App(t.Context(), "acm")
	wantError(t, "find another app", err, identity.ErrNotFound)
}

func appTaken(t *testing.T, store identity.Store) {
	first := addApp(t, store, "acme")
	second := newApp("acme")
	second.Region = "us"
	err := store.Change(t.Context(), func(tx identity.Tx) error { return tx.AddApp(second) })
	wantError(t, "add it again", err, identity.ErrTaken)
	got, err := store.App(t.Context(), "acme")
	wantError(t, "find the app", err, nil)
	wantEqual(t, "the app", got, first)
}

func onlyApp(t *testing.T, store identity.Store) {
	_, err := store.OnlyApp(t.Context())
	wantError(t, "the only app of none", err, identity.ErrNotFound)

	acme := addApp(t, store, "acme")
	got, err := store.OnlyApp(t.Context())
	wantError(t, "the only app of one", err, nil)
	wantEqual(t, "the only app", got, acme)

	addApp(t, store, "zeta")
	_, err = store.OnlyApp(t.Context())
	wantError(t, "the only app of two", err, identity.ErrNotFound)
}

func addKey(tb testing.TB, store identity.Store, key identity.APIKey) identity.APIKey {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		key, err = tx.AddAPIKey(key)
		return err
	})
	return key
}

func newKey(app identity.AppID, value identity.Secret) identity.APIKey {
	return identity.APIKey{
		AppID: app, Value: value, Name: "Rest API Key", Scope: identity.ScopeFullAccess, CreatedBy: "app_system", CreatedAt: founded,
	}
}

func keyRoundTrip(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	want := addKey(t, store, newKey("acme", "key-of-acme"))
	if want.ID == 0 {
		t.Error("the key has no id")
	}
	got, err := store.APIKey(t.Context(), "acme", "key-of-acme")
	wantError(t, "find the key", err, nil)
	wantEqual(t, "the key", got, want)
}

func keyOfOtherApp(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	addKey(t, store, newKey("acme", "key-of-acme"))
	shared := []identity.APIKey{addKey(t, store, newKey("acme", "key-of-both")), addKey(t, store, newKey("zeta", "key-of-both"))}

	_, err := store.APIKey(t.Context(), "zeta", "key-of-acme")
	wantError(t, "a key of another app", err, identity.ErrNotFound)
	_, err = store.APIKey(t.Context(), "acme", "KEY-OF-ACME")
	wantError(t, "a key in capitals", err, identity.ErrNotFound)
	for _, want := range shared {
		got, err := store.APIKey(t.Context(), want.AppID, want.Value)
		wantError(t, "find a key that both apps have", err, nil)
		wantEqual(t, "the key", got, want)
	}
}

func keyTaken(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addKey(t, store, newKey("acme", "key-of-acme"))
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.AddAPIKey(newKey("acme", "key-of-acme"))
		return err
	})
	wantError(t, "add it again", err, identity.ErrTaken)
}

func keyWithoutApp(t *testing.T, store identity.Store) {
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.AddAPIKey(newKey("nobody", "key-of-nobody"))
		return err
	})
	if err == nil {
		t.Error("a key was added to an app that does not exist")
	}
}

// claim claims the first app in a change of its own.
func claim(tb testing.TB, store identity.Store, id identity.AppID) (claimed bool) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		claimed, err = tx.ClaimFirstApp(id)
		return err
	})
	return claimed
}

func claimOnce(t *testing.T, store identity.Store) {
	for _, attempt := range []struct {
		id   identity.AppID
		want bool
	}{{"acme", true}, {"acme", false}, {"zeta", false}} {
		if got := claim(t, store, attempt.id); got != attempt.want {
			t.Errorf("claim for %s: %v, want %v", attempt.id, got, attempt.want)
		}
	}
}

func claimUndone(t *testing.T, store identity.Store) {
	errLater := errors.New("what came later failed")
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		if claimed, err := tx.ClaimFirstApp("acme"); err != nil || !claimed {
			return errors.Join(errors.New("not claimed"), err)
		}
		return errLater
	})
	wantError(t, "the change", err, errLater)
	if !claim(t, store, "zeta") {
		t.Error("the claim that was undone still holds")
	}
}
