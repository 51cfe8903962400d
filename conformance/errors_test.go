package conformance_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/usherhq/usher/conformance"
)

// knownCodes reads the codes that an SDK may give by itself.
func knownCodes(t *T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../spec/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var registry struct{ Errors []struct{ Code string } }
	if err := json.Unmarshal(text, &registry); err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, entry := range registry.Errors {
		known[entry.Code] = true
	}
	return known
}

func TestEveryErrorHasACodeAndAText(t *testing.T) {
	t.Parallel()
	prove(t, "ERROR-1", func(t *T, s *Stage) {
		known := knownCodes(t)
		c := s.Client(Params{"timeoutMs": 700})
		uninitialised, _ := s.New(Params{"uninitialised": true})
		_, badSettings := s.New(Params{"appId": ""})
		answers := []conformance.Answer{
			badSettings, uninitialised.TryLogin("ann"), c.TryLogin(""), c.TryLogin("a b"), c.TryToken(""), c.TryToken("a b"),
			c.TryToken("nobody's"), c.Do("logout", nil), c.Do("checkSession", nil), c.Do("login", Params{"uid": "ann", "key": ""}),
		}
		uid := s.User()
		for _, failure := range failures() {
			s.On(issue, failure.fault)
			answers = append(answers, c.TryLogin(uid))
		}
		for _, answer := range answers {
			if answer.Error == nil || !known[answer.Error.Code] || strings.TrimSpace(answer.Error.Message) == "" {
				t.Errorf("the error is %+v", answer.Error)
			}
		}
	})
}

func TestUnknownCodesSurvive(t *testing.T) {
	t.Parallel()
	prove(t, "ERROR-2", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		for _, code := range []string{"ERR_OF_THE_FUTURE", "whatever", "17"} {
			s.On(issue, conformance.Refuse(http.StatusTeapot, code))
			c.WantCode(c.TryLogin(uid), code)
			s.On(signIn, conformance.Refuse(http.StatusTeapot, code))
			c.WantCode(c.TryToken(s.Token(uid)), code)
		}
		s.Heal()
		c.Login(uid)
		s.On(check, conformance.Refuse(http.StatusTeapot, "ERR_OF_THE_FUTURE"))
		c.WantCode(c.Do("checkSession", nil), "ERR_OF_THE_FUTURE")
	})
}

func TestErrorsHoldNoCredentials(t *testing.T) {
	t.Parallel()
	prove(t, "ERROR-3", func(t *T, s *Stage) {
		uid := s.User()
		token := s.Token(uid)
		c := s.Client()
		c.Listen("L")
		for _, fault := range []conformance.Fault{
			conformance.Quoting, conformance.Unreached, conformance.Raw(http.StatusOK, "text/html", "<html>"+token+s.Key+"</html>"),
			conformance.JSON(http.StatusOK, map[string]any{"data": token + s.Key}),
		} {
			s.OnAll(fault)
			for _, answer := range []conformance.Answer{c.TryLogin(uid), c.TryToken(token)} {
				if answer.Error == nil {
					t.Fatalf("the login succeeded")
				}
				wantNoSecret(t, s, token, answer.Error.Code+answer.Error.Message)
			}
		}
		s.Heal()
		c.WantUser(c.TryToken(token), uid)
		s.On(check, conformance.Quoting)
		answer := c.Do("checkSession", nil)
		wantNoSecret(t, s, token, answer.Error.Code+answer.Error.Message)
		for _, event := range c.Events("L") {
			if event.Event == "loginFailure" || event.Event == "logoutFailure" {
				wantNoSecret(t, s, token, string(event.Value))
			}
		}
	})
}

func wantNoSecret(t *T, s *Stage, token, text string) {
	t.Helper()
	if strings.Contains(text, token) || strings.Contains(text, s.Key) {
		t.Errorf("an error holds a credential: %s", text)
	}
}

func TestCodesOfTheServer(t *testing.T) {
	t.Parallel()
	prove(t, "ERROR-4", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		for code, want := range map[string]string{
			"AUTH_ERR_APIKEY_NOT_FOUND": keyNotFound, "AUTH_ERR_EMPTY_APIKEY": keyNotFound,
			"AUTH_ERR_NO_ACCESS": "AUTH_ERR_NO_ACCESS", "ERR_UID_NOT_FOUND": "ERR_UID_NOT_FOUND", "ERR_BAD_REQUEST": "ERR_BAD_REQUEST",
			"AUTH_ERR_INVALID_APPID": "AUTH_ERR_INVALID_APPID", "ERR_TOO_MANY_REQUESTS": "ERR_TOO_MANY_REQUESTS",
		} {
			s.On(issue, conformance.Refuse(http.StatusBadRequest, code))
			c.WantCode(c.TryLogin(uid), want)
		}
		s.Heal()
		c.WantCode(c.TryLogin("nobody-made-this-user"), "ERR_UID_NOT_FOUND")
		elsewhere := s.Client(Params{"appId": "another-app"})
		elsewhere.WantCode(elsewhere.TryLogin(uid), "AUTH_ERR_INVALID_APPID")
	})
}

func TestCodeWinsOverTheStatus(t *testing.T) {
	t.Parallel()
	prove(t, "ERROR-5", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		for _, status := range []int{http.StatusOK, http.StatusInternalServerError, http.StatusServiceUnavailable} {
			s.On(signIn, conformance.Refuse(status, "ERR_UID_NOT_FOUND"))
			c.WantCode(c.TryLogin(uid), "ERR_UID_NOT_FOUND")
		}
		for _, status := range []int{http.StatusBadRequest, http.StatusInternalServerError} {
			s.On(signIn, conformance.WithStatus(status))
			c.WantCode(c.TryLogin(uid), unusable)
		}
		s.On(signIn, conformance.WithStatus(http.StatusCreated))
		c.Login(uid)
	})
}
