package conformance_test

import (
	"net/http"
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestVerdictEndsTheSession(t *testing.T) {
	t.Parallel()
	prove(t, "REVOKED-1", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		s.Revoke(uid, c.Login(uid))
		s.Requests()
		c.WantCode(c.Do("checkSession", nil), verdict)
		c.WantNobody()
		c = c.Restart()
		c.WantNobody()
		s.WantRequests(check)
	})
}

func TestOnlyVerdictsEndASession(t *testing.T) {
	t.Parallel()
	prove(t, "REVOKED-2", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Login(uid)
		for code, status := range map[string]int{
			"AUTH_ERR_EMPTY_AUTH_TOKEN": http.StatusUnauthorized, "AUTH_ERR_INVALID_APPID": http.StatusNotFound,
			"AUTH_ERR_NO_ACCESS": http.StatusForbidden, "AUTH_ERR_APIKEY_NOT_FOUND": http.StatusUnauthorized,
			"ERR_UID_NOT_FOUND": http.StatusNotFound, "ERR_TOO_MANY_REQUESTS": http.StatusTooManyRequests,
			"ERR_EXCEPTION": http.StatusInternalServerError, "ERR_OF_THE_FUTURE": http.StatusUnauthorized,
			"ERR_AUTH_TOKEN_NOT_FOUND": http.StatusUnauthorized,
		} {
			s.On(check, conformance.Refuse(status, code))
			c.WantCode(c.Do("checkSession", nil), code)
			c.WantIn(uid)
		}
		c = c.Restart()
		c.WantIn(uid)
		s.On(check, conformance.Refuse(http.StatusInternalServerError, verdict))
		c.WantCode(c.Do("checkSession", nil), verdict)
		c.WantNobody()
	})
}

func TestVerdictOnAnotherToken(t *testing.T) {
	t.Parallel()
	prove(t, "REVOKED-3", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		c.Login(uid)
		gate := conformance.NewGate()
		s.On(check, conformance.Held(gate, conformance.Refuse(http.StatusUnauthorized, verdict)))
		call := c.Begin("checkSession", nil)
		s.Arrived(check)
		c.Login(other)
		gate.Open()
		call.Wait()
		c.WantIn(other)
		c.WantCode(c.TryToken("no-such-token"), verdict)
		c.WantIn(other)
		c.Restart().WantIn(other)
	})
}

func TestCheckGivesTheUserAsTheyAre(t *testing.T) {
	t.Parallel()
	prove(t, "REVOKED-4", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		token := c.Login(uid)
		s.Rename(uid, "Annie")
		if user := c.WantUser(c.Do("checkSession", nil), uid); user.Name != "Annie" {
			t.Errorf("the check gave %+v", user)
		}
		if user := c.User(); user.Name != "Annie" || c.Token() != token {
			t.Errorf("the getters give %+v", *user)
		}
		c.WantIn(uid)
	})
}

func TestCheckOfNobody(t *testing.T) {
	t.Parallel()
	prove(t, "REVOKED-5", func(_ *T, s *Stage) {
		c := s.Client()
		c.WantCode(c.Do("checkSession", nil), nobodyIn)
		s.WantRequests()
	})
}

func TestLoginAfterAVerdict(t *testing.T) {
	t.Parallel()
	prove(t, "REVOKED-6", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		s.Revoke(uid, c.Login(uid))
		c.WantCode(c.Do("checkSession", nil), verdict)
		s.Requests()
		token := c.Login(uid)
		s.WantRequests(issue, signIn)
		s.WantAlive(token, true)
	})
}

func TestCheckAnsweredAfterALogout(t *testing.T) {
	t.Parallel()
	prove(t, "REVOKED-7", func(_ *T, s *Stage) {
		c := s.Client()
		c.Login(s.User())
		gate := conformance.NewGate()
		s.On(check, conformance.HeldAnswer(gate))
		call := c.Begin("checkSession", nil)
		s.Arrived(check)
		c.WantOK(c.Do("logout", nil))
		gate.Open()
		c.WantCode(call.Wait(), nobodyIn)
		c.WantNobody()
		c.Restart().WantNobody()
	})
}
