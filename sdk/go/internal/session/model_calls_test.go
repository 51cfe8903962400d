package session_test

import (
	"fmt"
	"net/http"

	"pgregory.net/rapid"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// change gives the user who is in another name, which all clients then have.
func (m *model) change(rt *rapid.T) {
	client, name := m.pick(rt), rapid.StringMatching("[A-Z][a-z]{0,5}").Draw(rt, "name")
	user, err := m.clients[client].UpdateMe(rt.Context(), map[string]string{"name": name})
	m.answered(rt, "change", err)
	if err != nil {
		return
	}
	if user.UID != m.in || user.Name != name {
		rt.Fatalf("the change: %+v", user)
	}
	for i, other := range m.clients {
		servertest.Await(rt, fmt.Sprintf("client %d has the name %q", i, name), func() bool {
			user := other.LoggedInUser()
			return user != nil && user.Name == name
		})
	}
}

// ask sends a request that changes nothing.
func (m *model) ask(rt *rapid.T) {
	client := m.pick(rt)
	var user usher.User
	request := transport.Request{Method: http.MethodGet, Path: []string{"users", "bob"}}
	m.answered(rt, "question", m.clients[client].Call(rt.Context(), request, &user, nil))
}

// answered holds what a call with the session's token comes to against what it must.
func (m *model) answered(rt *rapid.T, what string, err error) {
	want := usher.Code("")
	switch {
	case m.in == "":
		want = usher.CodeNoUserLoggedIn
	case m.cut.Load():
		want = usher.CodeNotReached
	}
	if got := usher.CodeOf(err); got != want || (err == nil) != (want == "") {
		rt.Fatalf("the %s: %v, want %q", what, err, want)
	}
}

// cutOff breaks what is open and lets nothing through.
func (m *model) cutOff(*rapid.T) {
	m.cut.Store(true)
	m.server.Cut()
}
