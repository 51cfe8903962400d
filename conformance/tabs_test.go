package conformance_test

import (
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestLoginReachesOtherTabs(t *testing.T) {
	t.Parallel()
	prove(t, "TABS-1", func(t *T, s *Stage) {
		uid := s.User()
		a := s.Client()
		b, c := a.Tab(), a.Tab()
		b.WantNobody()
		b.Listen("L")
		token := a.Login(uid)
		for _, tab := range []*Client{b, c} {
			tab.WantSoon(uid)
			if tab.Token() != token {
				t.Errorf("the tab has another token")
			}
		}
		b.HeardSoon("L", 1)
		b.WantHeard("L", "loginSuccess "+uid)
		s.WantRequests(issue, signIn)
	})
}

func TestLogoutReachesOtherTabs(t *testing.T) {
	t.Parallel()
	prove(t, "TABS-2", func(_ *T, s *Stage) {
		uid := s.User()
		a := s.Client()
		a.Login(uid)
		b := a.Tab()
		b.WantIn(uid)
		b.Listen("L")
		a.WantOK(a.Do("logout", nil))
		b.WantSoon("")
		b.HeardSoon("L", 1)
		b.WantHeard("L", "logoutSuccess elsewhere")
		b.WantCode(b.Do("logout", nil), nobodyIn)
	})
}

func TestVerdictAndSwitchReachOtherTabs(t *testing.T) {
	t.Parallel()
	prove(t, "TABS-3", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		a := s.Client()
		a.Login(uid)
		b := a.Tab()
		b.Listen("L")
		token := a.Login(other)
		b.WantSoon(other)
		b.HeardSoon("L", 1)
		s.Revoke(other, token)
		a.WantCode(a.Do("checkSession", nil), verdict)
		b.WantSoon("")
		b.HeardSoon("L", 2)
		b.WantHeard("L", "loginSuccess "+other, "logoutSuccess elsewhere")
	})
}

func TestTabsHearEverythingOnce(t *testing.T) {
	t.Parallel()
	prove(t, "TABS-4", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		a := s.Client()
		b := a.Tab()
		a.Listen("L")
		b.Listen("L")
		a.Login(uid)
		b.WantSoon(uid)
		b.Login(other)
		a.WantSoon(other)
		a.WantOK(a.Do("logout", nil))
		b.WantSoon("")
		a.HeardSoon("L", 3)
		b.HeardSoon("L", 3)
		a.WantHeard("L", "loginSuccess "+uid, "loginSuccess "+other, "logoutSuccess userInitiated")
		b.WantHeard("L", "loginSuccess "+uid, "loginSuccess "+other, "logoutSuccess elsewhere")
	})
}

func TestTabsAgreeInTheEnd(t *testing.T) {
	t.Parallel()
	prove(t, "TABS-5", func(_ *T, s *Stage) {
		users := []string{s.User(), s.User(), s.User()}
		a := s.Client()
		tabs := []*Client{a, a.Tab(), a.Tab()}
		for round := range 6 {
			var calls []*conformance.Call
			for i, tab := range tabs {
				if (round+i)%3 == 2 {
					calls = append(calls, tab.Begin("logout", nil))
					continue
				}
				calls = append(calls, tab.BeginLogin(users[i]))
			}
			for _, call := range calls {
				call.Wait()
			}
			fresh := a.Tab()
			uid := ""
			if user := fresh.User(); user != nil {
				uid = user.UID
			}
			for _, tab := range tabs {
				tab.WantSoon(uid)
			}
			fresh.Kill()
		}
	})
}

func TestTabsLogInAtTheSameTime(t *testing.T) {
	t.Parallel()
	prove(t, "TABS-6", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		a := s.Client()
		b := a.Tab()
		gate := conformance.NewGate()
		s.On(signIn, conformance.Once(conformance.Held(gate, conformance.Pass), conformance.Pass))
		call := a.BeginLogin(uid)
		s.Arrived(signIn)
		b.Login(other)
		gate.Open()
		a.WantUser(call.Wait(), uid)
		a.WantIn(uid)
		b.WantSoon(uid)
	})
}

func TestTabThatDies(t *testing.T) {
	t.Parallel()
	prove(t, "TABS-7", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		a := s.Client()
		token := a.Login(uid)
		b := a.Tab()
		b.WantIn(uid)
		b.WantOK(b.Do("close", nil))
		a.WantIn(uid)
		for _, request := range []string{issue, signIn} {
			s.On(request, conformance.Silent)
			dying := a.Tab()
			dying.BeginLogin(other)
			s.Arrived(request)
			dying.Kill()
			s.Heal()
		}
		a.WantIn(uid)
		s.WantAlive(token, true)
		a.Tab().WantIn(uid)
		a.Login(other)
		a.WantOK(a.Do("logout", nil))
	})
}
