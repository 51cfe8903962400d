package conformance_test

import (
	"net/http"
	"testing"

	"github.com/usherhq/usher/conformance"
)

var chat = Params{"surface": "chat"}

func TestChatCodes(t *testing.T) {
	t.Parallel()
	prove(t, "CHAT-1", func(_ *T, s *Stage) {
		const missing, notDone, failed = "MISSING_PARAMETERS", "COMETCHAT_INITIALIZATION_NOT_DONE", "FAILED_TO_FETCH"
		c, answer := s.New(chat, Params{"appId": ""})
		c.WantCode(answer, missing)
		c.WantCode(c.TryLogin("ann"), notDone)
		c.WantCode(c.TryToken("token"), notDone)
		c.WantCode(c.Do("logout", nil), notDone)

		uid := s.User()
		c = s.Client(chat)
		c.WantCode(c.TryLogin(""), missing)
		c.WantCode(c.Do("login", Params{"uid": uid, "key": ""}), missing)
		c.WantCode(c.TryToken(""), missing)
		c.WantCode(c.TryLogin("a/b"), "INVALID_UID")
		c.WantCode(c.TryLogin("a b"), "INVALID_UID")
		c.WantCode(c.TryToken("a b"), verdict)
		c.WantCode(c.Do("logout", nil), "USER_NOT_LOGGED_IN")
		s.WantRequests()
		c.WantCode(c.Do("login", Params{"uid": uid, "key": wrongKey}), "AUTH_ERR_APIKEY_NOT_FOUND")
		c.WantCode(c.TryToken("no-such-token"), verdict)
		for _, fault := range []conformance.Fault{conformance.Unreached, conformance.Raw(http.StatusOK, "text/html", "<html>")} {
			s.On(issue, fault)
			c.WantCode(c.TryLogin(uid), failed)
		}
		s.Forget()
		gate := conformance.NewGate()
		s.On(issue, conformance.Held(gate, conformance.Pass))
		call := c.BeginLogin(uid)
		s.Arrived(issue)
		c.WantCode(c.TryLogin(uid), "LOGIN_IN_PROGRESS")
		gate.Open()
		c.WantOK(call.Wait())
	})
}

func TestChatLogin(t *testing.T) {
	t.Parallel()
	prove(t, "CHAT-2", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client(chat)
		c.Listen("L")
		token := c.Login(uid)
		s.WantRequests(issue, signIn)
		c.WantUser(c.TryToken(s.Token(other)), other)
		c.WantIn(other)
		s.Revoked(token)
		c = c.Restart()
		c.WantIn(other)
		c.WantOK(c.Do("logout", nil))
		c.WantNobody()
	})
}

func TestChatCreateUser(t *testing.T) {
	t.Parallel()
	prove(t, "CHAT-3", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client(chat)
		created := c.WantUser(c.Do("createUser", Params{"uid": uid + "-new", "name": "Kevin", "key": s.Key}), uid+"-new")
		if created.Name != "Kevin" {
			t.Errorf("the user is %+v", created)
		}
		c.WantNobody()
		c.WantCode(c.Do("createUser", Params{"uid": uid, "name": "Again", "key": s.Key}), "ERR_UID_ALREADY_EXISTS")
		c.Login(uid + "-new")
		token := c.Token()
		c.WantUser(c.Do("createUser", Params{"uid": uid + "-newer", "name": "Nora", "key": s.Key}), uid+"-newer")
		c.WantIn(uid + "-new")
		if c.Token() != token {
			t.Errorf("the token is another one")
		}
	})
}

func TestChatNobody(t *testing.T) {
	t.Parallel()
	prove(t, "CHAT-4", func(_ *T, s *Stage) {
		c := s.Client(chat)
		c.WantNobody()
		c.Login(s.User())
		c.WantOK(c.Do("logout", nil))
		c.WantNobody()
	})
}
