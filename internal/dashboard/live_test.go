package dashboard_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// patience is how long a live view may take for anything.
const patience = 20 * time.Second

// watch opens the live view of the overview and gives its lines; the channel closes when it ends.
func (b *browser) watch() <-chan string {
	b.c.t.Helper()
	return b.watchPage(appPage("/live"))
}

// watchPage opens a live view.
func (b *browser) watchPage(path string) <-chan string {
	b.c.t.Helper()
	ctx, cancel := context.WithCancel(b.c.t.Context())
	b.c.t.Cleanup(cancel)
	request := b.request(http.MethodGet, path).WithContext(ctx)
	answer, err := b.client.Do(request) //nolint:bodyclose // closed where it is read
	if err != nil {
		b.c.t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		b.c.t.Fatalf("status %d, %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer answer.Body.Close()
		for scanner := bufio.NewScanner(answer.Body); scanner.Scan(); {
			select {
			case lines <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

func waitForLine(t *testing.T, lines <-chan string, text string) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case line, more := <-lines:
			if !more {
				t.Fatalf("the view ended before it said %q", text)
			}
			if strings.Contains(line, text) {
				return
			}
		case <-late:
			t.Fatalf("the view does not say %q", text)
		}
	}
}

func waitForEnd(t *testing.T, lines <-chan string) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case _, more := <-lines:
			if !more {
				return
			}
		case <-late:
			t.Fatal("the view goes on")
		}
	}
}

func TestALiveViewShowsWhatChanges(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		lines := c.owner().watch()
		waitForLine(t, lines, "<dt>Users</dt><dd>5</dd>")
		user := identity.NewUser{UID: "mina", Name: "Mina"}
		if _, _, err := c.service.CreateUser(t.Context(), callerOf(t, c), user, false); err != nil {
			t.Fatal(err)
		}
		c.pass(time.Second)
		waitForLine(t, lines, "<dt>Users</dt><dd>6</dd>")
	})
}

func TestALiveViewSaysThatItIsStillThere(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	lines := c.owner().watch()
	waitForLine(t, lines, "event: tables")
	c.pass(16 * time.Second)
	waitForLine(t, lines, ": still here")
}

func TestALiveViewEndsWithItsSession(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner, viewer := c.owner(), c.member(identity.OperatorViewer)
	lines := viewer.watch()
	waitForLine(t, lines, "event: numbers")
	wantStatus(t, "remove", owner.post("/console/operators/viewer/remove", "confirmed", "viewer"), http.StatusSeeOther)
	waitForEnd(t, lines)
}

// Nobody need be there: a browser opens an ended view again by itself.
func TestALiveViewDoesNotKeepItsSessionAlive(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	b := c.owner()
	// The view of an import that never was shows the same all the time.
	path := appPage("/users/import/live?watch=none")
	lines := b.watchPage(path)
	waitForLine(t, lines, ": live")
	for range 2 {
		c.pass(identity.OperatorSessionIdle/2 - time.Second)
		waitForLine(t, lines, ": still here")
		waitForLine(t, b.watchPage(path), ": live")
	}
	c.pass(2 * time.Second)
	waitForEnd(t, lines)
	wantStatus(t, "open it again", b.get(path), http.StatusSeeOther)
}

func TestLiveViewsEndWithTheConsole(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	lines := c.owner().watch()
	waitForLine(t, lines, "event: numbers")
	c.dashboard.Close()
	waitForEnd(t, lines)
}

func TestNoMoreLiveViewsAreOpenThanMayBe(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for range 100 {
		owner.watch()
	}
	wantStatus(t, "one too many", owner.get(appPage("/live")), http.StatusServiceUnavailable)
}
