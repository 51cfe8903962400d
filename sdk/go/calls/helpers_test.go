package calls_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// start makes a server, and a client of it that keeps its session in memory unless an option says
// otherwise.
func start(t *testing.T, options ...calls.Option) (*servertest.Server, *calls.Client) {
	t.Helper()
	server := servertest.Start()
	t.Cleanup(server.Close)
	return server, newClient(t, server, options...)
}

func newClient(t *testing.T, server *servertest.Server, options ...calls.Option) *calls.Client {
	t.Helper()
	// The connection has tests of its own; here it would only send requests of its own.
	options = append([]calls.Option{calls.WithStorage(usher.MemoryStorage()), calls.WithAutoConnect(false)}, options...)
	client, err := calls.New(calls.Config{AppID: servertest.AppID, Host: server.Host()}, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// wantRevoked waits until a token is dead.
func wantRevoked(t *testing.T, server *servertest.Server, token string) {
	t.Helper()
	servertest.Await(t, "the token is revoked", func() bool { return !server.Knows(token) })
}

func login(t *testing.T, client *calls.Client, uid string) *usher.User {
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

func wantLoggedIn(t *testing.T, client *calls.Client, uid string) {
	t.Helper()
	got := ""
	if user := client.LoggedInUser(); user != nil {
		got = user.UID
	}
	if got != uid || client.IsUserLoggedIn() != (uid != "") || (client.UserAuthToken() == "") != (uid == "") {
		t.Fatalf("logged in: %q (%v), want %q", got, client.IsUserLoggedIn(), uid)
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

// onMe limits a hook to one method of /me: PUT is the second request of a login, DELETE a logout.
func onMe(method string, hook servertest.Hook) servertest.Hook {
	return func(w http.ResponseWriter, r *http.Request) bool {
		return r.Method == method && r.URL.Path == "/me" && hook(w, r)
	}
}

// roundTrip is a transport without a network.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// brokenStorage fails in the methods that are set.
type brokenStorage struct {
	usher.Storage
	load, save, remove func(key string) error
}

var errBroken = errors.New("the disk is on fire")

func broken(string) error { return errBroken }

func (s *brokenStorage) Load(key string) ([]byte, error) {
	if s.load != nil {
		if err := s.load(key); err != nil {
			return nil, err
		}
	}
	return s.Storage.Load(key)
}

func (s *brokenStorage) Save(key string, value []byte) error {
	if s.save != nil {
		if err := s.save(key); err != nil {
			return err
		}
	}
	return s.Storage.Save(key, value)
}

func (s *brokenStorage) Delete(key string) error {
	if s.remove != nil {
		if err := s.remove(key); err != nil {
			return err
		}
	}
	return s.Storage.Delete(key)
}
