package identity_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// fail notes failed logins for users who are not there, user-0 and so on.
func (h *house) fail(tb testing.TB, count int) {
	tb.Helper()
	client := h.by(tb, identity.ScopeAuthOnly)
	for i := range count {
		uid := identity.UID(fmt.Sprintf("user-%d", i))
		h.NoteFailedSignIn(client, uid, fault.UnknownUID(string(uid)))
	}
}

func (h *house) refuse(count int) {
	for range count {
		h.NoteRefused(identity.Caller{App: h.app}, "")
	}
}

func (h *house) write(tb testing.TB) {
	tb.Helper()
	wantCode(tb, "write", h.WriteActivity(tb.Context()), "")
}

func (h *house) buckets(tb testing.TB, from, to time.Time, step time.Duration) []identity.ActivityBucket {
	tb.Helper()
	buckets, err := h.Activity(tb.Context(), identity.Caller{App: h.app}, from, to, step)
	wantCode(tb, "the activity", err, "")
	return buckets
}

// failures lists the details of the failed logins in the event log.
func (h *house) failures(tb testing.TB) []string {
	tb.Helper()
	events, err := h.ListEvents(tb.Context(), identity.Caller{App: h.app}, identity.EventFilter{Kind: identity.EventSignInFailed, Limit: 1000})
	wantCode(tb, "list the events", err, "")
	details := make([]string, len(events))
	for i, event := range events {
		details[i] = event.Detail
	}
	return details
}

const unknownUser = `{"code":"ERR_UID_NOT_FOUND"}`

func TestActivityHasEveryBucketWrittenOrNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	signIn := func() {
		_, err := h.SignIn(t.Context(), h.client(t, h.issue(t, identity.ScopeFullAccess, "mina").Value), identity.Device{}, identity.UserChange{})
		wantCode(t, "sign in", err, "")
	}
	signIn()
	h.fail(t, 2)
	h.write(t)
	h.pass(30 * time.Second)
	signIn()
	h.pass(90 * time.Second)
	h.refuse(5)
	minute := func(number int) time.Time { return founded.Add(time.Duration(number) * time.Minute) }
	want := []identity.ActivityBucket{{At: minute(-1)}, {At: minute(0), SignIns: 2, Failures: 2}, {At: minute(1)}, {At: minute(2), Refused: 5}}
	for _, state := range []string{"some of it is waiting", "all of it is written"} {
		// From within a minute, up to within one.
		wantEqual(t, "minutes, while "+state, h.buckets(t, minute(-1).Add(59*time.Second), minute(2).Add(time.Second), time.Minute), want)
		wantEqual(t, "steps of two, while "+state, h.buckets(t, minute(0), minute(4), 2*time.Minute),
			[]identity.ActivityBucket{{At: minute(0), SignIns: 2, Failures: 2}, {At: minute(2), Refused: 5}})
		wantEqual(t, "hours, while "+state, h.buckets(t, minute(-1), minute(1), time.Hour),
			[]identity.ActivityBucket{{At: minute(-60)}, {At: minute(0), SignIns: 2, Failures: 2, Refused: 5}})
		h.write(t)
	}
}

func TestActivityRefusesWhatItCannotShow(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, test := range []struct {
		name     string
		from, to time.Time
		step     time.Duration
		field    string
	}{
		{"seconds", founded, founded.Add(time.Hour), 30 * time.Second, "step"},
		{"no whole minutes", founded, founded.Add(time.Hour), 90 * time.Second, "step"},
		{"backwards", founded, founded.Add(-time.Hour), time.Minute, "to"},
		{"nothing", founded, founded, time.Minute, "to"},
		{"too many", founded, founded.Add((identity.MaxActivityBuckets + 1) * time.Minute), time.Minute, "to"},
	} {
		_, err := h.Activity(t.Context(), identity.Caller{App: h.app}, test.from, test.to, test.step)
		wantDetail(t, test.name, err, test.field)
		_, err = h.FailuresByCode(t.Context(), identity.Caller{App: h.app}, test.from, test.to, test.step)
		wantDetail(t, test.name+" by code", err, test.field)
	}
	longest := h.buckets(t, founded, founded.Add(identity.MaxActivityBuckets*time.Minute), time.Minute)
	wantEqual(t, "the longest", len(longest), identity.MaxActivityBuckets)
	wantEqual(t, "steps of years", len(h.buckets(t, founded, founded.Add(50_000*time.Hour), 40_000*time.Hour)), 2)
}

