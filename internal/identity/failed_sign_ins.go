package identity

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// The bounds of the events of failed logins, so that nobody fills the log by failing: of an app and
// minute, so many are written one by one, and so many of all apps at once. What is beyond that is
// summed up.
const (
	mostFailuresAlone   = 30
	mostFailuresWaiting = 300
)

// failedSignIns are the failed logins that wait to be written to the event log. It does not lock by
// itself.
type failedSignIns struct {
	waiting []failedSignIn
	// alone is how many of an app's were taken one by one in this minute.
	minute time.Time
	alone  map[AppID]int
	sums   map[failureSort]*summedFailures
}

// failureSort is what is summed up together.
type failureSort struct {
	app  AppID
	code fault.Code
}

type summedFailures struct {
	failedSignIn

	// due is when the minute is over in which the first of them happened.
	due time.Time
}

// failedSignIn is one failed login, or several of one code.
type failedSignIn struct {
	event  Event
	detail failureDetail
}

// failureDetail is an event's detail of the kind sign_in_failed.
type failureDetail struct {
	Code fault.Code `json:"code"`
	// Reason is what the code does not tell of an auth token: tokenFlaw.
	Reason string `json:"reason,omitempty"`
	// Count is how many failures the event stands for, and left out for one.
	Count int `json:"count,omitempty"`
}

func newFailedSignIns() failedSignIns {
	return failedSignIns{alone: map[AppID]int{}, sums: map[failureSort]*summedFailures{}}
}

func (f *failedSignIns) add(failed failedSignIn) {
	if minute := failed.event.At.Truncate(time.Minute); minute.After(f.minute) {
		f.minute = minute
		clear(f.alone)
	}
	app := failed.event.AppID
	if f.alone[app] == mostFailuresAlone || len(f.waiting) == mostFailuresWaiting {
		f.sumUp(failed)
		return
	}
	f.alone[app]++
	f.waiting = append(f.waiting, failed)
}

func (f *failedSignIns) sumUp(failed failedSignIn) {
	failed.detail.Count = max(1, failed.detail.Count)
	sort := failureSort{failed.event.AppID, failed.detail.Code}
	if sum := f.sums[sort]; sum != nil {
		sum.join(failed)
		return
	}
	f.sums[sort] = &summedFailures{failed, failed.event.At.Truncate(time.Minute).Add(time.Minute)}
}

// join makes one of two sums: what they don't have in common is left out.
func (s *summedFailures) join(other failedSignIn) {
	s.detail.Count += other.detail.Count
	s.detail.Reason = common(s.detail.Reason, other.detail.Reason)
	s.event.UID = common(s.event.UID, other.event.UID)
	s.event.Address = common(s.event.Address, other.event.Address)
	s.event.UserAgent = common(s.event.UserAgent, other.event.UserAgent)
	if s.event.Actor != other.event.Actor {
		s.event.Actor = actorNobody
	}
	if other.event.At.After(s.event.At) {
		s.event.At = other.event.At
	}
}

// common is what two texts both are, or empty.
func common[T ~string](a, b T) T {
	if a == b {
		return a
	}
	return ""
}

// take gives what is to be written now: sums only when their minute is over, or in the end.
func (f *failedSignIns) take(now time.Time, final bool) []failedSignIn {
	taken := f.waiting
	f.waiting = nil
	for sort, sum := range f.sums {
		if final || !now.Before(sum.due) {
			taken = append(taken, sum.failedSignIn)
			delete(f.sums, sort)
		}
	}
	slices.SortStableFunc(taken, func(a, b failedSignIn) int { return a.event.At.Compare(b.event.At) })
	return taken
}

// putBack keeps what could not be written: as it is while there is room, and as part of a sum beyond.
func (f *failedSignIns) putBack(failed failedSignIn) {
	if failed.detail.Count > 0 || len(f.waiting) == mostFailuresWaiting {
		f.sumUp(failed)
		return
	}
	f.waiting = append(f.waiting, failed)
}

func (f failedSignIn) asEvent() (Event, error) {
	detail, err := json.Marshal(f.detail)
	f.event.Detail = string(detail)
	return f.event, err
}

// NoteFailedSignIn takes down that a login was refused: with an API key that is not good, for a user
// who is not there, with a token that is no good any more. uid is whom the request names, or empty.
// It is counted, and the next WriteActivity puts it into the event log.
//
// What is known of the caller may be no more than its app.
func (s *Service) NoteFailedSignIn(caller Caller, uid UID, refusal *fault.Error) {
	event := s.event(caller, EventSignInFailed, uid)
	if caller.Key == nil && caller.Session == nil {
		event.Actor = actorNobody
	}
	if credentialEnd.MatchString(string(uid)) {
		event.UID = ""
	}
	detail := failureDetail{Code: refusal.Code}
	if flawed, ok := errors.AsType[flawedTokenError](refusal); ok {
		detail.Reason = string(flawed.flaw)
	}
	s.activity.addFailure(failedSignIn{event: event, detail: detail})
}

// credentialEnd is how keys and auth tokens end. What a request names as the uid of a user whom there
// is not may be anything, a credential in the wrong place included.
var credentialEnd = regexp.MustCompile(`[0-9a-f]{40}$`)

func (t *tallying) addFailure(failed failedSignIn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addLocked(Tally{
		AppID: failed.event.AppID, ActivityBucket: ActivityBucket{At: failed.event.At, Failures: 1},
		Codes: map[fault.Code]int{failed.detail.Code: 1},
	})
	t.failures.add(failed)
}
