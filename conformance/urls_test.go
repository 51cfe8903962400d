package conformance_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/usherhq/usher/conformance"
)

type urlCase struct {
	Name     string            `json:"name"`
	Settings map[string]string `json:"settings"`
	KeyBase  string            `json:"keyBase"`
	Token    string            `json:"tokenBase"`
	Code     string            `json:"code"`
}

// urlCases reads spec/vectors/urls.json.
func urlCases(t *T) []urlCase {
	t.Helper()
	text, err := os.ReadFile("../spec/vectors/urls.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Cases []urlCase `json:"cases"`
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors.Cases
}

// params are the settings of a case and none of the scenario's own.
func (c urlCase) params() Params {
	params := Params{"appId": nil, "host": nil, "urls": true}
	for name, value := range c.Settings {
		params[name] = value
	}
	return params
}

// wantAddresses holds where the requests of a login go, in the cases that are wanted.
func wantAddresses(t *T, s *Stage, wanted func(urlCase) bool) {
	t.Helper()
	for _, vector := range urlCases(t) {
		if vector.Code != "" || !wanted(vector) {
			continue
		}
		c, answer := s.New(vector.params())
		if answer.Error != nil {
			t.Errorf("%s: init: %+v", vector.Name, *answer.Error)
			continue
		}
		c.WantUser(c.TryLogin("ann"), "ann")
		want := []string{"POST " + vector.KeyBase + "/users/ann/auth_tokens", "PUT " + vector.Token + "/me"}
		if got := c.URLs(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", vector.Name, got, want)
		}
		c.Kill()
	}
}

func overrides(c urlCase) bool { return c.Settings["adminHost"]+c.Settings["clientHost"] != "" }

func TestDocumentedHosts(t *testing.T) {
	t.Parallel()
	prove(t, "URL-1", func(t *T, s *Stage) {
		wantAddresses(t, s, func(c urlCase) bool { return c.Settings["host"] == "" && !overrides(c) })
	})
}

func TestHostIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	prove(t, "URL-2", func(t *T, s *Stage) {
		uid := s.User()
		c := s.Client(Params{"region": "eu"})
		c.Login(uid)
		s.WantRequests(issue, signIn)
		elsewhere := s.Elsewhere()
		c = s.Client(Params{"host": elsewhere.Host() + "/v3/"})
		c.WantUser(c.TryLogin(uid), uid)
		if got := elsewhere.Requests(); !slices.Equal(got, []string{"POST /v3/users/" + uid + "/auth_tokens", "PUT /v3/me"}) {
			t.Errorf("requests: %v", got)
		}
	})
}

func TestOverriddenHosts(t *testing.T) {
	t.Parallel()
	prove(t, "URL-3", func(t *T, s *Stage) {
		wantAddresses(t, s, overrides)
		admin, client := s.Elsewhere(), s.Elsewhere()
		c := s.Client(Params{"adminHost": admin.Host(), "clientHost": client.Host()})
		c.Login(s.User())
		got := [][]string{admin.Requests(), client.Requests()}
		if !slices.Equal(got[0], []string{issue}) || !slices.Equal(got[1], []string{signIn}) {
			t.Errorf("requests: %v", got)
		}
		s.WantRequests()
	})
}

func TestHostsInAllForms(t *testing.T) {
	t.Parallel()
	prove(t, "URL-4", func(t *T, s *Stage) {
		wantAddresses(t, s, func(c urlCase) bool { return c.Settings["host"] != "" && !overrides(c) })
	})
}

func TestHostsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	prove(t, "URL-5", func(t *T, s *Stage) {
		for _, vector := range urlCases(t) {
			if vector.Code == "" {
				continue
			}
			params := vector.params()
			delete(params, "urls")
			c, answer := s.New(params)
			if answer.Error == nil || answer.Error.Code != vector.Code {
				t.Errorf("%s: %+v, want %s", vector.Name, answer.Error, vector.Code)
			}
			c.Kill()
		}
	})
}

func TestServerSettingsMoveNothing(t *testing.T) {
	t.Parallel()
	prove(t, "URL-6", func(_ *T, s *Stage) {
		uid := s.User()
		s.On(signIn, conformance.Changed(func(data map[string]any) {
			data["settings"] = map[string]any{
				"ADMIN_API_HOST": "elsewhere.invalid", "CLIENT_API_HOST": "elsewhere.invalid", "CHAT_API_VERSION": "v9",
				"CHAT_HOST": "elsewhere.invalid", "CHAT_WSS_PORT": "1", "APP_VERSION": 4,
			}
		}))
		c := s.Client()
		c.Login(uid)
		c.WantOK(c.Do("checkSession", nil))
		c = c.Restart()
		c.WantOK(c.Do("checkSession", nil))
		c.WantOK(c.Do("logout", nil))
		c.Login(uid)
		s.WantRequests(issue, signIn, check, check, signOut, issue, signIn)
	})
}