func wantDetail(tb testing.TB, what string, err error, field string) {
	tb.Helper()
	refused, ok := errors.AsType[*fault.Error](err)
	if !ok || refused.Code != fault.CodeBadRequest || len(refused.Details[field]) == 0 {
		tb.Errorf("%s: got %v, want details of %s", what, err, field)
	}
}

func TestFailuresAreCountedByTheirCodes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	client := h.by(t, identity.ScopeAuthOnly)
	want := []identity.FailureCount{{Code: fault.CodeUnknownUID, Count: 3}, {Code: fault.CodeNoAccess, Count: 1}, {Code: fault.CodeBadRequest, Count: 1}}
	h.fail(t, 2)
	h.NoteFailedSignIn(client, "mina", fault.NoAccess("authOnly"))
	h.write(t)
	h.fail(t, 1)
	h.NoteFailedSignIn(client, "mina", fault.BadRequest())
	for _, state := range []string{"some wait", "all are written"} {
		for _, step := range []time.Duration{time.Minute, time.Hour} {
			got, err := h.FailuresByCode(t.Context(), identity.Caller{App: h.app}, founded, founded.Add(time.Hour), step)
			wantCode(t, "by code", err, "")
			wantEqual(t, fmt.Sprintf("by code, in steps of %v, while %s", step, state), got, want)
		}
		h.write(t)
	}
}

// Over hours, the codes come from other tallies than the buckets do.
func TestFailuresByCodeAreThoseOfTheBuckets(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 5 * 60 {
		h.fail(t, 1)
		h.pass(time.Minute)
	}
	h.write(t)
	for _, from := range []time.Duration{0, time.Minute, 59 * time.Minute, 61 * time.Minute} {
		for _, length := range []time.Duration{time.Minute, time.Hour, 62 * time.Minute, 3*time.Hour + time.Minute} {
			start, end := founded.Add(from), founded.Add(from+length)
			var want int
			for _, bucket := range h.buckets(t, start, end, time.Minute) {
				want += bucket.Failures
			}
			got, err := h.FailuresByCode(t.Context(), identity.Caller{App: h.app}, start, end, time.Minute)
			wantCode(t, "by code", err, "")
			wantEqual(t, fmt.Sprintf("%v from %v on", length, from), got, []identity.FailureCount{{Code: fault.CodeUnknownUID, Count: want}})
			wantEqual(t, fmt.Sprintf("%v from %v on in buckets", length, from), want, int(length/time.Minute))
		}
	}
}

func TestWhyATokenIsNoGoodIsSaidToTheOperatorOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	token, err := h.IssueToken(t.Context(), h.server(t), "mina", identity.TokenRequest{Life: time.Hour})
	wantCode(t, "issue", err, "")
	h.newApp(t, "other")
	for _, test := range []struct {
		named  string
		after  time.Duration
		reason string
	}{
		{"other", 0, "of another app"},
		{"acme", time.Hour, "expired"},
	} {
		h.pass(test.after)
		_, err := h.FindSession(t.Context(), test.named, token.Value)
		wantCode(t, "the token that is "+test.reason, err, fault.CodeUnknownAuthToken)
		refused, _ := errors.AsType[*fault.Error](err)
		if strings.Contains(refused.Message, test.reason) {
			t.Errorf("the client is told: %s", refused.Message)
		}
		h.NoteFailedSignIn(identity.Caller{App: h.app}, identity.UIDNamedBy(token.Value), refused)
		h.write(t)
		details := h.failures(t)
		wantEqual(t, "the event", details[len(details)-1], `{"code":"AUTH_ERR_AUTH_TOKEN_NOT_FOUND","reason":"`+test.reason+`"}`)
	}
}

func TestAFloodIsWrittenAsOneSumAMinute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const alone = 30
	h.fail(t, alone+40)
	h.write(t)
	// The sum waits for its minute to be over.
	wantEqual(t, "events within the minute", len(h.failures(t)), alone)
	h.pass(59 * time.Second)
	h.fail(t, 5)
	h.write(t)
	wantEqual(t, "events at its end", len(h.failures(t)), alone)
	h.pass(time.Second)
	h.fail(t, 1)
	h.write(t)
	details := h.failures(t)
	wantEqual(t, "events of the next minute", len(details), alone+2)
	wantEqual(t, "the sum", details[alone], `{"code":"ERR_UID_NOT_FOUND","count":45}`)
	wantEqual(t, "one more", details[alone+1], unknownUser)
	h.fail(t, alone+10)
	wantCode(t, "write all", h.WriteAllActivity(t.Context()), "")
	details = h.failures(t)
	wantEqual(t, "the sum at the end", details[len(details)-1], `{"code":"ERR_UID_NOT_FOUND","count":11}`)
	wantEqual(t, "counted", h.buckets(t, founded, founded.Add(time.Hour), time.Hour)[0].Failures, alone+40+5+1+alone+10)
}

