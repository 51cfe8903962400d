package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

// openPostgres opens a database that several servers may share.
func openPostgres(ctx context.Context, address string, keys *vault.Vault) (*Store, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The driver's own text repeats the address, and with it the password.
		return nil, errors.New("the database address is not a valid postgres:// URL")
	}
	db := stdlib.OpenDB(*config)
	// A statement takes well under a millisecond of the database's time, so a few connections per
	// processor keep it busy; PostgreSQL allows 100 by default, for all servers together.
	connections := max(8, 4*runtime.GOMAXPROCS(0))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxLifetime(time.Hour)
	if err := migratePostgres(ctx, db, keys); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), db.Close())
	}
	return &Store{
		// Ids become visible out of order: below the oldest running transaction nothing can come any more.
		reader:   reader{run: traced{numbering{on: db}}, keys: keys, events: postgresEvents, totals: newUserTotals()},
		change:   func(ctx context.Context, do func(identity.Tx) error) error { return changePostgres(ctx, db, keys, do) },
		ping:     db.PingContext,
		close:    db.Close,
		observed: &observed{},
	}, nil
}

// migratePostgres takes turns with other servers that start at the same moment, by an advisory lock
// that it asks for every second, for five minutes.
func migratePostgres(ctx context.Context, db *sql.DB, keys *vault.Vault) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return err
	}
	runOn := func(tx *sql.Tx) runner { return numbering{on: tx} }
	if _, err := migrate(ctx, db, keys, goose.DialectPostgres, "postgres", runOn, goose.WithSessionLocker(locker)); err != nil {
		return err
	}
	if err := adoptEvents(ctx, db); err != nil {
		return err
	}
	return checkKeyset(ctx, numbering{on: db}, keys)
}

// adoptEvents takes in events that a dump has brought from a cluster which had made more transactions
// than this one: their numbers lie in the future, and nobody would see them before it has come. They
// get one number that is older than all, with which they are listed in the order of their ids.
func adoptEvents(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "UPDATE events SET written_by = '0' WHERE written_by <> '0' AND EXISTS (SELECT FROM apps WHERE EXISTS "+
		"(SELECT FROM events WHERE events.app_id = apps.app_id AND events.written_by >= pg_snapshot_xmax(pg_current_snapshot())))")
	if err != nil {
		return fmt.Errorf("take in the events of another cluster: %w", err)
	}
	return nil
}

// mostAttempts is how often a transaction is made that PostgreSQL ends because it and another one
// wait for each other. Each time at least one of those that wait gets through.
const mostAttempts = 5

func changePostgres(ctx context.Context, db *sql.DB, keys *vault.Vault, do func(identity.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := changeOnce(ctx, db, keys, do)
		if failure, ok := errors.AsType[*pgconn.PgError](err); !ok || failure.Code != pgerrcodeDeadlock || attempt == mostAttempts {
			return err
		}
	}
}

// pgerrcodeDeadlock is deadlock_detected in PostgreSQL's table of error codes.
const pgerrcodeDeadlock = "40P01"

func changeOnce(ctx context.Context, db *sql.DB, keys *vault.Vault, do func(identity.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// After a commit this does nothing; before one, its own failure adds nothing to the reason.
	defer func() { _ = tx.Rollback() }()
	// NO KEY UPDATE: tokens that refer to the user may be inserted meanwhile by whoever holds it.
	if err := do(&transaction{ctx: ctx, run: traced{numbering{on: tx}}, keys: keys, rowLock: " FOR NO KEY UPDATE", keyLock: " FOR KEY SHARE"}); err != nil {
		return err
	}
	return tx.Commit()
}
