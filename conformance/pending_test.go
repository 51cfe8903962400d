package conformance_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/conformance"
)

// logOutOffline leaves a token that waits to be revoked.
func logOutOffline(s *Stage, c *Client) (token string) {
	token = c.Login(s.User())
	s.On(signOut, conformance.Unreached)
	c.WantOK(c.Do("logout", nil))
	s.Done(signOut)
	s.WantAlive(token, true)
	return token
}

func TestRevocationIsTriedAgainAtInit(t *testing.T) {
	t.Parallel()
	prove(t, "PENDING-1", func(_ *T, s *Stage) {
		c := s.Client()
		token := logOutOffline(s, c)
		s.Heal()
		c = c.Restart()
		s.Revoked(token)
		s.WantAlive(token, false)
		c.WantNobody()
	})
}

func TestRevocationIsTriedAgainAtLogin(t *testing.T) {
	t.Parallel()
	prove(t, "PENDING-2", func(_ *T, s *Stage) {
		c := s.Client()
		token := logOutOffline(s, c)
		s.Heal()
		uid := s.User()
		fresh := c.Login(uid)
		s.Revoked(token)
		s.WantAlive(token, false)
		s.WantAlive(fresh, true)
		c.WantIn(uid)
	})
}

func TestRevocationIsForgottenOnceItIsDone(t *testing.T) {
	t.Parallel()
	prove(t, "PENDING-3", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		token := logOutOffline(s, c)
		for _, kept := range []conformance.Fault{
			conformance.Unreached, conformance.LostAnswer, conformance.Raw(http.StatusOK, "text/html", "<html>"),
			conformance.Refuse(http.StatusInternalServerError, "ERR_EXCEPTION"), conformance.Refuse(http.StatusForbidden, "AUTH_ERR_NO_ACCESS"),
		} {
			s.On(signOut, kept)
			c = c.Restart()
			s.Revoked(token)
		}
		s.Heal() // the server has done it by now: LostAnswer. What comes is its verdict
		c = c.Restart()
		s.Revoked(token)
		// The list is changed after the answer: another round trip of the same kind comes after that.
		c.Login(uid)
		c.WantOK(c.Do("logout", nil))
		s.Requests()
		c = c.Restart()
		c.Login(uid)
		c.WantOK(c.Do("checkSession", nil))
		if requests := s.Requests(); slices.Contains(requests, signOut) {
			t.Errorf("it was tried once more: %v", requests)
		}
	})
}

func TestTryingAgainDelaysNothing(t *testing.T) {
	t.Parallel()
	prove(t, "PENDING-4", func(t *T, s *Stage) {
		c := s.Client()
		logOutOffline(s, c)
		s.On(signOut, conformance.Silent)
		// Without a time limit of its own, a request may take 15 seconds.
		began := time.Now()
		c = c.Restart()
		s.Arrived(signOut)
		c.Login(s.User())
		c.Login(s.User())
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a start and two logins took %v", took)
		}
	})
}

func TestTokenThatIsWantedAgain(t *testing.T) {
	t.Parallel()
	prove(t, "PENDING-5", func(_ *T, s *Stage) {
		uid := s.User()
		token := s.Token(uid)
		c := s.Client()
		c.WantUser(c.TryToken(token), uid)
		s.On(signOut, conformance.Unreached)
		c.WantOK(c.Do("logout", nil))
		s.Heal()
		s.Requests()
		c.WantUser(c.TryToken(token), uid)
		c = c.Restart()
		c.WantIn(uid)
		c.WantOK(c.Do("checkSession", nil))
		s.WantRequests(signIn, check)
	})
}
