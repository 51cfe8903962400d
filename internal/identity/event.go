package identity

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// EventKind says what happened.
type EventKind string

// The kinds of events.
const (
	EventAppCreated       EventKind = "app_created"
	EventAppUpdated       EventKind = "app_updated"
	EventAppDeleted       EventKind = "app_deleted"
	EventAppRestored      EventKind = "app_restored"
	EventAppRemoved       EventKind = "app_removed"
	EventKeyCreated       EventKind = "key_created"
	EventKeyUpdated       EventKind = "key_updated"
	EventKeyDeleted       EventKind = "key_deleted"
	EventRoleCreated      EventKind = "role_created"
	EventRoleUpdated      EventKind = "role_updated"
	EventRoleDeleted      EventKind = "role_deleted"
	EventUserCreated      EventKind = "user_created"
	EventUserUpdated      EventKind = "user_updated"
	EventUserDeactivated  EventKind = "user_deactivated"
	EventUserReactivated  EventKind = "user_reactivated"
	EventUserDeleted      EventKind = "user_deleted"
	EventUserBlocked      EventKind = "user_blocked"
	EventUserUnblocked    EventKind = "user_unblocked"
	EventTokenIssued      EventKind = "token_issued"
	EventTokenUpdated     EventKind = "token_updated"
	EventTokenRevoked     EventKind = "token_revoked"
	EventUserSignedIn     EventKind = "user_signed_in"
	EventUserSignedOut    EventKind = "user_signed_out"
	EventSignInFailed     EventKind = "sign_in_failed"
	EventSigningKeyAdded  EventKind = "signing_key_added"
	EventUserConnected    EventKind = "user_connected"
	EventUserDisconnected EventKind = "user_disconnected"
	EventWebhookCreated   EventKind = "webhook_created"
	EventWebhookUpdated   EventKind = "webhook_updated"
	EventWebhookDeleted   EventKind = "webhook_deleted"

	// Operators belong to no app, and neither do their events.
	EventOperatorInvited   EventKind = "operator_invited"
	EventOperatorUninvited EventKind = "operator_uninvited"
	EventOperatorCreated   EventKind = "operator_created"
	EventOperatorUpdated   EventKind = "operator_updated"
	EventOperatorRemoved   EventKind = "operator_removed"
	EventOperatorSignedIn  EventKind = "operator_signed_in"
	EventOperatorRefused   EventKind = "operator_refused"
	EventOperatorSignedOut EventKind = "operator_signed_out"

	// The signing keys are those of all apps; one is withdrawn before its time.
	EventSigningKeyWithdrawn EventKind = "signing_key_withdrawn"
)

// Event is a fact that happened: one row of the audit log, written in the same transaction as the
// change it tells of. It never holds a secret.
type Event struct {
	// ID names the event among those of all apps; it is given when the event is stored.
	ID    int64
	Kind  EventKind
	AppID AppID
	// UID is the user concerned, or empty.
	UID UID
	// Subject is what changed where it is not the user: "token:17".
	Subject string
	// Actor is who did it: "key:3", "token:17", "management", "operator:ada" for an operator with a name,
	// "operator" for the server itself, or "nobody" where a login failed and nobody in particular was proven.
	Actor string
	// Address is the network address the request came from; empty for the operator.
	Address string
	// UserAgent is what the caller's program calls itself; nothing in it is trusted.
	UserAgent string
	// Detail is what the kind tells beyond that: a JSON object, or empty.
	Detail string
	At     time.Time
}

// Caller is who asks, as the way in has proved it: by an API key, by a session, as an operator, or as
// the server itself when all of these are absent.
type Caller struct {
	App App
	// Operator is the name of an operator: of the console, or "cli" for the command line.
	Operator string
	// Management says that the caller proved the management credentials.
	Management bool
	Key        *APIKey
	Session    *Session
	// Address is where the request came from, and UserAgent what it called itself.
	Address   string
	UserAgent string
}

const actorNobody = "nobody"

func (c Caller) actor() string {
	switch {
	case c.Key != nil:
		return keySubject(c.Key.ID)
	case c.Session != nil:
		return tokenSubject(c.Session.Token.ID)
	case c.Management:
		return "management"
	case c.Operator != "":
		return "operator:" + c.Operator
	}
	return "operator"
}

// scope is what the caller's key may do. Who has none, such as the operator, is as good as a back end.
func (c Caller) scope() Scope {
	if c.Key == nil {
		return ScopeFullAccess
	}
	return c.Key.Scope
}

// SubjectID is the id in a subject such as token:17, if the subject is of that sort.
func (e Event) SubjectID(sort string) (id string, ok bool) {
	return strings.CutPrefix(e.Subject, sort+":")
}

func keySubject(id int64) string { return "key:" + strconv.FormatInt(id, 10) }

func tokenSubject(id int64) string { return "token:" + strconv.FormatInt(id, 10) }

// event starts an event that the caller causes now.
func (s *Service) event(caller Caller, kind EventKind, uid UID) Event {
	return Event{
		Kind: kind, AppID: caller.App.ID, UID: uid,
		Actor: caller.actor(), Address: caller.Address, UserAgent: firstCharacters(caller.UserAgent), At: s.clock(),
	}
}

// addEventAbout writes an event that concerns no user.
func (s *Service) addEventAbout(tx Tx, caller Caller, kind EventKind, subject string) error {
	event := s.event(caller, kind, "")
	event.Subject = subject
	return tx.AddEvent(event)
}

// EventFilter chooses events; empty fields choose all.
type EventFilter struct {
	// After is the id of the last event seen; the list goes on behind it.
	After int64
	// NewestFirst turns the list round, for looking back: it goes on from Before to what is older, or from
	// the newest there is when Before is 0. Such a list grows at its beginning, so it is no way to follow.
	NewestFirst bool
	Before      int64
	Limit       int
	Kind        EventKind
	UID         UID
}

// ListEvents gives the app's events in their order, from a cursor on. Once given, a list never gets
// an event inserted before its end: who reads on from the last id misses none. Code: ERR_BAD_REQUEST
// with details.
func (s *Service) ListEvents(ctx context.Context, caller Caller, filter EventFilter) ([]Event, error) {
	if err := checkSearch("kind", string(filter.Kind)); err != nil {
		return nil, err
	}
	events, err := s.store.Events(ctx, caller.App.ID, filter)
	return events, inTime(err)
}
