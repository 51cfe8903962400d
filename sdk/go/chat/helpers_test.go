package chat_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// start makes a server, and a client of it that keeps its session in memory unless an option says
// otherwise.
func start(t *testing.T, options ...chat.Option) (*servertest.Server, *chat.Client) {
	t.Helper()
	server := servertest.Start()
	t.Cleanup(server.Close)
	return server, newClient(t, server, options...)
}

func newClient(t *testing.T, server *servertest.Server, options ...chat.Option) *chat.Client {
	t.Helper()
	// The connection has tests of its own; here it would only send requests of its own.
	options = append([]chat.Option{chat.WithStorage(usher.MemoryStorage()), chat.WithAutoConnect(false)}, options...)
	client, err := chat.New(chat.AppSettings{AppID: servertest.AppID, Host: server.Host()}, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// startIn is start with ann logged in, by a token that a logout ends.
func startIn(t *testing.T) (*servertest.Server, *chat.Client) {
	t.Helper()
	server, client := start(t)
	login(t, client, "ann")
	server.Calls()
	return server, client
}

func login(t *testing.T, client *chat.Client, uid string) *usher.User {
	t.Helper()
	user, err := client.Login(t.Context(), uid, servertest.APIKey)
	if err != nil {
		t.Fatalf("Login(%q) = %v", uid, err)
	}
	return user
}

func wantCode(t *testing.T, err error, want usher.Code) {
	t.Helper()
	if got := usher.CodeOf(err); err == nil || got != want {
		t.Fatalf("code = %q, want %q; error = %v", got, want, err)
	}
}

func wantLoggedIn(t *testing.T, client *chat.Client, uid string) {
	t.Helper()
	got := ""
	if user := client.GetLoggedInUser(); user != nil {
		got = user.UID
	}
	if got != uid || (client.GetUserAuthToken() == "") != (uid == "") {
		t.Fatalf("logged in: %q, want %q", got, uid)
	}
}

func wantCalls(t *testing.T, server *servertest.Server, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, server.Calls()); diff != "" {
		t.Fatalf("requests (-want +got):\n%s", diff)
	}
}

// raw answers with a body as it is.
func raw(status int, body string) servertest.Hook {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	}
}

// drop breaks the connection instead of answering.
func drop(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }

// onSignIn limits a hook to the second request of a login.
func onSignIn(hook servertest.Hook) servertest.Hook {
	return func(w http.ResponseWriter, r *http.Request) bool {
		return r.Method == http.MethodPut && r.URL.Path == "/me" && hook(w, r)
	}
}

// fullStorage saves nothing more once it is full.
type fullStorage struct {
	usher.Storage
	full bool
}

var errFull = errors.New("the disk is full")

func (s *fullStorage) Save(key string, value []byte) error {
	if s.full {
		return errFull
	}
	return s.Storage.Save(key, value)
}
