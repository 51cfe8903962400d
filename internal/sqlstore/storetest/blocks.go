package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func blocks() []behaviour {
	return []behaviour{
		{"blocks are listed in both directions, by name", listBlocks},
		{"blocks are listed in pages", pagesOfBlocks},
		{"blocking twice changes nothing the second time", blockTwice},
		{"relations say who blocks whom", relations},
		{"who is blocked, or blocks, is hidden in lists", hideBlocked},
		{"a deactivated user is in no list of blocks", blockDeactivated},
		{"a change finds users and keeps nobody from changing them", userInChange},
	}
}

// setBlock blocks or unblocks, and says whether that was a change.
func setBlock(tb testing.TB, store identity.Store, blocker, blocked identity.User, on bool, at time.Time) (changed bool) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		changed, err = tx.SetBlock(blocker, blocked, on, at)
		return err
	})
	return changed
}

func block(tb testing.TB, store identity.Store, blocker, blocked identity.User, at time.Time) {
	tb.Helper()
	if !setBlock(tb, store, blocker, blocked, true, at) {
		tb.Errorf("%s blocking %s was no change", blocker.UID, blocked.UID)
	}
}

// listBlocked lists all blocks of a user in a direction.
func listBlocked(tb testing.TB, store identity.Store, user identity.User, direction identity.BlockDirection) []identity.BlockedUser {
	tb.Helper()
	blocked, total, err := store.Blocked(tb.Context(), user, direction, everything)
	wantError(tb, "list the blocks of "+string(user.UID), err, nil)
	wantEqual(tb, "how many blocks there are", total, len(blocked))
	return blocked
}

// addNamed adds users of an app, called by their names.
func addNamed(tb testing.TB, store identity.Store, app identity.App, names map[identity.UID]string) map[identity.UID]identity.User {
	tb.Helper()
	added := map[identity.UID]identity.User{}
	for uid, name := range names {
		user := newUser(app, uid)
		user.Name = name
		added[uid] = addUser(tb, store, user)
	}
	return added
}

func listBlocks(t *testing.T, store identity.Store) {
	users := addNamed(t, store, addApp(t, store, "acme"), map[identity.UID]string{"mina": "Mina", "a": "zoe", "b": "Yves", "c": "Xenia", "d": "Wim"})
	mina := users["mina"]
	block(t, store, mina, users["a"], founded)
	block(t, store, mina, users["b"], founded.Add(time.Minute))
	block(t, store, users["b"], mina, founded.Add(2*time.Minute))
	block(t, store, users["c"], mina, founded)
	// Of others, which is nothing to mina.
	block(t, store, users["a"], users["d"], founded)

	a := identity.BlockedUser{User: users["a"], Relation: identity.Relation{BlockedAt: founded}}
	b := identity.BlockedUser{User: users["b"], Relation: identity.Relation{BlockedAt: founded.Add(time.Minute), HasBlockedMe: true}}
	c := identity.BlockedUser{User: users["c"], Relation: identity.Relation{HasBlockedMe: true}}
	for direction, want := range map[identity.BlockDirection][]identity.BlockedUser{
		identity.BlockedByMe:   {b, a},
		identity.HasBlockedMe:  {c, b},
		identity.BlockedEither: {c, b, a},
	} {
		wantEqual(t, "the blocks "+string(direction), listBlocked(t, store, mina, direction), want)
	}
	wantEqual(t, "the blocks of nobody", listBlocked(t, store, users["d"], identity.BlockedByMe), []identity.BlockedUser{})
}

func pagesOfBlocks(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	var want []identity.UID
	for number := range 5 {
		user := addUser(t, store, newUser(newApp("acme"), uidNumbered(number)))
		want = append(want, user.UID)
		block(t, store, mina, user, founded)
	}
	for _, page := range []struct {
		of   identity.Page
		want []identity.UID
	}{
		{identity.Page{Number: 1, Size: 2}, want[:2]},
		{identity.Page{Number: 3, Size: 2}, want[4:]},
		{identity.Page{Number: 4, Size: 2}, nil},
	} {
		blocked, total, err := store.Blocked(t.Context(), mina, identity.BlockedEither, page.of)
		wantError(t, "list", err, nil)
		var got []identity.UID
		for _, one := range blocked {
			got = append(got, one.User.UID)
		}
		wantEqual(t, "the page", got, page.want)
		wantEqual(t, "how many there are in all", total, 5)
	}
}

