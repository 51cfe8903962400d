package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func keys() []behaviour {
	return []behaviour{
		{"keys are listed oldest first, in pages, by scope and by a part of their name", listKeys},
		{"the keys of an app are counted", countKeys},
		{"saving a key writes its name, scope and whether it is disabled", saveKey},
		{"a disabled key is found", disabledKey},
		{"touching a key writes when it was used, and nothing else", touchKey},
		{"a deleted key is gone", deleteKey},
		{"an unknown key is not locked, saved, touched or deleted", unknownKey},
		{"the id of a key is never used again", keyIDs},
		{"of many keys and roles made at once, no more are left than an app may have", manyKeysAndRoles},
	}
}

func listKeys(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	addKey(t, store, newKey("zeta", "key-of-zeta"))
	var added []identity.APIKey
	for i, name := range []string{"Billing Worker", "100 %", "Übersicht", "billing_2"} {
		key := newKey("acme", identity.Secret("key-"+name))
		key.Name = name
		if i%2 == 1 {
			key.Scope = identity.ScopeAuthOnly
		}
		added = append(added, addKey(t, store, key))
	}
	for _, list := range []struct {
		name   string
		filter identity.KeyFilter
		want   []identity.APIKey
	}{
		{"all", identity.KeyFilter{}, added},
		{"of a scope", identity.KeyFilter{Scope: identity.ScopeAuthOnly}, []identity.APIKey{added[1], added[3]}},
		{"by a part of the name", identity.KeyFilter{SearchKey: "ILLING"}, []identity.APIKey{added[0], added[3]}},
		{"by both", identity.KeyFilter{Scope: identity.ScopeFullAccess, SearchKey: "billing"}, added[:1]},
		{"by a sign of patterns", identity.KeyFilter{SearchKey: "%"}, added[1:2]},
		{"by the other sign of patterns", identity.KeyFilter{SearchKey: "_"}, added[3:]},
		{"by a letter beyond ASCII", identity.KeyFilter{SearchKey: "Über"}, added[2:3]},
		{"by nothing there is", identity.KeyFilter{SearchKey: "nothing"}, nil},
		// The value is a secret: no search finds it.
		{"by the value", identity.KeyFilter{SearchKey: "key-"}, nil},
	} {
		list.filter.Page = everything
		listed, total, err := store.APIKeys(t.Context(), "acme", list.filter)
		wantError(t, list.name, err, nil)
		wantEqual(t, list.name, listed, list.want)
		wantEqual(t, "how many: "+list.name, total, len(list.want))
	}
	listed, total, err := store.APIKeys(t.Context(), "acme", identity.KeyFilter{Page: identity.Page{Number: 2, Size: 3}})
	wantError(t, "a page", err, nil)
	wantEqual(t, "a page", listed, added[3:])
	wantEqual(t, "how many there are in all", total, 4)
}

func countKeys(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	addKey(t, store, newKey("zeta", "key-of-zeta"))
	for want, value := range []identity.Secret{"key-of-acme-1", "key-of-acme-2"} {
		change(t, store, func(tx identity.Tx) error {
			count, err := tx.CountAPIKeys("acme")
			wantEqual(t, "how many", count, want)
			return err
		})
		addKey(t, store, newKey("acme", value))
	}
}

// wantKey expects a key as it is read, and as a change sees it when it locks it.
func wantKey(tb testing.TB, store identity.Store, want identity.APIKey) {
	tb.Helper()
	got, err := store.APIKey(tb.Context(), want.AppID, want.Value)
	wantError(tb, "find the key", err, nil)
	wantEqual(tb, "the key", got, want)
	change(tb, store, func(tx identity.Tx) error {
		locked, err := tx.LockAPIKey(want.ID)
		// Who changes a key has its value already, and may get it without.
		locked.Value = want.Value
		wantEqual(tb, "the key as a change sees it", locked, want)
		return err
	})
}

