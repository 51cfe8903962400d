package limit

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// smallestBurst lets a client of even a low limit start up, which takes a handful of requests.
const smallestBurst = 20

// Buckets is a limit that each key has for itself: so many a minute, evenly refilled, and a tenth of
// that, at least 20, at once. It is safe for concurrent use.
type Buckets[K comparable] struct {
	perMinute int
	burst     int
	mu        sync.Mutex
	buckets   *table[K, *rate.Limiter]
}

// NewBuckets makes a limit, with a bucket for at most so many keys: when there are more, those that
// were used longest ago start anew. It is nil, which limits nothing, when perMinute is 0 or less.
func NewBuckets[K comparable](perMinute, most int) *Buckets[K] {
	if perMinute <= 0 {
		return nil
	}
	burst := max(smallestBurst, perMinute/10)
	// A bucket that had time to fill up is like a fresh one, and need not be kept.
	untilFull := time.Duration(math.Ceil(float64(burst) / float64(perMinute) * float64(time.Minute)))
	return &Buckets[K]{perMinute: perMinute, burst: burst, buckets: newTable[K, *rate.Limiter](most, untilFull)}
}

// Standing is how a key stands to a limit.
type Standing struct {
	Allowed bool
	// Limit is how many are allowed a minute; 0 says that there is no limit.
	Limit int
	// Remaining is how many are allowed at once now.
	Remaining int
	// Wait is how long it takes until one is allowed; 0 while some remain.
	Wait time.Duration
}

// Tighter says whether s leaves less than another.
func (s Standing) Tighter(than Standing) bool {
	return than.Limit == 0 || s.Limit > 0 && s.Remaining < than.Remaining
}

// Take counts one for a key, unless that is too much.
func (b *Buckets[K]) Take(key K, now time.Time) Standing {
	if b == nil {
		return Standing{Allowed: true}
	}
	b.mu.Lock()
	bucket := *b.buckets.use(key, now, b.fresh)
	b.mu.Unlock()
	standing := Standing{Allowed: bucket.AllowN(now, 1), Limit: b.perMinute}
	left := bucket.TokensAt(now)
	standing.Remaining = max(0, int(left))
	if left < 1 {
		standing.Wait = time.Duration((1 - left) / float64(bucket.Limit()) * float64(time.Second))
	}
	return standing
}

func (b *Buckets[K]) fresh() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(b.perMinute)/60), b.burst)
}

// Len is how many buckets are kept.
func (b *Buckets[K]) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.buckets.entries)
}
