package storetest

import (
	"fmt"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// Examples, for whoever reads what the filters mean; the model in the engines' own tests draws
// them at random.
func userLists() []behaviour {
	return []behaviour{
		{"users are listed by their names in lower case, then by uid", orderOfNames},
		{"a search finds what begins with its key", searchUsers},
		{"filters choose users", filterUsers},
		{"a filter sees every change of a user", filterFollows},
		{"users of another app are in no list", listOfOtherApp},
	}
}

func uidNumbered(number int) identity.UID { return identity.UID(fmt.Sprintf("user-%03d", number)) }

func orderOfNames(t *testing.T, store identity.Store) {
	addNamed(t, store, addApp(t, store, "acme"), map[identity.UID]string{
		"u1": "bea", "u2": "Bea", "u3": "ANA", "u4": "Ömer", "u5": "ömer", "u6": "Zoe", "u7": "😀", "u8": " bea", "u9": "ana b",
	})
	byName := []identity.UID{"u8", "u3", "u9", "u1", "u2", "u6", "u4", "u5", "u7"}
	wantUsers(t, store, "acme", "by name", identity.UserFilter{SortBy: "name"}, byName...)
	wantUsers(t, store, "acme", "by default", identity.UserFilter{}, byName...)
	wantUsers(t, store, "acme", "by name, descending", identity.UserFilter{SortBy: "name", Descending: true},
		"u7", "u5", "u4", "u6", "u2", "u1", "u9", "u3", "u8")
	wantUsers(t, store, "acme", "by uid", identity.UserFilter{SortBy: "uid"}, "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9")
	wantUsers(t, store, "acme", "by uid, descending", identity.UserFilter{SortBy: "uid", Descending: true},
		"u9", "u8", "u7", "u6", "u5", "u4", "u3", "u2", "u1")
}

func searchUsers(t *testing.T, store identity.Store) {
	addNamed(t, store, addApp(t, store, "acme"), map[identity.UID]string{
		"mina": "Zoe", "mina-2": "Mina", "oleg": "MINAMI", "x1": "Жанна", "x2": "100%", "x3": "1000", "x_4": "Ç", "x-4": "C", "x5": "Ab minA",
	})
	for _, search := range []struct {
		key       string
		uid, name bool
		want      []identity.UID
	}{
		{"mina", true, true, []identity.UID{"mina-2", "oleg", "mina"}},
		{"MINA", true, true, []identity.UID{"mina-2", "oleg", "mina"}},
		{"mina", true, false, []identity.UID{"mina-2", "mina"}},
		{"mina", false, true, []identity.UID{"mina-2", "oleg"}},
		// Neither means both.
		{"mina", false, false, []identity.UID{"mina-2", "oleg", "mina"}},
		{"inа", true, true, nil},
		{"жан", true, true, []identity.UID{"x1"}},
		{"ЖАННА", true, true, []identity.UID{"x1"}},
		{"ç", true, true, []identity.UID{"x_4"}},
		// Signs that mean something in a pattern mean themselves.
		{"100%", true, true, []identity.UID{"x2"}},
		{"%", true, true, nil},
		{"x_", true, true, []identity.UID{"x_4"}},
	} {
		wantUsers(t, store, "acme", fmt.Sprintf("found by %q (uid %v, name %v)", search.key, search.uid, search.name),
			identity.UserFilter{SearchKey: search.key, SearchUID: search.uid, SearchName: search.name}, search.want...)
	}
}

func filterUsers(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	for _, one := range []struct {
		uid, role string
		tags      []string
		gone      bool
	}{
		{"a", "default", []string{"blue", "pilot"}, false},
		{"b", "tutor", []string{"Blue"}, false},
		{"c", "pupil", nil, false},
		{"d", "tutor", []string{"pilot"}, true},
		{"e", "default", nil, true},
	} {
		user := newUser(app, identity.UID(one.uid))
		user.Role, user.Tags = one.role, one.tags
		user = addUser(t, store, user)
		if one.gone {
			deactivate(t, store, user)
		}
	}
	online, offline := true, false
	for _, list := range []struct {
		name   string
		filter identity.UserFilter
		want   []identity.UID
	}{
		{"the active", identity.UserFilter{}, []identity.UID{"a", "b", "c"}},
		{"the deactivated", identity.UserFilter{Activity: identity.DeactivatedOnly}, []identity.UID{"d", "e"}},
		{"both", identity.UserFilter{Activity: identity.AnyActivity}, []identity.UID{"a", "b", "c", "d", "e"}},
		{"a role", identity.UserFilter{Roles: []string{"tutor"}}, []identity.UID{"b"}},
		{"two roles", identity.UserFilter{Roles: []string{"tutor", "pupil"}}, []identity.UID{"b", "c"}},
		{"a role among all", identity.UserFilter{Roles: []string{"tutor"}, Activity: identity.AnyActivity}, []identity.UID{"b", "d"}},
		{"a role that nobody has", identity.UserFilter{Roles: []string{"captain"}}, nil},
		{"a tag", identity.UserFilter{Tags: []string{"blue"}}, []identity.UID{"a"}},
		{"two tags, of which one is enough", identity.UserFilter{Tags: []string{"blue", "Blue"}}, []identity.UID{"a", "b"}},
		{"two tags of one user, who is listed once", identity.UserFilter{Tags: []string{"blue", "pilot"}}, []identity.UID{"a"}},
		{"a tag that nobody has", identity.UserFilter{Tags: []string{"blu"}}, nil},
		{"uids", identity.UserFilter{UIDs: []identity.UID{"c", "a", "d", "nobody", "a"}}, []identity.UID{"a", "c"}},
		{"uids among the deactivated", identity.UserFilter{UIDs: []identity.UID{"c", "d"}, Activity: identity.DeactivatedOnly}, []identity.UID{"d"}},
		{"several at once", identity.UserFilter{Roles: []string{"default"}, Tags: []string{"pilot"}, SearchKey: "a"}, []identity.UID{"a"}},
		{"several that nobody meets", identity.UserFilter{Roles: []string{"tutor"}, Tags: []string{"pilot"}}, nil},
		// Without a realtime gateway, nobody is online.
		{"the offline", identity.UserFilter{Online: &offline}, []identity.UID{"a", "b", "c"}},
		{"the online", identity.UserFilter{Online: &online}, nil},
	} {
		wantUsers(t, store, "acme", list.name, list.filter, list.want...)
	}
	listed, total, err := store.Users(t.Context(), "acme", identity.UserFilter{
		Page: identity.Page{Number: 2, Size: 2}, Activity: identity.AnyActivity, Roles: []string{"default", "tutor"},
	})
	wantError(t, "a page", err, nil)
	wantEqual(t, "a page", uids(listed), []identity.UID{"d", "e"})
	wantEqual(t, "how many there are in all", total, 4)
}

func filterFollows(t *testing.T, store identity.Store) {
	mina := addUser(t, store, fullUser(addApp(t, store, "acme"), "mina"))
	filters := map[string]identity.UserFilter{
		"tag": {Tags: []string{"pilot"}}, "other tag": {Tags: []string{"green team"}},
		"name": {SearchKey: "mina o", SearchName: true}, "other name": {SearchKey: "wilhelmina", SearchName: true},
		"role": {Roles: []string{"default"}}, "other role": {Roles: []string{"tutor"}},
	}
	// found expects the user in some of the lists.
	found := func(want ...string) {
		t.Helper()
		for name, filter := range filters {
			var expected []identity.UID
			for _, one := range want {
				if one == name {
					expected = []identity.UID{"mina"}
				}
			}
			wantUsers(t, store, "acme", "by "+name, filter, expected...)
		}
	}
	found("tag", "name", "role")
	mina.Name, mina.Role, mina.Tags = "WilhelMina", "tutor", []string{"green team"}
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(mina) })
	found("other tag", "other name", "other role")
	mina.Tags = nil
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(mina) })
	found("other name", "other role")
}

func listOfOtherApp(t *testing.T, store identity.Store) {
	addUser(t, store, fullUser(addApp(t, store, "acme"), "mina"))
	addApp(t, store, "zeta")
	for name, filter := range map[string]identity.UserFilter{
		"all": {}, "by tag": {Tags: []string{"pilot"}}, "by uid": {UIDs: []identity.UID{"mina"}}, "by role": {Roles: []string{"default"}},
		"by search": {SearchKey: "m"}, "of any activity": {Activity: identity.AnyActivity}, "by uid, sorted": {SortBy: "uid"},
	} {
		wantUsers(t, store, "zeta", name, filter)
	}
}
