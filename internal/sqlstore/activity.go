package sqlstore

import (
	"context"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// inStretch chooses the tallies of an app that have a span and begin within a time.
const inStretch = " WHERE app_id = ? AND span = ? AND at >= ? AND at < ?"

func (r reader) Activity(ctx context.Context, app identity.AppID, span time.Duration, from, to time.Time) ([]identity.ActivityBucket, error) {
	rows, err := r.run.query(ctx, "SELECT at, sign_ins, failures, refused FROM activity"+inStretch+" ORDER BY at",
		app, wholeSeconds(span), from.Unix(), to.Unix())
	return all(rows, err, func(r row) (identity.ActivityBucket, error) {
		var bucket identity.ActivityBucket
		var at int64
		err := r.Scan(&at, &bucket.SignIns, &bucket.Failures, &bucket.Refused)
		bucket.At = time.Unix(at, 0).UTC()
		return bucket, err
	})
}

func (r reader) FailureCodes(ctx context.Context, app identity.AppID, span time.Duration, from, to time.Time) ([]identity.FailureCount, error) {
	rows, err := r.run.query(ctx, "SELECT code, CAST(sum(failures) AS BIGINT) FROM failure_codes"+inStretch+" GROUP BY code",
		app, wholeSeconds(span), from.Unix(), to.Unix())
	return all(rows, err, func(r row) (identity.FailureCount, error) {
		var failure identity.FailureCount
		err := r.Scan(&failure.Code, &failure.Count)
		return failure, err
	})
}

func (t *transaction) AddTally(tally identity.Tally) error {
	result, err := t.run.exec(t.ctx, "INSERT INTO activity (app_id, span, at, sign_ins, failures, refused) "+
		"SELECT app_id, ?, ?, ?, ?, ? FROM apps WHERE app_id = ? "+
		"ON CONFLICT (app_id, span, at) DO UPDATE SET sign_ins = activity.sign_ins + excluded.sign_ins, "+
		"failures = activity.failures + excluded.failures, refused = activity.refused + excluded.refused",
		wholeSeconds(tally.Span), tally.At.Unix(), tally.SignIns, tally.Failures, tally.Refused, tally.AppID)
	if err != nil {
		return err
	}
	if counted, err := result.RowsAffected(); err != nil || counted == 0 {
		return err
	}
	// In any order: whoever adds to the same codes waits for the tally already.
	for code, count := range tally.Codes {
		_, err := t.run.exec(t.ctx, "INSERT INTO failure_codes (app_id, span, at, code, failures) VALUES (?, ?, ?, ?, ?) "+
			"ON CONFLICT (app_id, span, at, code) DO UPDATE SET failures = failure_codes.failures + excluded.failures",
			tally.AppID, wholeSeconds(tally.Span), tally.At.Unix(), code, count)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) DeleteTallies(span time.Duration, before time.Time, limit int) (int, error) {
	return t.deleted("DELETE FROM activity WHERE (app_id, span, at) IN "+
		"(SELECT app_id, span, at FROM activity WHERE span = ? AND at < ? ORDER BY at LIMIT ?)", wholeSeconds(span), before.Unix(), limit)
}

func wholeSeconds(span time.Duration) int64 { return int64(span / time.Second) }
