package storetest

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func events() []behaviour {
	return []behaviour{
		{"an event is listed as it was added", eventRoundTrip},
		{"events are read on from a cursor", eventCursor},
		{"events are looked back at from a cursor, newest first", eventsNewestFirst},
		{"filters choose events", filterEvents},
		{"the events of another app are not listed", eventsOfOtherApp},
		{"an app with the id of a removed one has none of its events", eventsOfRemovedApp},
		{"an event that was undone is not listed", eventUndone},
		{"old events are removed, some at a time, and the newest stays", deleteEvents},
		{"the id of an event is never used again", eventIDs},
		{"whoever reads on misses no event of those who write meanwhile", eventsMeanwhile},
	}
}

func newEvent(app identity.AppID, uid identity.UID) identity.Event {
	return identity.Event{Kind: identity.EventUserUpdated, AppID: app, UID: uid, Actor: "key:1", At: founded}
}

// addEvents adds events, each in a change of its own that writes something else before, as every use
// case does.
func addEvents(tb testing.TB, store identity.Store, added ...identity.Event) {
	tb.Helper()
	for _, event := range added {
		change(tb, store, func(tx identity.Tx) error { return addEvent(tx, event) })
	}
	if len(added) > 0 {
		last := added[len(added)-1]
		untilListed(tb, store, last.AppID, 1, identity.EventFilter{UID: last.UID})
	}
}

// untilListed waits until so many events are listed. Where changes run side by side, an event is
// listed only when no change is running any more that began before it, whoever's change that is.
func untilListed(tb testing.TB, store identity.Store, app identity.AppID, count int, filter identity.EventFilter) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); len(listEvents(tb, store, app, filter)) < count; runtime.Gosched() {
		if time.Now().After(deadline) {
			tb.Fatalf("there are no %d events in the list", count)
		}
	}
}

func addEvent(tx identity.Tx, event identity.Event) error {
	if _, err := tx.LockApp(event.AppID); err != nil {
		return err
	}
	return tx.AddEvent(event)
}

// listEvents gives the events that a filter chooses.
func listEvents(tb testing.TB, store identity.Store, app identity.AppID, filter identity.EventFilter) []identity.Event {
	tb.Helper()
	if filter.Limit == 0 {
		filter.Limit = 1000
	}
	listed, err := store.Events(tb.Context(), app, filter)
	wantError(tb, "list the events", err, nil)
	return listed
}

func eventsNewestFirst(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addEvents(t, store, newEvent("acme", "mina"), newEvent("acme", "oleg"), newEvent("acme", "mina"), newEvent("acme", "mina"))
	all := listEvents(t, store, "acme", identity.EventFilter{UID: "mina"})
	slices.Reverse(all)
	newest := listEvents(t, store, "acme", identity.EventFilter{UID: "mina", NewestFirst: true, Limit: 2})
	wantEqual(t, "the newest", newest, all[:2])
	older := identity.EventFilter{UID: "mina", NewestFirst: true, Before: newest[1].ID, Limit: 2}
	wantEqual(t, "what is older", listEvents(t, store, "acme", older), all[2:])
	wantEqual(t, "of everybody", len(listEvents(t, store, "acme", identity.EventFilter{NewestFirst: true})), 4)
}

func eventsOfRemovedApp(t *testing.T, store identity.Store) {
	app := newApp("acme")
	app.DeleteAt = founded
	change(t, store, func(tx identity.Tx) error { return tx.AddApp(app) })
	addEvents(t, store, newEvent("acme", "old"), newEvent("acme", "older"))
	change(t, store, func(tx identity.Tx) error {
		if _, err := tx.DeleteApps(founded); err != nil {
			return err
		}
		return tx.AddEvent(newEvent("acme", "removed"))
	})
	addApp(t, store, "acme")
	addEvents(t, store, newEvent("acme", "new"))
	wantEqual(t, "the events of the new app", names(listEvents(t, store, "acme", identity.EventFilter{})), []identity.UID{"new"})
	wantEqual(t, "those behind the first of all", names(listEvents(t, store, "acme", identity.EventFilter{After: 1})), []identity.UID{"new"})
}

// names are what the tests know events by: their uids.
func names(listed []identity.Event) []identity.UID {
	var found []identity.UID
	for _, event := range listed {
		found = append(found, event.UID)
	}
	return found
}

