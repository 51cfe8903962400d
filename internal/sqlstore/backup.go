package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"github.com/usherhq/usher/internal/vault"
)

// Snapshot is what a database of SQLite holds, to be held against a copy of it.
type Snapshot struct {
	// Version is that of its tables.
	Version int64
	// Rows is how many rows each table has.
	Rows map[string]int64
}

// Why a file can't be a backup, or not for this program.
var (
	ErrNotDatabase = errors.New("the file is no database of Usher's")
	ErrDamaged     = errors.New("the file is damaged")
	ErrNewer       = errors.New("the file was written by a newer version of Usher")
)

// pagesAtOnce is how much is copied between two looks at the context: 4 MB, as a rule.
const pagesAtOnce = 1024

// Backup copies the database of SQLite at an address to a file that does not exist yet, and says what
// was in it at that moment. It may be in use: a server goes on writing, and neither waits for the other,
// for all of the copy is read in one transaction. progress hears how many pages of the whole are done.
//
// The copy is on the disk when Backup returns, and only its owner may read it. When it fails, it leaves
// nothing behind.
func Backup(ctx context.Context, address, file string, progress func(done, whole int)) (_ Snapshot, err error) {
	path, isSQLite := strings.CutPrefix(address, "sqlite:")
	if !isSQLite {
		return Snapshot{}, errors.New("only databases of SQLite are copied this way")
	}
	target, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return Snapshot{}, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file)
		}
	}()
	defer func() { err = errors.Join(err, target.Close()) }()
	db, err := sql.Open("sqlite", sqliteAddress(path, "query_only(1)"))
	if err != nil {
		return Snapshot{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	connection, err := db.Conn(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	taken, err := copyAtOneMoment(ctx, connection, file, progress)
	if err != nil {
		return Snapshot{}, fmt.Errorf("copy the database: %w", err)
	}
	return taken, target.Sync()
}

// copyAtOneMoment counts and copies in one transaction. The pages of the copy are read by that
// transaction too, as SQLite uses one that is open already.
func copyAtOneMoment(ctx context.Context, connection *sql.Conn, file string, progress func(done, whole int)) (Snapshot, error) {
	tx, err := connection.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Snapshot{}, err
	}
	// It has read only: there is nothing that a rollback could fail to undo.
	defer func() { _ = tx.Rollback() }()
	taken, err := snapshot(ctx, tx)
	if err != nil {
		return Snapshot{}, err
	}
	return taken, connection.Raw(func(raw any) error { return copyPages(ctx, raw, file, progress) })
}

func copyPages(ctx context.Context, raw any, file string, progress func(done, whole int)) error {
	source, ok := raw.(interface {
		NewBackup(file string) (*sqlite.Backup, error)
	})
	if !ok {
		return errors.New("the driver of SQLite can't copy")
	}
	// Without the escapes of an address, the driver would cut a name at its question mark.
	path, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	copying, err := source.NewBackup(sqliteAddress(path))
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = copying.Step(pagesAtOnce); err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return errors.Join(err, copying.Finish())
		}
		progress(copying.PageCount()-copying.Remaining(), copying.PageCount())
	}
	return copying.Finish()
}

// querying is what reads a snapshot: a database, or a transaction.
type querying interface {
	QueryContext(ctx context.Context, statement string, values ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, statement string, values ...any) *sql.Row
}

// snapshot counts what there is.
func snapshot(ctx context.Context, db querying) (taken Snapshot, err error) {
	taken.Rows = map[string]int64{}
	rows, err := db.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
	names, err := all(rows, err, func(r row) (name string, err error) { return name, r.Scan(&name) })
	if err != nil {
		return taken, err
	}
	for _, name := range names {
		var count int64
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM "`+strings.ReplaceAll(name, `"`, `""`)+`"`).Scan(&count); err != nil {
			return taken, err
		}
		taken.Rows[name] = count
	}
	for _, ours := range []string{goose.DefaultTablename, "apps", "users"} {
		if _, there := taken.Rows[ours]; !there {
			return taken, ErrNotDatabase
		}
	}
	err = db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+goose.DefaultTablename+" WHERE is_applied").Scan(&taken.Version)
	return taken, err
}

// Verify reads a file whole that no other process uses, and says what is in it. ErrNotDatabase,
// ErrDamaged, ErrNewer and ErrOtherKeyset say why it would not do as a database; it changes nothing.
func Verify(ctx context.Context, file string, keys *vault.Vault) (found Snapshot, err error) {
	if _, err := os.Stat(file); err != nil {
		return Snapshot{}, err
	}
	// Immutable: no log beside it is looked for, and none is made.
	db, err := sql.Open("sqlite", sqliteAddress(file, "query_only(1)")+"&immutable=1")
	if err != nil {
		return Snapshot{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkPages(ctx, db, "integrity_check"); err != nil {
		return Snapshot{}, err
	}
	if found, err = snapshot(ctx, db); err != nil {
		return Snapshot{}, err
	}
	newest, err := newestVersion()
	switch {
	case err != nil:
		return Snapshot{}, err
	case found.Version > newest:
		return Snapshot{}, fmt.Errorf("%w: its tables have the version %d, and this one knows %d", ErrNewer, found.Version, newest)
	}
	return found, checkSeals(ctx, &preparing{on: db}, keys, found)
}

// checkPages has SQLite read every page, with integrity_check, or quick_check, which leaves out whether
// indexes agree with their tables.
func checkPages(ctx context.Context, db *sql.DB, check string) error {
	rows, err := db.QueryContext(ctx, "PRAGMA "+check+"(10)")
	lines, err := all(rows, err, func(r row) (line string, err error) { return line, r.Scan(&line) })
	failed, isSQLite := errors.AsType[*sqlite.Error](err)
	switch {
	case isSQLite && failed.Code() == notADatabase:
		return ErrNotDatabase
	case isSQLite && failed.Code()&0xff == corruptDatabase:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return err
	case len(lines) != 1 || lines[0] != "ok":
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(lines, "; "))
	}
	return nil
}

// The codes with which SQLite says that it can't read a file.
const (
	corruptDatabase = 11
	notADatabase    = 26
)

// newestVersion is that of the tables which this program makes.
func newestVersion() (newest int64, err error) {
	names, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		newest = max(newest, version)
	}
	return max(newest, foldNames), nil
}

// sampledSeals is how many credentials of each kind are opened: the newest, and so those that the
// newest keys sealed.
const sampledSeals = 100

// checkSeals opens some of what is sealed.
func checkSeals(ctx context.Context, run runner, keys *vault.Vault, found Snapshot) error {
	if found.Version < onlySeals {
		// Credentials were not sealed yet; the next start does it.
		return nil
	}
	for _, table := range sealedTables {
		if _, there := found.Rows[table.name]; !there {
			continue
		}
		rows, err := run.query(ctx, "SELECT "+table.id+", fingerprint, sealed FROM "+table.name+" ORDER BY "+table.id+" DESC LIMIT ?", sampledSeals)
		sample, err := all(rows, err, scanSealedRow)
		if err != nil {
			return err
		}
		for _, row := range sample {
			if _, err := row.stored.open(keys, table.purpose); err != nil {
				return fmt.Errorf("%w (%w)", ErrOtherKeyset, err)
			}
		}
	}
	return nil
}
