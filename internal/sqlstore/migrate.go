package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

//go:embed migrations
var migrations embed.FS

// The migrations that move credentials from clear text into seals. The first one is written in Go;
// after the second one, the pages that held the clear text are wiped.
const (
	sealCredentials = 5
	onlySeals       = 6
)

// foldNames is written in Go too: SQLite's lower() knows only the letters of English.
const foldNames = 7

// migrate brings the tables up to date, and says whether it has just removed credentials in clear. A
// folder of migrations per engine holds what the engines say differently; TestBothEnginesHaveOneSchema
// holds the two against each other.
func migrate(
	ctx context.Context, db *sql.DB, keys *vault.Vault, dialect goose.Dialect, folder string,
	runOn func(*sql.Tx) runner, options ...goose.ProviderOption,
) (removedClear bool, err error) {
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return false, err
	}
	options = append(options, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(
		goose.NewGoMigration(sealCredentials, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			return moveIntoSeals(ctx, runOn(tx), keys)
		}}, nil),
		goose.NewGoMigration(foldNames, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			return foldAllNames(ctx, runOn(tx))
		}}, nil),
	))
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return false, err
	}
	before, err := provider.GetDBVersion(ctx)
	if err != nil {
		return false, fmt.Errorf("read the version of the tables: %w", err)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return false, fmt.Errorf("bring the tables up to date: %w", err)
	}
	for _, result := range applied {
		// A new database goes through all versions too, and holds nothing to wipe.
		removedClear = removedClear || before > 0 && result.Source.Version == onlySeals
	}
	return removedClear, nil
}

// moveBatch is how many credentials are read before they are written: an open answer and a write do
// not go together on one connection.
const moveBatch = 500

// moveIntoSeals seals the credentials that the first version kept in clear.
func moveIntoSeals(ctx context.Context, run runner, keys *vault.Vault) error {
	for _, table := range []struct {
		purpose    vault.Purpose
		read, move string
	}{
		{
			vault.PurposeAPIKey,
			"SELECT key_id, value FROM api_keys WHERE key_id > ? ORDER BY key_id LIMIT ?",
			"INSERT INTO api_keys_sealed (key_id, app_id, fingerprint, sealed, name, scope, created_by, created_at, last_used_at, disabled_at) " +
				"SELECT key_id, app_id, ?, ?, name, scope, created_by, created_at, last_used_at, disabled_at FROM api_keys WHERE key_id = ?",
		},
		{
			vault.PurposeAuthToken,
			"SELECT token_id, value FROM auth_tokens WHERE token_id > ? ORDER BY token_id LIMIT ?",
			"INSERT INTO auth_tokens_sealed (token_id, user_id, fingerprint, sealed, minted_by, platform, device_id, user_agent, app_info, created_at, expires_at) " +
				"SELECT token_id, user_id, ?, ?, minted_by, platform, device_id, user_agent, app_info, created_at, expires_at FROM auth_tokens WHERE token_id = ?",
		},
	} {
		last := int64(0)
		for {
			rows, err := run.query(ctx, table.read, last, moveBatch)
			batch, err := all(rows, err, scanText)
			if err != nil {
				return err
			}
			for _, found := range batch {
				stored, err := seal(keys, table.purpose, found.text)
				if err != nil {
					return err
				}
				if _, err := run.exec(ctx, table.move, stored.fingerprint, stored.sealed, found.id); err != nil {
					return err
				}
				last = found.id
			}
			if len(batch) < moveBatch {
				break
			}
		}
	}
	return nil
}

// textOfRow is a text with the id of its row.
type textOfRow struct {
	id   int64
	text string
}

func scanText(r row) (found textOfRow, err error) {
	err = r.Scan(&found.id, &found.text)
	return found, err
}

// foldAllNames computes for the users of the first version what every later change writes: their names
// folded, and their tags as rows.
func foldAllNames(ctx context.Context, run runner) error {
	last := int64(0)
	for {
		rows, err := run.query(ctx, "SELECT user_id, app_id, name, tags FROM users WHERE user_id > ? ORDER BY user_id LIMIT ?", last, moveBatch)
		batch, err := all(rows, err, func(r row) (identity.User, error) {
			var stored storedUser
			if err := r.Scan(&stored.user.ID, &stored.user.AppID, &stored.user.Name, &stored.tags); err != nil {
				return identity.User{}, err
			}
			return stored.result()
		})
		if err != nil {
			return err
		}
		for _, user := range batch {
			if _, err := run.exec(ctx, "UPDATE users SET name_folded = ? WHERE user_id = ?", foldName(user.Name), user.ID); err != nil {
				return err
			}
			for _, tag := range user.Tags {
				// The table of this version; a later one tells more.
				_, err := run.exec(ctx, "INSERT INTO user_tags (user_id, app_id, tag) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", user.ID, user.AppID, tag)
				if err != nil {
					return err
				}
			}
			last = user.ID
		}
		if len(batch) < moveBatch {
			return nil
		}
	}
}
