package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// Engines keep some totals instead of counting: they must never be off by one, whatever happens.
func userTotals() []behaviour {
	return []behaviour{
		{"totals follow every change of a user", totalsFollow},
		{"a change that fails changes no total", totalsOfFailures},
		{"totals are right after many changes at once", totalsOfMany},
		{"whoever changed a user finds it counted so, whatever others do", totalsOfOwnChanges},
		{"an app that is removed leaves no totals behind", totalsOfRemovedApp},
	}
}

// totals is how many users an app has: active and deactivated, of a role, and with a tag.
type totals struct{ Active, Deactivated, Tutors, TutorsOfAll, Pilots, PilotsOfAll int }

// totalOf is how many users a list has in all.
func totalOf(tb testing.TB, store identity.Store, app identity.AppID, filter identity.UserFilter) int {
	tb.Helper()
	filter.Page = identity.Page{Number: 1, Size: 1}
	_, total, err := store.Users(tb.Context(), app, filter)
	wantError(tb, "list", err, nil)
	return total
}

func wantTotals(tb testing.TB, store identity.Store, app identity.AppID, what string, want totals) {
	tb.Helper()
	total := func(filter identity.UserFilter) int {
		tb.Helper()
		return totalOf(tb, store, app, filter)
	}
	tutors, pilots := []string{"tutor"}, []string{"pilot"}
	wantEqual(tb, "totals "+what, totals{
		Active: total(identity.UserFilter{}), Deactivated: total(identity.UserFilter{Activity: identity.DeactivatedOnly}),
		Tutors: total(identity.UserFilter{Roles: tutors}), TutorsOfAll: total(identity.UserFilter{Roles: tutors, Activity: identity.AnyActivity}),
		Pilots: total(identity.UserFilter{Tags: pilots}), PilotsOfAll: total(identity.UserFilter{Tags: pilots, Activity: identity.AnyActivity}),
	}, want)
	wantEqual(tb, "the total of any activity "+what, total(identity.UserFilter{Activity: identity.AnyActivity}), want.Active+want.Deactivated)
}

func totalsFollow(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	addRole(t, store, newRole("acme", "tutor"))
	addUser(t, store, newUser(addApp(t, store, "zeta"), "mina"))
	wantTotals(t, store, "acme", "of an app without users", totals{})

	mina := newUser(app, "mina")
	mina.Role, mina.Tags = "tutor", []string{"pilot"}
	mina = addUser(t, store, mina)
	imported := newUser(app, "oleg")
	imported.DeactivatedAt, imported.Tags = founded, []string{"pilot"}
	oleg := addUser(t, store, imported)
	wantTotals(t, store, "acme", "of two who were added", totals{1, 1, 1, 1, 1, 2})

	save := func(user identity.User) {
		t.Helper()
		change(t, store, func(tx identity.Tx) error { return tx.SaveUser(user) })
	}
	mina.DeactivatedAt = founded
	save(mina)
	wantTotals(t, store, "acme", "after a deactivation", totals{0, 2, 0, 1, 0, 2})
	mina.DeactivatedAt = founded.Add(time.Hour)
	save(mina)
	wantTotals(t, store, "acme", "after another one of the same user", totals{0, 2, 0, 1, 0, 2})
	mina.DeactivatedAt, oleg.DeactivatedAt = time.Time{}, time.Time{}
	save(mina)
	save(oleg)
	wantTotals(t, store, "acme", "after both were reactivated", totals{2, 0, 1, 1, 2, 2})
	oleg.Role, oleg.Tags, mina.Tags = "tutor", nil, []string{"captain", "pilot"}
	save(mina)
	save(oleg)
	change(t, store, func(tx identity.Tx) error { return tx.TouchUser(oleg) })
	wantTotals(t, store, "acme", "after another role and other tags", totals{2, 0, 2, 2, 1, 1})
	change(t, store, func(tx identity.Tx) error { return tx.DeleteRole("acme", "tutor") })
	wantTotals(t, store, "acme", "after the role was deleted", totals{2, 0, 0, 0, 1, 1})
	remove(t, store, mina)
	wantTotals(t, store, "acme", "after one was deleted", totals{1, 0, 0, 0, 0, 0})
	remove(t, store, deactivate(t, store, findUser(t, store, oleg)))
	wantTotals(t, store, "acme", "after all were deleted", totals{})
	wantTotals(t, store, "zeta", "of another app", totals{Active: 1})
}

func totalsOfFailures(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	mina := addUser(t, store, fullUser(app, "mina"))
	want := totals{Active: 1, Pilots: 1, PilotsOfAll: 1}
	wantTotals(t, store, "acme", "before", want)
	errWanted := errors.New("wanted")
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		if _, err := tx.AddUser(fullUser(app, "oleg")); err != nil {
			return err
		}
		return errors.Join(tx.DeleteUser(mina), errWanted)
	})
	if !errors.Is(err, errWanted) {
		t.Errorf("a change that fails gave %v", err)
	}
	err = store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.AddUser(fullUser(app, "mina"))
		return err
	})
	wantError(t, "add a user who is there", err, identity.ErrTaken)
	wantTotals(t, store, "acme", "after changes that failed", want)
}

