package conformance_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/conformance"
)

// aWhile is far longer than the first pause between attempts: what would reconnect has done so by then.
const aWhile = 2 * time.Second

// online is a client whose user is connected, and the connection.
func online(s *Stage, uid string, params ...Params) (*Client, *conformance.Link) {
	c := s.Live(params...)
	c.Login(uid)
	link := s.Link()
	c.WantStatus(conformance.Connected)
	return c, link
}

func TestWhoeverIsInIsConnected(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-1", func(_ *T, s *Stage) {
		uid := s.User()
		for _, spoilt := range []int{http.StatusServiceUnavailable, conformance.NoAnswer} {
			s.RefuseSockets(spoilt)
			c := s.Live()
			c.Login(uid)
			c.WantIn(uid)
			c.WantOK(c.Do("close", nil))
		}
		s.RefuseSockets(0)
		c, _ := online(s, uid)
		s.Requests()
		c = c.Restart()
		s.Link()
		c.WantStatus(conformance.Connected)
		s.WantRequests()
	})
}

func TestLostConnectionComesBack(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-2", func(t *T, s *Stage) {
		c, link := online(s, s.User())
		c.ListenConnection("L")
		s.RefuseSockets(http.StatusServiceUnavailable)
		cut := time.Now()
		link.Cut()
		<-time.After(5 * time.Second)
		attempts := s.Attempts()[1:]
		// The first three pauses are at most 3.5 seconds long; thirteen within five seconds would be a
		// chance of one in a thousand million.
		if len(attempts) < 3 || len(attempts) > 12 {
			t.Errorf("there were %d attempts in five seconds", len(attempts))
		}
		before, bound := cut, 500*time.Millisecond
		for i, attempt := range attempts {
			// A busy machine is late.
			if pause := attempt.Sub(before); pause > bound+aWhile {
				t.Errorf("pause %d took %v, want at most %v", i+1, pause, bound)
			}
			before, bound = attempt, min(2*bound, 30*time.Second)
		}
		s.RefuseSockets(0)
		s.Link()
		c.WantStatus(conformance.Connected)
		c.HeardSoon("L", 3)
		if heard := c.HeardNow("L"); !slices.Equal(heard, []string{"disconnected", "connecting", "connected"}) {
			t.Errorf("heard %q", heard)
		}
	})
}

func TestUnansweredPingIsALoss(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-3", func(t *T, s *Stage) {
		uid := s.User()
		c, link := online(s, uid)
		c.ListenConnection("L")
		link.Deafen()
		c.HearsOf("L", "disconnected")
		if code := link.Ended(); code == 1000 {
			t.Errorf("the loss was ended like a logout")
		}
		s.Link()
		c.WantStatus(conformance.Connected)
		c.WantIn(uid)
	})
}

func TestLogoutClosesTheConnection(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-4", func(t *T, s *Stage) {
		uid := s.User()
		c, link := online(s, uid)
		c.ListenConnection("L")
		c.WantOK(c.Do("logout", nil))
		if code := link.Ended(); code != 1000 {
			t.Errorf("the connection was closed with %d", code)
		}
		c.HearsOf("L", "disconnected")
		// One that is being worked on.
		c.Login(uid)
		link = s.Link()
		c.WantStatus(conformance.Connected)
		s.RefuseSockets(http.StatusServiceUnavailable)
		link.Cut()
		c.WantStatus(conformance.Connecting)
		c.WantOK(c.Do("logout", nil))
		s.RefuseSockets(0)
		wantQuiet(t, s)
		c.WantStatus(conformance.Disconnected)
		if !s.Can("tabs") {
			return
		}
		c.Login(uid)
		link = s.Link()
		tab := c.Tab()
		s.Link()
		tab.WantOK(tab.Do("logout", nil))
		link.Ended()
		c.WantStatus(conformance.Disconnected)
	})
}

