package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func expiry() []behaviour {
	return []behaviour{
		{"a token keeps when it expires", expiryRoundTrip},
		{"a list leaves out what has expired", listExpired},
		{"an expired token is not given again", unboundExpired},
		{"expired tokens are removed, some at a time", deleteExpired},
		{"a token of a user is found by its value", findToken},
		{"expired tokens count for nothing when the oldest are revoked", beyondExpired},
	}
}

func newExpiring(value identity.Secret, after time.Duration) identity.AuthToken {
	token := newToken(value)
	token.ExpiresAt = founded.Add(after)
	return token
}

func expiryRoundTrip(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	want := addToken(t, store, mina, newExpiring("token-1", time.Hour))
	wantEqual(t, "the token in a list", listTokens(t, store, mina), []identity.AuthToken{want})
	// The store does not know the time: an expired session is for the use cases to refuse.
	wantEqual(t, "the token in its session", findSession(t, store, "token-1").Token, want)
}

func listExpired(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	for _, token := range []identity.AuthToken{
		newToken("for-ever"), newExpiring("hour", time.Hour), newExpiring("minute", time.Minute), newExpiring("second", time.Second),
	} {
		addToken(t, store, mina, token)
	}
	for after, want := range map[time.Duration][]string{
		0:                             {"second", "minute", "hour", "for-ever"},
		time.Second - 1:               {"second", "minute", "hour", "for-ever"},
		time.Second:                   {"minute", "hour", "for-ever"},
		time.Minute - time.Nanosecond: {"minute", "hour", "for-ever"},
		time.Minute:                   {"hour", "for-ever"},
		24 * time.Hour:                {"for-ever"},
	} {
		listed, total, err := store.AuthTokens(t.Context(), mina, founded.Add(after), everything)
		wantError(t, "list", err, nil)
		wantEqual(t, "the tokens after "+after.String(), values(listed), want)
		wantEqual(t, "how many after "+after.String(), total, len(want))
		live, err := store.CountLiveTokens(t.Context(), founded.Add(after))
		wantError(t, "count", err, nil)
		wantEqual(t, "how many there are in all apps after "+after.String(), live, len(want))
	}
	listed, total, err := store.AuthTokens(t.Context(), mina, founded.Add(time.Minute), identity.Page{Number: 2, Size: 1})
	wantError(t, "a page", err, nil)
	wantEqual(t, "a page", values(listed), []string{"for-ever"})
	wantEqual(t, "how many there are in all", total, 2)
}

func unboundExpired(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	old := addToken(t, store, mina, newToken("old"))
	fresh := addToken(t, store, mina, newExpiring("fresh", time.Minute))
	for after, want := range map[time.Duration]identity.AuthToken{time.Minute - 1: fresh, time.Minute: old} {
		var got identity.AuthToken
		change(t, store, func(tx identity.Tx) (err error) {
			got, err = tx.NewestUnboundToken(mina, identity.ScopeFullAccess, founded.Add(after))
			return err
		})
		wantEqual(t, "the newest after "+after.String(), got, want)
	}
}

func deleteExpired(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	addToken(t, store, mina, newToken("for-ever"))
	addToken(t, store, mina, newExpiring("at", 0))
	addToken(t, store, oleg, newExpiring("before", -time.Hour))
	addToken(t, store, mina, newExpiring("long-before", -24*time.Hour))
	addToken(t, store, oleg, newExpiring("after", time.Second))
	// remove removes at most limit, and gives how many.
	remove := func(limit int) (count int) {
		change(t, store, func(tx identity.Tx) (err error) {
			count, err = tx.DeleteExpiredTokens(founded, limit)
			return err
		})
		return count
	}
	left := func(want ...string) {
		t.Helper()
		var got []string
		for _, user := range []identity.User{mina, oleg} {
			listed, _, err := store.AuthTokens(t.Context(), user, time.Time{}, everything)
			wantError(t, "list", err, nil)
			got = append(got, values(listed)...)
		}
		slices.Sort(got)
		wantEqual(t, "the tokens that are left", got, want)
	}
	wantEqual(t, "removed first", remove(2), 2)
	left("after", "at", "for-ever")
	wantEqual(t, "removed then", remove(2), 1)
	left("after", "for-ever")
	wantEqual(t, "removed at last", remove(2), 0)
	left("after", "for-ever")
}

func findToken(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	token := newExpiring("token-1", -time.Hour)
	token.Device = web
	token = addToken(t, store, mina, token)
	got, err := store.AuthToken(t.Context(), mina, "token-1")
	wantError(t, "find", err, nil)
	wantEqual(t, "the token, though it has expired", got, token)
	_, err = store.AuthToken(t.Context(), oleg, "token-1")
	wantError(t, "find it as another user's", err, identity.ErrNotFound)
	_, err = store.AuthToken(t.Context(), mina, "token-2")
	wantError(t, "find another", err, identity.ErrNotFound)
}

func beyondExpired(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	addToken(t, store, oleg, newExpiring("of another", time.Second))
	var live []int64
	for _, token := range []identity.AuthToken{
		newToken("first"), newExpiring("second", time.Second), newToken("third"), newExpiring("fourth", time.Hour), newExpiring("fifth", time.Second),
	} {
		added := addToken(t, store, mina, token)
		if token.Value != "second" && token.Value != "fifth" {
			live = append(live, added.ID)
		}
	}
	now := founded.Add(time.Second)
	for _, step := range []struct {
		newest, revoked, left int
	}{{3, 0, 3}, {2, 1, 2}, {0, 2, 0}, {0, 0, 0}} {
		change(t, store, func(tx identity.Tx) error {
			revoked, err := tx.DeleteAuthTokensBeyond(mina, step.newest, now)
			slices.Sort(revoked)
			wantEqual(t, fmt.Sprintf("revoked beyond %d", step.newest), revoked, live[:step.revoked])
			return err
		})
		live = live[step.revoked:]
		change(t, store, func(tx identity.Tx) error {
			probe, others, err := tx.AddAuthToken(mina, newToken("probe"))
			wantEqual(t, fmt.Sprintf("how many others there are beyond %d", step.newest), others, step.left)
			if err != nil {
				return err
			}
			_, err = tx.DeleteAuthToken(mina, probe.Value)
			return err
		})
	}
	wantEqual(t, "the tokens of the other user", values(listTokens(t, store, oleg)), []string{"of another"})
}
