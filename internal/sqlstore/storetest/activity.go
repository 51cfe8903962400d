package storetest

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func activity() []behaviour {
	return []behaviour{
		{"tallies of one time add up, with their codes", tallyTwice},
		{"a stretch has what begins in it, of its app and span only", tallyStretch},
		{"many who add to the same tallies at once all count", tallyTogether},
		{"nothing is counted for an app that is not there", tallyOfNobody},
		{"an undone change counts nothing", tallyUndone},
		{"old tallies of a span are removed, some at a time, with their codes", deleteTallies},
		{"an app takes its tallies with it", tallyOfRemovedApp},
	}
}

// newTally counts one sign-in, and as many failures as the codes say.
func newTally(app identity.AppID, span time.Duration, at time.Time, codes map[fault.Code]int) identity.Tally {
	tally := identity.Tally{AppID: app, Span: span, ActivityBucket: identity.ActivityBucket{At: at, SignIns: 1}, Codes: codes}
	for _, count := range codes {
		tally.Failures += count
	}
	return tally
}

func addTally(tb testing.TB, store identity.Store, tally identity.Tally) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) error { return tx.AddTally(tally) })
}

// wantActivity expects what was counted in an app in spans from a time on and before another.
func wantActivity(tb testing.TB, store identity.Store, app identity.AppID, span time.Duration, from, to time.Time, want ...identity.ActivityBucket) {
	tb.Helper()
	got, err := store.Activity(tb.Context(), app, span, from, to)
	wantError(tb, "the activity", err, nil)
	wantEqual(tb, "the activity", got, want)
}

func wantCodes(tb testing.TB, store identity.Store, app identity.AppID, span time.Duration, from, to time.Time, want ...identity.FailureCount) {
	tb.Helper()
	got, err := store.FailureCodes(tb.Context(), app, span, from, to)
	wantError(tb, "the codes", err, nil)
	slices.SortFunc(got, func(a, b identity.FailureCount) int { return cmp.Compare(a.Code, b.Code) })
	wantEqual(tb, "the codes", got, want)
}

func tallyTwice(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addTally(t, store, newTally("acme", time.Minute, founded, map[fault.Code]int{"A": 2, "B": 1}))
	again := newTally("acme", time.Minute, founded, map[fault.Code]int{"B": 4, "C": 1})
	again.Refused = 7
	addTally(t, store, again)
	end := founded.Add(time.Minute)
	wantActivity(t, store, "acme", time.Minute, founded, end, identity.ActivityBucket{At: founded, SignIns: 2, Failures: 8, Refused: 7})
	wantCodes(t, store, "acme", time.Minute, founded, end,
		identity.FailureCount{Code: "A", Count: 2}, identity.FailureCount{Code: "B", Count: 5}, identity.FailureCount{Code: "C", Count: 1})
}

func tallyStretch(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "other")
	// In no order, for the answer has one.
	for _, minute := range []int{2, -1, 0, 3, 1} {
		at := founded.Add(time.Duration(minute) * time.Minute)
		addTally(t, store, newTally("acme", time.Minute, at, map[fault.Code]int{"A": 1}))
		addTally(t, store, newTally("other", time.Minute, at, map[fault.Code]int{"A": 100}))
	}
	addTally(t, store, newTally("acme", time.Hour, founded, map[fault.Code]int{"A": 10}))
	bucket := func(minute int) identity.ActivityBucket {
		return identity.ActivityBucket{At: founded.Add(time.Duration(minute) * time.Minute), SignIns: 1, Failures: 1}
	}
	end := founded.Add(3 * time.Minute)
	wantActivity(t, store, "acme", time.Minute, founded, end, bucket(0), bucket(1), bucket(2))
	wantCodes(t, store, "acme", time.Minute, founded, end, identity.FailureCount{Code: "A", Count: 3})
	wantActivity(t, store, "acme", time.Hour, founded, end, identity.ActivityBucket{At: founded, SignIns: 1, Failures: 10})
	wantActivity(t, store, "acme", time.Minute, end.Add(time.Hour), end.Add(2*time.Hour))
	wantCodes(t, store, "acme", time.Minute, end.Add(time.Hour), end.Add(2*time.Hour))
}

