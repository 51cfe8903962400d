package servertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// The close codes of the real server that say what becomes of the session.
const (
	refused websocket.StatusCode = 4401
	revoked websocket.StatusCode = 4403
)

// member is a socket that has proved whose it is.
type member struct {
	conn       *websocket.Conn
	token, uid string
	subscribed bool
}

// jwtOf is what a client proves itself with: the auth token, for no one else is here to read it.
func jwtOf(token string) string { return "h." + token + ".s" }

// SetSocketHook makes hook see every request for a socket from now on, before it is opened; nil ends
// that.
func (s *Server) SetSocketHook(hook Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beforeSocket = hook
}

// Silence makes the server answer no ping from now on, or answer them again.
func (s *Server) Silence(silent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = silent
}

// Deafen makes the server read nothing more of connections that open from now on, not even that they
// are closed.
func (s *Server) Deafen(deaf bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deaf = deaf
}

// Ends gives the users whose connections ended since the last call, with the close code that their
// clients sent, such as "ann 1000"; -1 is a break.
func (s *Server) Ends() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ends := s.ends
	s.ends = nil
	return ends
}

// Online gives the uids of the users with a connection, one for each.
func (s *Server) Online() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var online []string
	for of := range s.members {
		online = append(online, of.uid)
	}
	return online
}

// Cut breaks every connection, without a word.
func (s *Server) Cut() {
	for _, conn := range s.connections(func(*member) bool { return true }) {
		_ = conn.CloseNow()
	}
}

// Say sends a frame to every connection of a user.
func (s *Server) Say(uid string, frame any) {
	for _, conn := range s.connections(func(of *member) bool { return of.uid == uid }) {
		send(conn, frame)
	}
}

func (s *Server) connections(wanted func(*member) bool) []*websocket.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connectionsLocked(wanted)
}

func (s *Server) connectionsLocked(wanted func(*member) bool) []*websocket.Conn {
	var conns []*websocket.Conn
	for of := range s.members {
		if wanted(of) {
			conns = append(conns, of.conn)
		}
	}
	return conns
}

// socket serves one connection until it ends.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	before := s.beforeSocket
	closed := s.life.Err() != nil
	if !closed {
		s.open.Add(1)
	}
	s.mu.Unlock()
	if closed {
		return
	}
	defer s.open.Done()
	if before != nil && before(w, r) {
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	_, text, err := conn.Read(s.life)
	if err != nil {
		return
	}
	var hello struct {
		DeviceID string `json:"deviceId"`
		Body     struct {
			Auth         string `json:"auth"`
			Subscription string `json:"presenceSubscription"`
		} `json:"body"`
	}
	_ = json.Unmarshal(text, &hello)
	of := &member{conn: conn, token: strings.TrimSuffix(strings.TrimPrefix(hello.Body.Auth, "h."), ".s"), subscribed: hello.Body.Subscription != ""}
	if !s.enter(of) {
		send(conn, map[string]any{"type": "auth", "body": map[string]any{"code": "401", "status": "ERROR"}})
		_ = conn.Close(refused, "")
		return
	}
	send(conn, map[string]any{"type": "auth", "deviceId": hello.DeviceID, "body": map[string]any{"code": "200", "status": "OK"}})
	s.mu.Lock()
	deaf := s.deaf
	s.mu.Unlock()
	if deaf {
		<-s.life.Done()
	}
	for {
		_, text, err := conn.Read(s.life)
		if err != nil {
			s.leave(of, err)
			return
		}
		s.mu.Lock()
		silent := s.silent
		s.mu.Unlock()
		if strings.Contains(string(text), `"ping"`) && !silent {
			send(conn, map[string]any{"action": "pong", "ack": "true"})
		}
	}
}

func (s *Server) enter(of *member) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	uid, known := s.tokens[of.token]
	if known {
		of.uid = uid
		s.members[of] = true
		s.announce(uid, "online")
	}
	return known
}

func (s *Server) leave(of *member, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, fmt.Sprint(of.uid, " ", int(websocket.CloseStatus(why))))
	delete(s.members, of)
	s.announce(of.uid, "offline")
}

// announce tells those who want to know what became of a user, in the background.
func (s *Server) announce(uid, action string) {
	for other := range s.members {
		if other.uid == uid && action == "offline" {
			return // another device is there
		}
	}
	frame := map[string]any{"type": "presence", "sender": uid, "body": map[string]any{
		"action": action, "timestamp": 1700000300, "user": map[string]any{"uid": uid, "name": s.users[uid]["name"]},
	}}
	for _, conn := range s.connectionsLocked(func(of *member) bool { return of.subscribed && of.uid != uid }) {
		s.open.Go(func() { send(conn, frame) })
	}
}

// endToken ends a token and its connections. It must be called with mu held.
func (s *Server) endToken(token string) {
	delete(s.tokens, token)
	for _, conn := range s.connectionsLocked(func(of *member) bool { return of.token == token }) {
		s.open.Go(func() { _ = conn.Close(revoked, "") })
	}
}

func send(conn *websocket.Conn, frame any) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if text, err := json.Marshal(frame); err == nil {
		_ = conn.Write(ctx, websocket.MessageText, text)
	}
}