// wantQuiet holds that nobody tries to connect.
func wantQuiet(t *T, s *Stage) {
	t.Helper()
	before := len(s.Attempts())
	<-time.After(aWhile)
	if now := len(s.Attempts()); now != before {
		t.Errorf("there were %d more attempts to connect", now-before)
	}
}

func TestRevokedElsewhereIsLearntByTheConnection(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-5", func(_ *T, s *Stage) {
		uid := s.User()
		c, link := online(s, uid)
		c.Listen("L")
		s.Requests()
		s.Revoke(uid, c.Token())
		c.WantSoon("")
		link.Ended()
		c.HearsOf("L", "logoutSuccess revoked")
		c.WantStatus(conformance.Disconnected)
		s.WantRequests(check)
		c.Restart().WantNobody()
	})
}

func TestNoConnectionEndsASession(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-6", func(_ *T, s *Stage) {
		uid := s.User()
		for _, code := range []int{1000, 1001, 1011, 1013, 4400, 4401, 4403, 4429} {
			c, link := online(s, uid)
			link.End(code)
			s.Link()
			c.WantStatus(conformance.Connected)
			c.WantIn(uid)
			c.WantOK(c.Do("close", nil))
		}
		c, link := online(s, uid)
		for _, fault := range []conformance.Fault{conformance.Unreached, conformance.Refuse(http.StatusUnauthorized, "ERR_OF_THE_FUTURE")} {
			s.On(check, fault)
			s.Forget()
			link.End(4403)
			s.Done(check)
			link = s.Link()
			c.WantIn(uid)
		}
		s.RefuseSockets(http.StatusUnauthorized)
		before := len(s.Attempts())
		link.Cut()
		s.WantAttempts(before + 2)
		c.WantIn(uid)
		c.Restart().WantIn(uid)
	})
}

func TestRefusedJWTIsRenewed(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-7", func(_ *T, s *Stage) {
		uid := s.User()
		s.On(signIn, conformance.Changed(func(data map[string]any) { data["jwt"] = "e30.e30.e30" }))
		c := s.Live()
		c.Login(uid)
		s.Done(check)
		c.WantStatus(conformance.Connected)
		c.WantIn(uid)
	})
}

func TestPresenceReachesListeners(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-8", func(t *T, s *Stage) {
		other := s.User()
		all, _ := online(s, s.User())
		all.ListenUsers("L")
		role, _ := online(s, s.User(), Params{"subscription": "ROLES", "roles": []string{"default"}})
		role.ListenUsers("L")
		none, _ := online(s, s.User(), Params{"subscription": nil})
		none.ListenUsers("L")
		b, _ := online(s, other)
		for _, c := range []*Client{all, role} {
			c.HearsOf("L", "userOnline "+other)
		}
		b.WantOK(b.Do("logout", nil))
		for _, c := range []*Client{all, role} {
			c.HearsOf("L", "userOffline "+other)
			came, went := c.LastUser("L", "userOnline", other), c.LastUser("L", "userOffline", other)
			if came.Status != "online" || went.Status != "offline" || came.LastActiveAt == 0 || went.LastActiveAt == 0 {
				t.Errorf("came %+v, went %+v", came, went)
			}
		}
		if heard := none.HeardNow("L"); len(heard) > 0 {
			t.Errorf("without a subscription, a listener heard %q", heard)
		}
	})
}

func TestOwnDevicesAreUnheard(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-9", func(t *T, s *Stage) {
		uid, other := s.User(), s.User()
		c, link := online(s, uid)
		c.ListenUsers("L")
		mine, _ := online(s, uid)
		mine.WantOK(mine.Do("logout", nil))
		link.Say(conformance.Presence(uid)) // not even from a server that says so
		online(s, other)
		c.HearsOf("L", "userOnline "+other)
		if heard := c.HeardNow("L"); slices.Contains(heard, "userOnline "+uid) || slices.Contains(heard, "userOffline "+uid) {
			t.Errorf("heard %q", heard)
		}
	})
}

