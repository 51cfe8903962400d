package conformance_test

import (
	"net/http"
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestSecondLoginWhileOneRuns(t *testing.T) {
	t.Parallel()
	prove(t, "BUSY-1", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		for _, request := range []string{issue, signIn} {
			gate := conformance.NewGate()
			s.On(request, conformance.Held(gate, conformance.Pass))
			first := c.BeginLogin(uid)
			s.Arrived(request)
			c.WantCode(c.TryLogin(other), loginInProgress)
			c.WantCode(c.TryLogin(uid), loginInProgress)
			c.WantCode(c.Do("login", Params{"uid": "", "key": ""}), loginInProgress)
			c.WantCode(c.TryToken(""), loginInProgress)
			gate.Open()
			c.WantUser(first.Wait(), uid)
			c.WantIn(uid)
			c.WantOK(c.Do("logout", nil))
			s.Heal()
			s.Forget()
		}
	})
}

func TestTheWayIsFreeHoweverALoginEnds(t *testing.T) {
	t.Parallel()
	prove(t, "BUSY-2", func(_ *T, s *Stage) {
		c := s.Client(Params{"timeoutMs": 700})
		ends := failures()
		ends["silent"] = struct {
			fault conformance.Fault
			code  string
		}{conformance.Silent, notReached}
		for _, end := range ends {
			for _, request := range []string{issue, signIn} {
				s.On(request, end.fault)
				c.WantCode(c.TryLogin(s.User()), end.code)
				s.Heal()
				s.Forget()
			}
			c.Login(s.User())
		}
		for _, params := range []Params{{"uid": "", "key": ""}, {"uid": "a b", "key": ""}, {"uid": s.User(), "key": wrongKey}} {
			if answer := c.Do("login", params); answer.Error == nil || answer.Error.Code == loginInProgress {
				c.WantCode(answer, "the code of its own")
			}
		}
		c.Login(s.User())
		if s.Can("storage") {
			c.StorageFail("save")
			c.WantCode(c.TryLogin(s.User()), storageFailed)
			c.StorageFail()
			c.Login(s.User())
		}
	})
}

func TestLoginInProgressIsNoNews(t *testing.T) {
	t.Parallel()
	prove(t, "BUSY-3", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Listen("L")
		gate := conformance.NewGate()
		s.On(signIn, conformance.Held(gate, conformance.Pass))
		first := c.BeginLogin(uid)
		s.Arrived(signIn)
		c.WantCode(c.TryLogin(uid), loginInProgress)
		gate.Open()
		c.WantOK(first.Wait())
		c.WantHeard("L", "loginSuccess "+uid)
	})
}

func TestListenerOfALoginCanLogInAgain(t *testing.T) {
	t.Parallel()
	prove(t, "BUSY-4", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		login := func(uid string) Params { return Params{"uid": uid, "key": s.Key} }
		c.Listen("L",
			Does{On: "loginFailure", Command: "login", Params: login(uid), Times: 1},
			Does{On: "loginSuccess", Command: "login", Params: login(other), Times: 1})
		s.On(issue, conformance.Once(conformance.Refuse(http.StatusNotFound, "ERR_UID_NOT_FOUND"), conformance.Pass))
		c.WantCode(c.TryLogin(uid), "ERR_UID_NOT_FOUND")
		c.HeardSoon("L", 5)
		wantAll(c, "L", "loginFailure ERR_UID_NOT_FOUND", "did login "+uid, "loginSuccess "+uid, "did login "+other, "loginSuccess "+other)
		c.WantIn(other)
	})
}
