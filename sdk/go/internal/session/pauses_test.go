package session_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/internal/transport"
)

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

func TestServerThatRefusesEveryNewJWTIsNotStormed(t *testing.T) {
	t.Parallel()
	play(t, func(s *stage) {
		const tooMany = 500
		s.server.SetSocketHook(s.count(func(_ http.ResponseWriter, r *http.Request) bool {
			s.mu.Lock()
			stormed := len(s.attempts) > tooMany
			s.mu.Unlock()
			if stormed {
				<-r.Context().Done() // else no time would pass
			}
			return stormed
		}))
		given := 0
		s.server.Before(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/me" {
				return false
			}
			given++
			servertest.Give(w, map[string]any{"uid": "ann", "name": "Ann", "jwt": fmt.Sprintf("h.other%d.s", given)})
			return true
		})
		s.login("ann")
		pass(time.Hour)
		if len(s.attempts) > tooMany {
			s.t.Errorf("there were more than %d attempts in an hour", tooMany)
		}
	})
}
