package conformance_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestLogoutIsLocalFirst(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-1", func(t *T, s *Stage) {
		c := s.Client()
		c.Login(s.User())
		gate := conformance.NewGate()
		s.On(signOut, conformance.Held(gate, conformance.Pass))
		call := c.Begin("logout", nil)
		s.Arrived(signOut)
		c.WantNobody()
		if call.Settled() {
			t.Errorf("the logout did not wait for the server")
		}
		gate.Open()
		c.WantOK(call.Wait())
	})
}

func TestLogoutRevokesTheToken(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-2", func(t *T, s *Stage) {
		c := s.Client()
		token := c.Login(s.User())
		s.On(signOut, conformance.Changed(func(data map[string]any) { data["message"] = "Goodbye." }))
		answer := c.Do("logout", nil)
		var message string
		if err := json.Unmarshal(answer.Result, &message); err != nil || message != "Goodbye." {
			t.Errorf("the message is %s, not the server's", answer.Result)
		}
		s.WantAlive(token, false)
	})
}

func TestLogoutOfNobody(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-3", func(_ *T, s *Stage) {
		c := s.Client()
		c.WantCode(c.Do("logout", nil), nobodyIn)
		c.Login(s.User())
		c.WantOK(c.Do("logout", nil))
		s.Requests()
		c.WantCode(c.Do("logout", nil), nobodyIn)
		s.WantRequests()
	})
}

func TestLogoutWorksWithoutTheServer(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-4", func(_ *T, s *Stage) {
		c := s.Client(Params{"timeoutMs": limit.Milliseconds()})
		for _, fault := range []conformance.Fault{
			conformance.Unreached, conformance.LostAnswer, conformance.CutAfterHeaders, conformance.CutInBody,
			conformance.Silent, conformance.SilentInBody,
			conformance.Raw(http.StatusBadGateway, "text/html", "<html>"), conformance.Raw(http.StatusOK, "text/html", "<html>"),
			conformance.JSON(http.StatusOK, map[string]any{}), conformance.Refuse(http.StatusInternalServerError, "ERR_EXCEPTION"),
			conformance.Refuse(http.StatusForbidden, "AUTH_ERR_NO_ACCESS"), conformance.Refuse(http.StatusTooManyRequests, "ERR_TOO_MANY_REQUESTS"),
		} {
			c.Login(s.User())
			s.On(signOut, fault)
			c.WantOK(c.Do("logout", nil))
			c.WantNobody()
			s.Heal()
			s.Forget()
		}
		c.Restart().WantNobody()
	})
}

func TestLogoutOfADeadSession(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-5", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		s.Revoke(uid, c.Login(uid))
		c.WantOK(c.Do("logout", nil))
		c.WantNobody()
	})
}

func TestLogoutDiscardsALogin(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-6", func(t *T, s *Stage) {
		c := s.Client()
		for _, before := range []string{"", s.User()} {
			if before != "" {
				c.Login(before)
				s.Arrived(signIn)
			}
			gate := conformance.NewGate()
			s.On(signIn, conformance.HeldAnswer(gate))
			call := c.BeginLogin(s.User())
			discarded := s.Arrived(signIn)
			if answer := c.Do("logout", nil); (answer.Error == nil) != (before != "") {
				t.Fatalf("the logout: %+v", answer.Error)
			}
			c.WantCode(call.Wait(), loginDiscarded)
			gate.Open()
			s.Revoked(discarded.Token) // so the answer was met
			c.WantNobody()
			c = c.Restart()
			c.WantNobody()
			s.Heal()
			s.Forget()
		}
	})
}

func TestLoginAfterALogoutThatDiscardedOne(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-7", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		gate := conformance.NewGate()
		s.On(signIn, conformance.Once(conformance.HeldAnswer(gate), conformance.Pass))
		call := c.BeginLogin(s.User())
		discarded := s.Arrived(signIn)
		c.WantCode(c.Do("logout", nil), nobodyIn)
		token := c.Login(uid)
		c.WantCode(call.Wait(), loginDiscarded)
		gate.Open()
		s.Revoked(discarded.Token)
		c.WantIn(uid)
		s.WantAlive(token, true)
	})
}

func TestTokenOfADiscardedLoginIsRevoked(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-8", func(_ *T, s *Stage) {
		c := s.Client()
		for _, request := range []string{issue, signIn} {
			gate := conformance.NewGate()
			s.On(request, conformance.HeldAnswer(gate))
			call := c.BeginLogin(s.User())
			s.Arrived(request)
			c.WantCode(c.Do("logout", nil), nobodyIn)
			c.WantCode(call.Wait(), loginDiscarded)
			gate.Open()
			ended := s.Done(signOut)
			s.WantAlive(ended.Token, false)
			s.Heal()
			s.Forget()
		}
	})
}

func TestLogoutThatACrashCutShort(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-9", func(_ *T, s *Stage) {
		c := s.Client()
		token := c.Login(s.User())
		gate := conformance.NewGate()
		s.On(signOut, conformance.Held(gate, conformance.Unreached))
		c.Begin("logout", nil)
		s.Arrived(signOut)
		s.Heal()
		c = c.Restart()
		gate.Open()
		c.WantNobody()
		s.Revoked(token)
		s.WantAlive(token, false)
	})
}

func TestLoginRightAfterALogout(t *testing.T) {
	t.Parallel()
	prove(t, "LOGOUT-10", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		old := c.Login(uid)
		c.WantOK(c.Do("logout", nil))
		fresh := c.Login(uid)
		if fresh == old {
			t.Errorf("the dead token is used again")
		}
		s.WantAlive(fresh, true)
	})
}
