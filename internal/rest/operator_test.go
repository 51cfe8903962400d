package rest_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/rest"
)

// forAnybody are the endpoints that ask nobody who calls; forUsers those that need a user's token whoever calls.
var (
	forAnybody = []string{"GET /healthz", "GET /readyz", "GET /.well-known/jwks.json", "GET /settings", "POST /user_sessions"}
	forUsers   = []string{
		"POST /blockedusers", "GET /blockedusers", "DELETE /blockedusers",
		"PUT /me", "GET /me", "DELETE /me", "POST /me/jwt", "POST /call_tokens", "GET /call_tokens",
	}
	placeholder = regexp.MustCompile(`{\w+}`)
)

// operated is the API of a as the operator reaches it. What it answers to whom shows no credential is
// not held against the specification, which is for networks.
func operated(a *api) func(method, path string, sent headers, body string) reply {
	a.t.Helper()
	handler, err := rest.NewHandler(a.service, rest.Config{Region: "us", Limits: rest.Limits{Address: 1}, Log: slog.New(slog.NewTextHandler(a.log, nil))})
	if err != nil {
		a.t.Fatal(err)
	}
	return func(method, path string, sent headers, body string) reply {
		a.t.Helper()
		request := httptest.NewRequestWithContext(a.t.Context(), method, path, strings.NewReader(body))
		request.Header.Set("appId", appID)
		for name, value := range sent {
			request.Header.Set(name, value)
		}
		answer := httptest.NewRecorder()
		handler.Operator().ServeHTTP(answer, request)
		got := reply{status: answer.Code, text: answer.Body.String()}
		if err := json.Unmarshal(answer.Body.Bytes(), &got.body); err != nil {
			a.t.Fatal(err)
		}
		return got
	}
}

func TestNobodyOnTheNetworkIsTheOperator(t *testing.T) {
	t.Parallel()
	network := newAPI(t)
	operator := operated(network)
	guesses := headers{
		"Operator": "cli", "X-Operator": "cli", "Caller": "operator:cli", "Host": "usher", "X-Forwarded-For": "127.0.0.1",
		"X-Forwarded-Host": "usher", "User-Agent": "usher-cli/0.1.0",
	}
	refused := func(got reply) bool {
		return got.status == http.StatusUnauthorized && strings.HasPrefix(got.code(), "AUTH_ERR_")
	}
	for _, endpoint := range rest.Endpoints {
		if slices.Contains(forAnybody, endpoint) {
			continue
		}
		method, path, _ := strings.Cut(placeholder.ReplaceAllString(endpoint, "nothing"), " ")
		for _, version := range []string{"/v3", "/v3.0", ""} {
			if got := network.call(method, version+path, guesses, "{}"); !refused(got) {
				t.Errorf("%s %s%s without credentials: status %d, %s", method, version, path, got.status, got.text)
			}
		}
		if got := operator(method, path, nil, "{}"); refused(got) != slices.Contains(forUsers, endpoint) {
			t.Errorf("%s by the operator: status %d, %s", endpoint, got.status, got.text)
		}
	}
}

func TestTheOperatorActsUnderANameAndWithoutLimits(t *testing.T) {
	t.Parallel()
	ask := operated(newAPI(t))
	must := func(method, path, body string) reply {
		t.Helper()
		got := ask(method, path, nil, body)
		if got.status != http.StatusOK {
			t.Fatalf("%s %s: status %d, %s", method, path, got.status, got.text)
		}
		return got
	}
	must(http.MethodPost, "/users", `{"uid":"mina","name":"Mina","metadata":{"@private":{"email":"mina@example.org"}}}`)
	must(http.MethodDelete, "/users/mina", "")
	users := must(http.MethodGet, "/users?onlyDeactivated=true", "").list()
	if len(users) != 1 || users[0]["uid"] != "mina" || users[0]["metadata"] == nil {
		t.Errorf("the deactivated users are %v", users)
	}
	events := must(http.MethodGet, "/events?uid=mina", "").list()
	if len(events) != 2 {
		t.Fatalf("the events are %v", events)
	}
	for _, event := range events {
		if event["actor"] != "operator:cli" || event["address"] != nil || event["userAgent"] != nil {
			t.Errorf("the event is %v", event)
		}
	}
	// An address has twenty requests at once; the operator has no address.
	for range 50 {
		must(http.MethodGet, "/users/"+andrew, "")
	}
	if got := ask(http.MethodGet, "/users", headers{"appId": "nothing"}, ""); got.code() != "AUTH_ERR_INVALID_APPID" {
		t.Errorf("an app that is not there: status %d, %s", got.status, got.text)
	}
}
