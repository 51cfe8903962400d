package session_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// stage is a server and a client in a bubble, whose time passes when everybody waits.
type stage struct {
	t      *testing.T
	server *servertest.Server
	client *session.Client
	place  *http.Client

	mu       sync.Mutex
	heard    []string
	logouts  []usher.LogoutReason
	attempts []time.Time
}

// play runs a test on a stage of its own.
func play(t *testing.T, test func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{t: t}
		s.server, s.place = servertest.StartInMemory()
		s.server.SetSocketHook(s.count(nil))
		s.client = s.open()
		defer func() {
			s.client.Close()
			s.place.CloseIdleConnections()
			s.server.Close()
		}()
		test(s)
	})
}

func (s *stage) open(options ...func(*session.Settings) error) *session.Client {
	s.t.Helper()
	options = append([]func(*session.Settings) error{
		func(chosen *session.Settings) error { return chosen.SetStorage(usher.MemoryStorage()) },
		func(chosen *session.Settings) error { return chosen.SetHTTPClient(s.place) },
		func(chosen *session.Settings) error { return chosen.SetSubscription(usher.SubscribeAllUsers, nil) },
	}, options...)
	client, err := session.New(transport.Settings{AppID: servertest.AppID, Host: s.server.Host()}, options...)
	if err != nil {
		s.t.Fatal(err)
	}
	client.AddConnectionListener("test", usher.ConnectionListener{
		Connecting:   func() { s.hear("connecting") },
		Connected:    func() { s.hear("connected") },
		Disconnected: func() { s.hear("disconnected") },
	})
	client.AddUserListener("test", usher.UserListener{
		UserOnline:  func(user *usher.User) { s.hear(fmt.Sprint(user.UID, " ", user.Status, " ", user.LastActiveAt)) },
		UserOffline: func(user *usher.User) { s.hear(fmt.Sprint(user.UID, " ", user.Status, " ", user.LastActiveAt)) },
	})
	client.AddLoginListener("test", usher.LoginListener{
		LogoutSuccess: func(reason usher.LogoutReason) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.logouts = append(s.logouts, reason)
		},
	})
	return client
}

func (s *stage) hear(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = append(s.heard, what)
}

// count notes when an attempt comes, then does the other hook.
func (s *stage) count(then servertest.Hook) servertest.Hook {
	return func(w http.ResponseWriter, r *http.Request) bool {
		s.mu.Lock()
		s.attempts = append(s.attempts, time.Now())
		s.mu.Unlock()
		return then != nil && then(w, r)
	}
}

// wantHeard holds what was heard since the last call against what must have been.
func (s *stage) wantHeard(want ...string) {
	s.t.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.heard, want) {
		s.t.Fatalf("heard %q, want %q", s.heard, want)
	}
	s.heard = nil
}

func (s *stage) wantAttempts(want int) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.attempts) != want {
		s.t.Fatalf("there were %d attempts, want %d", len(s.attempts), want)
	}
}

func (s *stage) login(uid string) {
	s.t.Helper()
	if _, err := s.client.Login(s.t.Context(), uid, servertest.APIKey, nil); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) logout() {
	s.t.Helper()
	if _, err := s.client.Logout(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// pass lets time pass.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func refuse(status int, header http.Header) servertest.Hook {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		for name := range header {
			w.Header().Set(name, header.Get(name))
		}
		w.WriteHeader(status)
		return true
	}
}
