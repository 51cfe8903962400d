package socket

import (
	"encoding/json"

	"github.com/usherhq/usher/sdk/go/usher"
)

// Hello is what a client says of itself on a new connection.
type Hello struct {
	AppID string
	UID   string
	// JWT is the only thing that the server believes.
	JWT string
	// Resource names this client until the program ends, DeviceID the device for good.
	Resource, DeviceID string
	// Platform, Version, APIVersion and UserAgent are for the server's log.
	Platform, Version, APIVersion, UserAgent string
	Subscription                             usher.Subscription
	Roles                                    []string
}

// Presence is that another user came online, or went offline.
type Presence struct {
	Online bool
	User   usher.User
}

const (
	typeAuth     = "auth"
	typePresence = "presence"
	actionPong   = "pong"
)

// ping is answered by a frame whose action is pong.
var ping = []byte(`{"action":"ping","ack":"true"}`)

func (h Hello) frame() ([]byte, error) {
	type appInfo struct {
		Version    string `json:"version"`
		APIVersion string `json:"apiVersion"`
	}
	type params struct {
		AppInfo   appInfo `json:"appInfo"`
		UserAgent string  `json:"userAgent"`
		DeviceID  string  `json:"deviceId"`
		Platform  string  `json:"platform"`
	}
	type body struct {
		Auth         string             `json:"auth"`
		DeviceID     string             `json:"deviceId"`
		Subscription usher.Subscription `json:"presenceSubscription,omitempty"`
		Roles        []string           `json:"roles,omitempty"`
		Params       params             `json:"params"`
	}
	return json.Marshal(struct {
		AppID    string `json:"appId"`
		DeviceID string `json:"deviceId"`
		Type     string `json:"type"`
		Sender   string `json:"sender"`
		Body     body   `json:"body"`
	}{h.AppID, h.Resource, typeAuth, h.UID, body{
		Auth: h.JWT, DeviceID: h.Resource, Subscription: h.Subscription, Roles: h.Roles,
		Params: params{appInfo{h.Version, h.APIVersion}, h.UserAgent, h.DeviceID, h.Platform},
	}})
}

// frame is one of the server's. Chat frames have types and bodies of their own, which are not read.
type frame struct {
	Type     string          `json:"type"`
	Action   string          `json:"action"`
	DeviceID string          `json:"deviceId"`
	Body     json.RawMessage `json:"body"`
}

// parse gives a frame of no type for whatever is none.
func parse(text []byte) frame {
	var read frame
	if json.Unmarshal(text, &read) != nil {
		return frame{}
	}
	return read
}

// verdict gives the code of the answer to a hello.
func (f frame) verdict() string {
	var body struct {
		Code string `json:"code"`
	}
	_ = json.Unmarshal(f.Body, &body)
	return body.Code
}

// presence gives what a frame says of another user, if it says anything that can be used.
func (f frame) presence() (heard Presence, usable bool) {
	var body struct {
		Action    string     `json:"action"`
		Timestamp int64      `json:"timestamp"`
		User      usher.User `json:"user"`
	}
	if f.Type != typePresence || json.Unmarshal(f.Body, &body) != nil || body.User.UID == "" {
		return Presence{}, false
	}
	switch body.Action {
	case "online", "available":
		body.User.Status = usher.StatusOnline
	case "offline":
		body.User.Status = usher.StatusOffline
	default:
		return Presence{}, false
	}
	if body.Timestamp > 0 {
		body.User.LastActiveAt = body.Timestamp
	}
	return Presence{Online: body.User.Status == usher.StatusOnline, User: body.User}, true
}
