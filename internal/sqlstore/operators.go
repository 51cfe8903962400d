package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

const (
	operatorColumns = "operators.operator_id, operators.name, operators.role, operators.password_hash, operators.created_at, " +
		"operators.signed_in_at, EXISTS (SELECT 1 FROM operator_second_factors WHERE operator_second_factors.operator_id = operators.operator_id)"
	allOperators      = "SELECT " + operatorColumns + " FROM operators ORDER BY name"
	invitationColumns = "invitation_id, role, is_first, name, resets, invited_by, created_at, expires_at"
)

// operatorFields are where a row of operatorColumns goes.
type operatorFields struct {
	operator              identity.Operator
	passwordHash          string
	createdAt, signedInAt int64
}

func (f *operatorFields) targets() []any {
	return []any{&f.operator.ID, &f.operator.Name, &f.operator.Role, &f.passwordHash, &f.createdAt, &f.signedInAt, &f.operator.HasSecondFactor}
}

func (f *operatorFields) result() identity.Operator {
	f.operator.CreatedAt, f.operator.SignedInAt = fromSeconds(f.createdAt), fromSeconds(f.signedInAt)
	return f.operator.WithPasswordHash(f.passwordHash)
}

func scanOperator(r row) (identity.Operator, error) {
	var fields operatorFields
	if err := r.Scan(fields.targets()...); err != nil {
		return identity.Operator{}, found(err)
	}
	return fields.result(), nil
}

func (r reader) Operators(ctx context.Context) ([]identity.Operator, error) {
	rows, err := r.run.query(ctx, allOperators)
	return all(rows, err, scanOperator)
}

func (r reader) Operator(ctx context.Context, name string) (identity.Operator, error) {
	return scanOperator(r.run.queryRow(ctx, "SELECT "+operatorColumns+" FROM operators WHERE name = ?", name))
}

func (r reader) SecondFactor(ctx context.Context, operator int64) (identity.SecondFactor, error) {
	var stored sealedCredential
	var factor identity.SecondFactor
	err := r.run.queryRow(ctx, "SELECT fingerprint, sealed, last_step FROM operator_second_factors WHERE operator_id = ?", operator).
		Scan(&stored.fingerprint, &stored.sealed, &factor.LastStep)
	if err != nil {
		return identity.SecondFactor{}, found(err)
	}
	secret, err := stored.open(r.keys, vault.PurposeSecondFactor)
	factor.Secret = identity.Secret(secret)
	return factor, err
}

func (r reader) OperatorSession(ctx context.Context, value identity.Secret) (identity.OperatorSession, error) {
	fingerprints := candidates(r.keys, vault.PurposeOperatorSession, string(value))
	session := identity.OperatorSession{Value: value}
	var createdAt, seenAt int64
	var fields operatorFields
	err := r.run.queryRow(ctx, "SELECT session_id, operator_sessions.created_at, seen_at, "+operatorColumns+
		" FROM operator_sessions JOIN operators ON operators.operator_id = operator_sessions.operator_id"+
		" WHERE fingerprint IN ("+marks(len(fingerprints))+")", fingerprints...).
		Scan(append([]any{&session.ID, &createdAt, &seenAt}, fields.targets()...)...)
	if err != nil {
		return identity.OperatorSession{}, found(err)
	}
	session.Operator, session.CreatedAt, session.SeenAt = fields.result(), fromSeconds(createdAt), fromSeconds(seenAt)
	return session, nil
}

func scanInvitation(r row) (identity.Invitation, error) {
	var invitation identity.Invitation
	var first, resets, createdAt, expiresAt int64
	if err := r.Scan(&invitation.ID, &invitation.Role, &first, &invitation.Name, &resets, &invitation.InvitedBy, &createdAt, &expiresAt); err != nil {
		return identity.Invitation{}, found(err)
	}
	invitation.First, invitation.Resets = first == 1, resets == 1
	invitation.CreatedAt, invitation.ExpiresAt = fromSeconds(createdAt), fromSeconds(expiresAt)
	return invitation, nil
}

func (r reader) Invitation(ctx context.Context, code identity.Secret) (identity.Invitation, error) {
	fingerprints := candidates(r.keys, vault.PurposeInvitation, string(code))
	invitation, err := scanInvitation(r.run.queryRow(ctx,
		"SELECT "+invitationColumns+" FROM operator_invitations WHERE fingerprint IN ("+marks(len(fingerprints))+")", fingerprints...))
	invitation.Code = code
	return invitation, err
}

func (r reader) Invitations(ctx context.Context, now time.Time) ([]identity.Invitation, error) {
	rows, err := r.run.query(ctx, "SELECT "+invitationColumns+" FROM operator_invitations WHERE is_first = 0 AND expires_at > ? ORDER BY invitation_id", seconds(now))
	return all(rows, err, scanInvitation)
}

func (t *transaction) LockOperators() ([]identity.Operator, error) {
	// One row stands for all of them, those included that are yet to come.
	var id int
	if err := t.run.queryRow(t.ctx, "SELECT id FROM installation"+t.rowLock).Scan(&id); err != nil {
		return nil, fmt.Errorf("lock the operators: %w", found(err))
	}
	rows, err := t.run.query(t.ctx, allOperators)
	return all(rows, err, scanOperator)
}

func (t *transaction) AddOperator(operator identity.Operator) (identity.Operator, error) {
	err := t.run.queryRow(t.ctx, "INSERT INTO operators (name, role, password_hash, created_at, signed_in_at) VALUES (?, ?, ?, ?, ?) "+
		"ON CONFLICT DO NOTHING RETURNING operator_id",
		operator.Name, operator.Role, operator.PasswordHash(), seconds(operator.CreatedAt), seconds(operator.SignedInAt)).Scan(&operator.ID)
	return operator, added(err)
}

