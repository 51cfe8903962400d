package dashboard_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// exportBatch is how many events an export reads at once.
const exportBatch = 1000

// madeUpLog is a store with a log of so many events as a test wants, numbered from 1, so that nothing has to
// happen a hundred thousand times first.
type madeUpLog struct {
	identity.Store

	length int64
	// halfway, if there is one, is asked before each part of a list but the first.
	halfway func(ctx context.Context) error
}

func (l *madeUpLog) Events(ctx context.Context, app identity.AppID, filter identity.EventFilter) ([]identity.Event, error) {
	next := l.length
	if filter.Before > 0 {
		next = filter.Before - 1
		if l.halfway != nil {
			if err := l.halfway(ctx); err != nil {
				return nil, err
			}
		}
	}
	events := make([]identity.Event, 0, filter.Limit)
	for ; next > 0 && len(events) < filter.Limit; next-- {
		events = append(events, identity.Event{
			ID: next, Kind: identity.EventUserUpdated, AppID: app, UID: "cometchat-uid-1", Actor: "operator:grace",
			At: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC),
		})
	}
	return events, nil
}

// newConsoleWithLog makes a console with a made-up log.
func newConsoleWithLog(t *testing.T, length int64, halfway func(ctx context.Context) error) *console {
	t.Helper()
	return newConsoleOver(t, &madeUpLog{openStore(t, testdatabase.SQLite(t)), length, halfway})
}

// gate holds exports up halfway, until a test says how each goes on.
type gate struct {
	arrived chan struct{}
	verdict chan error
}

func newGate() *gate { return &gate{make(chan struct{}, 16), make(chan error)} }

func (g *gate) pass(ctx context.Context) error {
	g.arrived <- struct{}{}
	select {
	case err := <-g.verdict:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait waits until one more export is held up.
func (g *gate) wait(t *testing.T) {
	t.Helper()
	select {
	case <-g.arrived:
	case <-time.After(patience):
		t.Fatal("no export came halfway")
	}
}

// startExport asks for a file, and gives the answer as soon as it has begun. Whoever reads it closes it.
func (b *browser) startExport(ctx context.Context, format string) *http.Response {
	b.c.t.Helper()
	answer, err := b.client.Do(b.request(http.MethodGet, appPage("/events/export?format="+format)).WithContext(ctx))
	if err != nil {
		b.c.t.Fatal(err)
	}
	return answer
}

// countLines reads a file to its end, and says how that was reached.
func countLines(from io.Reader) (int, error) {
	lines := bufio.NewScanner(from)
	count := 0
	for lines.Scan() {
		count++
	}
	return count, lines.Err()
}

func TestHalfAnExportDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	for _, format := range []struct {
		name   string
		titles int
	}{{"jsonl", 0}, {"csv", 1}} {
		for _, broken := range []struct {
			name   string
			by     func(c *console, g *gate)
			logged bool
		}{
			{"by the store", func(_ *console, g *gate) { g.verdict <- errors.New("the disk is gone") }, true},
			// A server that shuts down is no defect that somebody has to look into.
			{"by the end of the console", func(c *console, _ *gate) { c.dashboard.Close() }, false},
		} {
			t.Run(format.name+" broken off "+broken.name, func(t *testing.T) {
				t.Parallel()
				held := newGate()
				c := newConsoleWithLog(t, exportBatch+1, held.pass)
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				answer := c.owner().startExport(ctx, format.name)
				defer answer.Body.Close()
				held.wait(t)
				broken.by(c, held)
				count, err := countLines(answer.Body)
				// What was on its way when the connection ended may be lost.
				if answer.StatusCode != http.StatusOK || count == 0 || count > exportBatch+format.titles || !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("status %d, and after %d lines the file ends with %v", answer.StatusCode, count, err)
				}
				if logged := strings.Contains(c.log.String(), "export broke off"); logged != broken.logged {
					t.Errorf("the log has %s", c.log)
				}
			})
		}
	}
}

