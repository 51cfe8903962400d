package storetest

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// A session is read with every call of a client, so an engine may keep it in memory. These tests
// hold it to what it would say without.
func sessions() []behaviour {
	return []behaviour{
		{"a session shows every change that was answered", sessionFollows},
		{"a session that ended is gone at once", sessionEnds},
		{"a session read during a change is not kept beyond it", sessionDuringChange},
		{"a session survives a change that was undone", sessionSurvives},
		{"a session that ended is not served again, whoever reads meanwhile", sessionNeverReturns},
		{"a session never goes back in time", sessionNeverGoesBack},
	}
}

func findSession(tb testing.TB, store identity.Store, value identity.Secret) identity.Session {
	tb.Helper()
	session, err := store.Session(tb.Context(), value)
	if err != nil {
		tb.Fatalf("find the session of %s: %v", string(value), err)
	}
	return session
}

func sessionFollows(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	token := addToken(t, store, mina, newToken("token-1"))
	want := identity.Session{Token: token, User: mina, App: newApp("acme")}
	for _, step := range []struct {
		name string
		do   func(tx identity.Tx) error
	}{
		{"nothing", func(identity.Tx) error { return nil }},
		{"a new name", func(tx identity.Tx) error {
			want.User.Name, want.User.Tags = "Mina O.", []string{"pilot"}
			return tx.SaveUser(want.User)
		}},
		{"a sign-in", func(tx identity.Tx) error {
			want.User.LastActiveAt = founded.Add(time.Minute)
			return tx.TouchUser(want.User)
		}},
		{"a device", func(tx identity.Tx) error {
			want.Token.Device = web
			return tx.BindDevice(want.User, want.Token)
		}},
		{"another token", func(tx identity.Tx) error {
			_, _, err := tx.AddAuthToken(want.User, newToken("token-2"))
			return err
		}},
		{"the end of another token", func(tx identity.Tx) error {
			_, err := tx.DeleteAuthToken(want.User, "token-2")
			return err
		}},
	} {
		change(t, store, step.do)
		// Read twice: the second time it may come from memory.
		for range 2 {
			wantEqual(t, "the session after "+step.name, findSession(t, store, "token-1"), want)
		}
	}
}

func sessionEnds(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	for name, end := range map[string]func(tx identity.Tx, user identity.User, token identity.AuthToken) error{
		"revoked": func(tx identity.Tx, user identity.User, token identity.AuthToken) error {
			_, err := tx.DeleteAuthToken(user, token.Value)
			return err
		},
		"flushed": func(tx identity.Tx, user identity.User, _ identity.AuthToken) error {
			_, err := tx.DeleteAuthTokensBeyond(user, 0, founded)
			return err
		},
		"deactivated": func(tx identity.Tx, user identity.User, _ identity.AuthToken) error {
			user.DeactivatedAt = founded
			return tx.SaveUser(user)
		},
	} {
		user := addUser(t, store, newUser(app, identity.UID(name)))
		token := addToken(t, store, user, newToken(identity.Secret(name)))
		findSession(t, store, token.Value)
		change(t, store, func(tx identity.Tx) error { return end(tx, user, token) })
		_, err := store.Session(t.Context(), token.Value)
		wantError(t, "the session of a token that was "+name, err, identity.ErrNotFound)
	}
}

func sessionDuringChange(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	token := addToken(t, store, mina, newToken("token-1"))
	change(t, store, func(tx identity.Tx) error {
		if _, err := tx.DeleteAuthToken(mina, token.Value); err != nil {
			return err
		}
		// Not committed: to everybody else the token still lives.
		_, err := store.Session(t.Context(), token.Value)
		return err
	})
	_, err := store.Session(t.Context(), token.Value)
	wantError(t, "the session after the commit", err, identity.ErrNotFound)
}

func sessionSurvives(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	addToken(t, store, mina, newToken("token-1"))
	want := findSession(t, store, "token-1")
	errLater := errors.New("what came later failed")
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.DeleteAuthTokensBeyond(mina, 0, founded)
		return errors.Join(err, errLater)
	})
	wantError(t, "the change", err, errLater)
	wantEqual(t, "the session", findSession(t, store, "token-1"), want)
}

func sessionNeverReturns(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	for round := range 20 {
		value := identity.Secret(fmt.Sprintf("token-%d", round))
		addToken(t, store, mina, newToken(value))
		var revoked, stop atomic.Bool
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				// A reader that never paused would keep the writer from its processor, not from its lock.
				for ; !stop.Load(); runtime.Gosched() {
					before := revoked.Load()
					_, err := store.Session(t.Context(), value)
					switch {
					case before && !errors.Is(err, identity.ErrNotFound):
						t.Errorf("round %d: after it was revoked: %v", round, err)
						return
					case err != nil && !errors.Is(err, identity.ErrNotFound):
						t.Errorf("round %d: %v", round, err)
						return
					}
				}
			})
		}
		change(t, store, func(tx identity.Tx) error {
			_, err := tx.DeleteAuthToken(mina, value)
			return err
		})
		revoked.Store(true)
		for range 20 {
			_, err := store.Session(t.Context(), value)
			wantError(t, "the session", err, identity.ErrNotFound)
		}
		stop.Store(true)
		readers.Wait()
	}
}

// sessionNeverGoesBack counts in a user's name; what a reader has seen once, it must not unsee.
func sessionNeverGoesBack(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	mina.Name = "000"
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(mina) })
	addToken(t, store, mina, newToken("token-1"))
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			newest := ""
			for ; !stop.Load(); runtime.Gosched() {
				session, err := store.Session(t.Context(), "token-1")
				if err != nil || session.User.Name < newest {
					t.Errorf("read %q after %q (%v)", session.User.Name, newest, err)
					return
				}
				newest = session.User.Name
			}
		})
	}
	for step := range 100 {
		mina.Name = fmt.Sprintf("%03d", step)
		change(t, store, func(tx identity.Tx) error { return tx.SaveUser(mina) })
		wantEqual(t, "the name after the answer", findSession(t, store, "token-1").User.Name, mina.Name)
	}
	stop.Store(true)
	readers.Wait()
}
