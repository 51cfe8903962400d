package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"
)

// patience is how long a frame may be on its way before the bench gives up.
const patience = 20 * time.Second

// delays is how long frames were on their way.
type delays []time.Duration

// at gives the delay that so many of a hundred frames do not exceed.
func (d delays) at(percent int) time.Duration {
	slices.Sort(d)
	return d[max(len(d)*percent/100-1, 0)].Round(10 * time.Microsecond)
}

// arrival is that a subscriber heard of the user who moves.
type arrival struct {
	action byte
	at     time.Time
	err    error
}

// The two things to hear of a user.
const (
	online  = 'n'
	offline = 'f'
)

// measureDelay lets the user with a uid and a JWT come online again and again, and measures from when its client sends the auth
// frame to when each subscriber has read the frame of presence.
func measureDelay(ctx context.Context, url string, subscribers []string, uid, mover string, moves int) (delays, error) {
	clients, err := enterAll(ctx, url, subscribers, "ALL_USERS")
	if err != nil {
		return nil, err
	}
	arrivals := make(chan arrival, len(clients))
	name := fmt.Appendf(nil, `"sender":%q`, uid)
	for _, c := range clients {
		go c.listen(name, arrivals)
		defer c.leave()
	}
	var measured delays
	for move := range moves + 1 {
		c, err := dial(ctx, url)
		if err != nil {
			return nil, err
		}
		sent := time.Now()
		if _, err := c.Write(authFrame(mover, "NONE")); err != nil {
			return nil, err
		}
		heard, err := await(arrivals, len(clients), online)
		if err != nil {
			return nil, err
		}
		// The first one warms up.
		for _, at := range heard {
			if move > 0 {
				measured = append(measured, at.Sub(sent))
			}
		}
		if _, err := c.Write(farewell); err != nil {
			return nil, err
		}
		if _, err := await(arrivals, len(clients), offline); err != nil {
			return nil, err
		}
		_ = c.Close()
	}
	return measured, nil
}

// await waits until every subscriber has heard.
func await(arrivals <-chan arrival, subscribers int, action byte) ([]time.Time, error) {
	var heard []time.Time
	timeout := time.After(patience)
	for len(heard) < subscribers {
		select {
		case one := <-arrivals:
			if one.err != nil {
				return nil, one.err
			}
			if one.action == action {
				heard = append(heard, one.at)
			}
		case <-timeout:
			return nil, fmt.Errorf("only %d of %d subscribers heard of the user", len(heard), subscribers)
		}
	}
	return heard, nil
}

// listen tells what is heard of one user.
func (c *client) listen(name []byte, arrivals chan<- arrival) {
	var buffer []byte
	for {
		var err error
		if buffer, err = c.next(buffer[:cap(buffer)]); err != nil {
			arrivals <- arrival{err: err}
			return
		}
		if !bytes.Contains(buffer, name) {
			continue
		}
		action := byte(online)
		if bytes.Contains(buffer, []byte(`"action":"offline"`)) {
			action = offline
		}
		arrivals <- arrival{action: action, at: time.Now()}
	}
}
