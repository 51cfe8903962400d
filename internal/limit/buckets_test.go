package limit_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/limit"
)

func TestABucketGivesItsBurstAndThenItsRate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		perMinute, burst int
		next             time.Duration
	}{
		{10_000, 1000, 6 * time.Millisecond},
		{1200, 120, 50 * time.Millisecond},
		{60, 20, time.Second},
		{1, 20, time.Minute},
	} {
		t.Run(strconv.Itoa(test.perMinute), func(t *testing.T) {
			t.Parallel()
			buckets := limit.NewBuckets[string](test.perMinute, 10)
			for i := range test.burst {
				got := buckets.Take("app", noon)
				if want := test.burst - i - 1; !got.Allowed || got.Limit != test.perMinute || got.Remaining != want {
					t.Fatalf("request %d: %+v, want it allowed with %d remaining", i+1, got, want)
				}
			}
			refused := buckets.Take("app", noon)
			if refused.Allowed || refused.Remaining != 0 || (refused.Wait-test.next).Abs() > time.Microsecond {
				t.Errorf("one too many: %+v, want a wait of %v", refused, test.next)
			}
			if !buckets.Take("other", noon).Allowed {
				t.Error("another key was refused")
			}
			// A microsecond for what a float does not hold.
			if got := buckets.Take("app", noon.Add(test.next+time.Microsecond)); !got.Allowed {
				t.Errorf("after the wait: %+v", got)
			}
			if buckets.Take("app", noon.Add(test.next+time.Microsecond)).Allowed {
				t.Error("a refused request was allowed without waiting")
			}
		})
	}
}

func TestNoLimitAllowsEverything(t *testing.T) {
	t.Parallel()
	for _, perMinute := range []int{0, -1} {
		if got := limit.NewBuckets[string](perMinute, 1).Take("app", noon); !got.Allowed || got.Limit != 0 {
			t.Errorf("a limit of %d: %+v", perMinute, got)
		}
	}
}

func TestBucketsAreBounded(t *testing.T) {
	t.Parallel()
	const most = 100
	buckets := limit.NewBuckets[int](1200, most)
	for range 200 {
		buckets.Take(-1, noon)
	}
	for key := range 10 * most {
		buckets.Take(key, noon)
		// Whoever goes on asking is not forgotten, and so stays refused.
		if buckets.Take(-1, noon).Allowed {
			t.Fatalf("the busy key was forgotten after %d others", key+1)
		}
		if got := buckets.Len(); got > most {
			t.Fatalf("%d buckets are kept, want at most %d", got, most)
		}
	}
	// 1200 a minute refill a burst of 120 in six seconds.
	buckets.Take(0, noon.Add(6*time.Second-time.Nanosecond))
	if got := buckets.Len(); got != most {
		t.Errorf("%d buckets are left while some are not full again, want %d", got, most)
	}
	buckets.Take(0, noon.Add(6*time.Second))
	if got := buckets.Len(); got != 1 {
		t.Errorf("%d buckets are left when the others are full again, want 1", got)
	}
}

func TestTheTighterStandingLeavesLess(t *testing.T) {
	t.Parallel()
	none, wide, narrow := limit.Standing{}, limit.Standing{Limit: 100, Remaining: 9}, limit.Standing{Limit: 200, Remaining: 8}
	for _, test := range []struct {
		name string
		a, b limit.Standing
		want bool
	}{
		{"less remaining", narrow, wide, true},
		{"more remaining", wide, narrow, false},
		{"a limit against none", wide, none, true},
		{"none against a limit", none, wide, false},
	} {
		if got := test.a.Tighter(test.b); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

func TestBucketsCountRightUnderConcurrency(t *testing.T) {
	t.Parallel()
	buckets := limit.NewBuckets[string](5000, 4)
	var group sync.WaitGroup
	var mu sync.Mutex
	allowed := 0
	for range 16 {
		group.Go(func() {
			for range 100 {
				if buckets.Take("app", noon).Allowed {
					mu.Lock()
					allowed++
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	if allowed != 500 {
		t.Errorf("%d were allowed, want the burst of 500", allowed)
	}
}

func BenchmarkTake(b *testing.B) {
	buckets := limit.NewBuckets[int](1_000_000_000, 1<<16)
	b.RunParallel(func(pb *testing.PB) {
		for key := 0; pb.Next(); key++ {
			buckets.Take(key&1023, time.Now())
		}
	})
}
