package storetest

import (
	"slices"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

func eventsOfAll() []behaviour {
	return []behaviour{
		{"there is no last event before the first one", noLastEvent},
		{"events of all apps are read on, those of some kinds only", eventsOfKinds},
		{"events end where their reader says", eventsThrough},
		{"the last event stays known when older ones are removed", lastEventStays},
	}
}

func lastEvent(tb testing.TB, store identity.Store) int64 {
	tb.Helper()
	last, err := store.LastEvent(tb.Context())
	wantError(tb, "the last event", err, nil)
	return last
}

// ofKinds gives the uids of events, up to the last one there is.
func ofKinds(tb testing.TB, store identity.Store, after, through int64, limit int, kinds ...identity.EventKind) []identity.UID {
	tb.Helper()
	found, err := store.EventsOfKinds(tb.Context(), after, through, kinds, limit)
	wantError(tb, "events of kinds", err, nil)
	return names(found)
}

func noLastEvent(t *testing.T, store identity.Store) {
	if last := lastEvent(t, store); last != 0 {
		t.Errorf("the last event is %d", last)
	}
}

// addKinds adds events of two apps and kinds, in turn.
func addKinds(t *testing.T, store identity.Store) (ids []int64) {
	t.Helper()
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	for i, uid := range []identity.UID{"a", "b", "c", "d", "e"} {
		event := newEvent("acme", uid)
		if i%2 == 1 {
			event.AppID, event.Kind = "zeta", identity.EventTokenRevoked
		}
		event.Detail, event.Subject = `{"presenceChanged":true}`, "token:17"
		addEvents(t, store, event)
		ids = append(ids, lastEvent(t, store))
	}
	return ids
}

func eventsOfKinds(t *testing.T, store identity.Store) {
	ids := addKinds(t, store)
	last := ids[len(ids)-1]
	const updated, revoked = identity.EventUserUpdated, identity.EventTokenRevoked
	for _, test := range []struct {
		after int64
		limit int
		kinds []identity.EventKind
		want  []identity.UID
	}{
		{0, 9, []identity.EventKind{updated, revoked}, []identity.UID{"a", "b", "c", "d", "e"}},
		{0, 9, []identity.EventKind{revoked}, []identity.UID{"b", "d"}},
		{ids[1], 9, []identity.EventKind{revoked}, []identity.UID{"d"}},
		{ids[1], 9, []identity.EventKind{updated, revoked}, []identity.UID{"c", "d", "e"}},
		{0, 2, []identity.EventKind{updated}, []identity.UID{"a", "c"}},
		{last, 9, []identity.EventKind{updated, revoked}, nil},
		{0, 9, []identity.EventKind{identity.EventAppCreated}, nil},
	} {
		if got := ofKinds(t, store, test.after, last, test.limit, test.kinds...); !slices.Equal(got, test.want) {
			t.Errorf("behind %d, %v, at most %d: %v, want %v", test.after, test.kinds, test.limit, got, test.want)
		}
	}
	found, err := store.EventsOfKinds(t.Context(), 0, last, []identity.EventKind{revoked}, 1)
	wantError(t, "events of kinds", err, nil)
	if one := found[0]; one.AppID != "zeta" || one.Detail != `{"presenceChanged":true}` || one.Subject != "token:17" || !one.At.Equal(founded) {
		t.Errorf("the event is %+v", one)
	}
}

func eventsThrough(t *testing.T, store identity.Store) {
	ids := addKinds(t, store)
	if got := ofKinds(t, store, ids[0], ids[2], 9, identity.EventUserUpdated, identity.EventTokenRevoked); !slices.Equal(got, []identity.UID{"b", "c"}) {
		t.Errorf("got %v", got)
	}
}

func lastEventStays(t *testing.T, store identity.Store) {
	ids := addKinds(t, store)
	change(t, store, func(tx identity.Tx) error {
		if _, err := tx.LockApp("acme"); err != nil {
			return err
		}
		_, err := tx.DeleteEvents(founded.AddDate(1, 0, 0), 100)
		return err
	})
	if last := lastEvent(t, store); last != ids[len(ids)-1] {
		t.Errorf("the last event is %d, of %v", last, ids)
	}
	addEvents(t, store, newEvent("acme", "f"))
	// Whoever had read up to an event that is gone misses none of those behind it.
	if got := ofKinds(t, store, ids[2], lastEvent(t, store), 9, identity.EventUserUpdated); !slices.Equal(got, []identity.UID{"e", "f"}) {
		t.Errorf("behind one that is gone: %v", got)
	}
}
