package conformance_test

import (
	"testing"

	"github.com/usherhq/usher/conformance"
)

// wantUninitialised holds that a client refuses everything, whatever it is asked.
func wantUninitialised(c *Client) {
	for command, params := range map[string]Params{
		"login": {"uid": "", "key": ""}, "loginWithAuthToken": {"token": ""}, "logout": nil, "checkSession": nil,
	} {
		c.WantCode(c.Do(command, params), notInitialized)
	}
	c.WantNobody()
}

func TestNothingWorksBeforeInit(t *testing.T) {
	t.Parallel()
	prove(t, "INIT-1", func(t *T, s *Stage) {
		c, _ := s.New(Params{"uninitialised": true})
		wantUninitialised(c)
		failed, answer := s.New(Params{"appId": ""})
		if answer.Error == nil {
			t.Fatalf("init without an app id succeeded")
		}
		wantUninitialised(failed)
		s.WantRequests()
	})
}

func TestInitRefusesBadSettings(t *testing.T) {
	t.Parallel()
	prove(t, "INIT-2", func(_ *T, s *Stage) {
		for _, params := range []Params{
			{"appId": ""}, {"appId": "app 1"}, {"appId": "app\n1"}, {"host": nil}, {"host": "ftp://example.com"},
		} {
			c, answer := s.New(params)
			c.WantCode(answer, invalidSettings)
		}
	})
}

func TestInitSendsNothing(t *testing.T) {
	t.Parallel()
	prove(t, "INIT-3", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.WantNobody()
		c.Login(uid)
		s.WantRequests(issue, signIn)
		c = c.Restart()
		c.WantIn(uid)
		c.WantOK(c.Do("checkSession", nil))
		s.WantRequests(check)
	})
}

func TestAnotherPlaceHasAnotherSession(t *testing.T) {
	t.Parallel()
	prove(t, "INIT-4", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Login(uid)
		c = c.Restart(Params{"appId": "another-app"})
		c.WantNobody()
		c = c.Restart(Params{"appId": s.AppID(), "host": s.Elsewhere().Host()})
		c.WantNobody()
		c = c.Restart(Params{"host": s.Host()})
		c.WantIn(uid)
	})
}

func TestSessionOutlivesTheProgram(t *testing.T) {
	t.Parallel()
	prove(t, "RESTORE-1", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		token := c.Login(uid)
		s.Requests()
		c = c.Restart()
		c.WantIn(uid)
		if c.Token() != token {
			t.Errorf("the token is another one")
		}
		s.WantRequests()
	})
}

func TestSessionIsRestoredOffline(t *testing.T) {
	t.Parallel()
	prove(t, "RESTORE-2", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Login(uid)
		s.OnAll(conformance.Unreached)
		c = c.Restart()
		c.WantIn(uid)
	})
}

func TestNobodyIsInAfterLogoutAndRestart(t *testing.T) {
	t.Parallel()
	prove(t, "RESTORE-3", func(_ *T, s *Stage) {
		c := s.Client()
		c.Login(s.User())
		c.WantOK(c.Do("logout", nil))
		c.Restart().WantNobody()
	})
}

func TestRestoringIsNoLogin(t *testing.T) {
	t.Parallel()
	prove(t, "RESTORE-4", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Login(uid)
		c = c.Restart()
		c.Listen("L")
		c.WantIn(uid)
		c.WantHeard("L")
	})
}
