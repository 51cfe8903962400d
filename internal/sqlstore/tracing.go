package sqlstore

import (
	"context"
	"database/sql"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// traced adds a span for every statement to a trace that is being recorded, and nothing otherwise. The
// statement's text holds no values: those are bound.
type traced struct{ runner }

func (t traced) exec(ctx context.Context, statement string, values ...any) (sql.Result, error) {
	ctx, end := traceStatement(ctx, statement)
	result, err := t.runner.exec(ctx, statement, values...)
	end(err)
	return result, err
}

func (t traced) query(ctx context.Context, statement string, values ...any) (*sql.Rows, error) {
	ctx, end := traceStatement(ctx, statement)
	rows, err := t.runner.query(ctx, statement, values...)
	end(err)
	return rows, err
}

func (t traced) queryRow(ctx context.Context, statement string, values ...any) row {
	// What goes wrong here is told by Scan, to the caller.
	ctx, end := traceStatement(ctx, statement)
	defer end(nil)
	return t.runner.queryRow(ctx, statement, values...)
}

func (t traced) queryOnce(ctx context.Context, statement string, values ...any) (*sql.Rows, error) {
	ctx, end := traceStatement(ctx, statement)
	rows, err := t.runner.queryOnce(ctx, statement, values...)
	end(err)
	return rows, err
}

func traceStatement(ctx context.Context, statement string) (context.Context, func(error)) {
	// First, because describing a span costs more than a quick statement.
	if !isRecorded(ctx) {
		return ctx, ignore
	}
	return startSpan(ctx, "SQL", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String("db.query.text", statement)))
}

// startSpan starts a child of the span in ctx, where that is recorded.
func startSpan(ctx context.Context, name string, options ...trace.SpanStartOption) (_ context.Context, end func(error)) {
	if !isRecorded(ctx) {
		return ctx, ignore
	}
	ctx, span := trace.SpanFromContext(ctx).TracerProvider().Tracer("github.com/usherhq/usher/internal/sqlstore").Start(ctx, name, options...)
	return ctx, func(err error) {
		if err != nil {
			// The class, not the text: a driver's may repeat a value.
			span.SetStatus(codes.Error, "the statement failed")
		}
		span.End()
	}
}

func isRecorded(ctx context.Context) bool { return trace.SpanFromContext(ctx).IsRecording() }

func ignore(error) {}

// onlyTrace is a context that ends with nothing and knows no more of another than its span.
func onlyTrace(ctx context.Context) context.Context {
	if !isRecorded(ctx) {
		return context.Background()
	}
	return trace.ContextWithSpan(context.Background(), trace.SpanFromContext(ctx))
}
