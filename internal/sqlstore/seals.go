package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

// sealedCredential is a credential as a row holds it: found by its fingerprint, given back from its seal.
type sealedCredential struct{ fingerprint, sealed []byte }

// seal makes of a credential what may be stored. The seal opens only beside its own fingerprint: a
// sealed value that is moved into another row is not taken for that row's.
func seal(keys *vault.Vault, purpose vault.Purpose, value string) (sealedCredential, error) {
	fingerprint := keys.Fingerprint(purpose, value)
	sealed, err := keys.Seal(purpose, string(fingerprint), value)
	return sealedCredential{fingerprint, sealed}, err
}

// open gives the credential back.
func (s sealedCredential) open(keys *vault.Vault, purpose vault.Purpose) (string, error) {
	return keys.Open(purpose, string(s.fingerprint), s.sealed)
}

// candidates is the fingerprints that a credential's row may have, as values of a statement with as
// many marks: one for every key of the keyset, so one as long as nobody has rotated it.
func candidates(keys *vault.Vault, purpose vault.Purpose, value string) []any {
	fingerprints := keys.Candidates(purpose, value)
	values := make([]any, len(fingerprints))
	for i, fingerprint := range fingerprints {
		values[i] = fingerprint
	}
	return values
}

// ErrOtherKeyset says that a database was sealed with another keyset than the one given: serving it
// would mean that no key and no token is found.
var ErrOtherKeyset = errors.New("the keyset is not the one that this database was sealed with: give the right one with --keyset")

// checkKeyset opens one key of the database, of which every app has some.
func checkKeyset(ctx context.Context, run runner, keys *vault.Vault) error {
	rows, err := run.query(ctx, "SELECT fingerprint, sealed FROM api_keys ORDER BY key_id LIMIT 1")
	first, err := all(rows, err, scanSealed)
	if err != nil || len(first) == 0 {
		return err
	}
	if _, err := first[0].open(keys, vault.PurposeAPIKey); err != nil {
		return fmt.Errorf("%w (%w)", ErrOtherKeyset, err)
	}
	return nil
}

func scanSealed(r row) (stored sealedCredential, err error) {
	err = r.Scan(&stored.fingerprint, &stored.sealed)
	return stored, err
}

// sealedTables are the tables that hold credentials.
var sealedTables = []struct {
	purpose  vault.Purpose
	name, id string
}{
	{vault.PurposeAPIKey, "api_keys", "key_id"},
	{vault.PurposeAuthToken, "auth_tokens", "token_id"},
	{vault.PurposeSigningKey, "signing_keys", "signing_key_id"},
	{vault.PurposeWebhook, "webhooks", "webhook_number"},
	{vault.PurposeSecondFactor, "operator_second_factors", "operator_id"},
}

// Reseal writes every credential anew that was made with keys which are not the keyset's newest, and
// says how many. It may be stopped and run again at any time; progress hears of every batch.
func (s *Store) Reseal(ctx context.Context, progress func(resealed int)) (int, error) {
	resealed := 0
	for _, table := range sealedTables {
		last := int64(0)
		for {
			rows, err := s.run.query(ctx, "SELECT "+table.id+", fingerprint, sealed FROM "+table.name+
				" WHERE "+table.id+" > ? ORDER BY "+table.id+" LIMIT ?", last, moveBatch)
			batch, err := all(rows, err, scanSealedRow)
			if err != nil {
				return resealed, err
			}
			written, err := s.resealBatch(ctx, table.purpose, table.name, table.id, batch)
			if err != nil {
				return resealed, err
			}
			resealed += written
			progress(resealed)
			if len(batch) < moveBatch {
				break
			}
			last = batch[len(batch)-1].id
		}
	}
	return resealed, nil
}

// sealedRow is a credential with the id of its row.
type sealedRow struct {
	id     int64
	stored sealedCredential
}

func scanSealedRow(r row) (found sealedRow, err error) {
	err = r.Scan(&found.id, &found.stored.fingerprint, &found.stored.sealed)
	return found, err
}

func (s *Store) resealBatch(ctx context.Context, purpose vault.Purpose, table, id string, batch []sealedRow) (written int, err error) {
	err = s.Change(ctx, func(tx identity.Tx) error {
		t := tx.(*transaction)
		written = 0
		for _, row := range batch {
			if !s.keys.NeedsReseal(row.stored.sealed, row.stored.fingerprint) {
				continue
			}
			value, err := row.stored.open(s.keys, purpose)
			if err != nil {
				return err
			}
			fresh, err := seal(s.keys, purpose, value)
			if err != nil {
				return err
			}
			// A row that is gone or has another credential meanwhile: there is nothing to write.
			if _, err := t.run.exec(ctx, "UPDATE "+table+" SET fingerprint = ?, sealed = ? WHERE "+id+" = ? AND fingerprint = ?",
				fresh.fingerprint, fresh.sealed, row.id, row.stored.fingerprint); err != nil {
				return err
			}
			written++
		}
		return nil
	})
	return written, err
}
