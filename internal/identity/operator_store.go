package identity

import (
	"context"
	"time"
)

// OperatorStore is what can be asked of a database about operators.
type OperatorStore interface {
	// Operators lists them by name.
	Operators(ctx context.Context) ([]Operator, error)
	// Operator finds one by name, or gives ErrNotFound.
	Operator(ctx context.Context, name string) (Operator, error)
	// SecondFactor finds that of an operator, or gives ErrNotFound.
	SecondFactor(ctx context.Context, operator int64) (SecondFactor, error)
	// OperatorSession finds a session by its value, an ended one too, or gives ErrNotFound.
	OperatorSession(ctx context.Context, value Secret) (OperatorSession, error)
	// Invitation finds an invitation by its code, an expired one too, or gives ErrNotFound.
	Invitation(ctx context.Context, code Secret) (Invitation, error)
	// Invitations lists those that have not expired by now, oldest first; not those of the first operator.
	Invitations(ctx context.Context, now time.Time) ([]Invitation, error)
}

// OperatorTx is what a change may do about operators.
type OperatorTx interface {
	// LockOperators lists operators by name, and keeps whoever else locks them waiting until this change
	// ends.
	LockOperators() ([]Operator, error)
	// AddOperator gives ErrTaken when the name is in use.
	AddOperator(operator Operator) (Operator, error)
	// SaveOperator writes all fields of an operator but the name and HasSecondFactor.
	SaveOperator(operator Operator) error
	// DeleteOperator removes an operator with all that is its own.
	DeleteOperator(id int64) error
	// SetSecondFactor writes an operator's second factor, over one that it has.
	SetSecondFactor(operator int64, factor SecondFactor) error
	// UseStep notes the step of a code that is used now; ErrNotFound when it, or a later one, was used already.
	UseStep(operator, step int64) error
	// DeleteSecondFactor removes it; ErrNotFound when there is none.
	DeleteSecondFactor(operator int64) error
	AddOperatorSession(session OperatorSession) error
	// TouchOperatorSession writes when the session was used; ErrNotFound when it was ended meanwhile.
	TouchOperatorSession(id int64, at time.Time) error
	// DeleteOperatorSession ends one; ErrNotFound when it was ended already.
	DeleteOperatorSession(id int64) error
	// DeleteOperatorSessions ends those of an operator but the one with an id, which may be 0.
	DeleteOperatorSessions(operator, except int64) error
	// DeleteStaleOperatorSessions removes those last seen, or made, before a time.
	DeleteStaleOperatorSessions(seen, made time.Time) error
	AddInvitation(invitation Invitation) (Invitation, error)
	CountInvitations() (int, error)
	// TakeInvitation removes an invitation by its code and gives it, or ErrNotFound. Of several callers
	// one gets it.
	TakeInvitation(code Secret) (Invitation, error)
	// DeleteInvitation withdraws one; ErrNotFound when it was used already.
	DeleteInvitation(id int64) error
	// DeleteInvitationsBy withdraws those that an operator made.
	DeleteInvitationsBy(operator string) error
	// DeleteFirstInvitations removes those that are for the first operator.
	DeleteFirstInvitations() error
	// DeleteExpiredInvitations removes those that had expired by then.
	DeleteExpiredInvitations(now time.Time) error
}