func (t *transaction) SaveOperator(operator identity.Operator) error {
	return changedOne(t.run.exec(t.ctx, "UPDATE operators SET role = ?, password_hash = ?, signed_in_at = ? WHERE operator_id = ?",
		operator.Role, operator.PasswordHash(), seconds(operator.SignedInAt), operator.ID))
}

func (t *transaction) DeleteOperator(id int64) error {
	// Whoever gets the name later is somebody else.
	if _, err := t.run.exec(t.ctx, "DELETE FROM operator_invitations WHERE resets = 1 AND name = (SELECT name FROM operators WHERE operator_id = ?)", id); err != nil {
		return err
	}
	return changedOne(t.run.exec(t.ctx, "DELETE FROM operators WHERE operator_id = ?", id))
}

func (t *transaction) SetSecondFactor(operator int64, factor identity.SecondFactor) error {
	stored, err := seal(t.keys, vault.PurposeSecondFactor, string(factor.Secret))
	if err != nil {
		return err
	}
	_, err = t.run.exec(t.ctx, "INSERT INTO operator_second_factors (operator_id, fingerprint, sealed, last_step) VALUES (?, ?, ?, ?) "+
		"ON CONFLICT (operator_id) DO UPDATE SET fingerprint = excluded.fingerprint, sealed = excluded.sealed, last_step = excluded.last_step",
		operator, stored.fingerprint, stored.sealed, factor.LastStep)
	return err
}

func (t *transaction) UseStep(operator, step int64) error {
	return changedOne(t.run.exec(t.ctx, "UPDATE operator_second_factors SET last_step = ? WHERE operator_id = ? AND last_step < ?", step, operator, step))
}

func (t *transaction) DeleteSecondFactor(operator int64) error {
	return changedOne(t.run.exec(t.ctx, "DELETE FROM operator_second_factors WHERE operator_id = ?", operator))
}

func (t *transaction) AddOperatorSession(session identity.OperatorSession) error {
	_, err := t.run.exec(t.ctx, "INSERT INTO operator_sessions (operator_id, fingerprint, created_at, seen_at) VALUES (?, ?, ?, ?)",
		session.Operator.ID, t.keys.Fingerprint(vault.PurposeOperatorSession, string(session.Value)), seconds(session.CreatedAt), seconds(session.SeenAt))
	return err
}

func (t *transaction) TouchOperatorSession(id int64, at time.Time) error {
	return changedOne(t.run.exec(t.ctx, "UPDATE operator_sessions SET seen_at = ? WHERE session_id = ?", seconds(at), id))
}

func (t *transaction) DeleteOperatorSession(id int64) error {
	return changedOne(t.run.exec(t.ctx, "DELETE FROM operator_sessions WHERE session_id = ?", id))
}

func (t *transaction) DeleteOperatorSessions(operator, except int64) error {
	_, err := t.run.exec(t.ctx, "DELETE FROM operator_sessions WHERE operator_id = ? AND session_id <> ?", operator, except)
	return err
}

func (t *transaction) DeleteStaleOperatorSessions(seen, made time.Time) error {
	_, err := t.run.exec(t.ctx, "DELETE FROM operator_sessions WHERE seen_at < ? OR created_at < ?", seconds(seen), seconds(made))
	return err
}

func (t *transaction) AddInvitation(invitation identity.Invitation) (identity.Invitation, error) {
	err := t.run.queryRow(t.ctx, "INSERT INTO operator_invitations (fingerprint, role, is_first, name, resets, invited_by, created_at, expires_at) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING invitation_id",
		t.keys.Fingerprint(vault.PurposeInvitation, string(invitation.Code)), invitation.Role, yes(invitation.First),
		invitation.Name, yes(invitation.Resets), invitation.InvitedBy,
		seconds(invitation.CreatedAt), seconds(invitation.ExpiresAt)).Scan(&invitation.ID)
	return invitation, err
}

func (t *transaction) CountInvitations() (int, error) {
	return scanCount(t.run.queryRow(t.ctx, "SELECT count(*) FROM operator_invitations"))
}

func (t *transaction) TakeInvitation(code identity.Secret) (identity.Invitation, error) {
	fingerprints := candidates(t.keys, vault.PurposeInvitation, string(code))
	invitation, err := scanInvitation(t.run.queryRow(t.ctx,
		"DELETE FROM operator_invitations WHERE fingerprint IN ("+marks(len(fingerprints))+") RETURNING "+invitationColumns, fingerprints...))
	invitation.Code = code
	return invitation, err
}

func (t *transaction) DeleteInvitation(id int64) error {
	return changedOne(t.run.exec(t.ctx, "DELETE FROM operator_invitations WHERE invitation_id = ?", id))
}

func (t *transaction) DeleteInvitationsBy(operator string) error {
	_, err := t.run.exec(t.ctx, "DELETE FROM operator_invitations WHERE invited_by = ?", operator)
	return err
}

func (t *transaction) DeleteFirstInvitations() error {
	_, err := t.run.exec(t.ctx, "DELETE FROM operator_invitations WHERE is_first = 1")
	return err
}

func (t *transaction) DeleteExpiredInvitations(now time.Time) error {
	_, err := t.run.exec(t.ctx, "DELETE FROM operator_invitations WHERE expires_at <= ?", seconds(now))
	return err
}
