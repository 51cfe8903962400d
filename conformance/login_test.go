package conformance_test

import (
	"net/http"
	"testing"

	"github.com/usherhq/usher/conformance"
)

// failures are ways in which the request that they stand for can fail, and the code of each.
func failures() map[string]struct {
	fault conformance.Fault
	code  string
} {
	return map[string]struct {
		fault conformance.Fault
		code  string
	}{
		"refused":    {conformance.Refuse(http.StatusNotFound, "ERR_UID_NOT_FOUND"), "ERR_UID_NOT_FOUND"},
		"broken":     {conformance.Refuse(http.StatusInternalServerError, "ERR_EXCEPTION"), "ERR_EXCEPTION"},
		"unreached":  {conformance.Unreached, notReached},
		"lost":       {conformance.LostAnswer, notReached},
		"cut":        {conformance.CutInBody, notReached},
		"a page":     {conformance.Raw(http.StatusOK, "text/html", "<html>Welcome</html>"), unusable},
		"no user":    {conformance.JSON(http.StatusOK, map[string]any{"data": map[string]any{}}), unusable},
		"an outage":  {conformance.Raw(http.StatusBadGateway, "text/html", "<html>Bad gateway</html>"), unusable},
		"not a word": {conformance.Raw(http.StatusOK, "application/json", ""), unusable},
	}
}

func TestLoginSettlesWhenTheUserCanAct(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-1", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		token := c.Login(uid)
		c.WantIn(uid)
		s.WantAlive(token, true)
		c.WantUser(c.TryToken(s.Token(other)), other)
		c.WantIn(other)
		s.WantAlive(c.Token(), true)
	})
}

func TestFailedLoginChangesNothing(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-2", func(t *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		for _, failure := range failures() {
			s.On(signIn, failure.fault)
			c.WantCode(c.TryLogin(other), failure.code)
			c.WantNobody()
		}
		s.Heal()
		token := c.Login(uid)
		for name, failure := range failures() {
			for _, request := range []string{issue, signIn} {
				s.On(request, failure.fault)
				c.WantCode(c.TryLogin(other), failure.code)
				s.Heal()
				s.Forget()
			}
			c.WantIn(uid)
			if c.Token() != token {
				t.Errorf("%s: the token is another one", name)
			}
		}
		c = c.Restart()
		c.WantIn(uid)
		s.WantAlive(c.Token(), true)
	})
}

func TestLoginWorksAfterAFailedOne(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-3", func(_ *T, s *Stage) {
		c := s.Client()
		for _, failure := range failures() {
			s.On(signIn, failure.fault)
			c.WantCode(c.TryLogin(s.User()), failure.code)
			s.Heal()
			c.Login(s.User())
		}
	})
}

func TestUnknownAndAbsentFields(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-4", func(t *T, s *Stage) {
		uid := s.User()
		s.On(signIn, conformance.Changed(func(data map[string]any) {
			for _, field := range []string{"status", "avatar", "role", "createdAt", "updatedAt", "settings"} {
				delete(data, field)
			}
			data["mood"] = map[string]any{"of": "the future"}
			data["link"] = nil
		}))
		c := s.Client()
		c.Login(uid)
		if user := c.User(); *user != (conformance.User{UID: uid, Name: "Ann"}) {
			t.Errorf("the user is %+v", *user)
		}
	})
}

func TestStatusIsOnlineOrOffline(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-5", func(t *T, s *Stage) {
		c := s.Client()
		for sent, want := range map[string]string{"available": "online", "online": "online", "offline": "offline"} {
			s.On(signIn, conformance.Changed(func(data map[string]any) { data["status"] = sent }))
			c.Login(s.User())
			if got := c.User().Status; got != want {
				t.Errorf("the status %s became %q, want %q", sent, got, want)
			}
		}
		s.On(signIn, conformance.Changed(func(data map[string]any) { data["status"] = "a word of the future" }))
		c.Login(s.User())
	})
}
