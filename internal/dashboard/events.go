package dashboard

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/usherhq/usher/internal/identity"
)

// eventsPage is a part of the log, newest first.
type eventsPage struct {
	Form   *form
	Kinds  []Option
	Events []shownEvent
	// Newer and Older are the queries of the neighbouring parts, or empty. Turned says that this is not the
	// part with the newest.
	Newer, Older string
	Turned       bool
	// Path is that of the list, and chosen the query of what it shows, without a place in it.
	Path   string
	chosen url.Values
	// Live is where it is heard that there are newer ones.
	Live  string
	Fresh freshEvents
}

// Newest is the beginning of the list.
func (p eventsPage) Newest() string { return p.Path + "?" + p.chosen.Encode() }

// Export is where what is chosen comes as a file of a format.
func (p eventsPage) Export(format string) string {
	return p.Path + "/export?" + withValue(p.chosen, "format", format)
}

// MostExported is how many events such a file has at most.
func (eventsPage) MostExported() int { return mostExported }

// freshEvents is how many there are that the page does not show yet.
type freshEvents struct {
	Count int
	// More says that there are more than were counted.
	More bool
	// Path shows them.
	Path string
}

// shownEvent is an event as people read it.
type shownEvent struct {
	identity.Event

	What  string
	Actor actor
	Facts []fact
}

// actor is who did it. Path leads there, if it leads anywhere.
type actor struct{ Text, Path string }

const (
	eventsInPart = 50
	// mostFresh is up to how many new events are counted.
	mostFresh = 100
)

// eventChoice reads what is looked for, and notes with the form what is wrong with that.
func eventChoice(asked *form) identity.EventFilter {
	filter := identity.EventFilter{NewestFirst: true, Kind: identity.EventKind(asked.Value("kind"))}
	if filter.Kind != "" && !slices.Contains(identity.EventKindsOfApps, filter.Kind) {
		asked.reject("kind", "There is no such kind of event.")
	}
	if text := strings.TrimSpace(asked.Value("uid")); text != "" {
		uid, err := identity.ParseUID(text)
		if err != nil && !asked.takes(err) {
			asked.reject("uid", "This is not a uid.")
		}
		filter.UID = uid
	}
	return filter
}

// queryOf is the query that chooses the same again.
func queryOf(filter identity.EventFilter) url.Values {
	query := url.Values{}
	if filter.Kind != "" {
		query.Set("kind", string(filter.Kind))
	}
	if filter.UID != "" {
		query.Set("uid", string(filter.UID))
	}
	return query
}

// withValue is a query with one value more.
func withValue(query url.Values, name, value string) string {
	more := maps.Clone(query)
	more.Set(name, value)
	return more.Encode()
}

// at is the query that leads to a place in the list.
func at(query url.Values, direction string, event int64) string {
	return "?" + withValue(query, direction, strconv.FormatInt(event, 10))
}

// cursor reads a place in the list; 0 for none.
func cursor(c *call, name string) (int64, error) {
	text := c.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	place, err := strconv.ParseInt(text, 10, 64)
	if err != nil || place < 1 {
		return 0, errNoPage
	}
	return place, nil
}

func (d *Dashboard) listEvents(c *call) (reply, error) {
	asked := c.asked()
	filter := eventChoice(asked)
	page := eventsPage{Form: asked, Kinds: kindOptions(), Path: appPath(c.app.ID) + "/events", chosen: queryOf(filter)}
	if !asked.Sound() {
		return show("events.html", "Events", page).refused(), nil
	}
	before, err := cursor(c, "before")
	if err != nil {
		return reply{}, err
	}
	after, err := cursor(c, "after")
	if err != nil {
		return reply{}, err
	}
	// Asked before the list, so that what happens in between is not missed by both the list and the live view.
	newest, err := d.service.LastEvent(c.Context())
	if err != nil {
		return reply{}, err
	}
	events, more, err := d.partOfEvents(c.Context(), c.caller, filter, before, after)
	if err != nil {
		return reply{}, err
	}
	page.Turned = before > 0 || after > 0
	if len(events) > 0 {
		newest = max(newest, events[0].ID)
		if after == 0 && more || after > 0 {
			page.Older = at(page.chosen, "before", events[len(events)-1].ID)
		}
		if before > 0 || after > 0 && more {
			page.Newer = at(page.chosen, "after", events[0].ID)
		}
	}
	if !page.Turned {
		page.Live = page.Path + "/live" + at(page.chosen, "after", newest)
	}
	page.Events, err = d.readable(c, events)
	return show("events.html", "Events", page), err
}

