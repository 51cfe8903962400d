package storetest

import (
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func fixtures() []behaviour {
	return []behaviour{
		{"clearing leaves no app, nothing of one and no attempt", clearing},
		{"what is numbered after clearing has no number from before", numbersGoOn},
		{"a session that was found before clearing is not found after it", clearedSession},
		{"all tokens of an app, expired ones too, oldest first", allTokens},
		{"all blocks of an app, of deactivated users too, by who blocks whom", allBlocks},
	}
}

func clearAll(t *testing.T, store identity.Store) (removed []identity.AppID) {
	t.Helper()
	change(t, store, func(tx identity.Tx) (err error) {
		removed, err = tx.Clear()
		return err
	})
	return removed
}

func clearing(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	addApp(t, store, "other")
	addToken(t, store, mina, newToken("mina_1"))
	attempt := identity.Attempt{ID: [32]byte{1}, Request: [32]byte{2}, Started: founded}
	limits := identity.AttemptLimits{Answered: founded.Add(-time.Hour), Lost: founded.Add(-time.Hour)}
	change(t, store, func(tx identity.Tx) error {
		_, err := tx.ClaimAttempt(attempt, limits)
		return err
	})

	removed := clearAll(t, store)
	wantEqual(t, "the number of removed apps", len(removed), 2)
	apps, total, err := store.Apps(t.Context(), identity.AppFilter{Page: everything})
	wantError(t, "list the apps", err, nil)
	wantEqual(t, "the apps", len(apps)+total, 0)
	again := addApp(t, store, mina.AppID)
	_, err = store.User(t.Context(), again.ID, mina.UID)
	wantError(t, "find a user from before", err, identity.ErrNotFound)
	tokens, err := store.AllTokens(t.Context(), again.ID)
	wantError(t, "list all tokens", err, nil)
	wantEqual(t, "how many tokens there are", len(tokens), 0)
	change(t, store, func(tx identity.Tx) error {
		claimed, err := tx.ClaimAttempt(attempt, limits)
		wantEqual(t, "claimed again", claimed, true)
		return err
	})
}

func numbersGoOn(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	before := addToken(t, store, mina, newToken("mina_1"))
	addEvents := func() {
		change(t, store, func(tx identity.Tx) error {
			user, err := tx.LockUser("acme", "mina")
			if err != nil {
				return err
			}
			if err := tx.SaveUser(user); err != nil {
				return err
			}
			return tx.AddEvent(identity.Event{Kind: identity.EventUserUpdated, AppID: "acme", At: founded})
		})
	}
	addEvents()
	last, err := store.LastEvent(t.Context())
	wantError(t, "the last event", err, nil)

	clearAll(t, store)
	again := addUser(t, store, newUser(addApp(t, store, "acme"), "mina"))
	token := addToken(t, store, again, newToken("mina_1"))
	if again.ID == mina.ID || token.ID == before.ID {
		t.Errorf("the user has the number %d and the token %d, as before", again.ID, token.ID)
	}
	events, err := store.Events(t.Context(), "acme", identity.EventFilter{Limit: 10})
	wantError(t, "list events", err, nil)
	wantEqual(t, "how many events there are from before", len(events), 0)
	addEvents()
	untilListed(t, store, "acme", 1, identity.EventFilter{After: last})
	events = listEvents(t, store, "acme", identity.EventFilter{After: last})
	wantEqual(t, "events behind the last one from before", len(events), 1)
}

func clearedSession(t *testing.T, store identity.Store) {
	token := addToken(t, store, addMina(t, store), newToken("mina_1"))
	// Twice, for an engine that keeps what it found.
	for range 2 {
		_, err := store.Session(t.Context(), token.Value)
		wantError(t, "find the session", err, nil)
	}
	clearAll(t, store)
	_, err := store.Session(t.Context(), token.Value)
	wantError(t, "find it again", err, identity.ErrNotFound)
}

func allTokens(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp(mina.AppID), "oleg"))
	addToken(t, store, addUser(t, store, newUser(addApp(t, store, "other"), "mina")), newToken("other_1"))
	bound, over := newToken("mina_2"), newToken("oleg_2")
	bound.Device, bound.IssuerID = web, 7
	over.ExpiresAt = founded.Add(-time.Hour)
	want := []identity.AuthToken{
		addToken(t, store, oleg, newToken("oleg_1")), addToken(t, store, mina, bound), addToken(t, store, oleg, over),
	}
	got, err := store.AllTokens(t.Context(), mina.AppID)
	wantError(t, "list all tokens", err, nil)
	wantEqual(t, "all tokens", got, want)
}

func allBlocks(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	app := newApp(mina.AppID)
	oleg, gone := addUser(t, store, newUser(app, "oleg")), deactivate(t, store, addUser(t, store, newUser(app, "gone")))
	change(t, store, func(tx identity.Tx) error {
		for _, pair := range [][2]identity.User{{oleg, mina}, {mina, oleg}, {mina, gone}, {gone, oleg}} {
			if _, err := tx.SetBlock(pair[0], pair[1], true, founded); err != nil {
				return err
			}
		}
		return nil
	})
	got, err := store.AllBlocks(t.Context(), app.ID)
	wantError(t, "list all blocks", err, nil)
	wantEqual(t, "all blocks", got, []identity.Block{
		{Blocker: "gone", Blocked: "oleg", At: founded},
		{Blocker: "mina", Blocked: "gone", At: founded},
		{Blocker: "mina", Blocked: "oleg", At: founded},
		{Blocker: "oleg", Blocked: "mina", At: founded},
	})
}
