package realtime

import (
	"context"
	"sync"
	"time"

	"github.com/lxzan/gws"
)

const (
	// unprovenInterval is how late the end of a socket may come that does not tell whose it is.
	unprovenInterval = 100 * time.Millisecond
	// silenceChecks is how often all sockets are looked through while one may be silent: ten thousand take
	// about a millisecond.
	silenceChecks = 20
	// stuckTime is how long a client may take to read anything of what waits for it.
	stuckTime = 20 * time.Second
)

// queue is the sockets that have yet to tell whose they are, oldest first.
type queue struct {
	mu      sync.Mutex
	sockets []*socket
}

func (q *queue) push(s *socket) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sockets = append(q.sockets, s)
}

// openedBefore takes out the sockets that were opened before a time.
func (q *queue) openedBefore(at int64) []*socket {
	q.mu.Lock()
	defer q.mu.Unlock()
	count := 0
	for count < len(q.sockets) && q.sockets[count].openedAt <= at {
		count++
	}
	old := q.sockets[:count:count]
	if q.sockets = q.sockets[count:]; len(q.sockets) == 0 {
		q.sockets = nil
	}
	return old
}

// sweep ends the sockets that nobody is behind, until running ends.
func (g *Gateway) sweep(running context.Context) {
	unproven, silent := time.NewTicker(unprovenInterval), time.NewTicker(g.config.SilenceTime/silenceChecks)
	defer unproven.Stop()
	defer silent.Stop()
	for {
		select {
		case <-running.Done():
			return
		case <-unproven.C:
			for _, s := range g.unproven.openedBefore(g.now() - g.config.AuthTime.Milliseconds()) {
				if !s.proven.Load() {
					s.end(NotAuthenticated)
				}
			}
		case <-silent.C:
			g.endSilent()
		}
	}
}

// endSilent asks clients that have been silent for half of the time whether they are there, and ends
// those from whom no answer came, or who read nothing.
func (g *Gateway) endSilent() {
	now := g.now()
	for _, s := range g.roster.all() {
		silence := now - s.heardAt.Load()
		switch {
		case !s.proven.Load():
		case silence > g.config.SilenceTime.Milliseconds():
			s.end(Lost)
		case s.queued.Load() > 0 && now-s.stuckSince.Load() > stuckTime.Milliseconds():
			s.end(TooSlow)
		case silence > g.config.SilenceTime.Milliseconds()/2:
			s.queue(gws.OpcodePing, nil)
		}
	}
}
