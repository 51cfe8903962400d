package rest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
)

func TestEveryEndpointIsThereUnderEveryVersion(t *testing.T) {
	t.Parallel()
	for _, endpoint := range endpoints {
		for _, prefix := range []string{"/v3", "/v3.0"} {
			t.Run(endpoint.method+" "+prefix+endpoint.path, func(t *testing.T) {
				t.Parallel()
				a := newAPI(t)
				a.must(endpoint.method, prefix+goodPath(a, endpoint.path), goodCaller(a, endpoint.needs), endpoint.body)
			})
		}
	}
}

// Contract 9.26.
func TestUnknownPathsAndMethodsHaveTheirCodes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, test := range []struct{ method, path, code string }{
		{http.MethodGet, "/", "ERR_API_NOT_FOUND"},
		{http.MethodGet, "/v3", "ERR_API_NOT_FOUND"},
		{http.MethodGet, "/nothing", "ERR_API_NOT_FOUND"},
		{http.MethodPatch, "/users", "ERR_API_NOT_FOUND"},
		{http.MethodPost, "/v3/me", "ERR_API_NOT_FOUND"},
		{http.MethodGet, "/v3/users/", "ERR_API_NOT_FOUND"},
		{http.MethodGet, "//users", "ERR_API_NOT_FOUND"},
		{http.MethodGet, "/v3/../users", "ERR_API_NOT_FOUND"},
		{http.MethodGet, "/v3/users/a/b/c", "ERR_API_NOT_FOUND"},
		{http.MethodGet, "/video/users", "ERR_API_NOT_FOUND"},
		{http.MethodGet, "/v2.0/me", "ERR_INVALID_API_VERSION"},
		{http.MethodGet, "/v4", "ERR_INVALID_API_VERSION"},
	} {
		a.refused(test.method, test.path, byREST(), "", test.code, 404)
	}
}

func TestAnAppIsFoundByHostThenHeaderThenAlone(t *testing.T) {
	t.Parallel()
	a := newAPI(t, alone)
	token := a.issue(andrew, byREST())
	for _, sent := range []headers{
		{},
		{"appId": appID},
		{"appId": "TESTING"},
		{"Host": "testing.api-us.example.com"},
		{"Host": "TESTING.apiclient-US.cometchat.io:8443"},
		{"Host": "testing.api-eu.example.com", "appId": "ignored"},
		// A host of another form names no app.
		{"Host": "nowhere.example.com"},
		{"Host": "nowhere.api-us"},
		{"Host": "api-us.example.com"},
		{"Host": "192.0.2.1:80", "appId": ""},
	} {
		a.must(http.MethodGet, "/users", sent.with("apikey", restKey), "")
		a.must(http.MethodGet, "/me", sent.with("authToken", token), "")
	}
}

func TestOfSeveralAppsOneMustBeNamed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	unnamed := func(sent headers) headers { return sent.with("appId", "") }
	a.refused(http.MethodGet, "/users", unnamed(byREST()), "", "AUTH_ERR_EMPTY_APPID", 400)
	a.refused(http.MethodGet, "/settings", unnamed(headers{}), "", "AUTH_ERR_EMPTY_APPID", 400)
	// A token names its app by itself, and is none of another one.
	a.must(http.MethodGet, "/me", unnamed(byToken(token)), "")
	a.refused(http.MethodGet, "/me", byToken(token).with("appId", bystander), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	// The same key in both apps: each sees its own users.
	a.must(http.MethodPost, "/users", byREST(), `{"uid":"mina","name":"Mina"}`)
	a.refused(http.MethodGet, "/users/mina", byREST().with("appId", bystander), "", "ERR_UID_NOT_FOUND", 404)
}

