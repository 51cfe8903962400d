package sqlstore

import (
	"context"
	"fmt"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

const signingKeys = "SELECT signing_key_id, fingerprint, sealed, created_at, signs_from FROM signing_keys ORDER BY signs_from, signing_key_id"

// scanSigningKey reads a key and opens its seal.
func scanSigningKey(keys *vault.Vault) func(row) (identity.SigningKey, error) {
	return func(r row) (identity.SigningKey, error) {
		var key identity.SigningKey
		var stored sealedCredential
		var createdAt, signsFrom int64
		if err := r.Scan(&key.ID, &stored.fingerprint, &stored.sealed, &createdAt, &signsFrom); err != nil {
			return identity.SigningKey{}, err
		}
		text, err := stored.open(keys, vault.PurposeSigningKey)
		if err != nil {
			return identity.SigningKey{}, err
		}
		key.CreatedAt, key.SignsFrom = fromSeconds(createdAt), fromSeconds(signsFrom)
		key.Key, err = vault.ParseSigningKey(text)
		return key, err
	}
}

func (r reader) SigningKeys(ctx context.Context) ([]identity.SigningKey, error) {
	rows, err := r.run.query(ctx, signingKeys)
	return all(rows, err, scanSigningKey(r.keys))
}

func (t *transaction) LockSigningKeys() ([]identity.SigningKey, error) {
	// One row stands for all of them, those included that are yet to come.
	var id int
	if err := t.run.queryRow(t.ctx, "SELECT id FROM installation"+t.rowLock).Scan(&id); err != nil {
		return nil, fmt.Errorf("lock the signing keys: %w", found(err))
	}
	rows, err := t.run.query(t.ctx, signingKeys)
	return all(rows, err, scanSigningKey(t.keys))
}

func (t *transaction) AddSigningKey(key identity.SigningKey) (identity.SigningKey, error) {
	text, err := key.Key.Text()
	if err != nil {
		return identity.SigningKey{}, err
	}
	stored, err := seal(t.keys, vault.PurposeSigningKey, text)
	if err != nil {
		return identity.SigningKey{}, err
	}
	err = t.run.queryRow(t.ctx, "INSERT INTO signing_keys (fingerprint, sealed, created_at, signs_from) VALUES (?, ?, ?, ?) RETURNING signing_key_id",
		stored.fingerprint, stored.sealed, seconds(key.CreatedAt), seconds(key.SignsFrom)).Scan(&key.ID)
	return key, err
}

func (t *transaction) DeleteSigningKey(id int64) error {
	return changedOne(t.run.exec(t.ctx, "DELETE FROM signing_keys WHERE signing_key_id = ?", id))
}
