package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

// eventsCommand reads the event log of an app.
type eventsCommand struct {
	place

	List listEventsCommand `cmd:"" help:"List events, oldest first."`
}

// event is what a person may want to know of an event.
type event struct {
	ID        int64           `json:"id"`
	Kind      string          `json:"kind"`
	UID       string          `json:"uid"`
	Subject   string          `json:"subject"`
	Actor     string          `json:"actor"`
	Address   string          `json:"address"`
	UserAgent string          `json:"userAgent"`
	Detail    json.RawMessage `json:"detail"`
	At        int64           `json:"at"`
}

// concerns is whom or what the event is about.
func (e event) concerns() string {
	if e.UID != "" && e.Subject != "" {
		return e.UID + ", " + e.Subject
	}
	return e.UID + e.Subject
}

var eventFields = []field[event]{
	{title: "id", value: func(e event) string { return strconv.FormatInt(e.ID, 10) }},
	{title: "time", value: func(e event) string { return when(e.At) }},
	{title: "event", value: func(e event) string { return e.Kind }},
	{title: "concerns", value: event.concerns},
	{title: "by", value: func(e event) string { return e.Actor }},
	{title: "from", value: func(e event) string { return e.Address }},
}

type listEventsCommand struct {
	listFlags

	After  int64  `placeholder:"ID" help:"Only events later than the one with this id."`
	Kind   string `placeholder:"KIND" help:"Only events of this kind, such as user_created."`
	UID    string `name:"uid" placeholder:"UID" help:"Only events about this user."`
	Follow bool   `short:"f" help:"Go on and print new events as they come, until interrupted; with --json, one a line. Needs a running server, unless the database is PostgreSQL."`
}

// followInterval is how often new events are asked for.
const followInterval = time.Second

// Run prints the events.
func (c *listEventsCommand) Run(ctx context.Context, at *place) error {
	return at.with(ctx, func(api *client) error {
		reader := &eventReader{api: api, query: url.Values{}, after: c.After}
		if c.Kind != "" {
			reader.query.Set("kind", c.Kind)
		}
		if c.UID != "" {
			reader.query.Set("uid", c.UID)
		}
		if c.Follow {
			return c.follow(ctx, reader, at.JSON)
		}
		records, more, err := reader.read(ctx, c.Limit)
		if err != nil {
			return err
		}
		if more {
			fmt.Fprintf(os.Stderr, "There are more; --after %d goes on from here, and --limit 0 shows all.\n", reader.after)
		}
		if at.JSON {
			return printJSON(joined(records))
		}
		return printTable(os.Stdout, records, eventFields)
	})
}

// follow prints what there is and what comes.
func (c *listEventsCommand) follow(ctx context.Context, reader *eventReader, asJSON bool) error {
	if reader.api.alone {
		return errors.New("while the server is stopped, nothing comes that could be followed: start it, or leave out --follow")
	}
	ticker := time.NewTicker(followInterval)
	defer ticker.Stop()
	for {
		records, _, err := reader.read(ctx, 0)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for _, record := range records {
			if err := printEvent(record, asJSON); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// printEvent prints an event on one line, without knowing how wide those to come will be.
func printEvent(record json.RawMessage, asJSON bool) error {
	if asJSON {
		return printJSON(record)
	}
	var happened event
	if err := json.Unmarshal(record, &happened); err != nil {
		return fmt.Errorf("read the event: %w", err)
	}
	return printLine(fmt.Sprintf("%6d  %s  %-22s  %-24s  %s", happened.ID, when(happened.At), happened.Kind, happened.concerns(), happened.Actor))
}

// eventReader reads the event log from a cursor on.
type eventReader struct {
	api   *client
	query url.Values
	after int64
}

// read gives the next events, at most limit of them unless it is 0, and says whether there are more.
func (r *eventReader) read(ctx context.Context, limit int) (records []json.RawMessage, more bool, err error) {
	for {
		size := largestPage
		if limit > 0 {
			size = min(limit-len(records), largestPage)
		}
		r.query.Set("limit", strconv.Itoa(size))
		r.query.Set("after", strconv.FormatInt(r.after, 10))
		got, err := r.api.do(ctx, request{method: http.MethodGet, path: []string{"events"}, query: r.query})
		if err != nil {
			return nil, false, err
		}
		var page []json.RawMessage
		if err := json.Unmarshal(got.data, &page); err != nil {
			return nil, false, fmt.Errorf("read the events: %w", err)
		}
		records = append(records, page...)
		r.after = got.meta.Cursor.After
		if !got.meta.Cursor.More || len(records) == limit {
			return records, got.meta.Cursor.More, nil
		}
	}
}
