package admin

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"

	"github.com/usherhq/usher/sdk/go/internal/transport"
)

// EventsService reads the event log: every change of the app, in order, for as long as the server
// keeps them.
type EventsService struct{ service }

// Event is one change. It never holds a credential.
type Event struct {
	// ID grows with time; there may be gaps.
	ID int64 `json:"id"`
	// Kind is what happened, such as user_created, token_issued, sign_in_failed or app_deleted. More
	// kinds may come.
	Kind string `json:"kind"`
	// UID is the user whom it concerns, or empty.
	UID string `json:"uid,omitempty"`
	// Subject is what changed where it is not the user, such as token:17.
	Subject string `json:"subject,omitempty"`
	// Actor is who did it: key:N, token:N, management, operator, operator:NAME, or nobody where a login
	// failed and nobody in particular was proven.
	Actor string `json:"actor"`
	// Address and UserAgent are where the request came from.
	Address   string `json:"address,omitempty"`
	UserAgent string `json:"userAgent,omitempty"`
	// Detail is what the kind tells beyond that, such as {"code":"ERR_UID_NOT_FOUND"} of a login that
	// failed: a JSON object, or nil.
	Detail json.RawMessage `json:"detail,omitempty"`
	// At is in Unix seconds.
	At int64 `json:"at"`
}

// EventListOptions says which events to give. Zero leaves the choice to the server: all, from the
// oldest that it has.
type EventListOptions struct {
	// After is the id of an event, or a cursor: only later events are given.
	After int64
	// Limit is how many come with one request, at most 1000; 100 unless given.
	Limit int
	// Kind and UID leave out events of other kinds and about other users.
	Kind string
	UID  string
}

// EventPage is some events, oldest first.
type EventPage struct {
	Events []*Event
	// After is the cursor to read on from. Keep it: with it, no event is missed and none read twice.
	After int64
	// More says that there are later events already.
	More bool
}

// List gives the next events. Code: usher.CodeBadRequest.
func (s *EventsService) List(ctx context.Context, options EventListOptions) (*EventPage, error) {
	q := make(query)
	q.number("after", options.After)
	q.number("limit", int64(options.Limit))
	q.text("kind", options.Kind)
	q.text("uid", options.UID)
	var page EventPage
	var meta struct {
		Cursor struct {
			After int64 `json:"after"`
			More  bool  `json:"more"`
		} `json:"cursor"`
	}
	request := transport.Request{Method: http.MethodGet, Path: []string{"events"}, Query: url.Values(q)}
	if err := s.do(ctx, request, &page.Events, &meta); err != nil {
		return nil, err
	}
	for _, event := range page.Events {
		if event == nil || event.ID == 0 {
			return nil, errUnnamed
		}
	}
	page.After, page.More = meta.Cursor.After, meta.Cursor.More
	return &page, nil
}

// All gives every event that there is by now, each request when it is needed, and ends with the first
// error. To read on later, set After to the id of the last event.
func (s *EventsService) All(ctx context.Context, options EventListOptions) iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		for {
			page, err := s.List(ctx, options)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, event := range page.Events {
				if !yield(event, nil) {
					return
				}
			}
			// A cursor that stands still would be asked for without an end.
			if !page.More || page.After <= options.After {
				return
			}
			options.After = page.After
		}
	}
}
