package identity

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// Activity is counted by minutes and by hours; these are for how long that is kept.
const (
	minutesKept = 48 * time.Hour
	hoursKept   = 90 * 24 * time.Hour
)

// MaxActivityBuckets is how many buckets Activity gives at most: two days have 2880 minutes.
const MaxActivityBuckets = 5000

// ActivityBucket is how much happened in an app from a time on, until the next bucket begins.
type ActivityBucket struct {
	At time.Time
	// SignIns is how often a client signed in with its token.
	SignIns int
	// Failures is how many logins were refused, whatever for; see NoteFailedSignIn.
	Failures int
	// Refused is how many requests, logins or others, a rate limit refused.
	Refused int
}

func (b *ActivityBucket) add(other ActivityBucket) {
	b.SignIns += other.SignIns
	b.Failures += other.Failures
	b.Refused += other.Refused
}

// FailureCount is how many logins were refused with a code.
type FailureCount struct {
	Code  fault.Code
	Count int
}

// Tally is what was counted in an app within a minute or an hour.
type Tally struct {
	ActivityBucket

	AppID AppID
	// Span is a minute or an hour; At is when one begins.
	Span time.Duration
	// Codes is how many of the Failures had each code.
	Codes map[fault.Code]int
}

// compareTallies is the one order in which tallies are added: servers that add the same ones at the
// same time would otherwise wait for each other.
func compareTallies(a, b Tally) int {
	return cmp.Or(cmp.Compare(a.AppID, b.AppID), cmp.Compare(a.Span, b.Span), a.At.Compare(b.At))
}

// ActivityStore is what can be asked about activity.
type ActivityStore interface {
	// Activity gives the tallies of an app that have a span and begin at or after from and before to, in
	// the order of their times. What nothing was counted in is left out.
	Activity(ctx context.Context, app AppID, span time.Duration, from, to time.Time) ([]ActivityBucket, error)
	// FailureCodes sums up the codes of those tallies, in any order.
	FailureCodes(ctx context.Context, app AppID, span time.Duration, from, to time.Time) ([]FailureCount, error)
}

// ActivityTx is what a change may do about activity.
type ActivityTx interface {
	// AddTally adds to what was counted already in the app, span and time; nothing when the app is gone.
	AddTally(tally Tally) error
	// DeleteTallies removes tallies of a span from before a time, at most limit, and says how many.
	DeleteTallies(span time.Duration, before time.Time, limit int) (int, error)
}

// Activity says how much happened in the app of the caller, in buckets of step that follow each other
// without a gap; the last one is the one that to lies in or ends. What this server has counted and not
// written yet is included; what others have counted may be seconds late.
//
// The step is whole minutes. One of whole hours reaches back 90 days, any other 48 hours; what lies
// before that is 0. The first bucket begins with the hour or minute that from lies in. Code:
// ERR_BAD_REQUEST with details, for another step or more than MaxActivityBuckets.
func (s *Service) Activity(ctx context.Context, caller Caller, from, to time.Time, step time.Duration) ([]ActivityBucket, error) {
	stretch, err := newStretch(from, to, step)
	if err != nil {
		return nil, err
	}
	defer s.activity.whole()()
	counted, err := s.store.Activity(ctx, caller.App.ID, stretch.span, stretch.from, stretch.to)
	if err != nil {
		return nil, inTime(err)
	}
	buckets := make([]ActivityBucket, stretch.count)
	for i := range buckets {
		buckets[i].At = stretch.from.Add(time.Duration(i) * step)
	}
	for _, tally := range s.activity.waiting(caller.App.ID, stretch) {
		counted = append(counted, tally.ActivityBucket)
	}
	for _, tally := range counted {
		buckets[tally.At.Sub(stretch.from)/step].add(tally)
	}
	return buckets, nil
}

// FailuresByCode says why logins to the app of the caller failed, most frequent first. It counts the
// same failures as Activity does for the same times and step.
func (s *Service) FailuresByCode(ctx context.Context, caller Caller, from, to time.Time, step time.Duration) ([]FailureCount, error) {
	stretch, err := newStretch(from, to, step)
	if err != nil {
		return nil, err
	}
	defer s.activity.whole()()
	sums := map[fault.Code]int{}
	for _, part := range stretch.parts() {
		counted, err := s.store.FailureCodes(ctx, caller.App.ID, part.span, part.from, part.to)
		if err != nil {
			return nil, inTime(err)
		}
		for _, failure := range counted {
			sums[failure.Code] += failure.Count
		}
	}
	for _, tally := range s.activity.waiting(caller.App.ID, stretch) {
		for code, count := range tally.Codes {
			sums[code] += count
		}
	}
	failures := make([]FailureCount, 0, len(sums))
	for code, count := range sums {
		failures = append(failures, FailureCount{code, count})
	}
	slices.SortFunc(failures, func(a, b FailureCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	return failures, nil
}

// stretch is the time that a question about activity is about.
type stretch struct {
	// span is of the tallies that answer it.
	span     time.Duration
	from, to time.Time
	// count is of the steps between.
	count int
}

func newStretch(from, to time.Time, step time.Duration) (stretch, error) {
	if step < time.Minute || step%time.Minute != 0 {
		return stretch{}, invalid("step", "The step must be whole minutes.")
	}
	span := time.Minute
	if step%time.Hour == 0 {
		span = time.Hour
	}
	from = from.UTC().Truncate(span)
	count := 1 + int((to.Sub(from)-1)/step)
	if !to.After(from) || count > MaxActivityBuckets {
		return stretch{}, invalid("to", "The to must lie after the from, by at most 5000 steps.")
	}
	return stretch{span: span, from: from, to: from.Add(time.Duration(count) * step), count: count}, nil
}

// parts are the same stretch in as few tallies as there are: its whole hours by hours, and what lies
// before and behind them by minutes.
func (s stretch) parts() []stretch {
	first, last := s.from.Add(time.Hour-1).Truncate(time.Hour), s.to.Truncate(time.Hour)
	if s.span == time.Hour || !first.Before(last) {
		return []stretch{s}
	}
	return []stretch{
		{span: time.Minute, from: s.from, to: first}, {span: time.Hour, from: first, to: last}, {span: time.Minute, from: last, to: s.to},
	}
}

func (s stretch) holds(at time.Time) bool { return !at.Before(s.from) && at.Before(s.to) }
