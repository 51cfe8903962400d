package sqlstore

import (
	"context"
	"database/sql"

	"github.com/usherhq/usher/internal/identity"
)

// PragmaOfWriter gives a setting of the connection that a change runs on; none of the promises of
// identity.Tx shows it.
func PragmaOfWriter(tx identity.Tx, name string) (value string, err error) {
	t := tx.(*transaction)
	err = t.run.queryRow(t.ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}

// RememberAllTotals makes a store remember the totals of lists even where few match, as in tests.
func RememberAllTotals(store *Store) *Store {
	store.totals.many = 0
	return store
}

// RememberedTotals is how many totals a store remembers.
func RememberedTotals(store *Store) int {
	store.totals.mu.Lock()
	defer store.totals.mu.Unlock()
	return len(store.totals.totals)
}

// Statement is what a reader asked its engine for.
type Statement struct {
	Text   string
	Values []any
}

// Recorder is a store's reader that remembers its statements.
type Recorder struct {
	identity.Reader

	Statements []Statement
}

// Record gives a reader of a store that remembers its statements.
func Record(store *Store) *Recorder {
	recorder := &Recorder{}
	recording := store.reader
	recording.run = recordingRunner{store.run, recorder}
	recorder.Reader = recording
	return recorder
}

type recordingRunner struct {
	runner

	recorder *Recorder
}

func (r recordingRunner) note(text string, values []any) {
	r.recorder.Statements = append(r.recorder.Statements, Statement{text, values})
}

func (r recordingRunner) query(ctx context.Context, text string, values ...any) (*sql.Rows, error) {
	r.note(text, values)
	return r.runner.query(ctx, text, values...)
}

func (r recordingRunner) queryOnce(ctx context.Context, text string, values ...any) (*sql.Rows, error) {
	r.note(text, values)
	return r.runner.queryOnce(ctx, text, values...)
}

func (r recordingRunner) queryRow(ctx context.Context, text string, values ...any) row {
	r.note(text, values)
	return r.runner.queryRow(ctx, text, values...)
}

// Numbered gives a statement as PostgreSQL gets it.
func Numbered(text string) string { return renumber(text) }

// Replace is the last part of a restore.
var Replace = replace
