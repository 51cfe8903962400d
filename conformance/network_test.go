package conformance_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/usherhq/usher/conformance"
)

func TestServerOutOfReach(t *testing.T) {
	t.Parallel()
	prove(t, "OFFLINE-1", func(_ *T, s *Stage) {
		uid := s.User()
		token := s.Token(uid)
		for _, c := range []*Client{s.Client(), s.Client(Params{"host": "http://127.0.0.1:9"})} {
			s.OnAll(conformance.Unreached)
			c.WantCode(c.TryLogin(uid), notReached)
			c.WantCode(c.TryToken(token), notReached)
			c.WantNobody()
		}
	})
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	prove(t, "OFFLINE-2", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		for _, request := range []string{issue, signIn} {
			for _, fault := range []conformance.Fault{conformance.LostAnswer, conformance.CutAfterHeaders, conformance.CutInBody} {
				s.On(request, fault)
				c.WantCode(c.TryLogin(uid), notReached)
				s.Heal()
				s.Forget()
			}
		}
		c.WantNobody()
		c.Login(uid)
	})
}

func TestUnusableAnswers(t *testing.T) {
	t.Parallel()
	prove(t, "OFFLINE-3", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		for _, body := range []string{
			"", " ", "null", "[]", "{}", "42", `"ann"`, "{", "<html></html>", "\x00\xff\xfe", `{"data": null}`, `{"data": "ann"}`,
			`{"data": ["ann"]}`, `{"data": {}}`, `{"data": {"uid": 7, "authToken": 7}}`, `{"data": {"uid": "` + uid + `", "authToken": "a b"}}`,
			`{"error": null}`, `{"error": "no"}`, `{"error": {}}`, `{"error": {"code": 7}}`,
		} {
			for _, status := range []int{http.StatusOK, http.StatusUnauthorized, http.StatusBadGateway} {
				for _, request := range []string{issue, signIn} {
					s.On(request, conformance.Raw(status, "application/json", body))
					c.WantCode(c.TryLogin(uid), unusable)
					s.Heal()
					s.Forget()
				}
			}
		}
		c.WantNobody()
		c.Login(uid)
	})
}

func TestBadNetworkEndsNoSession(t *testing.T) {
	t.Parallel()
	prove(t, "OFFLINE-4", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client(Params{"timeoutMs": 700})
		token := c.Login(uid)
		for _, fault := range []conformance.Fault{
			conformance.Unreached, conformance.LostAnswer, conformance.CutAfterHeaders, conformance.CutInBody, conformance.SilentInBody,
			conformance.Raw(http.StatusUnauthorized, "text/html", "<html>"), conformance.Raw(http.StatusUnauthorized, "application/json", "{}"),
			conformance.WithStatus(http.StatusUnauthorized),
		} {
			s.On(check, fault)
			if answer := c.Do("checkSession", nil); answer.Error == nil || answer.Error.Code != notReached && answer.Error.Code != unusable {
				c.WantCode(answer, notReached+" or "+unusable)
			}
			s.On(issue, fault)
			if answer := c.TryLogin(other); answer.Error == nil {
				c.WantCode(answer, notReached+" or "+unusable)
			}
			c.WantIn(uid)
		}
		c = c.Restart()
		c.WantIn(uid)
		s.WantAlive(token, true)
	})
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	prove(t, "OFFLINE-5", func(t *T, s *Stage) {
		uid := s.User()
		elsewhere := s.Elsewhere()
		s.On(issue, conformance.Redirect(elsewhere.Host()+"/users/"+uid+"/auth_tokens"))
		s.On(signIn, conformance.Redirect(elsewhere.Host()+"/me"))
		want := notReached
		if s.Can("redirect") {
			want = unusable
		}
		c := s.Client()
		c.WantCode(c.TryLogin(uid), want)
		c.WantCode(c.TryToken(s.Token(uid)), want)
		if requests := elsewhere.Requests(); len(requests) > 0 {
			t.Errorf("credentials went elsewhere: %v", requests)
		}
	})
}

// The time limit of a request in these scenarios, and what a busy machine may add to a call.
const (
	limit = 2 * time.Second
	slack = 5 * time.Second
)

func TestRequestIsGivenUpAfterItsLimit(t *testing.T) {
	t.Parallel()
	prove(t, "TIME-1", func(t *T, s *Stage) {
		token := s.Token(s.User())
		c := s.Client(Params{"timeoutMs": limit.Milliseconds()})
		for _, fault := range []conformance.Fault{conformance.Silent, conformance.SilentInBody} {
			s.On(signIn, fault)
			answer := c.TryToken(token)
			c.WantCode(answer, notReached)
			if answer.Took < limit-limit/10 || answer.Took > limit+slack {
				t.Errorf("a limit of %v was %v", limit, answer.Took)
			}
		}
	})
}

func TestEveryCallSettles(t *testing.T) {
	t.Parallel()
	prove(t, "TIME-2", func(t *T, s *Stage) {
		uid, other := s.User(), s.User()
		token := s.Token(other)
		c := s.Client(Params{"timeoutMs": limit.Milliseconds()})
		within := func(requests int, call string, answer conformance.Answer) {
			if answer.Took > time.Duration(requests)*limit+slack {
				t.Errorf("%s took %v", call, answer.Took)
			}
		}
		for _, fault := range []conformance.Fault{conformance.Silent, conformance.SilentInBody} {
			c.Login(uid)
			s.On(issue, fault)
			within(2, "login", c.TryLogin(other))
			s.On(issue, conformance.Pass)
			s.OnAll(fault)
			within(2, "login", c.TryLogin(other))
			s.Heal()
			s.OnAll(fault)
			within(1, "loginWithAuthToken", c.TryToken(token))
			within(1, "checkSession", c.Do("checkSession", nil))
			c.WantIn(uid)
			within(1, "logout", c.Do("logout", nil))
			c.WantNobody()
			s.Heal()
			s.Forget()
		}
	})
}

func TestClockIsNotAsked(t *testing.T) {
	t.Parallel()
	prove(t, "TIME-3", func(_ *T, s *Stage) {
		const year = 365 * 24 * time.Hour
		for _, shift := range []time.Duration{-year, year} {
			uid := s.User()
			s.OnAll(conformance.AnotherTime(shift))
			c := s.Client()
			token := c.Login(uid)
			c = c.Restart()
			c.WantIn(uid)
			c.WantOK(c.Do("checkSession", nil))
			s.Requests()
			c.WantUser(c.TryLogin(uid), uid)
			s.WantRequests()
			c.WantOK(c.Do("logout", nil))
			s.WantAlive(token, false)
		}
	})
}