func eventRoundTrip(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	full := identity.Event{
		Kind: identity.EventTokenIssued, AppID: "acme", UID: "mina", Subject: "token:17", Actor: "key:3",
		Address: "2001:db8::7", UserAgent: `Mozilla/5.0 "ü" 👍`, At: founded.Add(123 * time.Millisecond),
	}
	bare := identity.Event{Kind: identity.EventAppCreated, AppID: "acme", Actor: "operator", At: founded}
	addEvents(t, store, full, bare)
	untilListed(t, store, "acme", 2, identity.EventFilter{})
	listed := listEvents(t, store, "acme", identity.EventFilter{})
	for i, want := range []identity.Event{full, bare} {
		want.ID = listed[i].ID
		wantEqual(t, "the event", listed[i], want)
		if listed[i].At.Location() != time.UTC {
			t.Errorf("its time is in %v, not in UTC", listed[i].At.Location())
		}
	}
	if listed[0].ID >= listed[1].ID {
		t.Errorf("the events have the ids %d and %d", listed[0].ID, listed[1].ID)
	}
}

func eventCursor(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	wantEqual(t, "before there are any", listEvents(t, store, "acme", identity.EventFilter{}), []identity.Event{})
	for _, uid := range []identity.UID{"a", "b", "c", "d", "e"} {
		addEvents(t, store, newEvent("acme", uid))
	}
	var after int64
	for _, want := range [][]identity.UID{{"a", "b"}, {"c", "d"}, {"e"}, nil} {
		part := listEvents(t, store, "acme", identity.EventFilter{After: after, Limit: 2})
		wantEqual(t, "the part", names(part), want)
		if len(part) > 0 {
			after = part[len(part)-1].ID
		}
	}
	addEvents(t, store, newEvent("acme", "f"))
	wantEqual(t, "what came since", names(listEvents(t, store, "acme", identity.EventFilter{After: after})), []identity.UID{"f"})
	wantEqual(t, "behind all there are", listEvents(t, store, "acme", identity.EventFilter{After: 1 << 62}), []identity.Event{})
}

func filterEvents(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	for i, kind := range []identity.EventKind{identity.EventUserCreated, identity.EventTokenIssued, identity.EventTokenIssued, identity.EventTokenRevoked} {
		event := newEvent("acme", identity.UID([]string{"mina", "mina", "oleg", "mina"}[i]))
		event.Kind, event.Subject = kind, fmt.Sprintf("number:%d", i)
		addEvents(t, store, event)
	}
	untilListed(t, store, "acme", 4, identity.EventFilter{})
	for _, list := range []struct {
		name   string
		filter identity.EventFilter
		want   []string
	}{
		{"all", identity.EventFilter{}, []string{"number:0", "number:1", "number:2", "number:3"}},
		{"of a kind", identity.EventFilter{Kind: identity.EventTokenIssued}, []string{"number:1", "number:2"}},
		{"of a user", identity.EventFilter{UID: "mina"}, []string{"number:0", "number:1", "number:3"}},
		{"of both", identity.EventFilter{UID: "mina", Kind: identity.EventTokenIssued}, []string{"number:1"}},
		{"the first of a user", identity.EventFilter{UID: "mina", Limit: 2}, []string{"number:0", "number:1"}},
		{"of a kind there is not", identity.EventFilter{Kind: "nothing"}, nil},
	} {
		var got []string
		for _, event := range listEvents(t, store, "acme", list.filter) {
			got = append(got, event.Subject)
		}
		wantEqual(t, "the events "+list.name, got, list.want)
	}
}

func eventsOfOtherApp(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	addEvents(t, store, newEvent("acme", "a1"), newEvent("zeta", "z1"), newEvent("acme", "a2"), newEvent("zeta", "z2"))
	wantEqual(t, "of acme", names(listEvents(t, store, "acme", identity.EventFilter{})), []identity.UID{"a1", "a2"})
	wantEqual(t, "of zeta, in parts", names(listEvents(t, store, "zeta", identity.EventFilter{Limit: 1})), []identity.UID{"z1"})
	wantEqual(t, "of a user of the other", listEvents(t, store, "zeta", identity.EventFilter{UID: "a1"}), []identity.Event{})
	wantEqual(t, "of nobody", listEvents(t, store, "nobody", identity.EventFilter{}), []identity.Event{})
}

