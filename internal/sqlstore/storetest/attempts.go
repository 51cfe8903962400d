package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func attempts() []behaviour {
	return []behaviour{
		{"an attempt is claimed once", claimAttemptOnce},
		{"of many who claim one attempt at once one gets it", manyAttempts},
		{"an answer is given back as it was", answerAttempt},
		{"a dropped attempt may be claimed again", dropAttempt},
		{"an attempt is forgotten after its time", forgottenAttempts},
		{"who was taken for lost changes nothing", lostAttempt},
		{"old attempts are deleted in batches", deleteAttempts},
	}
}

// limits are those of a server an hour after everything was made: a day for answers, a minute for others.
func limits(now time.Time) identity.AttemptLimits {
	return identity.AttemptLimits{Answered: now.Add(-24 * time.Hour), Lost: now.Add(-time.Minute)}
}

func newAttempt(number byte, started time.Time) identity.Attempt {
	return identity.Attempt{ID: [32]byte{number}, Request: [32]byte{31: number}, Started: started}
}

// claimAttempt says whether an attempt was granted at the time that it starts.
func claimAttempt(tb testing.TB, store identity.Store, attempt identity.Attempt) (granted bool) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		granted, err = tx.ClaimAttempt(attempt, limits(attempt.Started))
		return err
	})
	return granted
}

func answer(tb testing.TB, store identity.Store, attempt identity.Attempt, text string) identity.Attempt {
	tb.Helper()
	attempt.Answer = text
	change(tb, store, func(tx identity.Tx) error { return tx.AnswerAttempt(attempt) })
	return attempt
}

func findAttempt(tb testing.TB, store identity.Store, id [32]byte) (found identity.Attempt, err error) {
	tb.Helper()
	err = store.Change(tb.Context(), func(tx identity.Tx) (err error) {
		found, err = tx.Attempt(id)
		return err
	})
	return found, err
}

func wantAttempt(tb testing.TB, store identity.Store, want identity.Attempt) {
	tb.Helper()
	got, err := findAttempt(tb, store, want.ID)
	wantError(tb, "the attempt", err, nil)
	wantEqual(tb, "the attempt", got, want)
}

func claimAttemptOnce(t *testing.T, store identity.Store) {
	first := newAttempt(1, founded)
	wantEqual(t, "granted", claimAttempt(t, store, first), true)
	wantAttempt(t, store, first)
	again := first
	again.Request = [32]byte{9}
	wantEqual(t, "granted again", claimAttempt(t, store, again), false)
	wantAttempt(t, store, first)
	wantEqual(t, "granted to another", claimAttempt(t, store, newAttempt(2, founded)), true)
	_, err := findAttempt(t, store, [32]byte{3})
	wantError(t, "an unknown attempt", err, identity.ErrNotFound)
}

func manyAttempts(t *testing.T, store identity.Store) {
	var granted atomic.Int32
	wantAllWell(t, together(32, func(number int) error {
		mine := newAttempt(1, founded)
		mine.Request = [32]byte{byte(number)}
		return store.Change(t.Context(), func(tx identity.Tx) error {
			ok, err := tx.ClaimAttempt(mine, limits(founded))
			if err != nil {
				return err
			}
			if ok {
				granted.Add(1)
				return nil
			}
			// Whoever was refused sees who was faster.
			_, err = tx.Attempt(mine.ID)
			return err
		})
	}))
	wantEqual(t, "granted", int(granted.Load()), 1)
}

func answerAttempt(t *testing.T, store identity.Store) {
	attempt := newAttempt(1, founded)
	claimAttempt(t, store, attempt)
	attempt = answer(t, store, attempt, `{"data":{"authToken":"mina_1","name":"Мина 🦊"}}`)
	wantAttempt(t, store, attempt)
	wantEqual(t, "granted after the answer", claimAttempt(t, store, newAttempt(1, founded.Add(time.Hour))), false)
	wantAttempt(t, store, attempt)
	wantError(t, "a second answer", store.Change(t.Context(), func(tx identity.Tx) error { return tx.AnswerAttempt(attempt) }), identity.ErrNotFound)
	wantError(t, "dropping it", store.Change(t.Context(), func(tx identity.Tx) error { return tx.DropAttempt(attempt) }), identity.ErrNotFound)
}

func dropAttempt(t *testing.T, store identity.Store) {
	attempt := newAttempt(1, founded)
	claimAttempt(t, store, attempt)
	change(t, store, func(tx identity.Tx) error { return tx.DropAttempt(attempt) })
	_, err := findAttempt(t, store, attempt.ID)
	wantError(t, "the dropped attempt", err, identity.ErrNotFound)
	wantEqual(t, "granted", claimAttempt(t, store, attempt), true)
}

func forgottenAttempts(t *testing.T, store identity.Store) {
	answered, lost := newAttempt(1, founded), newAttempt(2, founded)
	claimAttempt(t, store, answered)
	claimAttempt(t, store, lost)
	answer(t, store, answered, "done")
	for _, test := range []struct {
		name           string
		after          time.Duration
		answered, lost bool
	}{
		{"within a minute", 59 * time.Second, false, false},
		{"after a minute", time.Minute, false, true},
		{"within a day", 24*time.Hour - time.Second, false, true},
		{"after a day", 24 * time.Hour, true, false},
	} {
		wantEqual(t, test.name+" the answered one is granted", claimAttempt(t, store, newAttempt(1, founded.Add(test.after))), test.answered)
		wantEqual(t, test.name+" the lost one is granted", claimAttempt(t, store, newAttempt(2, founded.Add(test.after))), test.lost)
	}
	// Begun anew, it has no answer.
	wantAttempt(t, store, newAttempt(1, founded.Add(24*time.Hour)))
}

func lostAttempt(t *testing.T, store identity.Store) {
	lost := newAttempt(1, founded)
	claimAttempt(t, store, lost)
	anew := newAttempt(1, founded.Add(time.Minute))
	claimAttempt(t, store, anew)
	late := lost
	late.Answer = "late"
	wantError(t, "its answer", store.Change(t.Context(), func(tx identity.Tx) error { return tx.AnswerAttempt(late) }), identity.ErrNotFound)
	wantError(t, "its drop", store.Change(t.Context(), func(tx identity.Tx) error { return tx.DropAttempt(late) }), identity.ErrNotFound)
	wantAttempt(t, store, anew)
}

func deleteAttempts(t *testing.T, store identity.Store) {
	for i := range byte(5) {
		claimAttempt(t, store, newAttempt(i, founded.Add(time.Duration(i)*time.Hour)))
	}
	remove := func(before time.Time) (count int) {
		change(t, store, func(tx identity.Tx) (err error) {
			count, err = tx.DeleteAttempts(before, 2)
			return err
		})
		return count
	}
	// The oldest first, and what started at the time too.
	for _, want := range []int{2, 1, 0} {
		wantEqual(t, "removed", remove(founded.Add(2*time.Hour)), want)
	}
	wantAttempt(t, store, newAttempt(3, founded.Add(3*time.Hour)))
}
