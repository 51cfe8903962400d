package realtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// MaxFrameBytes bounds a frame from a client. An auth frame has about two kilobytes, everything else
// that concerns us far less; the frames of a chat are not read here.
const MaxFrameBytes = 16 << 10

// frame is what a client sends. Fields that are not named here are ignored.
type frame struct {
	Type     string   `json:"type"`
	Action   string   `json:"action"`
	AppID    string   `json:"appId"`
	DeviceID string   `json:"deviceId"`
	Body     authBody `json:"-"`
}

// authBody is the body of an auth frame. The claim of who sends it is not read: the JWT says that.
type authBody struct {
	JWT          string     `json:"auth"`
	Subscription string     `json:"presenceSubscription"`
	Roles        []string   `json:"roles"`
	Params       authParams `json:"params"`
}

type authParams struct {
	AppInfo   json.RawMessage `json:"appInfo"`
	UserAgent string          `json:"userAgent"`
	DeviceID  string          `json:"deviceId"`
	Platform  string          `json:"platform"`
}

var errNoFrame = errors.New("not a JSON object")

// parseFrame reads a frame. The body is read only of one that proves who sends it: those of a chat have
// bodies of other forms.
func parseFrame(text []byte) (frame, error) {
	var read struct {
		frame
		Body json.RawMessage `json:"body"`
	}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return frame{}, errNoFrame
	}
	err := json.Unmarshal(text, &read)
	if _, other := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !other {
		return frame{}, err
	}
	if read.Type != typeAuth {
		// A field of another type than we know belongs to a frame that does not concern us.
		return read.frame, nil
	}
	if err := json.Unmarshal(read.Body, &read.frame.Body); err != nil {
		return frame{}, err
	}
	return read.frame, nil
}

const (
	typeAuth     = "auth"
	typePresence = "presence"
	actionPing   = "ping"
)

// usualPing is a ping as official SDKs send it, which need not be parsed.
var usualPing = []byte(`{"action":"ping","ack":"true"}`)

// pong answers a ping, which an official SDK sends every 15 seconds.
var pong = []byte(`{"action":"pong","ack":"true"}`)

// authReply tells a client whether it is in. The code must be a text: with a number an official SDK
// never pings (wire.md 0.8).
type authReply struct {
	AppID        identity.AppID `json:"appId"`
	Receiver     string         `json:"receiver"`
	ReceiverType string         `json:"receiverType"`
	DeviceID     string         `json:"deviceId"`
	Type         string         `json:"type"`
	Sender       identity.UID   `json:"sender"`
	Body         authVerdict    `json:"body"`
}

type authVerdict struct {
	Code   string `json:"code"`
	Status string `json:"status"`
}

var (
	welcome     = authVerdict{Code: "200", Status: "OK"}
	refused     = authVerdict{Code: "401", Status: "ERROR"}
	unavailable = authVerdict{Code: "503", Status: "ERROR"}
)

// presenceFrame tells that a user came online or went offline. It has no deviceId: an SDK drops a frame
// with its own one (wire.md 8).
type presenceFrame struct {
	Type   string         `json:"type"`
	AppID  identity.AppID `json:"appId"`
	Sender identity.UID   `json:"sender"`
	Body   presenceBody   `json:"body"`
}

type presenceBody struct {
	Action    string       `json:"action"`
	Timestamp int64        `json:"timestamp"`
	User      presenceUser `json:"user"`
}

// presenceUser is the part of a user that every other user may see. It holds no metadata, of which
// parts are for back ends only.
type presenceUser struct {
	UID           identity.UID `json:"uid"`
	Name          string       `json:"name"`
	Avatar        string       `json:"avatar,omitempty"`
	Link          string       `json:"link,omitempty"`
	Role          string       `json:"role"`
	Status        string       `json:"status"`
	StatusMessage string       `json:"statusMessage,omitempty"`
	LastActiveAt  int64        `json:"lastActiveAt"`
}

// encodePresence makes the frame, once for all who get it.
func encodePresence(user identity.User, online bool, at time.Time) ([]byte, error) {
	action, status := "offline", "offline"
	if online {
		action, status = "online", "available"
	}
	return json.Marshal(presenceFrame{
		Type: typePresence, AppID: user.AppID, Sender: user.UID,
		Body: presenceBody{Action: action, Timestamp: at.Unix(), User: presenceUser{
			UID: user.UID, Name: user.Name, Avatar: user.Avatar, Link: user.Link, Role: user.Role,
			Status: status, StatusMessage: user.StatusMessage, LastActiveAt: at.Unix(),
		}},
	})
}
