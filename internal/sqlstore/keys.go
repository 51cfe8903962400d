package sqlstore

import (
	"context"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

const keyColumns = "key_id, app_id, fingerprint, sealed, name, scope, created_by, created_at, last_used_at, disabled_at"

// storedKey is a row of api_keys, its value still sealed.
type storedKey struct {
	key    identity.APIKey
	stored sealedCredential
}

func scanKey(r row) (storedKey, error) {
	var key identity.APIKey
	var stored sealedCredential
	var createdAt, lastUsedAt, disabledAt int64
	err := r.Scan(&key.ID, &key.AppID, &stored.fingerprint, &stored.sealed, &key.Name, &key.Scope, &key.CreatedBy, &createdAt, &lastUsedAt, &disabledAt)
	if err != nil {
		return storedKey{}, found(err)
	}
	key.CreatedAt, key.LastUsedAt, key.DisabledAt = fromSeconds(createdAt), fromSeconds(lastUsedAt), fromSeconds(disabledAt)
	return storedKey{key, stored}, nil
}

// opened gives the key with its value.
func (r reader) opened(stored storedKey) (identity.APIKey, error) {
	value, err := stored.stored.open(r.keys, vault.PurposeAPIKey)
	stored.key.Value = identity.Secret(value)
	return stored.key, err
}

func (r reader) APIKey(ctx context.Context, app identity.AppID, value identity.Secret) (identity.APIKey, error) {
	fingerprints := candidates(r.keys, vault.PurposeAPIKey, string(value))
	stored, err := scanKey(r.run.queryRow(ctx,
		"SELECT "+keyColumns+" FROM api_keys WHERE app_id = ? AND fingerprint IN ("+marks(len(fingerprints))+")",
		append([]any{app}, fingerprints...)...))
	// The value is known from the question; there is nothing to open.
	stored.key.Value = value
	return stored.key, err
}

func (r reader) APIKeys(ctx context.Context, app identity.AppID, filter identity.KeyFilter) ([]identity.APIKey, int, error) {
	where, values := " WHERE app_id = ?", []any{app}
	if filter.Scope != "" {
		where, values = where+" AND scope = ?", append(values, filter.Scope)
	}
	if filter.SearchKey != "" {
		where, values = where+` AND lower(name) LIKE ? ESCAPE '\'`, append(values, containing(filter.SearchKey))
	}
	var total int
	if err := r.run.queryRow(ctx, "SELECT count(*) FROM api_keys"+where, values...).Scan(&total); err != nil {
		return nil, 0, err
	}
	rows, err := r.run.query(ctx, "SELECT "+keyColumns+" FROM api_keys"+where+" ORDER BY key_id LIMIT ? OFFSET ?",
		append(values, filter.Page.Size, filter.Page.Offset())...)
	keys, err := all(rows, err, func(row row) (identity.APIKey, error) {
		stored, err := scanKey(row)
		if err != nil {
			return identity.APIKey{}, err
		}
		return r.opened(stored)
	})
	return keys, total, err
}

func (t *transaction) CountAPIKeys(app identity.AppID) (count int, err error) {
	err = t.run.queryRow(t.ctx, "SELECT count(*) FROM api_keys WHERE app_id = ?", app).Scan(&count)
	return count, err
}

func (t *transaction) AddAPIKey(key identity.APIKey) (identity.APIKey, error) {
	stored, err := seal(t.keys, vault.PurposeAPIKey, string(key.Value))
	if err != nil {
		return identity.APIKey{}, err
	}
	err = t.run.queryRow(t.ctx,
		"INSERT INTO api_keys (app_id, fingerprint, sealed, name, scope, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) "+
			"ON CONFLICT DO NOTHING RETURNING key_id",
		key.AppID, stored.fingerprint, stored.sealed, key.Name, key.Scope, key.CreatedBy, seconds(key.CreatedAt),
	).Scan(&key.ID)
	return key, added(err)
}

func (t *transaction) LockAPIKey(id int64) (identity.APIKey, error) {
	stored, err := scanKey(t.run.queryRow(t.ctx, "SELECT "+keyColumns+" FROM api_keys WHERE key_id = ?"+t.rowLock, id))
	return stored.key, err
}

func (t *transaction) SaveAPIKey(key identity.APIKey) error {
	return changedOne(t.run.exec(t.ctx, "UPDATE api_keys SET name = ?, scope = ?, disabled_at = ? WHERE key_id = ?",
		key.Name, key.Scope, seconds(key.DisabledAt), key.ID))
}

func (t *transaction) DeleteAPIKey(id int64) error {
	return changedOne(t.run.exec(t.ctx, "DELETE FROM api_keys WHERE key_id = ?", id))
}

func (t *transaction) TouchAPIKey(id int64, at time.Time) error {
	return changedOne(t.run.exec(t.ctx, "UPDATE api_keys SET last_used_at = ? WHERE key_id = ?", seconds(at), id))
}
