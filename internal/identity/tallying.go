package identity

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// The bounds of what waits to be written, and of what is written at once: other writers wait for it.
const (
	mostTallies       = 10_000
	mostTalliesAtOnce = 250
)

// tallying counts what happens, in memory until the next WriteActivity: a write for every login that
// fails would let whoever sends enough of them slow down all others.
//
// It holds something only of apps that there are, or were since the server started, and so cannot be made to
// grow by naming others.
type tallying struct {
	mu      sync.Mutex
	minutes map[minuteOfApp]*Tally
	// uncounted is how often there was no room to count.
	uncounted int
	failures  failedSignIns
	// known are the apps that this server has met since it started, for requests that are refused before
	// their app was looked up. What is counted of one that was removed is not written.
	known map[AppID]struct{}

	// writing is held while what was taken from memory is not surely in the database yet.
	writing sync.RWMutex
}

type minuteOfApp struct {
	app AppID
	at  time.Time
}

func newTallying() *tallying {
	return &tallying{minutes: map[minuteOfApp]*Tally{}, failures: newFailedSignIns(), known: map[AppID]struct{}{}}
}

// whole keeps what waits and what is written as they are, until the function it gives is called:
// what is on its way between the two would be counted twice or not at all.
func (t *tallying) whole() func() {
	t.writing.RLock()
	return t.writing.RUnlock
}

// know remembers that there is an app.
func (t *tallying) know(app AppID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[app] = struct{}{}
}

func (t *tallying) knows(app AppID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, known := t.known[app]
	return known
}

// add counts one more.
func (t *tallying) add(tally Tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addLocked(tally)
}

func (t *tallying) addLocked(tally Tally) {
	tally.Span, tally.At = time.Minute, tally.At.UTC().Truncate(time.Minute)
	of := minuteOfApp{tally.AppID, tally.At}
	counted, known := t.minutes[of]
	if !known && len(t.minutes) >= mostTallies {
		t.uncounted++
		return
	}
	if !known {
		counted = &Tally{AppID: tally.AppID, Span: tally.Span, ActivityBucket: ActivityBucket{At: tally.At}, Codes: map[fault.Code]int{}}
		t.minutes[of] = counted
	}
	counted.include(tally)
}

// include adds what another tally has counted.
func (t *Tally) include(other Tally) {
	t.add(other.ActivityBucket)
	for code, count := range other.Codes {
		t.Codes[code] += count
	}
}

// waiting gives what is counted in a stretch of an app's time and not written yet.
func (t *tallying) waiting(app AppID, in stretch) []Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	var waiting []Tally
	for of, tally := range t.minutes {
		if of.app == app && in.holds(of.at) {
			kept := *tally
			kept.Codes = maps.Clone(tally.Codes)
			waiting = append(waiting, kept)
		}
	}
	return waiting
}

// activityBatch is what is written at once.
type activityBatch struct {
	minutes []Tally
	failed  []failedSignIn
}

// take gives what is to be written next, and says whether that is all.
func (t *tallying) take(now time.Time, final bool) (batch activityBatch, all bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for of, tally := range t.minutes {
		if len(batch.minutes) == mostTalliesAtOnce {
			return batch, false
		}
		batch.minutes = append(batch.minutes, *tally)
		delete(t.minutes, of)
	}
	batch.failed = t.failures.take(now, final)
	return batch, true
}

// putBack keeps what could not be written for another try.
func (t *tallying) putBack(batch activityBatch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tally := range batch.minutes {
		t.addLocked(tally)
	}
	for _, failed := range batch.failed {
		t.failures.putBack(failed)
	}
}

// tallies gives the batch's counts by minutes and by hours, in the order in which they are added.
func (b activityBatch) tallies() []Tally {
	hours := map[minuteOfApp]*Tally{}
	for _, minute := range b.minutes {
		of := minuteOfApp{minute.AppID, minute.At.Truncate(time.Hour)}
		if hours[of] == nil {
			hours[of] = &Tally{AppID: of.app, Span: time.Hour, ActivityBucket: ActivityBucket{At: of.at}, Codes: map[fault.Code]int{}}
		}
		hours[of].include(minute)
	}
	tallies := slices.Clone(b.minutes)
	for _, hour := range hours {
		tallies = append(tallies, *hour)
	}
	slices.SortFunc(tallies, compareTallies)
	return tallies
}

// noteSignIn counts a client that signed in.
func (s *Service) noteSignIn(app AppID) {
	s.activity.know(app)
	s.activity.add(Tally{AppID: app, ActivityBucket: ActivityBucket{At: s.clock(), SignIns: 1}})
}

// NoteRefused counts a request that a rate limit refused. named is the app that the request names, for
// a caller of whom nothing is proven yet; it counts only if this server has met that app since it
// started, because asking the database is what the limit is to prevent.
func (s *Service) NoteRefused(caller Caller, named string) {
	app := caller.App.ID
	if app == "" {
		app = AppID(foldASCII(named))
		if !s.activity.knows(app) {
			return
		}
	}
	s.activity.add(Tally{AppID: app, ActivityBucket: ActivityBucket{At: s.clock(), Refused: 1}})
}

// WriteActivity stores what was counted, and the events of logins that failed. A server calls it every
// few seconds.
func (s *Service) WriteActivity(ctx context.Context) error { return s.writeActivity(ctx, false) }

// WriteAllActivity is WriteActivity when the server stops: it leaves nothing to wait for its minute to
// be over.
func (s *Service) WriteAllActivity(ctx context.Context) error { return s.writeActivity(ctx, true) }

func (s *Service) writeActivity(ctx context.Context, final bool) error {
	for {
		all, err := s.writeSomeActivity(ctx, final)
		if err != nil {
			return err
		}
		if all {
			return s.activity.sayUncounted()
		}
	}
}

func (s *Service) writeSomeActivity(ctx context.Context, final bool) (all bool, err error) {
	s.activity.writing.Lock()
	defer s.activity.writing.Unlock()
	batch, all := s.activity.take(s.clock(), final)
	tallies := batch.tallies()
	if len(tallies) == 0 && len(batch.failed) == 0 {
		return all, nil
	}
	err = s.store.Change(ctx, func(tx Tx) error {
		for _, tally := range tallies {
			if err := tx.AddTally(tally); err != nil {
				return err
			}
		}
		if len(tallies) == 0 {
			// An event comes after another write or lock. An app that is gone has none.
			if _, err := tx.LockApp(batch.failed[0].event.AppID); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		for _, failed := range batch.failed {
			event, err := failed.asEvent()
			if err != nil {
				return err
			}
			if err := tx.AddEvent(event); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.activity.putBack(batch)
	}
	return all, err
}

// sayUncounted fails when something could not be counted since it was asked last.
func (t *tallying) sayUncounted() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	missed := t.uncounted
	t.uncounted = 0
	if missed > 0 {
		return fmt.Errorf("%d of what happened is missing in the activity: it came faster than it could be written", missed)
	}
	return nil
}