func TestWhatCouldNotBeWrittenIsWrittenLater(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := &countingStore{Store: h.store}
	h.Service = identity.NewService(store, h.now, rand.NewChaCha8([32]byte{}))
	failure := errors.New("the disk is full")
	store.failure.Store(&failure)
	const alone, minutes, each = 30, 15, 31
	for range minutes {
		h.fail(t, each)
		h.refuse(1)
		if err := h.WriteActivity(t.Context()); !errors.Is(err, failure) {
			t.Fatalf("got %v", err)
		}
		h.pass(time.Minute)
	}
	sum := func() (sum identity.ActivityBucket) {
		for _, bucket := range h.buckets(t, founded, founded.Add(time.Hour), time.Minute) {
			sum.Failures += bucket.Failures
			sum.Refused += bucket.Refused
		}
		return sum
	}
	want := identity.ActivityBucket{Failures: minutes * each, Refused: minutes}
	wantEqual(t, "what is counted meanwhile", sum(), want)
	store.failure.Store(nil)
	h.write(t)
	wantEqual(t, "what is counted then", sum(), want)
	// As many as may wait, and one sum of those beyond.
	const waiting = 300
	details := h.failures(t)
	wantEqual(t, "events", len(details), waiting+1)
	wantEqual(t, "the sum", details[waiting], fmt.Sprintf(`{"code":"ERR_UID_NOT_FOUND","count":%d}`, minutes*each-waiting))
	h.write(t)
	wantEqual(t, "events after another round", len(h.failures(t)), waiting+1)
}

func TestWhatThereIsNoRoomToCountIsSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const room = 10_000
	for range room + 3 {
		h.refuse(1)
		h.pass(time.Minute)
	}
	err := h.WriteActivity(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "3 of what happened") {
		t.Errorf("got %v", err)
	}
	h.write(t)
	var counted int
	for _, bucket := range h.buckets(t, founded, founded.Add((room+3)*time.Minute), time.Hour) {
		counted += bucket.Refused
	}
	wantEqual(t, "counted", counted, room)
}

// Whoever looks while others write sees each thing that happened once.
func TestActivityIsExactWhileItIsWritten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const rounds = 50
	var writing sync.WaitGroup
	writing.Go(func() {
		for range rounds {
			if err := h.WriteActivity(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	for round := range rounds {
		h.refuse(1)
		if got := h.buckets(t, founded, founded.Add(time.Minute), time.Minute)[0].Refused; got != round+1 {
			t.Errorf("counted %d of %d", got, round+1)
		}
	}
	writing.Wait()
}

func TestHousekeepingKeepsMinutesForTwoDaysAndHoursForNinety(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.fail(t, 1)
	h.write(t)
	failures := func(step time.Duration) int { return h.buckets(t, founded, founded.Add(time.Hour), step)[0].Failures }
	const day = 24 * time.Hour
	for _, test := range []struct {
		name           string
		after          time.Duration
		minutes, hours int
	}{
		{"within two days", 2 * day, 1, 1},
		{"after two days", time.Minute, 0, 1},
		{"within ninety days", 88*day - time.Minute, 0, 1},
		{"after ninety days", time.Minute, 0, 0},
	} {
		h.pass(test.after)
		wantCode(t, "keep house", h.KeepHouse(t.Context(), 0), "")
		wantEqual(t, "by minutes "+test.name, failures(time.Minute), test.minutes)
		wantEqual(t, "by hours "+test.name, failures(time.Hour), test.hours)
	}
}

func TestALimitThatRefusesCountsForAppsThatWereMet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	store := &countingStore{Store: h.store}
	h.Service = identity.NewService(store, h.now, rand.NewChaCha8([32]byte{}))
	h.NoteRefused(identity.Caller{}, "acme")
	h.NoteRefused(identity.Caller{}, "nowhere")
	h.write(t)
	wantEqual(t, "writes before the app was met", store.changes.Load(), int64(0))
	_, err := h.FindApp(t.Context(), "acme")
	wantCode(t, "find the app", err, "")
	h.NoteRefused(identity.Caller{}, "ACME")
	wantEqual(t, "counted", h.buckets(t, founded, founded.Add(time.Minute), time.Minute)[0].Refused, 1)
}
