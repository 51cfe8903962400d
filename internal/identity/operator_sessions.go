package identity

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// seenInterval is how often it is written that an operator's session is in use: a write for each page
// would make every look cost one.
const seenInterval = time.Minute

func operatorSubject(name string) string { return "operator:" + name }

// SignInOperator proves an operator and starts a session: by name and password, and by a code where the
// operator has a second factor. Whoever calls it limits how often an address may try. Errors:
// ErrWrongSignIn, whatever it is that is wrong; among them TooManyCodesError. It is ErrNotNoted too where the
// event of that could not be written.
func (s *Service) SignInOperator(ctx context.Context, caller Caller, name string, password Secret, code string) (OperatorSession, error) {
	name = foldASCII(name)
	operator, err := s.proveOperator(ctx, name, password, code)
	if errors.Is(err, ErrWrongSignIn) && operatorNameForm.MatchString(name) {
		noted := s.store.Change(ctx, func(tx Tx) error {
			// The event comes after a lock, so that readers of the log wait for it.
			if _, err := tx.LockOperators(); err != nil {
				return err
			}
			event := s.event(caller, EventOperatorRefused, "")
			// Nobody has proved to be anybody.
			event.Subject, event.Actor = operatorSubject(name), ""
			return tx.AddEvent(event)
		})
		if noted != nil {
			err = errors.Join(err, fmt.Errorf("%w: %w", ErrNotNoted, noted))
		}
		return OperatorSession{}, err
	}
	if err != nil {
		return OperatorSession{}, inTime(err)
	}
	caller.Operator = operator.Name
	var session OperatorSession
	err = s.store.Change(ctx, func(tx Tx) error {
		operator, err := lockOperator(tx, operator.Name)
		if err != nil {
			return err
		}
		session, err = s.startOperatorSession(tx, caller, operator)
		return err
	})
	if errors.Is(err, ErrNoOperator) {
		return OperatorSession{}, ErrWrongSignIn
	}
	return session, inTime(err)
}

// proveOperator takes as long for a name that nobody has as for a wrong password.
func (s *Service) proveOperator(ctx context.Context, name string, password Secret, code string) (Operator, error) {
	operator := Operator{}
	var err error
	if operatorNameForm.MatchString(name) {
		if operator, err = s.store.Operator(ctx, name); err != nil && !errors.Is(err, ErrNotFound) {
			return Operator{}, err
		}
	}
	if len(password) > 4*MaxPasswordCharacters {
		return Operator{}, ErrWrongSignIn
	}
	right, err := s.passwords.matches(ctx, password, operator.passwordHash)
	if err != nil {
		return Operator{}, err
	}
	if !right {
		return Operator{}, ErrWrongSignIn
	}
	if !operator.HasSecondFactor {
		return operator, nil
	}
	if code == "" {
		return Operator{}, ErrWrongSignIn
	}
	if err := s.guesses.take(operator.ID, s.clock()); err != nil {
		return Operator{}, err
	}
	if err := s.proveCode(ctx, operator, code); err != nil {
		return Operator{}, err
	}
	s.guesses.forget(operator.ID)
	return operator, nil
}

// proveCode takes a code once: ErrWrongSignIn when it is not one, or was used already.
func (s *Service) proveCode(ctx context.Context, operator Operator, code string) error {
	factor, err := s.store.SecondFactor(ctx, operator.ID)
	if errors.Is(err, ErrNotFound) {
		// It was removed this moment.
		return ErrWrongSignIn
	}
	if err != nil {
		return err
	}
	step, right, err := factor.stepOf(code, s.clock())
	if err != nil {
		return err
	}
	if !right {
		return ErrWrongSignIn
	}
	err = s.store.Change(ctx, func(tx Tx) error { return tx.UseStep(operator.ID, step) })
	if errors.Is(err, ErrNotFound) {
		return ErrWrongSignIn
	}
	return err
}

// startOperatorSession gives a locked operator a session with a value of its own.
func (s *Service) startOperatorSession(tx Tx, caller Caller, operator Operator) (OperatorSession, error) {
	random, err := s.randomBytes(32)
	if err != nil {
		return OperatorSession{}, err
	}
	now := s.now()
	operator.SignedInAt = now
	if err := tx.SaveOperator(operator); err != nil {
		return OperatorSession{}, err
	}
	session := OperatorSession{
		Operator: operator, Value: Secret(base64.RawURLEncoding.EncodeToString(random)), CreatedAt: now, SeenAt: now,
	}
	if err := tx.AddOperatorSession(session); err != nil {
		return OperatorSession{}, err
	}
	return session, s.addEventAbout(tx, caller, EventOperatorSignedIn, operatorSubject(operator.Name))
}

// FindOperatorSession proves a session by the value of its cookie, and notes that it is in use. Error:
// ErrNotSignedIn.
func (s *Service) FindOperatorSession(ctx context.Context, value Secret) (OperatorSession, error) {
	session, err := s.ProveOperatorSession(ctx, value)
	now := s.now()
	if err != nil || now.Before(session.SeenAt.Add(seenInterval)) {
		return session, err
	}
	session.SeenAt = now
	err = s.store.Change(ctx, func(tx Tx) error { return tx.TouchOperatorSession(session.ID, now) })
	if errors.Is(err, ErrNotFound) {
		return OperatorSession{}, ErrNotSignedIn
	}
	return session, inTime(err)
}

// ProveOperatorSession is FindOperatorSession for what a page does by itself, with nobody there: it does not
// make the session live longer. Error: ErrNotSignedIn.
func (s *Service) ProveOperatorSession(ctx context.Context, value Secret) (OperatorSession, error) {
	if len(value) != base64.RawURLEncoding.EncodedLen(32) {
		return OperatorSession{}, ErrNotSignedIn
	}
	session, err := s.store.OperatorSession(ctx, value)
	if errors.Is(err, ErrNotFound) || err == nil && !session.liveAt(s.clock()) {
		return OperatorSession{}, ErrNotSignedIn
	}
	return session, inTime(err)
}

// SignOutOperator ends a session. One that is ended already is as it should be.
func (s *Service) SignOutOperator(ctx context.Context, caller Caller, session OperatorSession) error {
	err := s.store.Change(ctx, func(tx Tx) error {
		if err := tx.DeleteOperatorSession(session.ID); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventOperatorSignedOut, operatorSubject(session.Operator.Name))
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return inTime(err)
}

// lockOperator finds an operator and keeps other changes of operators waiting.
func lockOperator(tx Tx, name string) (Operator, error) {
	operators, err := tx.LockOperators()
	if err != nil {
		return Operator{}, err
	}
	for _, operator := range operators {
		if operator.Name == name {
			return operator, nil
		}
	}
	return Operator{}, ErrNoOperator
}

func invitationSubject(id int64) string { return "invitation:" + strconv.FormatInt(id, 10) }
