package dashboard

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// The bounds of an export.
const (
	// mostExported is how many events it has, the newest.
	mostExported = 100_000
	exportBatch  = 1000
	mostExports  = 4
	exportLife   = 5 * time.Minute
	// exportWriteTime is how long a browser may take for a batch.
	exportWriteTime = 30 * time.Second
)

var errTooManyExports = errors.New("too many exports run at once: try again in a minute")

// exportedEvent is an event in the words of the REST API, with a time that people and programs read.
type exportedEvent struct {
	ID        int64              `json:"id"`
	At        string             `json:"at"`
	Kind      identity.EventKind `json:"kind"`
	UID       identity.UID       `json:"uid,omitempty"`
	Subject   string             `json:"subject,omitempty"`
	Actor     string             `json:"actor"`
	Address   string             `json:"address,omitempty"`
	UserAgent string             `json:"userAgent,omitempty"`
	Detail    json.RawMessage    `json:"detail,omitempty"`
}

// eventWriter writes events as one of the formats.
type eventWriter interface {
	write(event exportedEvent) error
	// flush hands on what was written.
	flush() error
}

// exportFormats are how events can be exported, by the names that the query says.
var exportFormats = map[string]struct {
	contentType string
	open        func(to io.Writer) (eventWriter, error)
}{
	"jsonl": {"application/x-ndjson", newEventLines},
	"csv":   {"text/csv; charset=utf-8", newEventTable},
}

// exportEvents streams the newest events that a filter chooses, newest first, as a file.
func (d *Dashboard) exportEvents(c *call) (reply, error) {
	asked := c.asked()
	filter := eventChoice(asked)
	name := asked.Value("format")
	format, known := exportFormats[name]
	if !known || !asked.Sound() {
		return reply{}, errNoPage
	}
	select {
	case d.exports <- struct{}{}:
	default:
		return reply{}, errTooManyExports
	}
	return reply{stream: func(w http.ResponseWriter) {
		defer func() { <-d.exports }()
		// The request's own context ends with the time that a page may take.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), exportLife)
		defer cancel()
		defer context.AfterFunc(d.streams.ending, cancel)()
		defer context.AfterFunc(c.gone, cancel)()
		w.Header().Set("Content-Type", format.contentType)
		w.Header().Set("Content-Disposition", `attachment; filename="events-`+string(c.app.ID)+`-`+d.config.Clock().UTC().Format("20060102T150405Z")+`.`+name+`"`)
		if err := d.export(ctx, w, c.caller, filter, format.open); err != nil {
			if ctx.Err() == nil {
				d.config.Log.Error("export broke off", slog.Any("error", err), slog.String("request", c.id))
			}
			// Half a file must not look like a whole one.
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

func (d *Dashboard) export(
	ctx context.Context, w http.ResponseWriter, caller identity.Caller, filter identity.EventFilter, open func(io.Writer) (eventWriter, error),
) error {
	controller := http.NewResponseController(w)
	// The server would take a request that is longer on its way than a page for one whose browser has gone.
	if err := controller.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	writer, err := open(w)
	if err != nil {
		return err
	}
	filter.Limit = exportBatch
	for count := 0; count < mostExported; count += exportBatch {
		events, err := d.service.ListEvents(ctx, caller, filter)
		if err != nil {
			return err
		}
		if err := controller.SetWriteDeadline(time.Now().Add(exportWriteTime)); err != nil {
			return err
		}
		for _, event := range events {
			if err := writer.write(exported(event)); err != nil {
				return err
			}
			filter.Before = event.ID
		}
		if err := writer.flush(); err != nil {
			return err
		}
		if len(events) < exportBatch {
			return nil
		}
	}
	return nil
}

func exported(event identity.Event) exportedEvent {
	return exportedEvent{
		event.ID, event.At.UTC().Format(time.RFC3339Nano), event.Kind, event.UID, event.Subject, event.Actor, event.Address, event.UserAgent,
		json.RawMessage(event.Detail),
	}
}

// eventLines writes JSON Lines.
type eventLines struct {
	buffer  *bufio.Writer
	encoder *json.Encoder
}

func newEventLines(to io.Writer) (eventWriter, error) {
	buffer := bufio.NewWriter(to)
	return eventLines{buffer, json.NewEncoder(buffer)}, nil
}

func (l eventLines) write(event exportedEvent) error { return l.encoder.Encode(event) }

func (l eventLines) flush() error { return l.buffer.Flush() }

// eventTable writes CSV.
type eventTable struct{ rows *csv.Writer }

func newEventTable(to io.Writer) (eventWriter, error) {
	table := eventTable{csv.NewWriter(to)}
	return table, table.rows.Write([]string{"id", "at", "kind", "uid", "subject", "actor", "address", "userAgent", "detail"})
}

func (t eventTable) write(event exportedEvent) error {
	cells := []string{
		strconv.FormatInt(event.ID, 10), event.At, string(event.Kind), string(event.UID), event.Subject, event.Actor, event.Address,
		event.UserAgent, string(event.Detail),
	}
	for i := range cells {
		cells[i] = harmless(cells[i])
	}
	return t.rows.Write(cells)
}

func (t eventTable) flush() error {
	t.rows.Flush()
	return t.rows.Error()
}

// harmless keeps a spreadsheet from taking a text that somebody else wrote for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
