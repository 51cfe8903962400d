package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// footprint runs statements and notes whether they leave something to undo: a change, or a failure, for
// which the engine may have ended the transaction.
type footprint struct {
	runner

	left bool
}

func (f *footprint) exec(ctx context.Context, statement string, values ...any) (sql.Result, error) {
	f.left = true
	return f.runner.exec(ctx, statement, values...)
}

func (f *footprint) query(ctx context.Context, statement string, values ...any) (*sql.Rows, error) {
	// What fails while rows are read is not heard of here.
	f.left = true
	return f.runner.query(ctx, statement, values...)
}

func (f *footprint) queryOnce(ctx context.Context, statement string, values ...any) (*sql.Rows, error) {
	f.left = true
	return f.runner.queryOnce(ctx, statement, values...)
}

func (f *footprint) queryRow(ctx context.Context, statement string, values ...any) row {
	if !strings.HasPrefix(statement, "SELECT") {
		f.left = true
	}
	return footprintRow{f.runner.queryRow(ctx, statement, values...), f}
}

type footprintRow struct {
	row

	of *footprint
}

func (r footprintRow) Scan(values ...any) error {
	err := r.row.Scan(values...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		r.of.left = true
	}
	return err
}