func TestEveryOriginMayCall(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, got := range []reply{
		a.call(http.MethodGet, "/users", byREST(), ""),
		a.call(http.MethodGet, "/users", headers{}, ""),
		a.call(http.MethodGet, "/nothing", headers{}, ""),
		a.call(http.MethodGet, "//", headers{}, ""),
	} {
		if got.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("no CORS header on %d %s", got.status, got.text)
		}
	}
	for _, path := range []string{"/v3.0/me", "/users", "/nothing", "//users"} {
		got := a.call(http.MethodOptions, path, headers{
			"Origin": "https://page.example", "Access-Control-Request-Method": "PUT",
			"Access-Control-Request-Headers": "appid,authtoken,content-type,resource,sdk",
		}, "")
		if got.status != http.StatusNoContent || got.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("preflight of %s: status %d", path, got.status)
		}
		allowed := strings.ToLower(got.header.Get("Access-Control-Allow-Headers"))
		// What the preflights of the SDKs ask for (wire.md 10).
		for _, name := range []string{
			"appid", "apikey", "authtoken", "authorization", "content-type", "resource", "sdk", "settingshash", "settingshashreceivedat",
		} {
			if !strings.Contains(allowed, name) {
				t.Errorf("preflight of %s: %s is not allowed", path, name)
			}
		}
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			if !strings.Contains(got.header.Get("Access-Control-Allow-Methods"), method) {
				t.Errorf("preflight of %s: %s is not allowed", path, method)
			}
		}
	}
}

func TestSettingsNameTheHostsThatReachTheServer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		publicURL, host           string
		admin, client, chat, port string
	}{
		{"", "auth.example.com", "auth.example.com", "auth.example.com", "auth.example.com", "443"},
		{"", "127.0.0.1:8443", "127.0.0.1:8443", "127.0.0.1:8443", "127.0.0.1", "8443"},
		{"", "[::1]:8443", "[::1]:8443", "[::1]:8443", "[::1]", "8443"},
		{
			"", "testing.api-us.cometchat.io", "testing.api-us.cometchat.io", "testing.apiclient-us.cometchat.io",
			"testing.websocket-us.cometchat.io", "443",
		},
		{
			"", "Testing.apiclient-US.example.com:9443", "testing.api-us.example.com:9443", "testing.apiclient-us.example.com:9443",
			"testing.websocket-us.example.com", "9443",
		},
		{"https://auth.example.com", "10.0.0.7:8080", "auth.example.com", "auth.example.com", "auth.example.com", "443"},
		{"https://auth.example.com:8443/", "10.0.0.7", "auth.example.com:8443", "auth.example.com:8443", "auth.example.com", "8443"},
	} {
		t.Run(test.publicURL+" "+test.host, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(_ *identity.FirstApp, config *rest.Config) { config.PublicURL = test.publicURL })
			got := a.must(http.MethodGet, "/settings", headers{"Host": test.host}, "").data()
			for key, want := range map[string]string{
				"ADMIN_API_HOST": test.admin, "CLIENT_API_HOST": test.client, "CHAT_HOST": test.chat, "CHAT_WSS_PORT": test.port,
			} {
				if got[key] != want {
					t.Errorf("%s is %v, want %s", key, got[key], want)
				}
			}
		})
	}
}

func TestPublicURLsThatClientsCannotUseAreRefused(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"auth.example.com", "ftp://a.example", "https://", "https://:443", "https://a.example/path", "https://a.example?q=1", "https://me:pw@a.example"} {
		if _, err := rest.NewHandler(nil, rest.Config{PublicURL: url}); err == nil {
			t.Errorf("%s was accepted", url)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.must(http.MethodGet, "/healthz", headers{}, "")
	a.must(http.MethodGet, "/readyz", headers{}, "")
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	a.must(http.MethodGet, "/healthz", headers{}, "")
	a.refused(http.MethodGet, "/readyz", headers{}, "", "ERR_NOT_READY", 503)
	// What nobody foresaw is a 500 that tells the caller nothing but where to look.
	got := a.refused(http.MethodGet, "/users", byREST(), "", "ERR_EXCEPTION", 500)
	if id := got.header.Get("X-Request-Id"); id == "" || !strings.Contains(got.text, id) || !strings.Contains(a.log.String(), id) {
		t.Errorf("the request id %q is not in the answer and in the log", id)
	}
	if strings.Contains(got.text, "database") || strings.Contains(got.text, "sql") {
		t.Errorf("the answer tells the cause: %s", got.text)
	}
	a.refused(http.MethodPost, "/users", byREST(), `{"uid":"mina","name":"Mina"}`, "ERR_EXCEPTION", 500)
}

func TestAnswersAreNotStoredOnTheWay(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	response, err := http.Get(a.url + "/v3/settings")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	if got := response.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type is %q", got)
	}
}
