package sqlstore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// eventOrder is an order of events in which a list of them grows at its end only.
type eventOrder struct {
	// after chooses what comes behind the event whose id each of its placeholders takes.
	after string
	// through chooses what does not come behind such an event.
	through string
	order   string
	// last gives the id of the event that comes last now.
	last string
}

// One writer at a time gives ids in the order of its commits.
var sqliteEvents = eventOrder{
	after: "event_id > ?", through: "event_id <= ?", order: "event_id",
	last: "SELECT coalesce(max(event_id), 0) FROM events",
}

// Where transactions run side by side, neither the ids nor the transactions' own numbers become visible
// in order. What is read is what transactions wrote that are older than all that still run: nothing can
// come before it any more in the order of the transactions. For an event that was removed meanwhile
// stands the one before it, if any: whoever has read up to it may see some twice and misses none.
var postgresEvents = eventOrder{
	after: "(written_by, event_id) > (coalesce((SELECT written_by FROM events WHERE event_id <= ? ORDER BY event_id DESC LIMIT 1), '0'), ?) " +
		"AND written_by < pg_snapshot_xmin(pg_current_snapshot())",
	through: "(written_by, event_id) <= (coalesce((SELECT written_by FROM events WHERE event_id <= ? ORDER BY event_id DESC LIMIT 1), '0'), ?)",
	order:   "written_by, event_id",
	last: "SELECT coalesce((SELECT event_id FROM events WHERE written_by < pg_snapshot_xmin(pg_current_snapshot()) " +
		"ORDER BY written_by DESC, event_id DESC LIMIT 1), 0)",
}

func (t *transaction) AddEvent(event identity.Event) error {
	if t.events != nil {
		t.events.add(event)
		if len(t.events.events) < mostWaitingEvents {
			return nil
		}
		return t.writeEvents()
	}
	_, err := t.run.exec(t.ctx, insertEvent, appendEvent(nil, &event)...)
	return err
}

// writeEvents comes before a statement that reads the log of events.
func (t *transaction) writeEvents() error {
	if t.events == nil {
		return nil
	}
	return t.events.write(t.ctx, t.run)
}

const eventColumns = "event_id, at, app_id, kind, uid, subject, actor, address, user_agent, detail"

func scanEvent(r row) (identity.Event, error) {
	var event identity.Event
	var at int64
	err := r.Scan(&event.ID, &at, &event.AppID, &event.Kind, &event.UID, &event.Subject, &event.Actor, &event.Address, &event.UserAgent, &event.Detail)
	event.At = time.UnixMilli(at).UTC()
	return event, err
}

// times gives a value as often as an order's clause has placeholders.
func times(clause string, value int64) []any {
	return slices.Repeat([]any{value}, strings.Count(clause, "?"))
}

func (r reader) Events(ctx context.Context, app identity.AppID, filter identity.EventFilter) ([]identity.Event, error) {
	// What is older than the app is of a removed one that had its id.
	where := "app_id = ? AND event_id > coalesce((SELECT events_after FROM apps WHERE app_id = ?), 0)"
	values, order := []any{app, app}, r.events.order
	switch {
	case !filter.NewestFirst:
		where, values = where+" AND "+r.events.after, append(values, times(r.events.after, filter.After)...)
	case filter.After > 0:
		where, values = where+" AND event_id > ?", append(values, filter.After)
	case filter.Before > 0:
		where, values = where+" AND event_id < ?", append(values, filter.Before)
	}
	backwards := filter.NewestFirst && filter.After > 0
	switch {
	case backwards:
		order = "event_id"
	case filter.NewestFirst:
		order = "event_id DESC"
	}
	if filter.Kind != "" {
		where, values = where+" AND kind = ?", append(values, filter.Kind)
	}
	if filter.Kind != "" && filter.UID == "" {
		// Makes the index of kinds fit. One user has few events: then that of users is the better one.
		where += " AND kind <> ''"
	}
	if filter.UID != "" {
		// The empty uid of events that concern nobody is not in the index of users' events.
		where, values = where+" AND uid = ? AND uid <> ''", append(values, filter.UID)
	}
	rows, err := r.run.query(ctx, "SELECT "+eventColumns+" FROM events WHERE "+where+" ORDER BY "+order+" LIMIT ?", append(values, filter.Limit)...)
	events, err := all(rows, err, scanEvent)
	if backwards {
		slices.Reverse(events)
	}
	return events, err
}

func (r reader) LastEvent(ctx context.Context) (id int64, err error) {
	err = r.run.queryRow(ctx, r.events.last).Scan(&id)
	return id, err
}

func (r reader) EventsOfKinds(ctx context.Context, after, through int64, kinds []identity.EventKind, limit int) ([]identity.Event, error) {
	values := slices.Concat(times(r.events.after, after), times(r.events.through, through), anys(kinds), []any{limit})
	rows, err := r.run.query(ctx, "SELECT "+eventColumns+" FROM events WHERE "+r.events.after+" AND "+r.events.through+
		" AND kind IN ("+marks(len(kinds))+") ORDER BY "+r.events.order+" LIMIT ?", values...)
	return all(rows, err, scanEvent)
}

func (t *transaction) DeleteEvents(before time.Time, limit int) (int, error) {
	if err := t.writeEvents(); err != nil {
		return 0, err
	}
	// The newest event of all stays: on SQLite its id is what keeps later ones from starting at 1 again.
	return t.deleted("DELETE FROM events WHERE event_id IN (SELECT event_id FROM events WHERE at < ? "+
		"AND event_id < (SELECT max(event_id) FROM events) ORDER BY event_id LIMIT ?)", before.UnixMilli(), limit)
}

// deleted runs a DELETE and counts the rows.
func (t *transaction) deleted(statement string, values ...any) (int, error) {
	result, err := t.run.exec(t.ctx, statement, values...)
	if err != nil {
		return 0, err
	}
	count, err := result.RowsAffected()
	return int(count), err
}
