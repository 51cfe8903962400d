package webhook

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// envelope is what is sent (contract 7.2). The id is ours: the documents promise one and show none.
type envelope struct {
	Trigger identity.Trigger `json:"trigger"`
	Data    any              `json:"data"`
	AppID   identity.AppID   `json:"appId"`
	Region  string           `json:"region"`
	Webhook string           `json:"webhook"`
	ID      string           `json:"id"`
}

// userView is a user as receivers see it. Its private metadata stays here: a receiver may be somebody
// else's.
type userView struct {
	UID            identity.UID    `json:"uid"`
	Name           string          `json:"name,omitempty"`
	Avatar         string          `json:"avatar,omitempty"`
	Link           string          `json:"link,omitempty"`
	Status         string          `json:"status,omitempty"`
	Role           string          `json:"role,omitempty"`
	StatusMessage  string          `json:"statusMessage,omitempty"`
	Metadata       json.RawMessage `json:"metadata,omitempty"`
	Tags           []string        `json:"tags,omitempty"`
	CreatedAt      int64           `json:"createdAt,omitempty"`
	UpdatedAt      int64           `json:"updatedAt,omitempty"`
	LastActiveAt   int64           `json:"lastActiveAt,omitempty"`
	DeactivatedAt  int64           `json:"deactivatedAt,omitempty"`
	ConversationID string          `json:"conversationId,omitempty"`
}

// The words for presence (contract C18).
const (
	offline   = "offline"
	available = "available"
)

// viewUser shows a user. One that is gone has a uid and nothing else.
func viewUser(user identity.User) userView {
	if user.ID == 0 {
		return userView{UID: user.UID}
	}
	metadata, err := identity.Caller{}.VisibleMetadata(user.Metadata)
	if err != nil {
		// It was an object when it was stored. Whatever became of it, the event is to be told.
		metadata = nil
	}
	view := userView{
		UID: user.UID, Name: user.Name, Avatar: user.Avatar, Link: user.Link, Status: offline, Role: user.Role,
		StatusMessage: user.StatusMessage, Metadata: metadata, Tags: user.Tags,
		CreatedAt: unix(user.CreatedAt), UpdatedAt: unix(user.UpdatedAt),
		LastActiveAt: unix(user.LastActiveAt), DeactivatedAt: unix(user.DeactivatedAt),
	}
	if user.Online {
		view.Status = available
	}
	return view
}

func unix(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}

// connectionData tells of a connection (contract 7.3).
type connectionData struct {
	Timestamp       int64      `json:"timestamp"`
	User            userView   `json:"user"`
	Status          string     `json:"status"`
	Connection      connection `json:"currentConnection"`
	PresenceChanged bool       `json:"userPresenceChanged"`
}

type connection struct {
	Action      string         `json:"action"`
	AppInfo     map[string]any `json:"appInfo,omitempty"`
	Platform    string         `json:"platform,omitempty"`
	UserAgent   string         `json:"userAgent,omitempty"`
	ConnectedAt int64          `json:"connectedAt,omitempty"`
}

// blockData tells of a block that began or ended (contract 7.3).
type blockData struct {
	Timestamp int64                     `json:"timestamp"`
	Users     map[identity.UID]userView `json:"users"`
	By        userView                  `json:"by"`
}

// userData tells of everything else (ours). The words are those of the event log.
type userData struct {
	Timestamp int64    `json:"timestamp"`
	User      userView `json:"user"`
	Subject   string   `json:"subject,omitempty"`
	Actor     string   `json:"actor,omitempty"`
	Address   string   `json:"address,omitempty"`
	UserAgent string   `json:"userAgent,omitempty"`
}

// testData is that of a test.
type testData struct {
	Timestamp int64 `json:"timestamp"`
}

// dataOf tells of an event. find gives users as they are now.
func dataOf(event identity.Event, find func(identity.UID) (identity.User, error)) (any, error) {
	user, err := find(event.UID)
	if err != nil {
		return nil, err
	}
	view := viewUser(user)
	switch event.Kind {
	case identity.EventUserConnected, identity.EventUserDisconnected:
		return connectionOf(event, view), nil
	case identity.EventUserBlocked, identity.EventUserUnblocked:
		return blockOf(event, view, find)
	default:
		return userData{
			Timestamp: event.At.UnixMilli(), User: view, Subject: event.Subject, Actor: event.Actor,
			Address: event.Address, UserAgent: event.UserAgent,
		}, nil
	}
}

func connectionOf(event identity.Event, user userView) connectionData {
	var detail identity.ConnectionDetail
	if err := json.Unmarshal([]byte(event.Detail), &detail); err != nil {
		detail = identity.ConnectionDetail{}
	}
	data := connectionData{
		Timestamp: event.At.UnixMilli(), User: user, Status: available, PresenceChanged: detail.PresenceChanged,
		Connection: connection{Action: "connected", Platform: detail.Platform, UserAgent: detail.UserAgent, ConnectedAt: detail.ConnectedAt},
	}
	if event.Kind == identity.EventUserDisconnected {
		data.Connection.Action = "disconnected"
		if detail.PresenceChanged {
			data.Status = offline
		}
	}
	// The user is as the event left it, whatever has happened since.
	if user.Status != "" {
		data.User.Status = data.Status
	}
	data.Connection.AppInfo = appInfo(detail.AppInfo, event.Address)
	return data
}

// appInfo is what the client said of itself, with the address that it came from. What it said of that
// address does not count, and nothing does that is no object.
func appInfo(said json.RawMessage, address string) map[string]any {
	fields := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(said))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil || fields == nil {
		fields = map[string]any{}
	}
	delete(fields, "clientIp")
	if address != "" {
		fields["clientIp"] = address
	}
	return fields
}

func blockOf(event identity.Event, by userView, find func(identity.UID) (identity.User, error)) (any, error) {
	uid, _ := event.SubjectID("user")
	other, err := find(identity.UID(uid))
	if err != nil {
		return nil, err
	}
	view := viewUser(other)
	view.ConversationID = conversationID(by.UID, view.UID)
	return blockData{Timestamp: event.At.UnixMilli(), Users: map[identity.UID]userView{view.UID: view}, By: by}, nil
}

// conversationID names what two users say to each other: one name, whoever of them asks.
func conversationID(a, b identity.UID) string {
	return string(min(a, b)) + "_user_" + string(max(a, b))
}

// encode writes an envelope as it is sent. Signs such as < stay as they are: it is no page.
func encode(e envelope) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(e)
	return []byte(strings.TrimSuffix(text.String(), "\n")), err
}
