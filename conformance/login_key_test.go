package conformance_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/usherhq/usher/conformance"
)

// wantRefusedUID holds that uids are refused without a request, even with a bad key beside them.
func wantRefusedUID(s *Stage, code string, uids ...string) {
	c := s.Client()
	for _, uid := range uids {
		for _, key := range []string{s.Key, ""} {
			c.WantCode(c.Do("login", Params{"uid": uid, "key": key}), code)
		}
	}
	c.WantNobody()
	s.WantRequests()
}

func TestLoginByKey(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-1", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		user := c.WantUser(c.TryLogin(uid), uid)
		if user.Name != "Ann" || user.Status != "online" {
			t.Errorf("the user is %+v", user)
		}
		s.WantRequests(issue, signIn)
		if asked := s.Done(issue); asked.Key != s.Key || asked.Token != "" {
			t.Errorf("the first request must carry the key, and no token")
		}
		if asked := s.Done(signIn); asked.Token != c.Token() || asked.Key != "" {
			t.Errorf("the second request must carry the session's token, and no key")
		}
	})
}

func TestEmptyUID(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-2", func(_ *T, s *Stage) { wantRefusedUID(s, invalidUID, "") })
}

func TestUIDWithSpace(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-3", func(_ *T, s *Stage) {
		wantRefusedUID(s, uidWithSpace, " ", "ann lee", " ann", "ann ", "ann\t", "ann\n", "ann\u00a0lee", "ä b", strings.Repeat("u", 101)+" ")
	})
}

func TestImpossibleUID(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-4", func(_ *T, s *Stage) {
		wantRefusedUID(s, invalidUID, strings.Repeat("u", 101), strings.Repeat("u", 100_000), "a/b", "..", "a?b", "ann@example.com", "änn", "😀", "a\x00b")
	})
}

func TestImpossibleKey(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-5", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		for _, key := range []string{"", " ", "a b", "a\nb", "schlüssel", strings.Repeat("k", 1025)} {
			c.WantCode(c.Do("login", Params{"uid": uid, "key": key}), keyNotFound)
		}
		s.WantRequests()
	})
}

func TestUnknownKey(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-6", func(_ *T, s *Stage) {
		c := s.Client()
		c.WantCode(c.Do("login", Params{"uid": s.User(), "key": wrongKey}), keyNotFound)
		s.WantRequests(issue)
	})
}

func TestLoginOfWhoIsIn(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-7", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		token := c.Login(uid)
		s.Requests()
		s.OnAll(conformance.Unreached)
		c = c.Restart()
		c.WantUser(c.TryLogin(uid), uid)
		c.WantUser(c.TryLogin(strings.ToUpper(uid)), uid)
		c.WantUser(c.Do("login", Params{"uid": uid, "key": wrongKey}), uid)
		if c.Token() != token {
			t.Errorf("the token is another one")
		}
		s.WantRequests()
	})
}

func TestAnswerAboutAnotherUser(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-8", func(t *T, s *Stage) {
		uid, other := s.User(), s.User()
		token := s.Token(other)
		c := s.Client()
		s.On(issue, conformance.Changed(func(data map[string]any) { data["authToken"] = token }))
		c.WantCode(c.TryLogin(uid), unusable)
		c.WantNobody()
		s.Heal()
		c.Login(uid)
		s.WantAlive(token, true)
		if requests := s.Requests(); slices.Contains(requests, signOut) {
			t.Errorf("the other user's token was to be revoked: %v", requests)
		}
	})
}

func TestTokenOfAFailedLoginIsRevoked(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-9", func(_ *T, s *Stage) {
		c := s.Client()
		for _, failure := range failures() {
			s.On(signIn, failure.fault)
			c.WantCode(c.TryLogin(s.User()), failure.code)
			token := s.Done(signIn).Token
			s.Revoked(token)
			s.WantAlive(token, false)
		}
	})
}

func TestUIDAndKeyOfOtherTypes(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-KEY-10", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		for _, value := range []any{nil, 7, true, []string{uid}, map[string]any{"uid": uid}} {
			c.WantCode(c.Do("login", Params{"uid": value, "key": s.Key}), invalidUID)
			c.WantCode(c.Do("login", Params{"uid": uid, "key": value}), keyNotFound)
		}
		s.WantRequests()
	})
}
