package identity

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

const (
	// answerLife is how long the answer to a request with an Idempotency-Key is kept.
	answerLife = 24 * time.Hour
	// attemptLife is how long a request may go without an answer before it counts as lost with its
	// server: far longer than one may take.
	attemptLife = time.Minute
	// attemptTimeLimit is for writing down how a request ended, after the time for it may be over.
	attemptTimeLimit = 5 * time.Second
)

// Attempt is a request that its caller may send again without its being done again.
type Attempt struct {
	// ID stands for the app, the caller and the Idempotency-Key.
	ID [sha256.Size]byte
	// Request stands for what is asked.
	Request [sha256.Size]byte
	// Started is when it was sent for the first time.
	Started time.Time
	// Answer is what was answered, or empty as long as nothing was. It may hold a credential.
	Answer string
}

// AttemptLimits says which attempts may be forgotten.
type AttemptLimits struct {
	// Answered is for those that were answered and started before it, Lost for those that were not.
	Answered time.Time
	Lost     time.Time
}

// BeginAttempt takes down that the caller sends a request under an Idempotency-Key. When it sent the
// same before, the attempt comes back with the answer that it got then, and nothing may be done; else
// EndAttempt must follow. Codes: ERR_BAD_REQUEST when the key was used for another request within 24
// hours, ERR_IDEMPOTENCY_KEY_IN_USE while the first one is being answered, here or on another server.
func (s *Service) BeginAttempt(ctx context.Context, caller Caller, key string, request [sha256.Size]byte) (Attempt, error) {
	now := s.now()
	attempt := Attempt{ID: attemptID(caller, key), Request: request, Started: now}
	limits := AttemptLimits{Answered: now.Add(-answerLife), Lost: now.Add(-attemptLife)}
	var known Attempt
	var mine bool
	err := s.store.Change(ctx, func(tx Tx) (err error) {
		if mine, err = tx.ClaimAttempt(attempt, limits); err != nil || mine {
			return err
		}
		known, err = tx.Attempt(attempt.ID)
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		// It ended without an answer just now; the caller may try again.
		return Attempt{}, fault.IdempotencyKeyInUse()
	case err != nil:
		return Attempt{}, inTime(err)
	case mine:
		return attempt, nil
	case known.Request != request:
		return Attempt{}, invalid("Idempotency-Key", "The Idempotency-Key was used for another request before.")
	case known.Answer == "":
		return Attempt{}, fault.IdempotencyKeyInUse()
	}
	return known, nil
}

// EndAttempt keeps the answer to a request for whoever sends it again, or, when answer is empty, lets
// it be tried again. It does so even when the time of the request is over.
func (s *Service) EndAttempt(ctx context.Context, attempt Attempt, answer string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptTimeLimit)
	defer cancel()
	attempt.Answer = answer
	return s.store.Change(ctx, func(tx Tx) error {
		if answer == "" {
			return tx.DropAttempt(attempt)
		}
		return tx.AnswerAttempt(attempt)
	})
}

// attemptID keeps the keys of one caller apart from those of every other.
func attemptID(caller Caller, key string) (id [sha256.Size]byte) {
	digest := sha256.New()
	// None of the three can hold the byte between them.
	_, _ = io.WriteString(digest, string(caller.App.ID)+"\n"+caller.actor()+"\n"+key)
	digest.Sum(id[:0])
	return id
}
