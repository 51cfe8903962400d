package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// model is what spec/session.md says of two clients of one app that share a storage, held against what
// they do. A login may be running, held back at the server, while everything else goes on.
type model struct {
	server  *servertest.Server
	storage usher.Storage
	clients []*session.Client

	in      string // who is logged in
	cut     atomic.Bool
	hold    atomic.Pointer[chan struct{}]
	arrived chan struct{}
	running *runningLogin
}

// runningLogin is one that the server has not answered yet.
type runningLogin struct {
	client    int
	uid       string
	proceed   chan struct{}
	done      chan error
	discarded bool
}

// Many short stories find more than one long one.
const stories = 10

func TestRandomInterleavings(t *testing.T) {
	t.Parallel()
	for story := range stories {
		t.Run(strconv.Itoa(story), func(t *testing.T) {
			t.Parallel()
			server := servertest.Start()
			t.Cleanup(server.Close)
			rapid.Check(t, func(rt *rapid.T) { tell(rt, server, t.TempDir()) })
		})
	}
}

// tell plays one random story; each has an app's storage of its own.
func tell(rt *rapid.T, server *servertest.Server, directory string) {
	for _, token := range server.Tokens() {
		server.End(token)
	}
	m := &model{server: server, storage: usher.FileStorage(directory), arrived: make(chan struct{})}
	server.Before(m.before)
	server.SetSocketHook(func(http.ResponseWriter, *http.Request) bool {
		if m.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		return false
	})
	m.clients = []*session.Client{m.open(rt), m.open(rt)}
	defer m.abandon()
	rt.Repeat(map[string]func(*rapid.T){
		"":       m.check,
		"login":  m.login,
		"begin":  m.begin,
		"answer": m.answer,
		"token":  m.token,
		"logout": m.logout,
		"reopen": m.reopen,
		"revoke": m.revoke,
		"change": m.change,
		"ask":    m.ask,
		"cut":    m.cutOff,
		"drop":   func(*rapid.T) { m.server.Cut() },
		"heal":   func(*rapid.T) { m.cut.Store(false) },
	})
	m.settle(rt)
}

// before is the network: cut, or holding back the second request of a login.
func (m *model) before(_ http.ResponseWriter, r *http.Request) bool {
	if m.cut.Load() {
		panic(http.ErrAbortHandler)
	}
	if proceed := m.hold.Load(); proceed != nil && r.Method == http.MethodPut {
		m.hold.Store(nil)
		m.arrived <- struct{}{}
		<-*proceed
	}
	return false
}

func (m *model) open(rt *rapid.T) *session.Client {
	client, err := session.New(
		transport.Settings{AppID: servertest.AppID, Host: m.server.Host()},
		func(chosen *session.Settings) error { return chosen.SetStorage(m.storage) },
	)
	if err != nil {
		rt.Fatal(err)
	}
	return client
}

// check holds that all clients agree with the model, at once or in the second that tabs have.
func (m *model) check(rt *rapid.T) {
	for i, client := range m.clients {
		servertest.Await(rt, fmt.Sprintf("client %d has %q", i, m.in), func() bool {
			got := ""
			if user := client.LoggedInUser(); user != nil {
				got = user.UID
			}
			token := client.UserAuthToken()
			return got == m.in && (token != "") == (m.in != "") && token == m.stored(rt) &&
				(m.in != "" || client.ConnectionStatus() == usher.Disconnected)
		})
	}
}

// stored gives the token of the session that is stored.
func (m *model) stored(rt *rapid.T) string {
	value, err := m.storage.Load("session " + servertest.AppID + "@" + m.server.Host())
	if err != nil {
		rt.Fatal(err)
	}
	var session struct {
		AuthToken string `json:"authToken"`
	}
	if value != nil && json.Unmarshal(value, &session) != nil {
		rt.Fatalf("the stored session is %s", value)
	}
	return session.AuthToken
}

func (m *model) pick(rt *rapid.T) int { return rapid.IntRange(0, len(m.clients)-1).Draw(rt, "client") }

func pickUID(rt *rapid.T) string { return rapid.SampledFrom([]string{"ann", "bob"}).Draw(rt, "uid") }

func (m *model) busy(client int) bool { return m.running != nil && m.running.client == client }

func (m *model) login(rt *rapid.T) {
	client, uid := m.pick(rt), pickUID(rt)
	m.settled(rt, client, uid, func(ctx context.Context) error {
		_, err := m.clients[client].Login(ctx, uid, servertest.APIKey, nil)
		return err
	}, m.in == uid)
}

func (m *model) token(rt *rapid.T) {
	client := m.pick(rt)
	m.settled(rt, client, "ann", func(ctx context.Context) error {
		_, err := m.clients[client].LoginWithAuthToken(ctx, servertest.Token, nil)
		return err
	}, m.clients[client].UserAuthToken() == servertest.Token)
}

