package sqlstore

import (
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

func (t *transaction) ClaimAttempt(attempt identity.Attempt, limits identity.AttemptLimits) (bool, error) {
	result, err := t.run.exec(t.ctx, "INSERT INTO attempts (attempt_id, request, started_at) VALUES (?, ?, ?) "+
		"ON CONFLICT (attempt_id) DO UPDATE SET request = excluded.request, started_at = excluded.started_at, sealed_answer = NULL "+
		"WHERE attempts.started_at <= ? OR (attempts.sealed_answer IS NULL AND attempts.started_at <= ?)",
		attempt.ID[:], attempt.Request[:], seconds(attempt.Started), seconds(limits.Answered), seconds(limits.Lost))
	if err != nil {
		return false, err
	}
	claimed, err := result.RowsAffected()
	return claimed == 1, err
}

func (t *transaction) Attempt(id [32]byte) (identity.Attempt, error) {
	attempt := identity.Attempt{ID: id}
	var request, sealed []byte
	var startedAt int64
	err := t.run.queryRow(t.ctx, "SELECT request, started_at, sealed_answer FROM attempts WHERE attempt_id = ?", id[:]).
		Scan(&request, &startedAt, &sealed)
	if err != nil {
		return identity.Attempt{}, found(err)
	}
	copy(attempt.Request[:], request)
	attempt.Started = fromSeconds(startedAt)
	if sealed != nil {
		attempt.Answer, err = t.keys.Open(vault.PurposeStoredAnswer, string(id[:]), sealed)
	}
	return attempt, err
}

func (t *transaction) AnswerAttempt(attempt identity.Attempt) error {
	sealed, err := t.keys.Seal(vault.PurposeStoredAnswer, string(attempt.ID[:]), attempt.Answer)
	if err != nil {
		return err
	}
	return changedOne(t.run.exec(t.ctx, "UPDATE attempts SET sealed_answer = ? "+mine, sealed, attempt.ID[:], seconds(attempt.Started)))
}

func (t *transaction) DropAttempt(attempt identity.Attempt) error {
	return changedOne(t.run.exec(t.ctx, "DELETE FROM attempts "+mine, attempt.ID[:], seconds(attempt.Started)))
}

// mine chooses an attempt as long as nobody who took it for lost has begun it anew.
const mine = "WHERE attempt_id = ? AND started_at = ? AND sealed_answer IS NULL"

func (t *transaction) DeleteAttempts(before time.Time, limit int) (int, error) {
	return t.deleted("DELETE FROM attempts WHERE attempt_id IN (SELECT attempt_id FROM attempts WHERE started_at <= ? ORDER BY started_at LIMIT ?)",
		seconds(before), limit)
}
