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
	known map[recentKey]recentCount
}

type recentKey struct {
	app  identity.AppID
	span string
}

type recentCount struct {
	numbers overviewNumbers
	at      time.Time
}

// recent gives the numbers as they were no longer ago than half of the interval of live views.
func (d *Dashboard) recent(ctx context.Context, caller identity.Caller, chosen span) (overviewNumbers, error) {
	r := &d.numbers
	r.mu.Lock()
	defer r.mu.Unlock()
	now := d.config.Clock()
	key := recentKey{caller.App.ID, chosen.Name}
	if known, ok := r.known[key]; ok {
		// A clock that was set back makes nothing young.
		if age := now.Sub(known.at); age >= 0 && age < liveInterval/2 {
			return known.numbers, nil
		}
	}
	// Others wait for it, so it must not take longer than a page may.
	ctx, cancel := context.WithTimeout(ctx, requestTimeLimit)
	defer cancel()
	numbers, err := d.count(ctx, caller, chosen)
	if err != nil {
		return numbers, err
	}
	if r.known == nil || len(r.known) > mostStreams {
		r.known = map[recentKey]recentCount{}
	}
	r.known[key] = recentCount{numbers, now}
	return numbers, nil
}