// partOfEvents lists what is older than one event, or next newer than another, newest first. more says that
// the list goes on in that direction.
func (d *Dashboard) partOfEvents(ctx context.Context, caller identity.Caller, filter identity.EventFilter, before, after int64) (events []identity.Event, more bool, err error) {
	filter.Before, filter.After, filter.Limit = before, after, eventsInPart+1
	events, err = d.service.ListEvents(ctx, caller, filter)
	switch more = len(events) > eventsInPart; {
	case more && after > 0:
		events = events[1:]
	case more:
		events = events[:eventsInPart]
	}
	return events, more, err
}

// liveEvents tells how many events there are behind the newest of a page.
func (d *Dashboard) liveEvents(c *call) (reply, error) {
	asked := c.asked()
	filter := eventChoice(asked)
	newest, err := cursor(c, "after")
	if err != nil || !asked.Sound() {
		return reply{}, errNoPage
	}
	path := appPath(c.app.ID) + "/events?" + queryOf(filter).Encode()
	filter.NewestFirst, filter.After, filter.Limit = false, newest, mostFresh+1
	return d.stream(c, "events.html", identity.CanLook, func(ctx context.Context) ([]part, error) {
		events, err := d.service.ListEvents(ctx, c.caller, filter)
		return []part{{"fresh", freshEvents{min(len(events), mostFresh), len(events) > mostFresh, path}}}, err
	})
}

func kindOptions() []Option {
	options := []Option{{"", "All", ""}}
	for _, kind := range identity.EventKindsOfApps {
		options = append(options, Option{string(kind), inWordsOf(kind), ""})
	}
	return options
}

// inWordsOf is a kind of event as people say it: "User signed in".
func inWordsOf(kind identity.EventKind) string {
	text := strings.ReplaceAll(string(kind), "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// readable says of events who did what, in words.
func (d *Dashboard) readable(c *call, events []identity.Event) ([]shownEvent, error) {
	keys, _, err := d.service.ListKeys(c.Context(), c.caller, everyKey)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, key := range keys {
		names[strconv.FormatInt(key.ID, 10)] = key.Name
	}
	shown := make([]shownEvent, len(events))
	for i, event := range events {
		shown[i] = shownEvent{event, inWordsOf(event.Kind), actorOf(event, names, appPath(c.app.ID)), factsOf(event.Detail)}
	}
	return shown, nil
}

// actorOf says who did it. names are those of the app's keys, by their numbers.
func actorOf(event identity.Event, names map[string]string, appPath string) actor {
	sort, name, _ := strings.Cut(event.Actor, ":")
	switch sort {
	case "key":
		if known, ok := names[name]; ok {
			return actor{"key " + known, appPath + "/keys/" + name}
		}
		return actor{"a deleted key, number " + name, ""}
	case "token":
		return actor{"the user, by token " + name, ""}
	case "management":
		return actor{"management API", ""}
	case "operator":
		switch name {
		case "":
			return actor{"the server", ""}
		case "cli":
			return actor{"command line", ""}
		case identity.DevelopmentOperator:
			return actor{"somebody at the open console", ""}
		}
		return actor{"operator " + name, ""}
	case "server":
		return actor{"the server", ""}
	case "nobody", "":
		return actor{"nobody who was proven", ""}
	}
	return actor{event.Actor, ""}
}
