package conformance_test

import (
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestAnotherUserTakesOver(t *testing.T) {
	t.Parallel()
	prove(t, "SWITCH-1", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		c.Login(uid)
		c.Login(other)
		c.WantIn(other)
		c = c.Restart()
		c.WantIn(other)
		c.WantUser(c.TryToken(s.Token(uid)), uid)
		c.Restart().WantIn(uid)
	})
}

func TestOldTokenIsRevoked(t *testing.T) {
	t.Parallel()
	prove(t, "SWITCH-2", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		old := c.Login(uid)
		gate := conformance.NewGate()
		s.On(signOut, conformance.Held(gate, conformance.Pass))
		fresh := c.Login(other)
		gate.Open()
		s.Revoked(old)
		s.WantAlive(old, false)
		s.WantAlive(fresh, true)
	})
}

func TestFailedSwitchKeepsTheOldSession(t *testing.T) {
	t.Parallel()
	prove(t, "SWITCH-3", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client(Params{"timeoutMs": 700})
		token := c.Login(uid)
		c.WantCode(c.Do("login", Params{"uid": other, "key": wrongKey}), keyNotFound)
		c.WantCode(c.TryToken("no-such-token"), verdict)
		for _, fault := range []conformance.Fault{conformance.Unreached, conformance.LostAnswer, conformance.Silent} {
			s.On(signIn, fault)
			c.WantCode(c.TryLogin(other), notReached)
		}
		c.WantIn(uid)
		c = c.Restart()
		c.WantIn(uid)
		s.WantAlive(token, true)
	})
}

func TestOldSessionStaysUntilTheNewOneIsIn(t *testing.T) {
	t.Parallel()
	prove(t, "SWITCH-4", func(t *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		token := c.Login(uid)
		s.Forget()
		for _, request := range []string{issue, signIn} {
			gate := conformance.NewGate()
			s.On(request, conformance.HeldAnswer(gate))
			call := c.BeginLogin(other)
			s.Arrived(request)
			c.WantIn(uid)
			if c.Token() != token {
				t.Errorf("the token is another one")
			}
			gate.Open()
			c.WantUser(call.Wait(), other)
			c.WantIn(other)
			uid, other, token = other, uid, c.Token()
			s.Heal()
			s.Forget()
		}
	})
}

func TestSwitchWorksWhenTheOldTokenCannotBeRevoked(t *testing.T) {
	t.Parallel()
	prove(t, "SWITCH-5", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		old := c.Login(uid)
		s.On(signOut, conformance.Unreached)
		c.Login(other)
		s.Done(signOut)
		s.WantAlive(old, true)
		s.Heal()
		c = c.Restart()
		s.Revoked(old)
		s.WantAlive(old, false)
		c.WantIn(other)
		s.WantAlive(c.Token(), true)
	})
}

func TestAnotherTokenOfTheSameUser(t *testing.T) {
	t.Parallel()
	prove(t, "SWITCH-6", func(t *T, s *Stage) {
		uid := s.User()
		first, second := s.Token(uid), s.Token(uid)
		c := s.Client()
		c.WantUser(c.TryToken(first), uid)
		c.WantUser(c.TryToken(second), uid)
		if c.Token() != second {
			t.Errorf("the token is not the newer one")
		}
	})
}
