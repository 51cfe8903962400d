package dashboard

import (
	"context"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// recentNumbers are what live views share: however many look at an app, it is counted once an interval.
type recentNumbers struct {
	mu    sync.Mutex
	known map[recentKey]*recentCount
}

type recentKey struct {
	app  identity.AppID
	span string
}

// recentCount is what was counted last. Whoever counts again has its turn: others who look at the same wait for
// that, and those who look at another app for nothing.
type recentCount struct {
	// turn has room for one.
	turn    chan struct{}
	numbers overviewNumbers
	// at is when the counting ended, so that one that takes long is shared too.
	at time.Time
}

// recent gives the numbers as they were counted no longer ago than half of the interval of live views.
func (d *Dashboard) recent(ctx context.Context, caller identity.Caller, chosen span) (overviewNumbers, error) {
	return d.numbers.get(ctx, recentKey{caller.App.ID, chosen.Name}, d.config.Clock, func() (overviewNumbers, error) {
		// Others wait for it, so it must not take longer than a page may.
		ctx, cancel := context.WithTimeout(ctx, requestTimeLimit)
		defer cancel()
		return d.count(ctx, caller, chosen)
	})
}

func (r *recentNumbers) get(
	ctx context.Context, key recentKey, clock func() time.Time, count func() (overviewNumbers, error),
) (overviewNumbers, error) {
	last := r.of(key)
	select {
	case last.turn <- struct{}{}:
		defer func() { <-last.turn }()
	case <-ctx.Done():
		return overviewNumbers{}, ctx.Err()
	}
	// A clock that was set back makes nothing young.
	if age := clock().Sub(last.at); age >= 0 && age < liveInterval/2 {
		return last.numbers, nil
	}
	numbers, err := count()
	if err == nil {
		last.numbers, last.at = numbers, clock()
	}
	return numbers, err
}

func (r *recentNumbers) of(key recentKey) *recentCount {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.known[key]; ok {
		return known
	}
	if r.known == nil || len(r.known) > mostStreams {
		r.known = map[recentKey]*recentCount{}
	}
	r.known[key] = &recentCount{turn: make(chan struct{}, 1)}
	return r.known[key]
}
