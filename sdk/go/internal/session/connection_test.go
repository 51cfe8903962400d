package session_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

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

func TestSwitchWaitsASecondForAFarewellThatNobodyHears(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.server.Deafen(true)
		// A token of a back end: the server ends neither it nor its connection at the switch.
		if _, err := s.client.LoginWithAuthToken(s.t.Context(), servertest.Token, nil); err != nil {
			s.t.Fatal(err)
		}
		s.wantHeard("connecting", "connected")
		s.server.Deafen(false)
		began := time.Now()
		s.login("bob")
		if took := time.Since(began); took != 0 {
			s.t.Errorf("the login took %v", took)
		}
		pass(time.Minute)
		if waited := s.attempts[1].Sub(began); waited != time.Second {
			s.t.Errorf("the new connection was asked for after %v", waited)
		}
		s.wantHeard("disconnected", "connecting", "connected")
	})
}

func TestCloseWaitsASecondForAFarewellThatNobodyHears(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		s.server.Deafen(true)
		s.login("ann")
		s.wantHeard("connecting", "connected")
		began := time.Now()
		s.client.Close()
		if took := time.Since(began); took != time.Second {
			s.t.Errorf("Close took %v", took)
		}
	})
}