func TestStaysOffWhenTold(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-10", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client(Params{"connect": nil})
		c.WantCode(c.Do("connect", nil), nobodyIn)
		c.Login(uid)
		wantQuiet(t, s)
		for range 2 {
			c.WantOK(c.Do("connect", nil))
			link := s.Link()
			c.WantStatus(conformance.Connected)
			c.WantOK(c.Do("disconnect", nil))
			c.WantStatus(conformance.Disconnected)
			link.Ended()
			wantQuiet(t, s)
			c.WantIn(uid)
		}
		c.WantOK(c.Do("logout", nil))
		c.WantCode(c.Do("connect", nil), nobodyIn)
	})
}

func TestSwitchClosesTheOldConnectionFirst(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-11", func(t *T, s *Stage) {
		other := s.User()
		c, link := online(s, s.User())
		c.ListenConnection("L")
		c.Login(other)
		s.Link()
		c.WantStatus(conformance.Connected)
		if !link.EndedFirst() {
			t.Errorf("the new connection was asked for before the old one had ended")
		}
		c.HeardSoon("L", 3)
		if heard := c.HeardNow("L"); !slices.Equal(heard, []string{"disconnected", "connecting", "connected"}) {
			t.Errorf("heard %q", heard)
		}
	})
}

func TestOldConnectionIsUnheardAfterASwitch(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-12", func(t *T, s *Stage) {
		other := s.User()
		c, link := online(s, s.User())
		c.ListenUsers("L")
		link.Say(conformance.Presence("early"))
		c.HearsOf("L", "userOnline early")
		link.Deafen() // it does not learn that it is to end
		c.Login(other)
		link.Say(conformance.Presence("late"))
		link = s.Link()
		c.WantStatus(conformance.Connected)
		link.Say(conformance.Presence("marker"))
		c.HearsOf("L", "userOnline marker")
		if heard := c.HeardNow("L"); slices.Contains(heard, "userOnline late") {
			t.Errorf("heard %q", heard)
		}
	})
}

func TestConnectionListenersDisturbNobody(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-13", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Live(Params{"subscription": nil}) // the users of other scenarios would be heard
		c.ListenConnection("throws", Does{On: "connected", Command: "throw"}, Does{On: "connecting", Command: "throw"})
		c.ListenConnection("hangs", Does{On: "connecting", Command: "hang"})
		c.ListenConnection("asks", Does{On: "connected", Command: "checkSession"}, Does{On: "connected", Command: "connectionStatus"})
		c.ListenConnection("gone")
		c.WantOK(c.Do("removeConnectionListener", Params{"listener": "gone"}))
		c.ListenUsers("throws", Does{On: "userOnline", Command: "throw"})
		c.ListenUsers("hangs", Does{On: "userOnline", Command: "hang"})
		c.ListenUsers("gone too")
		c.WantOK(c.Do("removeUserListener", Params{"listener": "gone too"}))
		c.ListenUsers("out", Does{On: "userOnline", Command: "logout"})
		c.Login(uid)
		link := s.Link()
		c.HearsOf("asks", "did connectionStatus connected")
		c.HearsOf("asks", "did checkSession "+uid)
		link.Say(conformance.Presence("bob"))
		c.HearsOf("out", "userOnline bob")
		link.Ended()
		c.WantSoon("")
		for _, gone := range []string{"gone", "gone too"} {
			if heard := c.HeardNow(gone); len(heard) > 0 {
				t.Errorf("the listener %s heard %q", gone, heard)
			}
		}
	})
}

func TestCloseClosesTheConnection(t *testing.T) {
	t.Parallel()
	prove(t, "CONN-14", func(t *T, s *Stage) {
		uid := s.User()
		c, link := online(s, uid)
		c.WantOK(c.Do("close", nil))
		link.Ended()
		wantQuiet(t, s)
		c.WantCode(c.Do("connect", nil), notInitialized)
		again := c.Restart()
		s.Link()
		again.WantStatus(conformance.Connected)
		again.WantIn(uid)
	})
}
