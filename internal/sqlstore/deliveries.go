package sqlstore

import (
	"context"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const (
	deliveryColumns = "delivery_id, webhook_number, event, kind, uid, state, attempts, status, failure, due_at, created_at, finished_at"
	// unfinished are the states of deliveries that something will still happen to.
	unfinished = "state IN ('waiting', 'behind')"
)

// milliseconds is how the times of deliveries are kept: unix milliseconds, 0 for none.
func milliseconds(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

func fromMilliseconds(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at).UTC()
}

// deliveryInto reads a delivery, and after it what else was asked for.
func deliveryInto(r row, more ...any) (identity.Delivery, error) {
	var delivery identity.Delivery
	var dueAt, createdAt, finishedAt int64
	err := r.Scan(append([]any{
		&delivery.ID, &delivery.Webhook, &delivery.Event, &delivery.Trigger, &delivery.UID, &delivery.State, &delivery.Attempts,
		&delivery.Status, &delivery.Failure, &dueAt, &createdAt, &finishedAt,
	}, more...)...)
	if err != nil {
		return identity.Delivery{}, found(err)
	}
	delivery.DueAt, delivery.CreatedAt, delivery.FinishedAt = fromMilliseconds(dueAt), fromMilliseconds(createdAt), fromMilliseconds(finishedAt)
	return delivery, nil
}

func scanDelivery(r row) (identity.Delivery, error) { return deliveryInto(r) }

func scanWholeDelivery(r row) (identity.Delivery, error) {
	var payload string
	delivery, err := deliveryInto(r, &payload)
	delivery.Payload = []byte(payload)
	return delivery, err
}

func (r reader) Delivery(ctx context.Context, webhook, id int64) (identity.Delivery, error) {
	return scanWholeDelivery(r.run.queryRow(ctx,
		"SELECT "+deliveryColumns+", payload FROM deliveries WHERE webhook_number = ? AND delivery_id = ?", webhook, id))
}

func (r reader) Deliveries(ctx context.Context, webhook int64, filter identity.DeliveryFilter) ([]identity.Delivery, int, error) {
	where, values := " WHERE webhook_number = ?", []any{webhook}
	if filter.State != "" {
		where, values = where+" AND state = ?", append(values, filter.State)
	}
	total, err := scanCount(r.run.queryRow(ctx, "SELECT count(*) FROM deliveries"+where, values...))
	if err != nil {
		return nil, 0, err
	}
	rows, err := r.run.query(ctx, "SELECT "+deliveryColumns+" FROM deliveries"+where+" ORDER BY delivery_id DESC LIMIT ? OFFSET ?",
		append(values, filter.Page.Size, filter.Page.Offset())...)
	deliveries, err := all(rows, err, scanDelivery)
	return deliveries, total, err
}

func (r reader) NextDue(ctx context.Context, webhook int64) (time.Time, error) {
	var at int64
	err := r.run.queryRow(ctx, "SELECT coalesce(min(due_at), 0) FROM deliveries WHERE webhook_number = ? AND state = 'waiting'", webhook).Scan(&at)
	return fromMilliseconds(at), err
}

const countWaiting = "SELECT count(*) FROM deliveries WHERE webhook_number = ? AND " + unfinished

func (r reader) Waiting(ctx context.Context, webhook int64) (int, error) {
	return scanCount(r.run.queryRow(ctx, countWaiting, webhook))
}

func (t *transaction) CountWaiting(webhook int64) (int, error) {
	return scanCount(t.run.queryRow(t.ctx, countWaiting, webhook))
}

func (t *transaction) CountWaitingOf(webhook int64, uid identity.UID) (int, error) {
	return scanCount(t.run.queryRow(t.ctx, countWaiting+" AND uid = ?", webhook, uid))
}

func (t *transaction) AddDelivery(delivery identity.Delivery) (identity.Delivery, error) {
	if delivery.State == identity.DeliveryWaiting {
		before, err := t.CountWaitingOf(delivery.Webhook, delivery.UID)
		if err != nil {
			return identity.Delivery{}, err
		}
		if before > 0 {
			delivery.State, delivery.DueAt = identity.DeliveryBehind, time.Time{}
		}
	}
	err := t.run.queryRow(t.ctx, "INSERT INTO deliveries (webhook_number, event, kind, uid, payload, state, attempts, status, failure, "+
		"due_at, created_at, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING delivery_id",
		delivery.Webhook, delivery.Event, delivery.Trigger, delivery.UID, string(delivery.Payload), delivery.State, delivery.Attempts,
		delivery.Status, delivery.Failure, milliseconds(delivery.DueAt), milliseconds(delivery.CreatedAt), milliseconds(delivery.FinishedAt),
	).Scan(&delivery.ID)
	return delivery, err
}

func (t *transaction) ClaimDeliveries(webhook int64, now, until time.Time, limit int) ([]identity.Delivery, error) {
	rows, err := t.run.query(t.ctx, "SELECT "+deliveryColumns+", payload FROM deliveries "+
		"WHERE webhook_number = ? AND state = 'waiting' AND due_at <= ? ORDER BY due_at, delivery_id LIMIT ?", webhook, now.UnixMilli(), limit)
	claimed, err := all(rows, err, scanWholeDelivery)
	if err != nil {
		return nil, err
	}
	for i := range claimed {
		claimed[i].Attempts++
		claimed[i].DueAt = fromMilliseconds(until.UnixMilli())
		if err := changedOne(t.run.exec(t.ctx, "UPDATE deliveries SET attempts = ?, due_at = ? WHERE delivery_id = ?",
			claimed[i].Attempts, until.UnixMilli(), claimed[i].ID)); err != nil {
			return nil, err
		}
	}
	return claimed, nil
}

func (t *transaction) SaveDelivery(delivery identity.Delivery, now time.Time) error {
	// The number of attempts tells whether this one is still the last that was begun.
	err := changedOne(t.run.exec(t.ctx, "UPDATE deliveries SET state = ?, status = ?, failure = ?, due_at = ?, finished_at = ? "+
		"WHERE delivery_id = ? AND attempts = ? AND state = 'waiting'",
		delivery.State, delivery.Status, delivery.Failure, milliseconds(delivery.DueAt), milliseconds(delivery.FinishedAt),
		delivery.ID, delivery.Attempts))
	if err != nil || !delivery.Finished() {
		return err
	}
	_, err = t.run.exec(t.ctx, "UPDATE deliveries SET state = 'waiting', due_at = ? WHERE delivery_id = "+
		"(SELECT min(delivery_id) FROM deliveries WHERE webhook_number = ? AND uid = ? AND state = 'behind')",
		now.UnixMilli(), delivery.Webhook, delivery.UID)
	return err
}

func (t *transaction) DeleteDeliveries(before time.Time, limit int) (int, error) {
	return t.deleted("DELETE FROM deliveries WHERE delivery_id IN "+
		"(SELECT delivery_id FROM deliveries WHERE finished_at > 0 AND finished_at <= ? ORDER BY finished_at LIMIT ?)", milliseconds(before), limit)
}
