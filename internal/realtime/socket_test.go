package realtime_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/realtime"
)

// socket is a client's end.
type socket struct {
	*websocket.Conn
	t testing.TB
}

// dial opens a socket that has said nothing yet.
func (h *house) dial() *socket {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	conn, answer, err := websocket.Dial(ctx, h.url, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if answer.Body != nil {
		_ = answer.Body.Close()
	}
	conn.SetReadLimit(1 << 20)
	h.t.Cleanup(func() { _ = conn.CloseNow() })
	return &socket{conn, h.t}
}

// enter opens a socket and authenticates it.
func (h *house) enter(jwt, subscription string, roles ...string) *socket {
	h.t.Helper()
	s := h.dial()
	s.write(authFrame(jwt, subscription, roles...))
	reply := s.read()
	body, _ := reply["body"].(map[string]any)
	if reply["type"] != "auth" || body["code"] != "200" || body["status"] != "OK" {
		h.t.Fatalf("the answer to auth is %v", reply)
	}
	return s
}

// authFrame is the first frame as an official SDK sends it.
func authFrame(jwt, subscription string, roles ...string) string {
	body := map[string]any{
		"auth": jwt, "deviceId": "WEB-4_2_0-page-1",
		"params": map[string]any{
			"appInfo":   map[string]any{"version": "4.2.0", "apiVersion": "v3.0", "origin": "https://page.example.com", "uts": 1700000000000},
			"userAgent": "Mozilla/5.0", "deviceId": "acme_laptop_1", "platform": "javascript",
		},
	}
	if subscription != "" {
		body["presenceSubscription"] = subscription
	}
	if roles != nil {
		body["roles"] = roles
	}
	text, _ := json.Marshal(map[string]any{"appId": "acme", "deviceId": "WEB-4_2_0-page-1", "type": "auth", "sender": "whoever", "body": body})
	return string(text)
}

func (s *socket) write(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := s.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatalf("write: %v", err)
	}
}

// next gives the next frame, or what ended the socket.
func (s *socket) next() (map[string]any, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	_, text, err := s.Read(ctx)
	if err != nil {
		return nil, err
	}
	var frame map[string]any
	return frame, json.Unmarshal(text, &frame)
}

func (s *socket) read() map[string]any {
	s.t.Helper()
	frame, err := s.next()
	if err != nil {
		s.t.Fatalf("read: %v", err)
	}
	return frame
}

// wantPresence reads until the next frame, which must tell of this.
func (s *socket) wantPresence(uid identity.UID, action string) map[string]any {
	s.t.Helper()
	frame := s.read()
	body, _ := frame["body"].(map[string]any)
	user, _ := body["user"].(map[string]any)
	if frame["type"] != "presence" || body["action"] != action || user["uid"] != string(uid) {
		s.t.Fatalf("got %v, want %s of %s", frame, action, uid)
	}
	return body
}

// wantQuiet says that nothing has come: a ping is answered next.
func (s *socket) wantQuiet() {
	s.t.Helper()
	s.write(`{"action":"ping","ack":"true"}`)
	if frame := s.read(); frame["action"] != "pong" {
		s.t.Errorf("got %v, want nothing but the pong", frame)
	}
}

// wantEnd reads up to the end of the socket, which must have this code.
func (s *socket) wantEnd(code realtime.CloseCode) {
	s.t.Helper()
	for {
		if _, err := s.next(); err != nil {
			if got := websocket.CloseStatus(err); got != websocket.StatusCode(code) {
				s.t.Errorf("the socket ended with %d (%v), want %d", got, err, code)
			}
			return
		}
	}
}