// settled holds what a login comes to against what it must.
func (m *model) settled(rt *rapid.T, client int, uid string, login func(context.Context) error, already bool) {
	err := login(rt.Context())
	want := usher.Code("")
	switch {
	case m.busy(client):
		want = usher.CodeLoginInProgress
	case already:
	case m.cut.Load():
		want = usher.CodeNotReached
	}
	if got := usher.CodeOf(err); got != want || (err == nil) != (want == "") {
		rt.Fatalf("login of %s: %v, want %q", uid, err, want)
	}
	if err == nil {
		m.in = uid
	}
}

// begin starts a login that the server does not answer yet.
func (m *model) begin(rt *rapid.T) {
	client, uid := m.pick(rt), pickUID(rt)
	if m.running != nil || m.cut.Load() || m.in == uid {
		rt.Skip("there is one, or it would settle at once")
	}
	running := &runningLogin{client: client, uid: uid, proceed: make(chan struct{}), done: make(chan error, 1)}
	m.hold.Store(&running.proceed)
	go func() {
		_, err := m.clients[client].Login(context.WithoutCancel(rt.Context()), uid, servertest.APIKey, nil)
		running.done <- err
	}()
	<-m.arrived
	m.running = running
}

// answer lets the server answer it.
func (m *model) answer(rt *rapid.T) {
	if m.running == nil {
		rt.Skip("no login is running")
	}
	running := m.running
	m.running = nil
	close(running.proceed)
	err := <-running.done
	switch {
	case running.discarded:
		if usher.CodeOf(err) != usher.CodeLoginDiscarded {
			rt.Fatalf("the discarded login: %v", err)
		}
	case err != nil:
		rt.Fatalf("the login that ran: %v", err)
	default:
		m.in = running.uid
	}
}

func (m *model) logout(rt *rapid.T) {
	client := m.pick(rt)
	_, err := m.clients[client].Logout(rt.Context())
	want := usher.Code("")
	if m.in == "" {
		want = usher.CodeNoUserLoggedIn
	}
	if got := usher.CodeOf(err); got != want || (err == nil) != (want == "") {
		rt.Fatalf("logout: %v, want %q", err, want)
	}
	if m.busy(client) {
		m.discard(rt)
	}
	m.in = ""
}

// discard holds that the running login has failed by now; its answer is still to come.
func (m *model) discard(rt *rapid.T) {
	running := m.running
	m.running = nil
	if err := <-running.done; usher.CodeOf(err) != usher.CodeLoginDiscarded {
		rt.Fatalf("the discarded login: %v", err)
	}
	close(running.proceed)
}

// reopen closes a client and makes another one in its place.
func (m *model) reopen(rt *rapid.T) {
	client := m.pick(rt)
	if m.busy(client) {
		// Close waits for what runs beside the app, and that waits for the server.
		m.answer(rt)
	}
	m.clients[client].Close()
	m.clients[client] = m.open(rt)
}

// revoke ends the session on the server, and has a client learn of it, unless a connection was faster.
func (m *model) revoke(rt *rapid.T) {
	client := m.pick(rt)
	token := m.clients[client].UserAuthToken()
	if token == "" || token == servertest.Token || m.cut.Load() {
		rt.Skip("there is nothing to revoke, or no way to learn of it")
	}
	m.server.End(token)
	_, err := m.clients[client].CheckSession(rt.Context())
	if !usher.EndsSession(err) && usher.CodeOf(err) != usher.CodeNoUserLoggedIn {
		rt.Fatalf("the check: %v", err)
	}
	m.in = ""
}

// abandon ends what a story that failed has left running.
func (m *model) abandon() {
	if m.running != nil {
		close(m.running.proceed)
	}
	for _, client := range m.clients {
		client.Close()
	}
}

// settle ends the story: with the network back and a new start, no token is alive but the session's.
func (m *model) settle(rt *rapid.T) {
	m.cut.Store(false)
	if m.running != nil {
		m.answer(rt)
	}
	for i := range m.clients {
		m.clients[i].Close()
	}
	m.clients = []*session.Client{m.open(rt)}
	m.check(rt)
	mine := m.clients[0].UserAuthToken()
	servertest.Await(rt, "the user who is in is connected, and nobody else is", func() bool {
		if m.in == "" {
			return len(m.server.Online()) == 0
		}
		return slices.Equal(m.server.Online(), []string{m.in}) && m.clients[0].ConnectionStatus() == usher.Connected
	})
	servertest.Await(rt, "every other token is revoked", func() bool {
		return !slices.ContainsFunc(m.server.Tokens(), func(token string) bool { return token != mine })
	})
	m.clients[0].Close()
}
