package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

// Store is identity.Store on either engine.
type Store struct {
	reader
	// sessions is nil where other processes may write to the database.
	sessions *sessionCache
	// change runs a write in a transaction the way the engine does it best.
	change   func(ctx context.Context, do func(tx identity.Tx) error) error
	ping     func(ctx context.Context) error
	close    func() error
	observed *observed
}

var _ identity.Store = (*Store)(nil)

// Open opens the database at an address, sqlite:PATH or postgres://…, and brings its tables up to
// date. The error never holds the address, which may hold a password.
//
// The keyset seals the credentials in it and must be the one that it was sealed with before:
// ErrOtherKeyset says that it is not.
func Open(ctx context.Context, address string, keys *vault.Vault) (*Store, error) {
	if err := CheckAddress(address); err != nil {
		return nil, err
	}
	if path, isSQLite := strings.CutPrefix(address, "sqlite:"); isSQLite {
		return openSQLite(ctx, path, keys)
	}
	return openPostgres(ctx, address, keys)
}

// CheckAddress says whether an address has a form that Open takes; it opens nothing.
func CheckAddress(address string) error {
	switch path, isSQLite := strings.CutPrefix(address, "sqlite:"); {
	case isSQLite && path != "", strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return nil
	}
	return errors.New("the database must be sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")
}

// Change runs do in one transaction and returns after the commit.
func (s *Store) Change(ctx context.Context, do func(tx identity.Tx) error) error {
	ctx, end := startSpan(ctx, "change")
	err := s.observed.change(ctx, do, s.change)
	end(err)
	return err
}

// Session finds a token by its value.
func (s *Store) Session(ctx context.Context, value identity.Secret) (identity.Session, error) {
	if s.sessions == nil {
		return s.reader.Session(ctx, value)
	}
	return s.sessions.find(ctx, value, s.reader.Session)
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.ping(ctx) }

// Close waits for running changes and releases the database.
func (s *Store) Close() error { return s.close() }

// runner runs statements; their placeholders are question marks.
type runner interface {
	exec(ctx context.Context, statement string, values ...any) (sql.Result, error)
	query(ctx context.Context, statement string, values ...any) (*sql.Rows, error)
	queryRow(ctx context.Context, statement string, values ...any) row
	// queryOnce is query for a statement with too many forms to keep each prepared.
	queryOnce(ctx context.Context, statement string, values ...any) (*sql.Rows, error)
}

// row is one answer to scan: *sql.Row, or one whose statement could not be prepared.
type row interface{ Scan(values ...any) error }

// reader is identity.Reader on whatever runs the statements.
type reader struct {
	run    runner
	keys   *vault.Vault
	events eventOrder
	totals *userTotals
	// mergesUnions is whether the engine makes a UNION of answers in one order by reading them side by
	// side; PostgreSQL always sorts or hashes, and counts what is DISTINCT in half of that time.
	mergesUnions bool
}

// transaction is identity.Tx: the statements of one change.
type transaction struct {
	// The context of the change. The methods of identity.Tx take none, because all of a change
	// stands or falls together.
	ctx  context.Context //nolint:containedctx // see above
	run  runner
	keys *vault.Vault
	// changed hears of every user whose sessions the change concerns; nil where nobody listens.
	changed func(user int64)
	// known is what is remembered of users; nil where others write too.
	known *knownUsers
	// events is where events wait for the end of the group; nil where each is written by itself.
	events *eventBatch
	// rowLock ends a SELECT whose row must not change until the transaction ends.
	rowLock string
	// keyLock ends a SELECT whose row must stay until the transaction ends, though it may change.
	keyLock string
}

// concerns tells that the sessions of a user are not what they were.
func (t *transaction) concerns(user int64) {
	if t.changed != nil {
		t.changed(user)
	}
}

// concernsAll tells that the sessions of any user may not be what they were.
func (t *transaction) concernsAll() { t.concerns(everybody) }

// found gives identity.ErrNotFound for an answer without a row.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return identity.ErrNotFound
	}
	return err
}

// added gives identity.ErrTaken for an INSERT … ON CONFLICT DO NOTHING … RETURNING without a row.
func added(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return identity.ErrTaken
	}
	return err
}

// changedOne gives identity.ErrNotFound for a statement that changed no row.
func changedOne(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	changed, err := result.RowsAffected()
	if err == nil && changed == 0 {
		return identity.ErrNotFound
	}
	return err
}

// scanCount reads an answer of one number.
func scanCount(r row) (count int, err error) {
	err = r.Scan(&count)
	return count, err
}

// all reads every row of an answer.
func all[T any](rows *sql.Rows, err error, scan func(row) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []T
	for rows.Next() {
		value, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read row: %w", err)
		}
		values = append(values, value)
	}
	return values, rows.Err()
}
