package sqlstore

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"sync"
)

// preparing keeps every statement prepared on what it was given, which is what makes SQLite fast:
// parsing a statement costs more than running it.
type preparing struct {
	on interface {
		PrepareContext(ctx context.Context, statement string) (*sql.Stmt, error)
		QueryContext(ctx context.Context, statement string, values ...any) (*sql.Rows, error)
	}
	prepared sync.Map // statement text → *sql.Stmt; a few dozen, for as long as the database is open
}

func (p *preparing) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if known, ok := p.prepared.Load(text); ok {
		return known.(*sql.Stmt), nil
	}
	fresh, err := p.on.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	known, raced := p.prepared.LoadOrStore(text, fresh)
	if raced {
		return known.(*sql.Stmt), fresh.Close()
	}
	return fresh, nil
}

func (p *preparing) exec(ctx context.Context, text string, values ...any) (sql.Result, error) {
	statement, err := p.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, values...)
}

func (p *preparing) query(ctx context.Context, text string, values ...any) (*sql.Rows, error) {
	statement, err := p.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, values...)
}

func (p *preparing) queryRow(ctx context.Context, text string, values ...any) row {
	statement, err := p.statement(ctx, text)
	if err != nil {
		return failedRow{err}
	}
	return statement.QueryRowContext(ctx, values...)
}

func (p *preparing) queryOnce(ctx context.Context, text string, values ...any) (*sql.Rows, error) {
	return p.on.QueryContext(ctx, text, values...)
}

// failedRow is the row of a statement that could not be prepared.
type failedRow struct{ err error }

func (f failedRow) Scan(...any) error { return f.err }

// numbering runs statements on PostgreSQL, whose driver prepares and keeps them by itself; it only
// turns the question marks into $1, $2, ….
type numbering struct {
	on interface {
		ExecContext(ctx context.Context, statement string, values ...any) (sql.Result, error)
		QueryContext(ctx context.Context, statement string, values ...any) (*sql.Rows, error)
		QueryRowContext(ctx context.Context, statement string, values ...any) *sql.Row
	}
}

func (n numbering) exec(ctx context.Context, text string, values ...any) (sql.Result, error) {
	return n.on.ExecContext(ctx, number(text), values...)
}

func (n numbering) query(ctx context.Context, text string, values ...any) (*sql.Rows, error) {
	return n.on.QueryContext(ctx, number(text), values...)
}

func (n numbering) queryRow(ctx context.Context, text string, values ...any) row {
	return n.on.QueryRowContext(ctx, number(text), values...)
}

func (n numbering) queryOnce(ctx context.Context, text string, values ...any) (*sql.Rows, error) {
	return n.on.QueryContext(ctx, renumber(text), values...)
}

// numbered remembers what number made of each statement.
var numbered sync.Map

// number gives a kept statement with its placeholders numbered.
func number(text string) string {
	if known, ok := numbered.Load(text); ok {
		return known.(string)
	}
	result := renumber(text)
	numbered.Store(text, result)
	return result
}

// renumber replaces each question mark by $1, $2, …. No statement of this package has one in a string.
func renumber(text string) string {
	var result strings.Builder
	parts := strings.Split(text, "?")
	for i, part := range parts[:len(parts)-1] {
		result.WriteString(part + "$" + strconv.Itoa(i+1))
	}
	result.WriteString(parts[len(parts)-1])
	return result.String()
}