func saveKey(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	want, other := addKey(t, store, newKey("acme", "key-of-acme")), addKey(t, store, newKey("acme", "another-key"))
	before := want
	want.Name, want.Scope, want.DisabledAt = "Billing", identity.ScopeAuthOnly, founded.Add(time.Hour)
	saved := want
	// What a change read without the value is saved without harming it.
	saved.Value = ""
	change(t, store, func(tx identity.Tx) error { return tx.SaveAPIKey(saved) })
	wantKey(t, store, want)
	change(t, store, func(tx identity.Tx) error { return tx.SaveAPIKey(before) })
	wantKey(t, store, before)
	wantKey(t, store, other)
}

func disabledKey(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	key := addKey(t, store, newKey("acme", "key-of-acme"))
	key.DisabledAt = founded
	change(t, store, func(tx identity.Tx) error { return tx.SaveAPIKey(key) })
	wantKey(t, store, key)
}

func touchKey(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	want, other := addKey(t, store, newKey("acme", "key-of-acme")), addKey(t, store, newKey("acme", "another-key"))
	want.LastUsedAt = founded.Add(time.Minute)
	change(t, store, func(tx identity.Tx) error { return tx.TouchAPIKey(want.ID, want.LastUsedAt) })
	wantKey(t, store, want)
	wantKey(t, store, other)
}

func deleteKey(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	gone, other := addKey(t, store, newKey("acme", "key-of-acme")), addKey(t, store, newKey("acme", "another-key"))
	change(t, store, func(tx identity.Tx) error { return tx.DeleteAPIKey(gone.ID) })
	_, err := store.APIKey(t.Context(), "acme", gone.Value)
	wantError(t, "find the key", err, identity.ErrNotFound)
	wantKey(t, store, other)
}

func unknownKey(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	key := addKey(t, store, newKey("acme", "key-of-acme"))
	unknown := key
	unknown.ID += 1000
	for name, do := range map[string]func(tx identity.Tx) error{
		"lock": func(tx identity.Tx) error {
			_, err := tx.LockAPIKey(unknown.ID)
			return err
		},
		"save":   func(tx identity.Tx) error { return tx.SaveAPIKey(unknown) },
		"touch":  func(tx identity.Tx) error { return tx.TouchAPIKey(unknown.ID, founded) },
		"delete": func(tx identity.Tx) error { return tx.DeleteAPIKey(unknown.ID) },
	} {
		wantError(t, name, store.Change(t.Context(), do), identity.ErrNotFound)
	}
	wantKey(t, store, key)
}

func keyIDs(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	first := addKey(t, store, newKey("acme", "first-key"))
	change(t, store, func(tx identity.Tx) error { return tx.DeleteAPIKey(first.ID) })
	if second := addKey(t, store, newKey("acme", "second-key")); second.ID <= first.ID {
		t.Errorf("the key after %d has the id %d: the event log would confuse the two", first.ID, second.ID)
	}
}

func manyKeysAndRoles(t *testing.T, store identity.Store) {
	service, caller := newService(store), identity.Caller{App: addApp(t, store, "acme")}
	const before, attempts = 20, 10
	for number := range before {
		addKey(t, store, newKey("acme", identity.Secret(fmt.Sprintf("key-number-%d", number))))
		addRole(t, store, newRole("acme", fmt.Sprintf("role-%d", number)))
	}
	for name, create := range map[string]func(number int) error{
		"keys": func(int) error {
			_, err := service.CreateKey(t.Context(), caller, identity.KeyChange{Name: new("one more")})
			return err
		},
		"roles": func(number int) error {
			_, err := service.CreateRole(t.Context(), caller, fmt.Sprintf("more-%d", number), identity.RoleChange{Name: new("One more")})
			return err
		},
	} {
		made := 0
		for _, err := range together(attempts, create) {
			if err == nil {
				made++
			} else if fault.CodeOf(err) != fault.CodeQuotaExceeded {
				t.Errorf("%s: %v", name, err)
			}
		}
		wantEqual(t, "how many "+name+" were made", made, 25-before)
	}
}
