package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	store  Store
	clock  func() time.Time
	random io.Reader
	used   keyUses
	// changed is fired after every commit of this Service.
	changed *changeSignal
	// webhooksChanged is fired when a webhook is changed by this Service, or gets a delivery.
	webhooksChanged *changeSignal
	signing         signing
	issued          issuedJWTs
	activity        *tallying
	passwords       passwords
	guesses         codeGuesses
}

// NewService makes the use cases on a store. Time and randomness come from outside so that tests
// decide them; a server passes time.Now and crypto/rand.Reader.
func NewService(store Store, clock func() time.Time, random io.Reader) *Service {
	changed := newChangeSignal()
	return &Service{
		store: signalling{store, changed}, clock: clock, random: random, used: keyUses{at: map[int64]keyUse{}}, changed: changed,
		signing:         signing{reading: make(chan struct{}, 1)},
		webhooksChanged: newChangeSignal(), activity: newTallying(),
		passwords: newPasswords(), guesses: codeGuesses{by: map[int64]codeGuess{}},
	}
}

// now is the time as it is kept and answered: in whole seconds.
func (s *Service) now() time.Time { return s.clock().Truncate(time.Second) }

// Now is what the Service takes the time to be.
func (s *Service) Now() time.Time { return s.clock() }

func (s *Service) randomBytes(count int) ([]byte, error) {
	random := make([]byte, count)
	if _, err := io.ReadFull(s.random, random); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return random, nil
}

// Ready says whether the database answers.
func (s *Service) Ready(ctx context.Context) error {
	if err := s.store.Ping(ctx); err != nil {
		return fault.NotReady().Because(err)
	}
	return nil
}

// orNotFound turns a store's ErrNotFound into the answer that the caller gets, and a database that
// is out of time into the documented code; any other failure stays one that nobody foresaw.
func orNotFound(err error, answer *fault.Error) error {
	if errors.Is(err, ErrNotFound) {
		return answer
	}
	return inTime(err)
}

// inTime gives a database that did not answer in time its documented code.
func inTime(err error) error {
	if errors.Is(err, ErrOverloaded) || errors.Is(err, context.DeadlineExceeded) {
		return fault.MissionFailed().Because(err)
	}
	return err
}
