package conformance_test

import (
	"slices"
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestLoginSuccessIsHeard(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-1", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		token := s.Token(other)
		c := s.Client()
		c.Listen("L")
		c.Login(uid)
		c.Login(uid)
		c.WantUser(c.TryToken(token), other)
		c.WantUser(c.TryToken(token), other)
		c.WantHeard("L", "loginSuccess "+uid, "loginSuccess "+uid, "loginSuccess "+other, "loginSuccess "+other)
	})
}

func TestLoginFailureIsHeard(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-2", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Listen("L")
		c.WantCode(c.Do("login", Params{"uid": "", "key": ""}), invalidUID)
		c.WantCode(c.Do("login", Params{"uid": uid, "key": wrongKey}), keyNotFound)
		c.WantCode(c.TryToken(""), blankToken)
		c.WantCode(c.TryToken("no-such-token"), verdict)
		s.OnAll(conformance.Unreached)
		c.WantCode(c.TryLogin(uid), notReached)
		c.WantHeard("L", "loginFailure "+invalidUID, "loginFailure "+keyNotFound, "loginFailure "+blankToken,
			"loginFailure "+verdict, "loginFailure "+notReached)
	})
}

func TestLogoutSuccessIsHeard(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-3", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		c.Login(uid)
		c.Listen("L")
		c.Login(other)
		c.WantOK(c.Do("logout", nil))
		s.Revoke(uid, c.Login(uid))
		c.WantCode(c.Do("checkSession", nil), verdict)
		c.WantHeard("L", "loginSuccess "+other, "logoutSuccess userInitiated", "loginSuccess "+uid, "logoutSuccess revoked")
	})
}

func TestLogoutFailureIsHeard(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-4", func(_ *T, s *Stage) {
		c := s.Client()
		c.Listen("L")
		c.WantCode(c.Do("logout", nil), nobodyIn)
		c.WantHeard("L", "logoutFailure "+nobodyIn)
	})
}

func TestStateIsSettledWhenAListenerRuns(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-5", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Listen("L",
			Does{On: "loginSuccess", Command: "loggedInUser"}, Does{On: "loginSuccess", Command: "isUserLoggedIn"},
			Does{On: "logoutSuccess", Command: "isUserLoggedIn"})
		c.Login(uid)
		c.HeardSoon("L", 3)
		c.WantOK(c.Do("logout", nil))
		c.HeardSoon("L", 5)
		c.WantHeard("L", "loginSuccess "+uid, "did loggedInUser "+uid, "did isUserLoggedIn true",
			"logoutSuccess userInitiated", "did isUserLoggedIn false")
	})
}

func TestListenerMayCallEverything(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-6", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		s.On(signOut, conformance.Changed(func(data map[string]any) { data["message"] = "Goodbye." }))
		c := s.Client()
		c.Listen("L",
			Does{On: "loginSuccess", Command: "userAuthToken", Times: 1},
			Does{On: "loginSuccess", Command: "checkSession", Times: 1},
			Does{On: "loginSuccess", Command: "logout", Times: 1},
			Does{On: "logoutSuccess", Command: "login", Params: Params{"uid": other, "key": s.Key}, Times: 1})
		call := c.BeginLogin(uid)
		c.HeardSoon("L", 7)
		call.Wait()
		token := s.Done(signIn).Token
		wantAll(c, "L", "loginSuccess "+uid, "did userAuthToken "+token, "did checkSession "+uid, "logoutSuccess userInitiated", "did logout Goodbye.",
			"loginSuccess "+other, "did login "+other)
		c.WantIn(other)
	})
}

func TestListenerThatThrows(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-7", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Listen("A", Does{On: "loginSuccess", Command: "throw"}, Does{On: "logoutSuccess", Command: "throw"})
		c.Listen("B")
		c.Login(uid)
		c.WantIn(uid)
		c.WantOK(c.Do("logout", nil))
		c.WantHeard("B", "loginSuccess "+uid, "logoutSuccess userInitiated")
		c.HeardSoon("A", 2)
	})
}

func TestListenerThatNeverReturns(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-8", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Listen("A", Does{On: "loginSuccess", Command: "hang"})
		c.Listen("B")
		c.Login(uid)
		c.WantIn(uid)
		c.WantOK(c.Do("logout", nil))
		c.WantNobody()
		c.WantHeard("B", "loginSuccess "+uid, "logoutSuccess userInitiated")
	})
}

func TestListenersAreReplacedAndRemoved(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-9", func(t *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		c.Listen("L", Does{On: "loginSuccess", Command: "isUserLoggedIn"})
		c.Listen("L")
		c.Listen("M")
		c.Login(uid)
		c.WantHeard("L", "loginSuccess "+uid)
		c.Unlisten("L")
		c.Unlisten("L")
		c.Unlisten("nobody")
		c.Login(other)
		c.HeardSoon("M", 2)
		c.WantOK(c.Do("logout", nil))
		if heard := c.HeardNow("L"); slices.Contains(heard, "loginSuccess "+other) {
			t.Errorf("the removed listener heard %q", heard)
		}
	})
}

func TestListenersChangeThemselves(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-10", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Listen("L",
			Does{On: "loginSuccess", Command: "removeLoginListener", Params: Params{"listener": "L"}},
			Does{On: "loginSuccess", Command: "addLoginListener", Params: Params{"listener": "N"}})
		c.Login(uid)
		want := []string{"loginSuccess " + uid, "did removeLoginListener null", "did addLoginListener null"}
		c.HeardSoon("L", len(want))
		c.WantOK(c.Do("logout", nil))
		c.WantHeard("N", "logoutSuccess userInitiated")
		if heard := c.HeardNow("L"); !slices.Equal(heard, want) {
			t.Errorf("the listener that removed itself heard %q", heard)
		}
	})
}

func TestListenersHearInOrder(t *testing.T) {
	t.Parallel()
	prove(t, "LISTEN-11", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		c.Listen("L")
		var want []string
		for range 5 {
			c.Login(uid)
			c.Login(other)
			c.WantCode(c.TryToken(""), blankToken)
			c.WantOK(c.Do("logout", nil))
			c.WantCode(c.Do("logout", nil), nobodyIn)
			want = append(want, "loginSuccess "+uid, "loginSuccess "+other, "loginFailure "+blankToken,
				"logoutSuccess userInitiated", "logoutFailure "+nobodyIn)
		}
		c.WantHeard("L", want...)
	})
}
