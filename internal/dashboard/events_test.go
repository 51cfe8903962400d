package dashboard_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// changeUser makes an event about a user, and gives it a name on the way.
func (c *console) changeUser(uid identity.UID, name string) {
	c.t.Helper()
	if _, err := c.service.UpdateUser(c.t.Context(), callerOf(c.t, c), uid, identity.UserChange{Name: &name}); err != nil {
		c.t.Fatal(err)
	}
}

// listedIDs are the numbers of the events on a page, in its order.
func listedIDs(got page) []string {
	var ids []string
	for _, found := range regexp.MustCompile(`title="event (\d+)"`).FindAllStringSubmatch(got.body, -1) {
		ids = append(ids, found[1])
	}
	return ids
}

// link is where a link of a page leads, from a path.
func link(t *testing.T, got page, text string) string {
	t.Helper()
	found := regexp.MustCompile(`href="([^"]*)"[^>]*>` + text + `<`).FindStringSubmatch(got.body)
	if found == nil {
		t.Fatalf("there is no link %s in %s", text, got.body)
	}
	path := html.UnescapeString(found[1])
	if strings.HasPrefix(path, "?") {
		path = appPage("/events") + path
	}
	return path
}

func TestEventsAreReadNewestFirstAndBack(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		viewer := func() *browser { c.owner(); return c.member(identity.OperatorViewer) }()
		for i := range 120 {
			c.changeUser("cometchat-uid-1", fmt.Sprintf("Andrew %d", i))
		}
		path := appPage("/events?kind=user_updated&uid=cometchat-uid-1")
		first := viewer.get(path)
		second := viewer.get(link(t, first, "Older"))
		third := viewer.get(link(t, second, "Older"))
		var all []string
		for i, part := range []page{first, second, third} {
			ids := listedIDs(part)
			if want := []int{50, 50, 20}[i]; len(ids) != want {
				t.Fatalf("part %d has %d events", i, len(ids))
			}
			all = append(all, ids...)
		}
		if !slices.IsSortedFunc(all, func(a, b string) int { return len(b) - len(a) }) || len(slices.Compact(slices.Clone(all))) != 120 {
			t.Errorf("the events are %v", all)
		}
		if strings.Contains(third.body, ">Older<") || strings.Contains(first.body, ">Newer<") || strings.Contains(first.body, ">Newest<") {
			t.Error("a link leads beyond the end")
		}
		if back := listedIDs(viewer.get(link(t, third, "Newer"))); !slices.Equal(back, listedIDs(second)) {
			t.Errorf("back from the third part is %v", back)
		}
		if back := viewer.get(link(t, viewer.get(link(t, third, "Newer")), "Newer")); !slices.Equal(listedIDs(back), listedIDs(first)) || strings.Contains(back.body, ">Newer<") {
			t.Errorf("back at the beginning is %v", listedIDs(back))
		}
		if newest := listedIDs(viewer.get(link(t, third, "Newest"))); !slices.Equal(newest, listedIDs(first)) {
			t.Errorf("the newest are %v", newest)
		}
	})
}

