package identity

import (
	"context"
	"encoding/base32"
	"errors"
	"strings"
)

// InviteFirstOperator makes an invitation for the first owner, and gives its code; empty when there is an
// operator already. Several invitations may be open: when one was used, none of the others is good.
func (s *Service) InviteFirstOperator(ctx context.Context) (Secret, error) {
	invitation, err := s.newInvitation(OperatorOwner)
	if err != nil {
		return "", err
	}
	invitation.First = true
	err = s.store.Change(ctx, func(tx Tx) error {
		operators, err := tx.LockOperators()
		if err != nil {
			return err
		}
		if len(operators) > 0 {
			invitation = Invitation{}
			return nil
		}
		_, err = tx.AddInvitation(invitation)
		return err
	})
	return invitation.Code, inTime(err)
}

// newInvitation makes a code that can be copied by hand: 26 letters and digits, 128 random bits.
func (s *Service) newInvitation(role OperatorRole) (Invitation, error) {
	random, err := s.randomBytes(16)
	if err != nil {
		return Invitation{}, err
	}
	code := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random))
	now := s.now()
	return Invitation{Code: Secret(code), Role: role, CreatedAt: now, ExpiresAt: now.Add(InvitationLife)}, nil
}

// ListInvitations gives the open invitations, oldest first, without their codes.
func (s *Service) ListInvitations(ctx context.Context) ([]Invitation, error) {
	invitations, err := s.store.Invitations(ctx, s.clock())
	return invitations, inTime(err)
}

// WithdrawInvitation makes an invitation no good. Error: ErrNoInvitation.
func (s *Service) WithdrawInvitation(ctx context.Context, caller Caller, id int64) error {
	err := s.store.Change(ctx, func(tx Tx) error {
		if err := tx.DeleteInvitation(id); err != nil {
			return err
		}
		return s.addEventAbout(tx, ofNoApp(caller), EventOperatorUninvited, invitationSubject(id))
	})
	if errors.Is(err, ErrNotFound) {
		return ErrNoInvitation
	}
	return inTime(err)
}

