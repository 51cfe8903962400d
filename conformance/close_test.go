package conformance_test

import (
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestClosedClient(t *testing.T) {
	t.Parallel()
	prove(t, "CLOSE-1", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Login(uid)
		s.Requests()
		c.WantOK(c.Do("close", nil))
		wantUninitialised(c)
		s.WantRequests()
		c.Restart().WantIn(uid)
	})
}

func TestCloseDiscardsALogin(t *testing.T) {
	t.Parallel()
	prove(t, "CLOSE-2", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Listen("L")
		gate := conformance.NewGate()
		s.On(signIn, conformance.HeldAnswer(gate))
		call := c.BeginLogin(uid)
		s.Arrived(signIn)
		c.WantOK(c.Do("close", nil))
		c.WantCode(call.Wait(), loginDiscarded)
		gate.Open()
		c.WantNobody()
		if heard := c.HeardNow("L"); len(heard) > 0 {
			t.Errorf("a listener heard %q", heard)
		}
		c.Restart().WantNobody()
	})
}

func TestCloseTwice(t *testing.T) {
	t.Parallel()
	prove(t, "CLOSE-3", func(_ *T, s *Stage) {
		c := s.Client()
		c.WantOK(c.Do("close", nil))
		c.WantOK(c.Do("close", nil))
	})
}
