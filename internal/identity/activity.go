package identity

import (
	"context"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// Activity is counted by minutes and by hours; these are for how long that is kept.
const (
	minutesKept = 48 * time.Hour
	hoursKept   = 90 * 24 * time.Hour
)

// ActivityBucket is how much happened in an app from a time on, until the next bucket begins.
type ActivityBucket struct {
	At time.Time
	// SignIns is how often a client signed in with its token.
	SignIns int
	// Failures is how many logins were refused, whatever for.
	Failures int
	// Refused is how many requests, logins or others, a rate limit refused.
	Refused int
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
