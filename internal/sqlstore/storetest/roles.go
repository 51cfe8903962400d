package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func roles() []behaviour {
	return []behaviour{
		{"a role is found as it was added", roleRoundTrip},
		{"saving a role writes every field that can change", saveRole},
		{"a role belongs to its app", roleOfOtherApp},
		{"an unknown role is not found, saved or deleted", unknownRole},
		{"roles are listed by id, in pages, and counted", pagesOfRoles},
		{"the users of a deleted role get the role default", deleteRole},
		{"no user is left with a role that is deleted meanwhile", deleteRoleMeanwhile},
	}
}

func newRole(app identity.AppID, id string) identity.Role {
	return identity.Role{AppID: app, ID: id, Name: "Role " + id, CreatedAt: founded, UpdatedAt: founded}
}

func addRole(tb testing.TB, store identity.Store, role identity.Role) identity.Role {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) error { return tx.AddRole(role) })
	return role
}

// wantRole expects a role as it is read, and as a change sees it.
func wantRole(tb testing.TB, store identity.Store, want identity.Role) {
	tb.Helper()
	got, err := store.Role(tb.Context(), want.AppID, want.ID)
	wantError(tb, "find the role", err, nil)
	wantEqual(tb, "the role", got, want)
	change(tb, store, func(tx identity.Tx) error {
		seen, err := tx.Role(want.AppID, want.ID)
		wantEqual(tb, "the role as a change sees it", seen, want)
		return err
	})
}

func fullRole(app identity.AppID, id string) identity.Role {
	role := newRole(app, id)
	role.Description, role.Metadata = "Über-Tutor 👍", []byte(`{"b":1,"a":[2]}`)
	role.Settings = identity.RoleSettings{ListUsers: "all", SendMessagesTo: "friendsOnly"}
	role.Restricted = []string{"g.create", "u.listUsers"}
	role.UpdatedAt = founded.Add(time.Hour)
	return role
}

func roleRoundTrip(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	wantRole(t, store, addRole(t, store, newRole("acme", "bare")))
	wantRole(t, store, addRole(t, store, fullRole("acme", "full")))
}

func saveRole(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	bare, other := addRole(t, store, newRole("acme", "tutor")), addRole(t, store, newRole("acme", "pupil"))
	full := fullRole("acme", "tutor")
	for _, want := range []identity.Role{full, bare} {
		change(t, store, func(tx identity.Tx) error { return tx.SaveRole(want) })
		wantRole(t, store, want)
	}
	wantRole(t, store, other)
}

func roleOfOtherApp(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	acme, zeta := addRole(t, store, fullRole("acme", "tutor")), addRole(t, store, newRole("zeta", "tutor"))
	moved := acme
	moved.Name = "Changed"
	change(t, store, func(tx identity.Tx) error { return tx.SaveRole(moved) })
	wantRole(t, store, moved)
	wantRole(t, store, zeta)
	student := newUser(newApp("zeta"), "mina")
	student.Role = "tutor"
	student = addUser(t, store, student)
	change(t, store, func(tx identity.Tx) error { return tx.DeleteRole("acme", "tutor") })
	wantRole(t, store, zeta)
	wantEqual(t, "a user of the other app", findUser(t, store, student), student)
}

func unknownRole(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addRole(t, store, newRole("acme", "tutor"))
	for _, id := range []string{"", "tuto", "tutors", "TUTOR", "t%"} {
		_, err := store.Role(t.Context(), "acme", id)
		wantError(t, "find "+id, err, identity.ErrNotFound)
		for name, do := range map[string]func(tx identity.Tx) error{
			"see": func(tx identity.Tx) error {
				_, err := tx.Role("acme", id)
				return err
			},
			"save":   func(tx identity.Tx) error { return tx.SaveRole(newRole("acme", id)) },
			"delete": func(tx identity.Tx) error { return tx.DeleteRole("acme", id) },
		} {
			wantError(t, name+" "+id, store.Change(t.Context(), do), identity.ErrNotFound)
		}
	}
}

func pagesOfRoles(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	addRole(t, store, newRole("zeta", "b"))
	added := map[string]identity.Role{}
	for _, id := range []string{"c", "a", "b_", "b-"} {
		added[id] = addRole(t, store, newRole("acme", id))
	}
	for _, page := range []struct {
		of   identity.Page
		want []identity.Role
	}{
		{identity.Page{Number: 1, Size: 3}, []identity.Role{added["a"], added["b-"], added["b_"]}},
		{identity.Page{Number: 2, Size: 3}, []identity.Role{added["c"]}},
		{identity.Page{Number: 3, Size: 3}, nil},
	} {
		listed, total, err := store.Roles(t.Context(), "acme", page.of)
		wantError(t, "list", err, nil)
		wantEqual(t, "the page", listed, page.want)
		wantEqual(t, "how many there are in all", total, 4)
	}
	change(t, store, func(tx identity.Tx) error {
		count, err := tx.CountRoles("acme")
		wantEqual(t, "how many are counted", count, 4)
		return err
	})
}

func deleteRole(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	addRole(t, store, newRole("acme", "tutor"))
	// One of them is deactivated: after its reactivation, too, its role must exist.
	want := map[identity.UID]string{"tutor-1": identity.DefaultRole, "tutor-2": identity.DefaultRole, "pupil-1": "pupil"}
	for uid := range want {
		user := newUser(app, uid)
		user.Role = string(uid[:5])
		user = addUser(t, store, user)
		if uid == "tutor-2" {
			deactivate(t, store, user)
		}
	}
	change(t, store, func(tx identity.Tx) error { return tx.DeleteRole("acme", "tutor") })
	for uid, role := range want {
		wantEqual(t, "the role of "+string(uid), findUser(t, store, newUser(app, uid)).Role, role)
	}
	wantUsers(t, store, "acme", "those listed by the role", identity.UserFilter{Roles: []string{"tutor"}})
	addRole(t, store, newRole("acme", "tutor"))
}

func deleteRoleMeanwhile(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	for round := range 20 {
		role := addRole(t, store, newRole("acme", "tutor"))
		user := newUser(app, uidNumbered(round))
		user.Role = role.ID
		failures := together(2, func(number int) error {
			return store.Change(t.Context(), func(tx identity.Tx) error {
				if number == 0 {
					return tx.DeleteRole("acme", role.ID)
				}
				if _, err := tx.Role("acme", role.ID); err != nil {
					return err
				}
				_, err := tx.AddUser(user)
				return err
			})
		})
		wantError(t, "the one who deletes", failures[0], nil)
		if errors.Is(failures[1], identity.ErrNotFound) {
			continue
		}
		wantError(t, "the one who adds a user", failures[1], nil)
		wantEqual(t, "the role of the user", findUser(t, store, user).Role, identity.DefaultRole)
	}
}
