package identity

import (
	"strconv"
	"time"
)

// EventKind says what happened.
type EventKind string

// The kinds of events.
const (
	EventAppCreated    EventKind = "app_created"
	EventUserCreated   EventKind = "user_created"
	EventUserUpdated   EventKind = "user_updated"
	EventTokenIssued   EventKind = "token_issued"
	EventTokenRevoked  EventKind = "token_revoked"
	EventUserSignedIn  EventKind = "user_signed_in"
	EventUserSignedOut EventKind = "user_signed_out"
)

// Event is a fact that happened: one row of the audit log, written in the same transaction as the
// change it tells of. It never holds a secret.
type Event struct {
	Kind  EventKind
	AppID AppID
	// UID is the user concerned, or empty.
	UID UID
	// Subject is what changed where it is not the user: "token:17".
	Subject string
	// Actor is who did it: "key:3", "token:17", or "operator" for the command line.
	Actor string
	// Address is the network address the request came from; empty for the operator.
	Address string
	At      time.Time
}

// Caller is who asks, as the way in has proved it: by an API key, by a session, or as the operator
// of the machine when both are absent.
type Caller struct {
	App     App
	Key     *APIKey
	Session *Session
	// Address is where the request came from.
	Address string
}

func (c Caller) actor() string {
	switch {
	case c.Key != nil:
		return "key:" + strconv.FormatInt(c.Key.ID, 10)
	case c.Session != nil:
		return tokenSubject(c.Session.Token.ID)
	}
	return "operator"
}

func tokenSubject(id int64) string { return "token:" + strconv.FormatInt(id, 10) }

// event starts an event that the caller causes now.
func (s *Service) event(caller Caller, kind EventKind, uid UID) Event {
	return Event{
		Kind: kind, AppID: caller.App.ID, UID: uid,
		Actor: caller.actor(), Address: caller.Address, At: s.clock(),
	}
}