// Each caller has users of its own, so it is known what becomes of them, and all count together.
func totalsOfMany(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	addRole(t, store, newRole("acme", "tutor"))
	const callers, each = 16, 6
	errUndone := errors.New("undone")
	wantAllWell(t, together(callers, func(number int) error {
		for count := range each {
			user := newUser(app, identity.UID(fmt.Sprintf("user-%d-%d", number, count)))
			user.Tags = []string{"pilot"}
			if err := store.Change(t.Context(), func(tx identity.Tx) (err error) {
				user, err = tx.AddUser(user)
				return err
			}); err != nil {
				return err
			}
			for _, step := range []func(tx identity.Tx) error{
				func(tx identity.Tx) error { user.Role = "tutor"; return tx.SaveUser(user) },
				func(tx identity.Tx) error { return errors.Join(tx.DeleteUser(user), errUndone) },
				func(tx identity.Tx) error { user.DeactivatedAt = founded; return tx.SaveUser(user) },
				// Of six, two stay deactivated tutors, two become active again, and two are deleted.
				func(tx identity.Tx) error {
					switch count % 3 {
					case 0:
						return nil
					case 1:
						user.DeactivatedAt = time.Time{}
						return tx.SaveUser(user)
					}
					return tx.DeleteUser(user)
				},
			} {
				if err := store.Change(t.Context(), step); err != nil && !errors.Is(err, errUndone) {
					return err
				}
			}
		}
		return nil
	}))
	const third = callers * each / 3
	wantTotals(t, store, "acme", "of many", totals{third, third, third, 2 * third, third, 2 * third})
}

// Each caller changes one user, and asks after each change for the lists that it moves into or out of.
func totalsOfOwnChanges(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	addRole(t, store, newRole("acme", "tutor"))
	const callers, rounds = 16, 4
	wantAllWell(t, together(callers, func(number int) error {
		user := newUser(app, uidNumbered(number))
		save := func(tx identity.Tx) error { return tx.SaveUser(user) }
		tag, name := fmt.Sprintf("tag %d", number), fmt.Sprintf("named %d.", number)
		worn, role := identity.UserFilter{Tags: []string{tag}}, identity.UserFilter{SearchKey: string(user.UID), SearchUID: true, Roles: []string{"tutor"}}
		named := identity.UserFilter{SearchKey: name, SearchName: true, Activity: identity.AnyActivity}
		for range rounds {
			for _, step := range []struct {
				what              string
				do                func(tx identity.Tx) error
				worn, role, named int
			}{
				{"added", func(tx identity.Tx) (err error) { user, err = tx.AddUser(newUser(app, user.UID)); return err }, 0, 0, 0},
				{"given a tag", func(tx identity.Tx) error { user.Tags = []string{tag}; return save(tx) }, 1, 0, 0},
				{"renamed", func(tx identity.Tx) error { user.Name = name; return save(tx) }, 1, 0, 1},
				{"given a role", func(tx identity.Tx) error { user.Role = "tutor"; return save(tx) }, 1, 1, 1},
				{"deactivated", func(tx identity.Tx) error { user.DeactivatedAt = founded; return save(tx) }, 0, 0, 1},
				{"reactivated", func(tx identity.Tx) error { user.DeactivatedAt = time.Time{}; return save(tx) }, 1, 1, 1},
				{"deprived of the tag", func(tx identity.Tx) error { user.Tags = nil; return save(tx) }, 0, 1, 1},
				{"deleted", func(tx identity.Tx) error { return tx.DeleteUser(user) }, 0, 0, 0},
			} {
				if err := store.Change(t.Context(), step.do); err != nil {
					return err
				}
				wantEqual(t, "worn, role and named of a user who was "+step.what,
					[]int{totalOf(t, store, "acme", worn), totalOf(t, store, "acme", role), totalOf(t, store, "acme", named)},
					[]int{step.worn, step.role, step.named})
			}
		}
		return nil
	}))
}

func totalsOfRemovedApp(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	for number := range 10 {
		addUser(t, store, fullUser(app, uidNumbered(number)))
	}
	app.DeleteAt = founded
	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(app) })
	wantEqual(t, "the removed apps", removeApps(t, store, founded), []identity.AppID{"acme"})
	addUser(t, store, fullUser(addApp(t, store, "acme"), "mina"))
	wantTotals(t, store, "acme", "of an app made anew", totals{Active: 1, Pilots: 1, PilotsOfAll: 1})
}
