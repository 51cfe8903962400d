package identity

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// feedBatch is how many events are read at once.
	feedBatch = 500
	// feedPause lets what is committed at about the same time be read together.
	feedPause = 5 * time.Millisecond
	// feedInterval is how soon what other servers wrote is seen, of which this one gets no signal.
	feedInterval = 250 * time.Millisecond
)

// changeSignal tells who waits for it that something was committed. It is a hint: what was committed
// is in the event log.
type changeSignal struct {
	awaited atomic.Bool
	mu      sync.Mutex
	next    chan struct{}
}

func newChangeSignal() *changeSignal { return &changeSignal{next: make(chan struct{})} }

// wait gives a channel that is closed by the next commit.
func (c *changeSignal) wait() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaited.Store(true)
	return c.next
}

func (c *changeSignal) fire() {
	if !c.awaited.Swap(false) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.next)
	c.next = make(chan struct{})
}

// signalling is a Store that gives a signal after every commit.
type signalling struct {
	Store
	changed *changeSignal
}

func (s signalling) Change(ctx context.Context, do func(tx Tx) error) error {
	err := s.Store.Change(ctx, do)
	if err == nil {
		s.changed.fire()
	}
	return err
}

// Feed is a reader of the event log of all apps, from when it was made on. It is for one goroutine.
type Feed struct {
	service *Service
	kinds   []EventKind
	cursor  int64
}

// NewFeed makes a feed of the events of some kinds that are committed from now on.
func (s *Service) NewFeed(ctx context.Context, kinds ...EventKind) (*Feed, error) {
	return s.FeedFrom(ctx, -1, kinds...)
}

// FeedFrom makes a feed of the events behind the one with an id; behind the last one there is now when
// the id is negative.
func (s *Service) FeedFrom(ctx context.Context, after int64, kinds ...EventKind) (*Feed, error) {
	if after < 0 {
		last, err := s.store.LastEvent(ctx)
		if err != nil {
			return nil, inTime(err)
		}
		after = last
	}
	return &Feed{service: s, kinds: kinds, cursor: after}, nil
}

// Cursor is the id of the event up to which everything has been given.
func (f *Feed) Cursor() int64 { return f.cursor }

// Next waits for events and gives them in their order. It fails with the cause of ctx, or with the
// database's failure, after which it may be called again: no event is left out.
func (f *Feed) Next(ctx context.Context) ([]Event, error) {
	// After a commit its event may stay hidden while an older transaction runs: look again soon, and
	// then less and less often.
	wait := feedPause
	for {
		changed := f.service.changed.wait()
		events, err := f.read(ctx)
		if err != nil || len(events) > 0 {
			return events, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		case <-timer.C:
			wait = min(2*wait, feedInterval)
		case <-changed:
			timer.Stop()
			wait = feedPause
			if err := pause(ctx, feedPause); err != nil {
				return nil, err
			}
		}
	}
}

func (f *Feed) read(ctx context.Context) ([]Event, error) {
	last, err := f.service.store.LastEvent(ctx)
	if err != nil || last == f.cursor {
		return nil, inTime(err)
	}
	events, err := f.service.store.EventsOfKinds(ctx, f.cursor, last, f.kinds, feedBatch)
	if err != nil {
		return nil, inTime(err)
	}
	if len(events) == feedBatch {
		last = events[len(events)-1].ID
	}
	f.cursor = last
	return events, nil
}
