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

func TestConnectionLivesAsLongAsTheSession(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.login("ann")
		s.wantHeard("connecting", "connected")
		pass(24 * time.Hour)
		s.wantAttempts(1)
		s.logout()
		s.wantHeard("disconnected")
		if ends := s.server.Ends(); !slices.Equal(ends, []string{"ann 1000"}) {
			s.t.Errorf("ends: %v", ends)
		}
		pass(24 * time.Hour)
		s.wantAttempts(1)
		s.wantHeard()
	})
}

func TestCloseSaysThatTheClientMayBeBack(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.login("ann")
		s.wantHeard("connecting", "connected")
		s.client.Close()
		s.wantHeard()
		if ends := s.server.Ends(); !slices.Equal(ends, []string{"ann 1001"}) {
			s.t.Errorf("ends: %v", ends)
		}
	})
}

func TestPausesGrow(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.server.SetSocketHook(s.count(refuse(http.StatusServiceUnavailable, nil)))
		s.login("ann")
		pass(time.Hour)
		s.wantHeard("connecting")
		bound, longest := 500*time.Millisecond, 30*time.Second
		for i := 1; i < len(s.attempts); i++ {
			if gap := s.attempts[i].Sub(s.attempts[i-1]); gap > bound {
				s.t.Errorf("pause %d took %v, want at most %v", i, gap, bound)
			}
			bound = min(2*bound, longest)
		}
		if number := len(s.attempts); number < int(time.Hour/longest) || number > 4*int(time.Hour/longest) {
			s.t.Errorf("there were %d attempts in an hour", number)
		}
		s.server.SetSocketHook(nil)
		pass(longest)
		s.wantHeard("connected")
	})
}

func TestPausesBeginAnewAfterAConnectionThatLasted(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.login("ann")
		for range 20 {
			pass(time.Minute)
			s.server.Cut()
			pass(500 * time.Millisecond)
			if !slices.Equal(s.server.Online(), []string{"ann"}) {
				s.t.Fatal("the client took longer than the first pause")
			}
		}
	})
}

func TestPausesGrowWhenEverybodyIsDropped(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.login("ann")
		for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); {
			pass(10 * time.Millisecond)
			s.server.Cut()
		}
		if len(s.attempts) > 100 {
			s.t.Errorf("there were %d attempts in ten minutes", len(s.attempts))
		}
	})
}

func TestServerMayAskToBeLeftAlone(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.server.SetSocketHook(s.count(refuse(http.StatusTooManyRequests, http.Header{"Retry-After": {"60"}})))
		s.login("ann")
		pass(time.Minute - time.Millisecond)
		s.wantAttempts(1)
		s.server.SetSocketHook(s.count(refuse(http.StatusTooManyRequests, http.Header{"Retry-After": {"86400"}})))
		pass(time.Minute)
		s.wantAttempts(2)
		pass(6 * time.Minute)
		s.wantAttempts(3)
	})
}

func TestSilentConnectionIsLost(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.login("ann")
		s.wantHeard("connecting", "connected")
		s.server.Silence(true)
		pass(18*time.Second - time.Millisecond)
		s.wantHeard()
		pass(time.Millisecond)
		s.wantHeard("disconnected", "connecting")
		s.server.Silence(false)
		pass(time.Second)
		s.wantHeard("connected")
		if s.client.LoggedInUser() == nil {
			s.t.Error("the session ended")
		}
	})
}

func TestServerThatNeverSaysWhetherAClientIsIn(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.server.SetSocketHook(s.count(func(_ http.ResponseWriter, r *http.Request) bool {
			<-r.Context().Done()
			return true
		}))
		s.login("ann")
		pass(transport.DefaultTimeout - time.Millisecond)
		s.wantAttempts(1)
		pass(time.Second)
		s.wantAttempts(2)
		s.logout()
		s.wantHeard("connecting", "disconnected")
	})
}

func TestRevokedElsewhereEndsTheSessionByTheSocket(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.login("ann")
		s.wantHeard("connecting", "connected")
		s.server.Calls()
		s.server.End(s.client.UserAuthToken())
		pass(0)
		synctest.Wait()
		if calls := s.server.Calls(); !slices.Equal(calls, []string{"GET /me"}) {
			s.t.Errorf("the server was asked %v", calls)
		}
		if s.client.LoggedInUser() != nil || s.client.UserAuthToken() != "" {
			s.t.Error("somebody is in")
		}
		s.mu.Lock()
		logouts := slices.Clone(s.logouts)
		s.mu.Unlock()
		if !slices.Equal(logouts, []usher.LogoutReason{usher.ReasonRevoked}) {
			s.t.Errorf("the reasons of logouts were %v", logouts)
		}
		pass(time.Hour)
		s.wantAttempts(1)
	})
}

func TestRefusedSocketEndsNoSessionByItself(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]servertest.Hook{
		"the API is away":       func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) },
		"the API fails":         refuse(http.StatusInternalServerError, nil),
		"the API knows nothing": refuse(http.StatusUnauthorized, nil),
		"the API is content":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, func(s *stage) {
				// What the server signs is not what its sockets take.
				s.server.Before(func(w http.ResponseWriter, r *http.Request) bool {
					switch {
					case r.URL.Path != "/me" || r.Method == http.MethodDelete:
						return false
					case r.Method == http.MethodGet && answer != nil:
						return answer(w, r)
					}
					servertest.Give(w, map[string]any{"uid": "ann", "name": "Ann", "jwt": "h.other.s"})
					return true
				})
				s.login("ann")
				pass(time.Hour)
				if s.client.LoggedInUser() == nil {
					s.t.Fatal("the session ended")
				}
				if len(s.attempts) > 500 {
					s.t.Errorf("there were %d attempts in an hour", len(s.attempts))
				}
				s.server.Before(nil)
				pass(30 * time.Second)
				if status := s.client.ConnectionStatus(); status != usher.Connected {
					s.t.Errorf("the status is %s", status)
				}
			})
		})
	}
}

func TestSwitchClosesTheOldConnectionFirst(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.login("ann")
		s.wantHeard("connecting", "connected")
		var before []string
		s.server.SetSocketHook(s.count(func(http.ResponseWriter, *http.Request) bool {
			<-time.After(time.Millisecond) // the server has noticed everything by then
			before = s.server.Online()
			return false
		}))
		s.login("bob")
		pass(time.Second)
		s.wantHeard("disconnected", "connecting", "connected")
		if len(before) != 0 || !slices.Equal(s.server.Online(), []string{"bob"}) {
			s.t.Errorf("online before: %v, after: %v", before, s.server.Online())
		}
		if ends := s.server.Ends(); !slices.Equal(ends, []string{"ann 1000"}) {
			s.t.Errorf("ends: %v", ends)
		}
	})
}
