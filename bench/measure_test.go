package bench_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// share runs do count times, spread over callers that each wait for one to finish before the next.
func share(tb testing.TB, callers, count int, do func() error) time.Duration {
	tb.Helper()
	var left atomic.Int64
	left.Store(int64(count))
	var failure atomic.Pointer[error]
	var group sync.WaitGroup
	started := time.Now()
	for range callers {
		group.Go(func() {
			for left.Add(-1) >= 0 {
				if err := do(); err != nil {
					failure.Store(&err)
					return
				}
			}
		})
	}
	group.Wait()
	took := time.Since(started)
	if err := failure.Load(); err != nil {
		tb.Fatal(*err)
	}
	return took
}

// rounds is how often a pair is measured for its ratio; odd, so that there is a median.
const rounds = 7

// ratio is how fast ours is compared to theirs, 1 being equal: the median of rounds in which the two
// take turns, so that a machine that slows down slows both.
func ratio(tb testing.TB, callers, count int, ours, theirs func() error) float64 {
	tb.Helper()
	measured := make([]float64, rounds)
	for round := range measured {
		bare := share(tb, callers, count, theirs)
		measured[round] = float64(bare) / float64(share(tb, callers, count, ours))
	}
	slices.Sort(measured)
	return measured[rounds/2]
}