// tallyTogether is what several servers do: each adds the same tallies, in their one order.
func tallyTogether(t *testing.T, store identity.Store) {
	apps := []identity.AppID{"acme", "beta", "clinic"}
	for _, app := range apps {
		addApp(t, store, app)
	}
	const servers, rounds = 8, 10
	wantAllWell(t, together(servers, func(int) error {
		for range rounds {
			err := store.Change(t.Context(), func(tx identity.Tx) error {
				for _, app := range apps {
					for _, span := range []time.Duration{time.Minute, time.Hour} {
						if err := tx.AddTally(newTally(app, span, founded, map[fault.Code]int{"A": 1, "B": 2})); err != nil {
							return err
						}
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	const times = servers * rounds
	for _, app := range apps {
		for _, span := range []time.Duration{time.Minute, time.Hour} {
			wantActivity(t, store, app, span, founded, founded.Add(span), identity.ActivityBucket{At: founded, SignIns: times, Failures: 3 * times})
			wantCodes(t, store, app, span, founded, founded.Add(span),
				identity.FailureCount{Code: "A", Count: times}, identity.FailureCount{Code: "B", Count: 2 * times})
		}
	}
}

func tallyOfNobody(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	change(t, store, func(tx identity.Tx) error {
		if err := tx.AddTally(newTally("nobody", time.Minute, founded, map[fault.Code]int{"A": 1})); err != nil {
			return err
		}
		// What else is in the change is not harmed.
		return tx.AddTally(newTally("acme", time.Minute, founded, nil))
	})
	wantActivity(t, store, "nobody", time.Minute, founded, founded.Add(time.Minute))
	wantCodes(t, store, "nobody", time.Minute, founded, founded.Add(time.Minute))
	wantActivity(t, store, "acme", time.Minute, founded, founded.Add(time.Minute), identity.ActivityBucket{At: founded, SignIns: 1})
}

func tallyUndone(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		if err := tx.AddTally(newTally("acme", time.Minute, founded, map[fault.Code]int{"A": 1})); err != nil {
			return err
		}
		return identity.ErrTaken
	})
	wantError(t, "the change", err, identity.ErrTaken)
	wantActivity(t, store, "acme", time.Minute, founded, founded.Add(time.Minute))
	wantCodes(t, store, "acme", time.Minute, founded, founded.Add(time.Minute))
}

func deleteTallies(t *testing.T, store identity.Store) {
	for _, app := range []identity.AppID{"acme", "other"} {
		addApp(t, store, app)
		for hour := range 3 {
			addTally(t, store, newTally(app, time.Hour, founded.Add(time.Duration(hour)*time.Hour), map[fault.Code]int{"A": 1}))
		}
		addTally(t, store, newTally(app, time.Minute, founded, map[fault.Code]int{"A": 1}))
	}
	end := founded.Add(3 * time.Hour)
	for _, want := range []int{3, 1, 0} {
		change(t, store, func(tx identity.Tx) error {
			removed, err := tx.DeleteTallies(time.Hour, founded.Add(2*time.Hour), 3)
			wantEqual(t, "removed", removed, want)
			return err
		})
	}
	for _, app := range []identity.AppID{"acme", "other"} {
		wantActivity(t, store, app, time.Hour, founded, end, identity.ActivityBucket{At: founded.Add(2 * time.Hour), SignIns: 1, Failures: 1})
		wantCodes(t, store, app, time.Hour, founded, end, identity.FailureCount{Code: "A", Count: 1})
		wantCodes(t, store, app, time.Minute, founded, end, identity.FailureCount{Code: "A", Count: 1})
	}
}

func tallyOfRemovedApp(t *testing.T, store identity.Store) {
	app := newApp("acme")
	app.DeleteAt = founded
	change(t, store, func(tx identity.Tx) error { return tx.AddApp(app) })
	addTally(t, store, newTally("acme", time.Minute, founded, map[fault.Code]int{"A": 1}))
	change(t, store, func(tx identity.Tx) error {
		_, err := tx.DeleteApps(founded)
		return err
	})
	addApp(t, store, "acme")
	wantActivity(t, store, "acme", time.Minute, founded, founded.Add(time.Minute))
	wantCodes(t, store, "acme", time.Minute, founded, founded.Add(time.Minute))
}
