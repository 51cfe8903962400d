package socket

import (
	"math/rand/v2"
	"time"
)

// The bounds of the pauses between attempts.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 30 * time.Second
)

// Backoff gives the pauses between attempts: each anywhere below a bound that doubles, so that the
// clients of a server that was away do not all come back at the same moment. The zero value is ready.
type Backoff struct {
	bound time.Duration
}

// Next gives the next pause.
func (b *Backoff) Next() time.Duration {
	b.bound = min(max(2*b.bound, firstPause), longestPause)
	return rand.N(b.bound) //nolint:gosec // G404: nobody gains by guessing it
}

// Reset begins anew, after an attempt that was worth it.
func (b *Backoff) Reset() { b.bound = 0 }
