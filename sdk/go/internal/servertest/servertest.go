// Package servertest is an Usher server for the SDK's own tests and examples: it keeps everything in
// memory and answers as the contract says, or as a test wants it to.
package servertest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/usherhq/usher/sdk/go/usher"
)

// What every server here holds. The users are ann and bob.
const (
	AppID  = "app-1"
	APIKey = "00112233445566778899aabbccddeeff00112233"
	// Token is an auth token of ann that a back end asked for.
	Token = "ann_1700000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

// Request is one that the server received.
type Request struct {
	Method string
	// Path is relative to the base URL.
	Path   string
	Header http.Header
	Body   string
}

// Server is made by Start and must be closed.
type Server struct {
	server *httptest.Server

	mu       sync.Mutex
	users    map[string]map[string]any
	tokens   map[string]string // to the uid
	issued   int
	requests []Request
	blocks   map[block]bool
	before   Hook
	// Connections.
	beforeSocket Hook
	silent, deaf bool
	ends         []string
	members      map[*member]bool
	open         sync.WaitGroup
	life         context.Context //nolint:containedctx // it is the server's own
	die          context.CancelFunc
}

// Start makes a server on a free port of this machine.
func Start() *Server { return startOn(nil) }

// startOn makes a server on a listener; on a port of its own for none.
func startOn(listener net.Listener) *Server {
	s := &Server{
		users:  map[string]map[string]any{},
		tokens: map[string]string{Token: "ann"},
		blocks: map[block]bool{},

		members: map[*member]bool{},
	}
	s.life, s.die = context.WithCancel(context.Background())
	for uid, name := range map[string]string{"ann": "Ann", "bob": "Bob"} {
		s.users[uid] = map[string]any{
			"uid": uid, "name": name, "role": "default", "status": "available",
			"createdAt": 1700000000, "lastActiveAt": 1700000100, "unheardOf": true,
		}
	}
	s.server = httptest.NewUnstartedServer(http.StripPrefix("/v3", http.HandlerFunc(s.serve)))
	if listener != nil {
		_ = s.server.Listener.Close()
		s.server.Listener = listener
	}
	s.server.Start()
	return s
}

// Host is the base URL. It has a path, so that a client that builds absolute paths is found out.
func (s *Server) Host() string { return s.server.URL + "/v3" }

// Close stops the server and ends what it still answers.
func (s *Server) Close() {
	s.mu.Lock() // from here on no socket opens that would have to be waited for
	s.die()
	s.mu.Unlock()
	s.server.CloseClientConnections()
	s.server.Close()
	s.open.Wait()
}

// Hook sees a request before the server does, and reports whether it has answered it.
type Hook func(http.ResponseWriter, *http.Request) bool

// Before makes hook see every request from now on; nil ends that.
func (s *Server) Before(hook Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = hook
}

// Requests gives what was received since the last call.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	received := s.requests
	s.requests = nil
	return received
}

// Calls gives the method and path of what was received since the last call of it or of Requests.
func (s *Server) Calls() []string {
	var calls []string
	for _, request := range s.Requests() {
		calls = append(calls, request.Method+" "+request.Path)
	}
	return calls
}

// Knows reports whether an auth token is alive.
func (s *Server) Knows(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.tokens[token]
	return known
}

// End revokes an auth token.
func (s *Server) End(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endToken(token)
}

