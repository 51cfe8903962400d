package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
)

// Contract 9.33, 9.58.
func TestTheMeObjectIsWhatTheSDKsNeed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	sent := byToken(token).with("Host", "auth.example.com:8443")
	settings := map[string]any{
		"ADMIN_API_HOST": "auth.example.com:8443", "CLIENT_API_HOST": "auth.example.com:8443", "CHAT_API_VERSION": "v3.0",
		"CHAT_HOST": "auth.example.com", "CHAT_WSS_PORT": "8443",
		"APP_VERSION": float64(4), "ANALYTICS_PING_DISABLED": true, "MODE": "DEFAULT", "REGION": "us",
	}
	want := map[string]any{
		"uid": andrew, "name": "Andrew Joseph", "role": "default", "status": "available",
		"createdAt": float64(noon.Unix()), "updatedAt": float64(noon.Unix()), "lastActiveAt": float64(noon.Unix()),
		"authToken": token, "settings": settings,
	}
	for _, method := range []string{http.MethodPut, http.MethodGet} {
		got := a.must(method, "/v3.0/me", sent, "").data()
		if jwt, _ := got["jwt"].(string); strings.Count(jwt, ".") != 2 {
			t.Errorf("%s: the jwt is %v", method, got["jwt"])
		}
		delete(got, "jwt")
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("%s: %s", method, difference)
		}
	}
	// Rule of wire.md 0.13: the settings alone are the same object.
	if difference := cmp.Diff(settings, a.must(http.MethodGet, "/settings", sent, "").data()); difference != "" {
		t.Error(difference)
	}
}

func TestSignInMakesAUserActive(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	if got := a.must(http.MethodGet, "/users/"+andrew, byREST(), "").data()["lastActiveAt"]; got != nil {
		t.Errorf("lastActiveAt is %v before the first sign-in", got)
	}
	a.must(http.MethodPut, "/me", byToken(token), `{"platform":"WEB","deviceId":"d"}`)
	if got := a.must(http.MethodGet, "/users/"+andrew, byREST(), "").data()["lastActiveAt"]; got != float64(noon.Unix()) {
		t.Errorf("lastActiveAt is %v after sign-in", got)
	}
}

func TestATalkativeDeviceIsNoReasonToRefuseALogin(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	for _, body := range []string{
		`{"platform":"` + letters(2000) + `","deviceId":"d\u0000","appInfo":{"userAgent":"` + letters(4000) + `"}}`,
		`{"platform":"WEB","appInfo":"text"}`,
		`{"platform":"WEB","appInfo":[1]}`,
		`{"platform":"WEB","appInfo":{"userAgent":1}}`,
		`{"platform":"WEB","appInfo":{"a":"` + letters(6000) + `"}}`,
	} {
		a.must(http.MethodPut, "/me", byToken(token), body)
	}
}

func letters(count int) string {
	text := make([]byte, count)
	for i := range text {
		text[i] = 'a'
	}
	return string(text)
}

// Contract 9.35.
func TestLogoutRevokesWhatTheAppSays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		setting              identity.LogoutRevokes
		sdkDies, backEndDies bool
	}{
		{identity.LogoutRevokesSDK, true, false},
		{identity.LogoutRevokesAlways, true, true},
		{identity.LogoutRevokesNever, false, false},
	} {
		t.Run(string(test.setting), func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(first *identity.FirstApp, _ *rest.Config) { first.LogoutRevokes = test.setting })
			for _, minted := range []struct {
				by   headers
				dies bool
			}{{byAuthKey(), test.sdkDies}, {byREST(), test.backEndDies}} {
				token, another := a.issue(andrew, minted.by), a.issue(andrew, minted.by)
				a.must(http.MethodPut, "/me", byToken(token), "")
				if got := a.must(http.MethodDelete, "/me", byToken(token), "").data(); got["success"] != true {
					t.Errorf("logout answered %v", got)
				}
				if minted.dies {
					a.refused(http.MethodPut, "/me", byToken(token), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
				} else {
					a.must(http.MethodPut, "/me", byToken(token), "")
				}
				a.must(http.MethodGet, "/me", byToken(another), "")
			}
		})
	}
}

func TestUserSessionsAreEchoed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	got := a.must(http.MethodPost, "/user_sessions", headers{"appId": appID}, `{"sessionId":"a1b2","data":{"app":{}},"generatedAt":1}`)
	if difference := cmp.Diff(map[string]any{"sessionId": "a1b2"}, got.data()); difference != "" {
		t.Error(difference)
	}
}