func eventUndone(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addEvents(t, store, newEvent("acme", "first"))
	errLater := errors.New("what came later failed")
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		if err := addEvent(tx, newEvent("acme", "undone")); err != nil {
			return err
		}
		return errLater
	})
	wantError(t, "the change", err, errLater)
	addEvents(t, store, newEvent("acme", "second"))
	wantEqual(t, "the events", names(listEvents(t, store, "acme", identity.EventFilter{})), []identity.UID{"first", "second"})
}

// dropEvents removes events from before a time, at most limit, and gives how many.
func dropEvents(tb testing.TB, store identity.Store, before time.Time, limit int) (count int) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		count, err = tx.DeleteEvents(before, limit)
		return err
	})
	return count
}

func deleteEvents(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	for i, uid := range []identity.UID{"a", "b", "c", "d", "e"} {
		event := newEvent("acme", uid)
		if uid == "b" {
			event.AppID = "zeta"
		}
		event.At = founded.Add(time.Duration(i) * time.Minute)
		addEvents(t, store, event)
	}
	left := func(app identity.AppID, want ...identity.UID) {
		t.Helper()
		wantEqual(t, "left of "+string(app), names(listEvents(t, store, app, identity.EventFilter{})), want)
	}
	wantEqual(t, "removed of none", dropEvents(t, store, founded, 10), 0)
	wantEqual(t, "removed first", dropEvents(t, store, founded.Add(3*time.Minute), 2), 2)
	left("acme", "c", "d", "e")
	left("zeta")
	wantEqual(t, "removed then", dropEvents(t, store, founded.Add(3*time.Minute), 2), 1)
	left("acme", "d", "e")
	// However old it is, the newest of all stays: its id is where the next ones go on.
	wantEqual(t, "removed at last", dropEvents(t, store, founded.Add(time.Hour), 10), 1)
	left("acme", "e")
	wantEqual(t, "removed after that", dropEvents(t, store, founded.Add(time.Hour), 10), 0)
}

func eventIDs(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addEvents(t, store, newEvent("acme", "a"), newEvent("acme", "b"))
	last := listEvents(t, store, "acme", identity.EventFilter{})[1].ID
	dropEvents(t, store, founded.Add(time.Hour), 10)
	addEvents(t, store, newEvent("acme", "c"))
	// Who has read up to the last one would otherwise miss it.
	wantEqual(t, "what came since", names(listEvents(t, store, "acme", identity.EventFilter{After: last})), []identity.UID{"c"})
}

// eventsMeanwhile reads on while others write, and holds what it read against the whole list.
func eventsMeanwhile(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	const writers, each = 8, 25
	users := make([]identity.User, writers)
	for number := range users {
		users[number] = addUser(t, store, newUser(newApp("acme"), uidNumbered(number)))
	}
	done := make(chan []error)
	go func() {
		done <- together(writers, func(number int) error {
			for range each {
				err := store.Change(t.Context(), func(tx identity.Tx) error {
					if err := tx.TouchUser(users[number]); err != nil {
						return err
					}
					if err := tx.AddEvent(newEvent("acme", users[number].UID)); err != nil {
						return err
					}
					// Some commits come long after their events got ids.
					for range number * 20 {
						runtime.Gosched()
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}()
	var read []identity.Event
	var after int64
	readOn := func() {
		part := listEvents(t, store, "acme", identity.EventFilter{After: after, Limit: 7})
		for len(part) > 0 {
			read = append(read, part...)
			after = part[len(part)-1].ID
			part = listEvents(t, store, "acme", identity.EventFilter{After: after, Limit: 7})
		}
	}
	for running := true; running; {
		select {
		case failures := <-done:
			wantAllWell(t, failures)
			running = false
		default:
		}
		readOn()
	}
	untilListed(t, store, "acme", writers*each, identity.EventFilter{})
	readOn()
	whole := listEvents(t, store, "acme", identity.EventFilter{})
	wantEqual(t, "how many there are", len(whole), writers*each)
	if !slices.Equal(read, whole) {
		wantEqual(t, "what was read on the way", names(read), names(whole))
	}
}