// Tokens gives the auth tokens that are alive, but for [Token].
func (s *Server) Tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var alive []string
	for token := range s.tokens {
		if token != Token {
			alive = append(alive, token)
		}
	}
	return alive
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "" {
		s.socket(w, r)
		return
	}
	var body json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&body)
	s.mu.Lock()
	s.requests = append(s.requests, Request{
		Method: r.Method,
		Path:   r.URL.RequestURI(),
		Header: r.Header.Clone(),
		Body:   string(body),
	})
	before := s.before
	s.mu.Unlock()
	if before == nil || !before(w, r) {
		s.answer(w, r, body)
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, body json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("appId") != AppID {
		Refuse(w, http.StatusNotFound, usher.CodeInvalidAppID)
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if parts[0] == "me" {
		s.me(w, r, body)
		return
	}
	if r.Header.Get("authToken") != "" && r.Header.Get("apiKey") == "" {
		s.asUser(w, r, parts, body)
		return
	}
	switch key := r.Header.Get("apiKey"); {
	case key == "":
		Refuse(w, http.StatusUnauthorized, usher.CodeEmptyAPIKey)
	case key != APIKey:
		Refuse(w, http.StatusUnauthorized, usher.CodeUnknownAPIKey)
	case len(parts) == 1:
		s.allUsers(w, r, body)
	case s.users[strings.ToLower(parts[1])] == nil:
		Refuse(w, http.StatusNotFound, usher.CodeUnknownUID)
	default:
		s.oneUser(w, r.Method, strings.ToLower(parts[1]), parts[2:], body)
	}
}

func (s *Server) me(w http.ResponseWriter, r *http.Request, body json.RawMessage) {
	token := r.Header.Get("authToken")
	uid, known := s.tokens[token]
	switch {
	case !known:
		Refuse(w, http.StatusUnauthorized, usher.CodeUnknownAuthToken)
	case r.Method == http.MethodDelete:
		if token != Token { // a back end's token is not its users' to end
			s.endToken(token)
		}
		Give(w, map[string]any{"success": true, "message": "Goodbye."})
	default:
		if r.Method == http.MethodPut {
			s.changeProfile(uid, body)
		}
		me := map[string]any{"authToken": token, "jwt": jwtOf(token), "settings": map[string]any{"APP_VERSION": 4}}
		maps.Copy(me, s.users[uid])
		Give(w, me)
	}
}

func (s *Server) allUsers(w http.ResponseWriter, r *http.Request, body json.RawMessage) {
	if r.Method == http.MethodGet {
		var users []map[string]any
		for _, uid := range slices.Sorted(maps.Keys(s.users)) {
			users = append(users, s.users[uid])
		}
		write(w, http.StatusOK, map[string]any{"data": users, "meta": map[string]any{"pagination": map[string]any{
			"total": len(users), "count": len(users), "per_page": 100, "current_page": 1, "total_pages": 1,
		}}})
		return
	}
	user := map[string]any{"status": "offline", "role": "default", "createdAt": 1700000200}
	_ = json.Unmarshal(body, &user)
	uid, _ := user["uid"].(string)
	uid = strings.ToLower(uid)
	switch {
	case uid == "" || user["name"] == "":
		write(w, http.StatusBadRequest, map[string]any{"error": map[string]any{
			"code": usher.CodeBadRequest, "message": "Failed to validate the data sent with the request.",
			"details": map[string][]string{"name": {"The name field is required."}},
		}})
	case s.users[uid] != nil:
		Refuse(w, http.StatusBadRequest, usher.CodeUIDTaken)
	default:
		user["uid"] = uid
		s.users[uid] = user
		Give(w, user)
	}
}

func (s *Server) oneUser(w http.ResponseWriter, method, uid string, rest []string, body json.RawMessage) {
	switch {
	case len(rest) == 0 && method == http.MethodGet:
		Give(w, s.users[uid])
	case len(rest) == 0 && method == http.MethodPut:
		user := s.users[uid]
		_ = json.Unmarshal(body, &user)
		Give(w, user)
	case len(rest) == 1 && method == http.MethodPost:
		s.issued++
		token := fmt.Sprintf("%s_1700000000%030x", uid, s.issued)
		s.tokens[token] = uid
		Give(w, map[string]any{"uid": uid, "authToken": token, "createdAt": 1700000000})
	case len(rest) == 1 && method == http.MethodDelete:
		for token, owner := range s.tokens {
			if owner == uid {
				s.endToken(token)
			}
		}
		Give(w, map[string]any{"success": true, "message": "Cleared Auth Tokens successfully for uid " + uid + "."})
	case len(rest) == 2 && method == http.MethodDelete && s.tokens[rest[1]] == uid:
		s.endToken(rest[1])
		Give(w, map[string]any{"success": true, "message": "The auth token was deleted."})
	case len(rest) == 2 && method == http.MethodDelete:
		Refuse(w, http.StatusNotFound, usher.CodeUnknownPathToken)
	default:
		Refuse(w, http.StatusNotFound, usher.CodeUnknownEndpoint)
	}
}

// Give answers with data.
func Give(w http.ResponseWriter, data any) {
	write(w, http.StatusOK, map[string]any{"data": data})
}

// Refuse answers with an error.
func Refuse(w http.ResponseWriter, status int, code usher.Code) {
	write(w, status, map[string]any{"error": map[string]any{"code": code, "message": "Refused."}})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