func TestAnEventSaysInWordsWhoDidWhat(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	caller := callerOf(t, c)
	keys, _, err := c.service.ListKeys(t.Context(), caller, identity.KeyFilter{Page: identity.Page{Number: 1, Size: 9}})
	if err != nil {
		t.Fatal(err)
	}
	byKey := identity.Caller{App: caller.App, Key: &keys[1], Address: "198.51.100.7", UserAgent: "curl/8"}
	name := "Andrew"
	for _, by := range []identity.Caller{byKey, {App: caller.App, Operator: "cli"}, {App: caller.App, Operator: "grace"}, {App: caller.App, Management: true}} {
		if _, err := c.service.UpdateUser(t.Context(), by, "cometchat-uid-1", identity.UserChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	got := owner.get(appPage("/events"))
	for _, want := range []string{"User updated", "key Rest API Key", "/keys/2", "command line", "operator grace", "management API", "198.51.100.7", "curl/8"} {
		wantText(t, "the events", got, want)
	}
	if err := c.service.DeleteKey(t.Context(), caller, keys[1].Value); err != nil {
		t.Fatal(err)
	}
	wantText(t, "of a deleted key", owner.get(appPage("/events")), "a deleted key, number 2")
}

func TestBadFiltersOfEventsAreSaidAtTheirFields(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for query, want := range map[string]string{"kind=user_exploded": "There is no such kind of event", "uid=a%20b": "field-uid-problems"} {
		got := owner.get(appPage("/events?" + query))
		wantStatus(t, query, got, http.StatusUnprocessableEntity)
		wantText(t, query, got, want)
	}
	for _, query := range []string{"before=x", "before=-1", "after=99999999999999999999"} {
		wantStatus(t, query, owner.get(appPage("/events?"+query)), http.StatusNotFound)
	}
	wantText(t, "one user's events", owner.get(appPage("/events?uid=cometchat-uid-1")), `href="`+appPage("/users/uid/cometchat-uid-1")+`"`)
	wantText(t, "nobody's events", owner.get(appPage("/events?uid=nobody")), "No events")
}

func TestTheEventLogIsExported(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	evil := identity.Caller{App: callerOf(t, c).App, Operator: "grace", Address: "192.0.2.9", UserAgent: `=HYPERLINK("https://example.com","x")`}
	name := "Andrew"
	for range 1002 {
		if _, err := c.service.UpdateUser(t.Context(), evil, "cometchat-uid-1", identity.UserChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	c.changeUser("cometchat-uid-2", "George")
	shown := owner.get(appPage("/events?uid=cometchat-uid-1&kind=user_updated"))

	lines := owner.get(link(t, shown, "Export JSON Lines"))
	if got := lines.header.Get("Content-Disposition"); got != `attachment; filename="events-testing-20260304T120000Z.jsonl"` {
		t.Errorf("the file is %s", got)
	}
	decoder := json.NewDecoder(strings.NewReader(lines.body))
	count := 0
	for last := int64(1 << 62); decoder.More(); count++ {
		var event struct {
			ID                   int64
			At, Kind, UID, Actor string
			UserAgent            string
		}
		if err := decoder.Decode(&event); err != nil {
			t.Fatal(err)
		}
		if event.ID >= last || event.Kind != "user_updated" || event.UID != "cometchat-uid-1" || event.Actor != "operator:grace" || event.UserAgent != evil.UserAgent || event.At != "2026-03-04T12:00:00Z" {
			t.Fatalf("after %d comes %+v", last, event)
		}
		last = event.ID
	}
	if count != 1002 {
		t.Errorf("there are %d lines", count)
	}

	table, err := csv.NewReader(strings.NewReader(owner.get(link(t, shown, "Export CSV")).body)).ReadAll()
	if err != nil || len(table) != 1003 {
		t.Fatalf("there are %d rows, %v", len(table), err)
	}
	if !slices.Equal(table[0], []string{"id", "at", "kind", "uid", "subject", "actor", "address", "userAgent", "detail"}) {
		t.Errorf("the titles are %v", table[0])
	}
	if got := table[1][7]; got != "'"+evil.UserAgent {
		t.Errorf("a formula is %s", got)
	}
	for _, path := range []string{"/events/export", "/events/export?format=xml", "/events/export?format=csv&kind=nonsense"} {
		wantStatus(t, path, owner.get(appPage(path)), http.StatusNotFound)
	}
}

// deadlines is a connection that notes until when it is read.
type deadlines struct {
	*httptest.ResponseRecorder

	read []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.read = append(d.read, at)
	return nil
}

func (*deadlines) SetWriteDeadline(time.Time) error { return nil }

// The server ends requests whose reading takes longer than that of a page, and an export may take minutes.
func TestAnExportIsNotTakenForARequestThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	request := owner.request(http.MethodGet, appPage("/events/export?format=csv"))
	request.AddCookie(&http.Cookie{Name: "usher_console", Value: owner.session()})
	answer := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	c.dashboard.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK || !slices.Equal(answer.read, []time.Time{{}}) {
		t.Errorf("status %d, reading ends at %v", answer.Code, answer.read)
	}
}

func TestNewEventsAreAnnounced(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	shown := owner.get(appPage("/events?kind=user_updated"))
	found := regexp.MustCompile(`sse-connect="([^"]*)"`).FindStringSubmatch(shown.body)
	if found == nil {
		t.Fatalf("the page does not listen: %s", shown.body)
	}
	lines := owner.watchPage(html.UnescapeString(found[1]))
	c.changeUser("cometchat-uid-1", "Andrew")
	waitForLine(t, lines, `href="/console/apps/testing/events?kind=user_updated">1 new event: show`)
	wantStatus(t, "a stream from nowhere", owner.get(appPage("/events/live?after=x")), http.StatusNotFound)
}
