package emulator

import (
	"context"
	"sync/atomic"
	"time"
)

// The bounds of the server's time: the form of auth tokens ends in 2286.
var (
	earliest = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// Clock is the machine's, moved. The zero value is not moved.
type Clock struct{ ahead atomic.Int64 }

// Now is the time to take for the present.
func (c *Clock) Now() time.Time { return time.Now().Add(c.offset()) }

func (c *Clock) offset() time.Duration { return time.Duration(c.ahead.Load()) }

func (c *Clock) move(offset time.Duration) { c.ahead.Store(int64(offset)) }

func (e *Emulator) showClock(*call) (any, error) {
	type view struct {
		Now time.Time `json:"now"`
		// Ahead is by how much the machine's clock is behind: 720h0m0s.
		Ahead string `json:"ahead"`
	}
	return view{e.clock.Now().UTC().Truncate(time.Second), e.clock.offset().Round(time.Second).String()}, nil
}

func (e *Emulator) moveClock(c *call) (any, error) {
	var body struct {
		Advance string `json:"advance"`
		Set     string `json:"set"`
		Reset   bool   `json:"reset"`
	}
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	var offset time.Duration
	switch said := [3]bool{body.Advance != "", body.Set != "", body.Reset}; said {
	case [3]bool{true, false, false}:
		by, err := time.ParseDuration(body.Advance)
		if err != nil {
			return nil, invalid("advance", "The advance must be a duration such as 90s, 24h or -1h30m.")
		}
		target := e.clock.Now().Add(by)
		if outOfBounds(target) {
			return nil, invalid("advance", "The time may be moved within the years 2000 to 2199 only.")
		}
		offset = e.clock.offset() + by
	case [3]bool{false, true, false}:
		target, err := time.Parse(time.RFC3339, body.Set)
		if err != nil {
			return nil, invalid("set", "The set must be a time such as 2027-01-31T12:00:00Z.")
		}
		if outOfBounds(target) {
			return nil, invalid("set", "The time may be moved within the years 2000 to 2199 only.")
		}
		offset = time.Until(target)
	case [3]bool{false, false, true}:
	default:
		return nil, invalid("body", "The body must say one of advance, set and reset.")
	}
	e.clock.move(offset)
	if err := e.settle(c.Context()); err != nil {
		return nil, err
	}
	return e.showClock(c)
}

func outOfBounds(at time.Time) bool { return at.Before(earliest) || !at.Before(latest) }

// settle does what the server would have done by now, had its time come by itself.
func (e *Emulator) settle(ctx context.Context) error {
	if err := e.service.KeepSigningKeys(ctx); err != nil {
		return err
	}
	if err := e.service.KeepHouse(ctx, e.config.Retention); err != nil {
		return err
	}
	e.sockets.Recheck(ctx)
	return nil
}