func blockTwice(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	for _, step := range []struct {
		on, changed bool
		blockedAt   time.Time
	}{
		{false, false, time.Time{}},
		{true, true, founded},
		// The first time counts.
		{true, false, founded},
		{false, true, time.Time{}},
		{false, false, time.Time{}},
		{true, true, founded.Add(5 * time.Hour)},
	} {
		at := founded
		if !step.blockedAt.IsZero() && step.changed {
			at = step.blockedAt
		} else {
			at = at.Add(time.Hour)
		}
		wantEqual(t, fmt.Sprintf("whether blocking (%v) is a change", step.on), setBlock(t, store, mina, oleg, step.on, at), step.changed)
		found, err := store.Relations(t.Context(), mina, []identity.User{oleg})
		wantError(t, "relations", err, nil)
		wantEqual(t, "since when", found[oleg.ID].BlockedAt, step.blockedAt)
	}
}

func relations(t *testing.T, store identity.Store) {
	users := addNamed(t, store, addApp(t, store, "acme"), map[identity.UID]string{"mina": "M", "mine": "A", "theirs": "B", "both": "C", "none": "D"})
	mina := users["mina"]
	block(t, store, mina, users["mine"], founded)
	block(t, store, mina, users["both"], founded.Add(time.Minute))
	block(t, store, users["both"], mina, founded)
	block(t, store, users["theirs"], mina, founded)
	block(t, store, users["none"], users["mine"], founded)
	all := map[int64]identity.Relation{
		users["mine"].ID:   {BlockedAt: founded},
		users["both"].ID:   {BlockedAt: founded.Add(time.Minute), HasBlockedMe: true},
		users["theirs"].ID: {HasBlockedMe: true},
	}
	for _, of := range []struct {
		name  string
		users []identity.User
		want  map[int64]identity.Relation
	}{
		{"everybody", []identity.User{users["mine"], users["theirs"], users["both"], users["none"], mina}, all},
		{"one", []identity.User{users["theirs"]}, map[int64]identity.Relation{users["theirs"].ID: {HasBlockedMe: true}}},
		{"one without", []identity.User{users["none"]}, nil},
		{"nobody", nil, nil},
	} {
		got, err := store.Relations(t.Context(), mina, of.users)
		wantError(t, "to "+of.name, err, nil)
		wantEqual(t, "to "+of.name, got, of.want)
	}
	// As many as a page may hold.
	page := make([]identity.User, identity.MaxPageSize)
	for i := range page {
		page[i] = users["none"]
	}
	page[0] = users["mine"]
	got, err := store.Relations(t.Context(), mina, page)
	wantError(t, "to a page", err, nil)
	wantEqual(t, "to a page", got, map[int64]identity.Relation{users["mine"].ID: {BlockedAt: founded}})
}

func hideBlocked(t *testing.T, store identity.Store) {
	users := addNamed(t, store, addApp(t, store, "acme"), map[identity.UID]string{"mina": "M", "mine": "A", "theirs": "B", "none": "D"})
	mina := users["mina"]
	block(t, store, mina, users["mine"], founded)
	block(t, store, users["theirs"], mina, founded)
	wantUsers(t, store, "acme", "without the blocks of mina", identity.UserFilter{HideBlockedFor: &mina}, "none", "mina")
	none := users["none"]
	wantUsers(t, store, "acme", "without the blocks of somebody else", identity.UserFilter{HideBlockedFor: &none}, "mine", "theirs", "none", "mina")
	setBlock(t, store, mina, users["mine"], false, founded)
	wantUsers(t, store, "acme", "after one is unblocked", identity.UserFilter{HideBlockedFor: &mina}, "mine", "none", "mina")
}

func blockDeactivated(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(newApp("acme"), "oleg"))
	block(t, store, mina, oleg, founded)
	block(t, store, oleg, mina, founded)
	deactivate(t, store, oleg)
	for _, direction := range []identity.BlockDirection{identity.BlockedByMe, identity.HasBlockedMe, identity.BlockedEither} {
		wantEqual(t, string(direction), listBlocked(t, store, mina, direction), []identity.BlockedUser{})
	}
	// What was blocked stays so for when the user comes back.
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(oleg) })
	wantEqual(t, "how many after the reactivation", len(listBlocked(t, store, mina, identity.BlockedEither)), 1)
}

func userInChange(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	holding := hold(t, store, addUser(t, store, newUser(newApp("acme"), "oleg")))
	// On an engine with one writer, this waits for its turn, not for the row.
	holding.letGo(t)
	change(t, store, func(tx identity.Tx) error {
		found, err := tx.User("acme", "mina")
		wantEqual(t, "the user", found, mina)
		if err != nil {
			return err
		}
		_, err = tx.User("zeta", "mina")
		wantError(t, "the user of another app", err, identity.ErrNotFound)
		return nil
	})
}