// AcceptInvitation makes an operator of whoever has the code of an invitation, or sets the password of one
// anew where the invitation is for that, and signs it in. Errors: ErrNoInvitation, and ErrTooManyOperators or
// ERR_BAD_REQUEST with details, after which the invitation is still good.
func (s *Service) AcceptInvitation(ctx context.Context, caller Caller, code Secret, name string, password Secret) (OperatorSession, error) {
	code = Secret(strings.ToLower(strings.TrimSpace(string(code))))
	invitation, err := s.store.Invitation(ctx, code)
	if errors.Is(err, ErrNotFound) || err == nil && !s.clock().Before(invitation.ExpiresAt) {
		return OperatorSession{}, ErrNoInvitation
	}
	if err != nil {
		return OperatorSession{}, inTime(err)
	}
	found := problems{}
	if name = foldASCII(name); !invitation.Resets {
		// Who is an operator already keeps a name that nobody could choose any more.
		parseOperatorName(found, name)
	}
	checkPassword(found, "password", password)
	if err := found.asError(); err != nil {
		return OperatorSession{}, err
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return OperatorSession{}, inTime(err)
	}
	caller.Operator = name
	var session OperatorSession
	err = s.store.Change(ctx, func(tx Tx) error {
		operators, err := tx.LockOperators()
		if err != nil {
			return err
		}
		invitation, err := tx.TakeInvitation(code)
		if errors.Is(err, ErrNotFound) || err == nil && invitation.First && len(operators) > 0 {
			return ErrNoInvitation
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteFirstInvitations(); err != nil {
			return err
		}
		operator, err := s.fulfil(tx, caller, invitation, operators, name, hash)
		if err != nil {
			return err
		}
		session, err = s.startOperatorSession(tx, caller, operator)
		return err
	})
	return session, inTime(err)
}

func (s *Service) hashPassword(ctx context.Context, password Secret) (string, error) {
	salt, err := s.randomBytes(argonSalt)
	if err != nil {
		return "", err
	}
	return s.passwords.hash(ctx, password, salt)
}

// ListOperators gives the operators by name.
func (s *Service) ListOperators(ctx context.Context) ([]Operator, error) {
	operators, err := s.store.Operators(ctx)
	return operators, inTime(err)
}

// SetOperatorRole changes what an operator may do, and ends its sessions. Who may not manage operators any
// more leaves no open invitations. Errors: ErrNoOperator, ErrLastOwner, ERR_BAD_REQUEST with details.
func (s *Service) SetOperatorRole(ctx context.Context, caller Caller, name string, role OperatorRole) error {
	found := problems{}
	parseOperatorRole(found, role)
	if err := found.asError(); err != nil {
		return err
	}
	return s.changeOperator(ctx, caller, name, EventOperatorUpdated, func(tx Tx, operator Operator, owners int) error {
		if operator.Role == OperatorOwner && role != OperatorOwner && owners == 1 {
			return ErrLastOwner
		}
		operator.Role = role
		if err := tx.SaveOperator(operator); err != nil {
			return err
		}
		if !role.Has(CanManageOperators) {
			if err := tx.DeleteInvitationsBy(operator.Name); err != nil {
				return err
			}
		}
		return tx.DeleteOperatorSessions(operator.ID, 0)
	})
}

// RemoveOperator removes an operator, and ends its sessions and the open invitations that it made: one of
// them could be a way back. Errors: ErrNoOperator, ErrLastOwner.
func (s *Service) RemoveOperator(ctx context.Context, caller Caller, name string) error {
	return s.changeOperator(ctx, caller, name, EventOperatorRemoved, func(tx Tx, operator Operator, owners int) error {
		if operator.Role == OperatorOwner && owners == 1 {
			return ErrLastOwner
		}
		if err := tx.DeleteInvitationsBy(operator.Name); err != nil {
			return err
		}
		return tx.DeleteOperator(operator.ID)
	})
}

// ChangePassword gives an operator, who must know the one so far, another password, and ends its sessions
// but the one that asks. Errors: ERR_BAD_REQUEST with details.
func (s *Service) ChangePassword(ctx context.Context, caller Caller, session OperatorSession, current, wanted Secret) error {
	right, err := s.passwords.matches(ctx, current, session.Operator.passwordHash)
	if err != nil {
		return inTime(err)
	}
	found := problems{}
	if !right {
		found.add("current", "This is not your password.")
	}
	checkPassword(found, "password", wanted)
	if err := found.asError(); err != nil {
		return err
	}
	hash, err := s.hashPassword(ctx, wanted)
	if err != nil {
		return inTime(err)
	}
	return s.changeOperator(ctx, caller, session.Operator.Name, EventOperatorUpdated, func(tx Tx, operator Operator, _ int) error {
		if operator.passwordHash != session.Operator.passwordHash {
			return invalid("current", "Your password was changed meanwhile.")
		}
		operator.passwordHash = hash
		if err := tx.SaveOperator(operator); err != nil {
			return err
		}
		return tx.DeleteOperatorSessions(operator.ID, session.ID)
	})
}

// NewSecondFactor makes a secret for an authenticator. Nothing needs it until SetSecondFactor.
func (s *Service) NewSecondFactor() (Secret, error) { return s.newSecondFactor() }

// SetSecondFactor makes signing in need a code too, once a code shows that the authenticator has the secret.
// The operator's other sessions end. It takes the password, and one that is there already has to be removed first:
// a browser that was left open must not be enough to lock the operator out. Error: ERR_BAD_REQUEST with details.
func (s *Service) SetSecondFactor(ctx context.Context, caller Caller, session OperatorSession, password, secret Secret, code string) error {
	if err := s.mustBePassword(ctx, session, password); err != nil {
		return err
	}
	factor := SecondFactor{Secret: secret}
	step, right, err := factor.stepOf(code, s.clock())
	if err != nil || len(secret) < 32 || len(secret) > 64 {
		return invalid("code", "The secret is not one that was made here: start again.")
	}
	if !right {
		return invalid("code", "This is not the code that the authenticator shows now.")
	}
	factor.LastStep = step
	return s.changeOperator(ctx, caller, session.Operator.Name, EventOperatorUpdated, func(tx Tx, operator Operator, _ int) error {
		if operator.HasSecondFactor {
			return invalid("code", "You have an authenticator already: remove it first, with your password.")
		}
		if err := tx.SetSecondFactor(operator.ID, factor); err != nil {
			return err
		}
		return tx.DeleteOperatorSessions(operator.ID, session.ID)
	})
}

// RemoveSecondFactor makes a password enough again; the operator must give it. Error: ERR_BAD_REQUEST with
// details.
func (s *Service) RemoveSecondFactor(ctx context.Context, caller Caller, session OperatorSession, password Secret) error {
	if err := s.mustBePassword(ctx, session, password); err != nil {
		return err
	}
	err := s.changeOperator(ctx, caller, session.Operator.Name, EventOperatorUpdated, func(tx Tx, operator Operator, _ int) error {
		return tx.DeleteSecondFactor(operator.ID)
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// mustBePassword fails, at the field "password", when it is not the password of the session's operator.
func (s *Service) mustBePassword(ctx context.Context, session OperatorSession, password Secret) error {
	right, err := s.passwords.matches(ctx, password, session.Operator.passwordHash)
	if err != nil {
		return inTime(err)
	}
	if !right {
		return invalid("password", "This is not your password.")
	}
	return nil
}

// changeOperator changes a locked operator, however its name is written, and writes the event of it. owners is
// how many there are.
func (s *Service) changeOperator(ctx context.Context, caller Caller, name string, kind EventKind, change func(tx Tx, operator Operator, owners int) error) error {
	name = foldASCII(name)
	err := s.store.Change(ctx, func(tx Tx) error {
		operators, err := tx.LockOperators()
		if err != nil {
			return err
		}
		var found *Operator
		owners := 0
		for i, operator := range operators {
			if operator.Role == OperatorOwner {
				owners++
			}
			if operator.Name == name {
				found = &operators[i]
			}
		}
		if found == nil {
			return ErrNoOperator
		}
		if err := change(tx, *found, owners); err != nil {
			return err
		}
		return s.addEventAbout(tx, ofNoApp(caller), kind, operatorSubject(name))
	})
	return inTime(err)
}

// ofNoApp is a caller whose event belongs to the installation.
func ofNoApp(caller Caller) Caller {
	caller.App = App{}
	return caller
}
