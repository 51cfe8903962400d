package identity

import (
	"context"
	"errors"
	"slices"
)

// InviteOperator makes an invitation: whoever has its code may become an operator with the role, within
// InvitationLife. Errors: ERR_BAD_REQUEST with details, ErrTooManyOperators.
func (s *Service) InviteOperator(ctx context.Context, caller Caller, role OperatorRole) (Invitation, error) {
	return s.invite(ctx, caller, Invitation{Role: role}, func([]Operator) error { return nil })
}

// InviteOperatorNamed is InviteOperator for one person, who becomes the operator of that name and of no
// other.
func (s *Service) InviteOperatorNamed(ctx context.Context, caller Caller, name string, role OperatorRole) (Invitation, error) {
	found := problems{}
	name = parseOperatorName(found, name)
	if err := found.asError(); err != nil {
		return Invitation{}, err
	}
	return s.invite(ctx, caller, Invitation{Name: name, Role: role}, func(operators []Operator) error {
		if slices.ContainsFunc(operators, named(name)) {
			return errOperatorTaken()
		}
		return nil
	})
}

// ResetOperator makes an invitation with which an operator sets a password, without knowing the one so far,
// and after which it needs no authenticator. Until it is used, everything stays as it is. Errors:
// ErrNoOperator, ErrTooManyOperators.
func (s *Service) ResetOperator(ctx context.Context, caller Caller, name string) (Invitation, error) {
	name = foldASCII(name)
	operator, err := s.store.Operator(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return Invitation{}, ErrNoOperator
	}
	if err != nil {
		return Invitation{}, inTime(err)
	}
	return s.invite(ctx, caller, Invitation{Name: name, Role: operator.Role, Resets: true}, func(operators []Operator) error {
		if !slices.ContainsFunc(operators, named(name)) {
			return ErrNoOperator
		}
		return nil
	})
}

func named(name string) func(Operator) bool {
	return func(operator Operator) bool { return operator.Name == name }
}

func errOperatorTaken() error { return invalid("name", "There is an operator with this name already.") }

// invite adds an invitation, unless check has something against it. Operators are locked meanwhile.
func (s *Service) invite(ctx context.Context, caller Caller, wanted Invitation, check func([]Operator) error) (Invitation, error) {
	found := problems{}
	parseOperatorRole(found, wanted.Role)
	if err := found.asError(); err != nil {
		return Invitation{}, err
	}
	invitation, err := s.newInvitation(wanted.Role)
	if err != nil {
		return Invitation{}, err
	}
	invitation.Name, invitation.Resets, invitation.InvitedBy = wanted.Name, wanted.Resets, caller.Operator
	err = s.store.Change(ctx, func(tx Tx) error {
		operators, err := tx.LockOperators()
		if err != nil {
			return err
		}
		if err := check(operators); err != nil {
			return err
		}
		open, err := tx.CountInvitations()
		if err != nil {
			return err
		}
		if open >= MaxOperators {
			return ErrTooManyOperators
		}
		if invitation, err = tx.AddInvitation(invitation); err != nil {
			return err
		}
		return s.addEventAbout(tx, ofNoApp(caller), EventOperatorInvited, invitationSubject(invitation.ID))
	})
	return invitation, inTime(err)
}

// fulfil makes of whoever has taken an invitation what it is for: a new operator, or one with another
// password. The operators are locked.
func (s *Service) fulfil(tx Tx, caller Caller, invitation Invitation, operators []Operator, name, hash string) (Operator, error) {
	if invitation.Name != "" && invitation.Name != name {
		return Operator{}, invalid("name", "This invitation is for "+invitation.Name+": give that name.")
	}
	if invitation.Resets {
		return s.renew(tx, caller, operators, name, hash)
	}
	if len(operators) >= MaxOperators {
		return Operator{}, ErrTooManyOperators
	}
	operator, err := tx.AddOperator(Operator{Name: name, Role: invitation.Role, passwordHash: hash, CreatedAt: s.now()})
	if errors.Is(err, ErrTaken) {
		return Operator{}, errOperatorTaken()
	}
	if err != nil {
		return Operator{}, err
	}
	return operator, s.addEventAbout(tx, caller, EventOperatorCreated, operatorSubject(name))
}

// renew gives an operator a password, takes its authenticator away and ends its sessions.
func (s *Service) renew(tx Tx, caller Caller, operators []Operator, name, hash string) (Operator, error) {
	place := slices.IndexFunc(operators, named(name))
	if place < 0 {
		return Operator{}, ErrNoInvitation
	}
	operator := operators[place]
	operator.passwordHash, operator.HasSecondFactor = hash, false
	if err := tx.SaveOperator(operator); err != nil {
		return Operator{}, err
	}
	if err := tx.DeleteSecondFactor(operator.ID); err != nil && !errors.Is(err, ErrNotFound) {
		return Operator{}, err
	}
	if err := tx.DeleteOperatorSessions(operator.ID, 0); err != nil {
		return Operator{}, err
	}
	return operator, s.addEventAbout(tx, caller, EventOperatorUpdated, operatorSubject(name))
}
