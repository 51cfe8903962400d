package rest

import (
	"encoding/json"
	"strconv"

	"github.com/usherhq/usher/internal/identity"
)

// eventView is an entry of the event log (ours). It never holds a credential.
type eventView struct {
	ID        int64              `json:"id"`
	Kind      identity.EventKind `json:"kind"`
	UID       identity.UID       `json:"uid,omitempty"`
	Subject   string             `json:"subject,omitempty"`
	Actor     string             `json:"actor"`
	Address   string             `json:"address,omitempty"`
	UserAgent string             `json:"userAgent,omitempty"`
	Detail    json.RawMessage    `json:"detail,omitempty"`
	At        int64              `json:"at"`
}

// The sizes of a part of the event log.
const (
	defaultEvents = 100
	mostEvents    = 1000
)

func (h *Handler) listEvents(c *call) (answer, error) {
	query := c.URL.Query()
	filter := identity.EventFilter{Limit: defaultEvents, Kind: identity.EventKind(query.Get("kind"))}
	if text := query.Get("after"); text != "" {
		after, err := strconv.ParseInt(text, 10, 64)
		if err != nil || after < 0 {
			return answer{}, invalid("after", "The after must be a cursor of an earlier answer.")
		}
		filter.After = after
	}
	if text := query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 || limit > mostEvents {
			return answer{}, invalid("limit", "The limit must be a whole number from 1 to 1000.")
		}
		filter.Limit = limit
	}
	if text := query.Get("uid"); text != "" {
		uid, err := identity.ParseUID(text)
		if err != nil {
			return answer{}, err
		}
		filter.UID = uid
	}
	// One more than asked for tells whether there are more.
	limit := filter.Limit
	filter.Limit++
	events, err := h.service.ListEvents(c.Context(), c.caller, filter)
	if err != nil {
		return answer{}, err
	}
	next := cursor{After: filter.After, More: len(events) > limit}
	events = events[:min(len(events), limit)]
	views := make([]eventView, len(events))
	for i, event := range events {
		views[i] = eventView{
			ID: event.ID, Kind: event.Kind, UID: event.UID, Subject: event.Subject, Actor: event.Actor,
			Address: event.Address, UserAgent: event.UserAgent, Detail: json.RawMessage(event.Detail), At: event.At.Unix(),
		}
		next.After = event.ID
	}
	return answer{Data: views, Meta: &meta{Cursor: &next}}, nil
}
