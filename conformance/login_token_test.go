package conformance_test

import (
	"strings"
	"testing"

	"github.com/usherhq/usher/conformance"
)

// wantRefusedToken holds that tokens are refused without a request.
func wantRefusedToken(s *Stage, code string, tokens ...any) {
	c := s.Client()
	for _, token := range tokens {
		c.WantCode(c.Do("loginWithAuthToken", Params{"token": token}), code)
	}
	c.WantNobody()
	s.WantRequests()
}

func TestLoginByToken(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-TOKEN-1", func(t *T, s *Stage) {
		uid := s.User()
		token := s.Token(uid)
		c := s.Client()
		c.WantUser(c.TryToken(token), uid)
		c.WantIn(uid)
		if c.Token() != token {
			t.Errorf("the token is another one")
		}
		s.WantRequests(signIn)
	})
}

func TestEmptyToken(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-TOKEN-2", func(_ *T, s *Stage) { wantRefusedToken(s, blankToken, "") })
}

func TestTokenWithSpace(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-TOKEN-3", func(_ *T, s *Stage) {
		wantRefusedToken(s, tokenWithSpace, " ", "a b", "a ", "a\tb", "a\nb", "a\x00b", "a\u00a0b", strings.Repeat("t", 1025)+" ")
	})
}

func TestImpossibleToken(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-TOKEN-4", func(_ *T, s *Stage) {
		wantRefusedToken(s, verdict, strings.Repeat("t", 1025), strings.Repeat("t", 100_000), "tökén", "😀")
	})
}

func TestRefusedToken(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-TOKEN-5", func(_ *T, s *Stage) {
		uid := s.User()
		revoked := s.Token(uid)
		s.Revoke(uid, revoked)
		c := s.Client()
		for _, token := range []string{"no-such-token", revoked} {
			c.WantCode(c.TryToken(token), verdict)
		}
		c.WantNobody()
	})
}

func TestLoginWithTheTokenThatIsIn(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-TOKEN-6", func(_ *T, s *Stage) {
		uid := s.User()
		token := s.Token(uid)
		c := s.Client()
		c.WantUser(c.TryToken(token), uid)
		s.Requests()
		s.OnAll(conformance.Unreached)
		c.WantUser(c.TryToken(token), uid)
		c = c.Restart()
		c.WantUser(c.TryToken(token), uid)
		s.WantRequests()
	})
}

func TestServerReplacesTheToken(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-TOKEN-7", func(t *T, s *Stage) {
		uid := s.User()
		second := s.Token(uid)
		s.On(signIn, conformance.Changed(func(data map[string]any) { data["authToken"] = second }))
		c := s.Client()
		c.WantUser(c.TryToken(s.Token(uid)), uid)
		if c.Token() != second {
			t.Errorf("the token is not the server's")
		}
	})
}

func TestTokenOfOtherTypes(t *testing.T) {
	t.Parallel()
	prove(t, "LOGIN-TOKEN-8", func(_ *T, s *Stage) {
		wantRefusedToken(s, blankToken, nil, 7, true, []string{"t"}, map[string]any{"token": "t"})
	})
}