// mostExports is how many exports may run at once.
const mostExports = 4

func TestNoMoreExportsRunThanMay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		// end brings one of the exports to its end; leave makes a browser go away.
		end func(g *gate, leave context.CancelFunc)
	}{
		{"until one is whole", func(g *gate, _ context.CancelFunc) { g.verdict <- nil }},
		{"until one breaks off", func(g *gate, _ context.CancelFunc) { g.verdict <- errors.New("the disk is gone") }},
		{"until a browser goes away", func(_ *gate, leave context.CancelFunc) { leave() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			held := newGate()
			c := newConsoleWithLog(t, exportBatch+1, held.pass)
			owner := c.owner()
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			for i := range mostExports {
				reader := t.Context()
				if i == 0 {
					reader = ctx
				}
				answer := owner.startExport(reader, "jsonl")
				defer answer.Body.Close()
				held.wait(t)
			}
			refused := owner.startExport(t.Context(), "csv")
			defer refused.Body.Close()
			if refused.StatusCode != http.StatusServiceUnavailable || refused.Header.Get("Content-Disposition") != "" {
				t.Fatalf("one too many: status %d, kept as %q", refused.StatusCode, refused.Header.Get("Content-Disposition"))
			}
			if text, err := io.ReadAll(refused.Body); err != nil || !strings.Contains(string(text), "Too many exports run at once: try again in a minute.") {
				t.Errorf("one too many: %v, %s", err, text)
			}
			test.end(held, leave)
			owner.waitForPlace(held)
		})
	}
}

// waitForPlace waits until one more export runs; that somebody has gone is seen in a moment, not at once.
func (b *browser) waitForPlace(held *gate) {
	b.c.t.Helper()
	late := time.After(patience)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		answer := b.startExport(b.c.t.Context(), "jsonl")
		b.c.t.Cleanup(func() { answer.Body.Close() })
		if answer.StatusCode == http.StatusOK {
			held.wait(b.c.t)
			return
		}
		select {
		case <-again.C:
		case <-late:
			b.c.t.Fatal("no place became free")
		}
	}
}

func TestAnExportHasTheNewestEventsAndNoMoreThanThePageSays(t *testing.T) {
	t.Parallel()
	const newest = 123_456
	c := newConsoleWithLog(t, newest, nil)
	owner := c.owner()
	wantText(t, "where one exports", owner.get(appPage("/events")), "the newest 100\u202f000 events at most")
	answer := owner.startExport(t.Context(), "jsonl")
	defer answer.Body.Close()
	next := int64(newest)
	lines := bufio.NewScanner(answer.Body)
	for ; lines.Scan(); next-- {
		var event struct{ ID int64 }
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil || event.ID != next {
			t.Fatalf("event %d is %s, %v", next, lines.Bytes(), err)
		}
	}
	if count := newest - next; count != 100_000 || lines.Err() != nil {
		t.Errorf("there are %d events, %v", count, lines.Err())
	}
}

func TestAnExportMayTakeLongerThanAPage(t *testing.T) {
	t.Parallel()
	const pageTime = 300 * time.Millisecond
	c := newConsoleWithLog(t, exportBatch+1, func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(3 * pageTime):
			return nil
		}
	})
	owner := c.owner()
	// Signing in may take longer on a slow machine, so only the export meets these limits.
	strict := httptest.NewUnstartedServer(c.dashboard)
	strict.Config.ReadTimeout, strict.Config.WriteTimeout = pageTime, pageTime
	strict.Start()
	defer strict.Close()
	c.url = strict.URL
	answer := owner.startExport(t.Context(), "jsonl")
	defer answer.Body.Close()
	if count, err := countLines(answer.Body); answer.StatusCode != http.StatusOK || count != exportBatch+1 || err != nil {
		t.Errorf("status %d, and the file ends after %d lines with %v", answer.StatusCode, count, err)
	}
}
