package sqlstore

import (
	"context"
	"strings"

	"github.com/usherhq/usher/internal/identity"
)

// eventBatch is the events of a group of writes that are still to be written. Nearly every change has one,
// and a statement of its own for it costs half of what the row of a token does.
type eventBatch struct {
	events []identity.Event
	// values is what the last statement was given, kept for its room.
	values []any
}

// largestEventInsert is how many events one statement takes at most: a statement is kept prepared for each
// power of two up to it.
const largestEventInsert = 64

// mostWaitingEvents bounds a batch: a change of many users has as many events.
const mostWaitingEvents = 512

func (b *eventBatch) add(event identity.Event) { b.events = append(b.events, event) }

// cut takes back what came after the first so many.
func (b *eventBatch) cut(count int) { b.events = b.events[:min(count, len(b.events))] }

// write writes what there is, in the order in which it came. After an error nothing is left either: its
// transaction is lost.
func (b *eventBatch) write(ctx context.Context, run runner) error {
	defer b.cut(0)
	for left := b.events; len(left) > 0; {
		size := largestEventInsert
		for size > len(left) {
			size /= 2
		}
		b.values = b.values[:0]
		for i := range left[:size] {
			b.values = appendEvent(b.values, &left[i])
		}
		if _, err := run.exec(ctx, insertEvents[size], b.values...); err != nil {
			return err
		}
		left = left[size:]
	}
	return nil
}

// insertEvents is the statement for each size of a batch.
var insertEvents = func() map[int]string {
	statements := map[int]string{}
	for size := 1; size <= largestEventInsert; size *= 2 {
		statements[size] = insertEvent + strings.Repeat(", "+eventMarks, size-1)
	}
	return statements
}()

const (
	eventMarks  = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"
	insertEvent = "INSERT INTO events (at, app_id, kind, uid, subject, actor, address, user_agent, detail) VALUES " + eventMarks
)

// appendEvent appends the values of insertEvent.
func appendEvent(values []any, event *identity.Event) []any {
	return append(values, event.At.UnixMilli(), event.AppID, event.Kind, event.UID, event.Subject, event.Actor,
		event.Address, event.UserAgent, event.Detail)
}
