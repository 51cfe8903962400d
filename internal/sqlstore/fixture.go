package sqlstore

import (
	"context"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

func (t *transaction) Clear() ([]identity.AppID, error) {
	t.concernsAll()
	if err := t.writeEvents(); err != nil {
		return nil, err
	}
	rows, err := t.run.query(t.ctx, "DELETE FROM apps RETURNING app_id")
	ids, err := all(rows, err, func(r row) (identity.AppID, error) {
		var id identity.AppID
		err := r.Scan(&id)
		return id, err
	})
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		"DELETE FROM attempts",
		// The newest event stays, as in DeleteEvents.
		"DELETE FROM events WHERE event_id < (SELECT max(event_id) FROM events)",
	} {
		if _, err := t.run.exec(t.ctx, statement); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (r reader) AllTokens(ctx context.Context, app identity.AppID) ([]identity.AuthToken, error) {
	rows, err := r.run.query(ctx, "SELECT users.uid, "+tokenColumns+" FROM auth_tokens JOIN users ON users.user_id = auth_tokens.user_id "+
		"WHERE users.app_id = ? ORDER BY auth_tokens.token_id", app)
	return all(rows, err, func(one row) (identity.AuthToken, error) {
		var uid identity.UID
		var stored storedToken
		if err := one.Scan(append([]any{&uid}, stored.fields()...)...); err != nil {
			return identity.AuthToken{}, err
		}
		value, err := stored.stored.open(r.keys, vault.PurposeAuthToken)
		return stored.result(uid, identity.Secret(value)), err
	})
}

func (r reader) AllBlocks(ctx context.Context, app identity.AppID) ([]identity.Block, error) {
	rows, err := r.run.query(ctx, "SELECT users.uid, blocked.uid, blocks.blocked_at FROM blocks "+
		"JOIN users ON users.user_id = blocks.blocker_id JOIN users AS blocked ON blocked.user_id = blocks.blocked_id "+
		"WHERE users.app_id = ? ORDER BY users.uid, blocked.uid", app)
	return all(rows, err, func(one row) (identity.Block, error) {
		var block identity.Block
		var at int64
		err := one.Scan(&block.Blocker, &block.Blocked, &at)
		block.At = fromSeconds(at)
		return block, err
	})
}
