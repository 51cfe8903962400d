package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/usherhq/usher/internal/identity"
)

// openPostgres opens a database that several servers may share.
func openPostgres(ctx context.Context, address string) (*Store, error) {
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
	if err := migratePostgres(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), db.Close())
	}
	return &Store{
		reader: reader{numbering{on: db}},
		change: func(ctx context.Context, do func(identity.Tx) error) error { return changePostgres(ctx, db, do) },
		ping:   db.PingContext,
		close:  db.Close,
	}, nil
}

// migratePostgres takes turns with other servers that start at the same moment, by an advisory lock
// that it asks for every second, for five minutes.
func migratePostgres(ctx context.Context, db *sql.DB) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return err
	}
	return migrate(ctx, db, goose.DialectPostgres, "postgres", goose.WithSessionLocker(locker))
}

func changePostgres(ctx context.Context, db *sql.DB, do func(identity.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// After a commit this does nothing; before one, its own failure adds nothing to the reason.
	defer func() { _ = tx.Rollback() }()
	// NO KEY UPDATE: tokens that refer to the user may be inserted meanwhile by whoever holds it.
	if err := do(&transaction{ctx: ctx, run: numbering{on: tx}, rowLock: " FOR NO KEY UPDATE"}); err != nil {
		return err
	}
	return tx.Commit()
}
