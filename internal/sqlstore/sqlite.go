package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/usherhq/usher/internal/vault"
)

// ErrInUse says that another process has the database of SQLite open.
var ErrInUse = errors.New("another usher uses the database")

// openSQLite opens a file the way SQLite should be run under a server: a write-ahead log, so that
// readers and the writer don't wait for each other; synchronous=FULL, so that what was answered
// survives a power cut; many readers and one writer.
func openSQLite(ctx context.Context, path string, keys *vault.Vault) (*Store, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	path, err := onePath(path)
	if err != nil {
		return nil, err
	}
	alone, unlock, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	store, err := openLocked(ctx, path, keys, alone)
	if err != nil {
		return nil, errors.Join(err, unlock())
	}
	closeStore := store.close
	// Once: closing again is as harmless as it is for PostgreSQL.
	store.close = sync.OnceValue(func() error { return errors.Join(closeStore(), unlock()) })
	return store, nil
}

// openLocked opens a file that this process has locked, if the system has locks.
func openLocked(ctx context.Context, path string, keys *vault.Vault, alone bool) (*Store, error) {
	// 4,000 pages are 16 MB: four times what SQLite goes by, and a quarter of the flushes for bringing the log
	// into the file, each of which all writes wait for. A page that is changed often is brought once.
	writing, err := sql.Open("sqlite", sqliteAddress(path, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "wal_autocheckpoint(4000)"))
	if err != nil {
		return nil, err
	}
	writing.SetMaxOpenConns(1)
	if err := migrateSQLite(ctx, writing, keys); err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	reading, err := sql.Open("sqlite", sqliteAddress(path, "query_only(1)"))
	if err != nil {
		return nil, errors.Join(err, writing.Close())
	}
	// A reader is busy only while it computes: more of them than a few per processor only cost memory.
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	reading.SetMaxOpenConns(readers)
	reading.SetMaxIdleConns(readers)
	var sessions *sessionCache
	if alone {
		sessions = newSessionCache()
	}
	writer, err := startGroupWriter(ctx, writing, keys, sessions)
	if err != nil {
		return nil, errors.Join(err, reading.Close(), writing.Close())
	}
	return &Store{
		reader:   reader{run: traced{&preparing{on: reading}}, keys: keys, events: sqliteEvents, totals: newUserTotals(), mergesUnions: true},
		sessions: sessions,
		change:   writer.change,
		observed: &writer.observed,
		ping:     reading.PingContext,
		close:    func() error { return errors.Join(writer.close(), reading.Close(), writing.Close()) },
	}, nil
}

func migrateSQLite(ctx context.Context, db *sql.DB, keys *vault.Vault) error {
	runOn := func(tx *sql.Tx) runner { return &preparing{on: tx} }
	removedClear, err := migrate(ctx, db, keys, goose.DialectSQLite3, "sqlite", runOn)
	if err != nil {
		return err
	}
	if removedClear {
		// Dropped tables stay readable in the file's free pages and in the log until these are rewritten.
		for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("wipe credentials in clear: %w", err)
			}
		}
	}
	return checkKeyset(ctx, &preparing{on: db}, keys)
}

// sqliteAddress names a file and the settings of each connection to it. The waiting time comes
// first, for the other settings may have to wait for a lock themselves.
func sqliteAddress(path string, pragmas ...string) string {
	settings := url.Values{"_pragma": append([]string{"busy_timeout(5000)"}, pragmas...)}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode()
}

// onePath gives the one name of a file that exists: a second name would have a lock of its own, and
// some relative ones, such as :memory:, mean something else to SQLite.
func onePath(path string) (string, error) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("open the database: %w", err)
	}
	return filepath.Abs(target)
}

// createPrivate makes the file and its folder so that only their owner may read them. SQLite gives
// its write-ahead log the mode of the file.
func createPrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the database's folder: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	return file.Close()
}
