package storetest

import (
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// Changes that concern the sessions of many users at once, or of users that they don't name.
func sessionsOfMany() []behaviour {
	return []behaviour{
		{"every session shows its app as it is", sessionsFollowApp},
		{"a deleted app has no sessions, and has them again when it is restored", sessionsOfDeletedApp},
		{"every session shows the role that its user was left with", sessionsFollowRole},
		{"a removed token has no session", sessionsOfExpired},
		{"a session that was undone away is still there", sessionsAfterUndo},
	}
}

// someSessions adds two users with a session each, and another app with one, and reads them all, so
// that a cache holds them.
func someSessions(tb testing.TB, store identity.Store) (app identity.App, mina, oleg identity.User) {
	tb.Helper()
	app = addApp(tb, store, "acme")
	addRole(tb, store, newRole("acme", "tutor"))
	mina, oleg = newUser(app, "mina"), newUser(app, "oleg")
	mina.Role = "tutor"
	mina, oleg = addUser(tb, store, mina), addUser(tb, store, oleg)
	addToken(tb, store, mina, newExpiring("of-mina", time.Hour))
	addToken(tb, store, oleg, newToken("of-oleg"))
	addToken(tb, store, addUser(tb, store, newUser(addApp(tb, store, "zeta"), "mina")), newToken("of-zeta"))
	for _, value := range []identity.Secret{"of-mina", "of-oleg", "of-zeta"} {
		findSession(tb, store, value)
	}
	return app, mina, oleg
}

func sessionsFollowApp(t *testing.T, store identity.Store) {
	want, _, _ := someSessions(t, store)
	want.Name, want.LogoutRevokes, want.TokenLife, want.AuthOnlyAccess = "Clinic", identity.LogoutRevokesNever, time.Hour, identity.AuthOnlyNone
	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(want) })
	for range 2 {
		for _, value := range []identity.Secret{"of-mina", "of-oleg"} {
			wantEqual(t, "the app in "+string(value), findSession(t, store, value).App, want)
		}
		wantEqual(t, "the other app", findSession(t, store, "of-zeta").App, newApp("zeta"))
	}
}

func sessionsOfDeletedApp(t *testing.T, store identity.Store) {
	app, _, _ := someSessions(t, store)
	restored := app
	app.DeleteAt = founded.Add(time.Hour)
	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(app) })
	for range 2 {
		for _, value := range []identity.Secret{"of-mina", "of-oleg"} {
			_, err := store.Session(t.Context(), value)
			wantError(t, string(value), err, identity.ErrNotFound)
		}
		findSession(t, store, "of-zeta")
	}
	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(restored) })
	wantEqual(t, "the app after that", findSession(t, store, "of-mina").App, restored)

	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(app) })
	removeApps(t, store, founded.Add(time.Hour))
	_, err := store.Session(t.Context(), "of-mina")
	wantError(t, "after the app was removed", err, identity.ErrNotFound)
}

func sessionsFollowRole(t *testing.T, store identity.Store) {
	_, mina, oleg := someSessions(t, store)
	change(t, store, func(tx identity.Tx) error { return tx.DeleteRole("acme", "tutor") })
	mina.Role = identity.DefaultRole
	for range 2 {
		wantEqual(t, "the user who had the role", findSession(t, store, "of-mina").User, mina)
		wantEqual(t, "the user who had not", findSession(t, store, "of-oleg").User, oleg)
	}
}

func sessionsOfExpired(t *testing.T, store identity.Store) {
	someSessions(t, store)
	change(t, store, func(tx identity.Tx) error {
		_, err := tx.DeleteExpiredTokens(founded.Add(time.Hour-time.Second), 10)
		return err
	})
	findSession(t, store, "of-mina")
	change(t, store, func(tx identity.Tx) error {
		_, err := tx.DeleteExpiredTokens(founded.Add(time.Hour), 10)
		return err
	})
	for range 2 {
		_, err := store.Session(t.Context(), "of-mina")
		wantError(t, "the one that expired", err, identity.ErrNotFound)
		findSession(t, store, "of-oleg")
	}
}

func sessionsAfterUndo(t *testing.T, store identity.Store) {
	app, mina, _ := someSessions(t, store)
	want := findSession(t, store, "of-mina")
	undone := &failure{"undone"}
	app.DeleteAt = founded
	for name, do := range map[string]func(tx identity.Tx) error{
		"delete the app": func(tx identity.Tx) error {
			if err := tx.SaveApp(app); err != nil {
				return err
			}
			_, err := tx.DeleteApps(founded)
			return err
		},
		"delete the user":    func(tx identity.Tx) error { return tx.DeleteUser(mina) },
		"delete the role":    func(tx identity.Tx) error { return tx.DeleteRole("acme", "tutor") },
		"remove the expired": func(tx identity.Tx) error { _, err := tx.DeleteExpiredTokens(founded.Add(time.Hour), 10); return err },
	} {
		err := store.Change(t.Context(), func(tx identity.Tx) error {
			if err := do(tx); err != nil {
				return err
			}
			// Still there for everybody else, and read into any cache there is.
			findSession(t, store, "of-mina")
			return undone
		})
		wantError(t, name, err, undone)
		wantEqual(t, "the session after: "+name, findSession(t, store, "of-mina"), want)
	}
}
