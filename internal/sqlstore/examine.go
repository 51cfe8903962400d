package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/usherhq/usher/internal/vault"
)

// Examined is what is known of a database without using it.
type Examined struct {
	// InUse says that a process has it open; never of PostgreSQL, which is made for that.
	InUse bool
	// Version is that of its tables, and Newest that of this program's.
	Version, Newest int64
	// Clock is the time of its machine, or zero for SQLite, which has none.
	Clock time.Time
}

// Examine looks at a database whether or not it is in use, and changes nothing. ErrDamaged, ErrNotDatabase
// and ErrOtherKeyset say what is wrong with it, beside what is known all the same.
func Examine(ctx context.Context, address string, keys *vault.Vault) (Examined, error) {
	newest, err := newestVersion()
	if err != nil {
		return Examined{}, err
	}
	path, isSQLite := strings.CutPrefix(address, "sqlite:")
	if !isSQLite {
		return examinePostgres(ctx, address, keys, Examined{Newest: newest})
	}
	inUse, err := isLocked(path)
	if err != nil {
		return Examined{}, err
	}
	return examineSQLite(ctx, path, keys, Examined{InUse: inUse, Newest: newest})
}

// isLocked says whether a process has the database open.
func isLocked(path string) (bool, error) {
	path, err := onePath(path)
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(path + ".lock"); err != nil {
		// Nobody ever had it, and a look must not leave a file behind.
		return false, nil //nolint:nilerr // see above
	}
	_, unlock, err := lockFile(path)
	if errors.Is(err, ErrInUse) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, unlock()
}

func examineSQLite(ctx context.Context, path string, keys *vault.Vault, found Examined) (_ Examined, err error) {
	db, err := sql.Open("sqlite", sqliteAddress(path, "query_only(1)"))
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkPages(ctx, db, "quick_check"); err != nil {
		return found, err
	}
	taken, err := snapshot(ctx, db)
	if err != nil {
		return found, err
	}
	found.Version = taken.Version
	return found, checkSeals(ctx, &preparing{on: db}, keys, taken)
}

func examinePostgres(ctx context.Context, address string, keys *vault.Vault, found Examined) (_ Examined, err error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The driver's own text repeats the address, and with it the password.
		return found, errors.New("the database address is not a valid postgres:// URL")
	}
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&found.Clock); err != nil {
		return found, fmt.Errorf("ask the database: %w", err)
	}
	var tables *string
	if err := db.QueryRowContext(ctx, "SELECT to_regclass($1)::text", goose.DefaultTablename).Scan(&tables); err != nil {
		return found, fmt.Errorf("ask the database: %w", err)
	}
	if tables == nil {
		return found, ErrNotDatabase
	}
	err = db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+goose.DefaultTablename+" WHERE is_applied").Scan(&found.Version)
	if err != nil {
		return found, fmt.Errorf("ask the database: %w", err)
	}
	return found, checkKeyset(ctx, numbering{on: db}, keys)
}
