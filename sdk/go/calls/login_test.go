package calls_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	user, err := client.Login(t.Context(), "ann", servertest.APIKey)
	if err != nil {
		t.Fatal(err)
	}
	want := &usher.User{
		UID: "ann", Name: "Ann", Role: "default", Status: usher.StatusOnline,
		CreatedAt: 1700000000, LastActiveAt: 1700000100,
	}
	if diff := cmp.Diff(want, user); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
	wantLoggedIn(t, client, "ann")
	if !server.Knows(client.UserAuthToken()) {
		t.Errorf("the server does not know the session's token")
	}

	requests := server.Requests()
	if len(requests) != 2 {
		t.Fatalf("%d requests, want 2", len(requests))
	}
	issue, signIn := requests[0], requests[1]
	if issue.Method != http.MethodPost || issue.Path != "/users/ann/auth_tokens" {
		t.Errorf("first request: %s %s", issue.Method, issue.Path)
	}
	if signIn.Method != http.MethodPut || signIn.Path != "/me" {
		t.Errorf("second request: %s %s", signIn.Method, signIn.Path)
	}
	if issue.Header.Get("apiKey") != servertest.APIKey || issue.Header.Get("authToken") != "" {
		t.Errorf("the first request must carry the key and no token")
	}
	if signIn.Header.Get("authToken") != client.UserAuthToken() || signIn.Header.Get("apiKey") != "" {
		t.Errorf("the second request must carry the token and no key")
	}
	resource := regexp.MustCompile(`^GO-0_1_0-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}-\d{13}$`)
	for _, request := range requests {
		header := request.Header
		if header.Get("appId") != servertest.AppID || header.Get("sdk") != "go@"+usher.Version ||
			header.Get("Accept") != "application/json" || header.Get("Content-Type") != "application/json" ||
			!resource.MatchString(header.Get("resource")) {
			t.Errorf("headers of %s: %v", request.Path, header)
		}
		wantDeviceBody(t, request.Body)
	}
}

func wantDeviceBody(t *testing.T, body string) {
	t.Helper()
	var device struct {
		Platform string `json:"platform"`
		DeviceID string `json:"deviceId"`
		AppInfo  struct {
			Version    string `json:"version"`
			APIVersion string `json:"apiVersion"`
			UserAgent  string `json:"userAgent"`
		} `json:"appInfo"`
	}
	if err := json.Unmarshal([]byte(body), &device); err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`^app-1_[0-9a-f-]{36}_\d{13}$`)
	if device.Platform != "GO" || !id.MatchString(device.DeviceID) || device.AppInfo.Version != "v"+usher.Version ||
		device.AppInfo.APIVersion != "v3.0" || !strings.HasPrefix(device.AppInfo.UserAgent, "usher-go/") {
		t.Errorf("device: %s", body)
	}
}

func TestLoginRefusesBadArgumentsWithoutARequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, uid, key string
		want           usher.Code
	}{
		{"empty uid", "", servertest.APIKey, usher.CodeInvalidUID},
		{"empty uid before empty key", "", "", usher.CodeInvalidUID},
		{"space", " ", servertest.APIKey, usher.CodeUIDWithSpace},
		{"space inside", "an n", servertest.APIKey, usher.CodeUIDWithSpace},
		{"space at the end", "ann ", servertest.APIKey, usher.CodeUIDWithSpace},
		{"tab", "an\tn", servertest.APIKey, usher.CodeUIDWithSpace},
		{"no-break space", "an\u00a0n", servertest.APIKey, usher.CodeUIDWithSpace},
		{"space before other faults", "an n/" + strings.Repeat("n", 100), "", usher.CodeUIDWithSpace},
		{"101 characters", strings.Repeat("n", 101), servertest.APIKey, usher.CodeInvalidUID},
		{"slash", "ann/auth_tokens", servertest.APIKey, usher.CodeInvalidUID},
		{"dots", "..", servertest.APIKey, usher.CodeInvalidUID},
		{"umlaut", "änn", servertest.APIKey, usher.CodeInvalidUID},
		{"zero byte", "ann\x00", servertest.APIKey, usher.CodeInvalidUID},
		{"bad uid before empty key", "ann?", "", usher.CodeInvalidUID},
		{"empty key", "ann", "", usher.CodeAPIKeyNotFound},
		{"blank key", "ann", "  ", usher.CodeAPIKeyNotFound},
		{"key with newline", "ann", servertest.APIKey + "\n", usher.CodeAPIKeyNotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			_, err := client.Login(t.Context(), test.uid, test.key)
			wantCode(t, err, test.want)
			wantCalls(t, server)
			login(t, client, "ann")
		})
	}
}

func TestLoginWithAuthTokenRefusesBadArgumentsWithoutARequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, token string
		want        usher.Code
	}{
		{"empty", "", usher.CodeBlankAuthToken},
		{"space", " ", usher.CodeAuthTokenWithSpace},
		{"space inside", "ann 1", usher.CodeAuthTokenWithSpace},
		{"newline at the end", servertest.Token + "\n", usher.CodeAuthTokenWithSpace},
		{"zero byte", "ann\x00", usher.CodeAuthTokenWithSpace},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			_, err := client.LoginWithAuthToken(t.Context(), test.token)
			wantCode(t, err, test.want)
			wantCalls(t, server)
			login(t, client, "ann")
		})
	}
}

func TestLoginWithAuthToken(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	user, err := client.LoginWithAuthToken(t.Context(), servertest.Token)
	if err != nil {
		t.Fatal(err)
	}
	if user.UID != "ann" || client.UserAuthToken() != servertest.Token {
		t.Errorf("user %q, token is the one given: %v", user.UID, client.UserAuthToken() == servertest.Token)
	}
	wantCalls(t, server, "PUT /me")
}

func TestUIDsOfEveryAllowedFormReachTheServer(t *testing.T) {
	t.Parallel()
	for _, uid := range []string{"a", "-", "_", "cometchat-uid-1", "A_b-9", strings.Repeat("n", 100)} {
		server, client := start(t)
		_, err := client.Login(t.Context(), uid, servertest.APIKey)
		wantCode(t, err, usher.CodeUnknownUID)
		wantCalls(t, server, "POST /users/"+uid+"/auth_tokens")
	}
}

func TestLoginOfWhoIsInNeedsNoRequest(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	first := login(t, client, "ann")
	token := client.UserAuthToken()
	server.Calls()
	server.Before(drop)

	_, err := client.Login(t.Context(), "ANN", "")
	wantCode(t, err, usher.CodeAPIKeyNotFound) // arguments are checked first
	again, err := client.Login(t.Context(), "ANN", "another-key")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("user (-first +again):\n%s", diff)
	}
	if again, err = client.LoginWithAuthToken(t.Context(), token); err != nil || again.UID != "ann" {
		t.Errorf("LoginWithAuthToken = %v, %v", again, err)
	}
	wantCalls(t, server)
}

func TestChangingAGivenUserChangesNoSession(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Before(onMe(http.MethodPut, raw(http.StatusOK,
		`{"data": {"uid": "ann", "name": "Ann", "tags": ["a"], "metadata": {"a": 1}}}`)))
	given := login(t, client, "ann")
	given.Name, given.Tags[0], given.Metadata[2] = "Eve", "b", 'b'
	want := &usher.User{UID: "ann", Name: "Ann", Tags: []string{"a"}, Metadata: json.RawMessage(`{"a": 1}`)}
	if diff := cmp.Diff(want, client.LoggedInUser()); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
}

func TestServerRefusals(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	_, err := client.Login(t.Context(), "nobody", servertest.APIKey)
	wantCode(t, err, usher.CodeUnknownUID)
	if refusal, _ := errors.AsType[*usher.Error](err); refusal.Status != http.StatusNotFound {
		t.Errorf("status = %d", refusal.Status)
	}
	_, err = client.LoginWithAuthToken(t.Context(), "ann_unknown")
	wantCode(t, err, usher.CodeUnknownAuthToken)

	_, err = client.Login(t.Context(), "ann", "unknown-key")
	wantCode(t, err, usher.CodeAPIKeyNotFound)
	if refusal, _ := errors.AsType[*usher.Error](err); refusal.Status != http.StatusUnauthorized {
		t.Errorf("status = %d", refusal.Status)
	}
	if !errors.Is(err, &usher.Error{Code: usher.CodeUnknownAPIKey}) {
		t.Errorf("the server's error is not the cause: %v", err)
	}

	server.Before(raw(http.StatusTeapot,
		`{"error": {"code": "ERR_OF_TOMORROW", "message": "New.", "details": {"uid": ["why"]}}}`))
	_, err = client.Login(t.Context(), "ann", servertest.APIKey)
	wantCode(t, err, "ERR_OF_TOMORROW")
	refusal, _ := errors.AsType[*usher.Error](err)
	if diff := cmp.Diff(map[string][]string{"uid": {"why"}}, refusal.Details); diff != "" || refusal.Message != "New." {
		t.Errorf("error = %+v", refusal)
	}
	wantLoggedIn(t, client, "")

	server.Before(nil)
	login(t, client, "ann")
}

func TestOneLoginAtATime(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	arrived, proceed := make(chan struct{}), make(chan struct{})
	server.Before(onMe(http.MethodPut, func(http.ResponseWriter, *http.Request) bool {
		close(arrived)
		<-proceed
		return false
	}))
	done := make(chan error)
	go func() {
		_, err := client.Login(context.WithoutCancel(t.Context()), "ann", servertest.APIKey)
		done <- err
	}()
	<-arrived
	// That a login runs is said before anything about the arguments.
	_, err := client.Login(t.Context(), "", "")
	wantCode(t, err, usher.CodeLoginInProgress)
	_, err = client.LoginWithAuthToken(t.Context(), "")
	wantCode(t, err, usher.CodeLoginInProgress)
	wantLoggedIn(t, client, "")
	close(proceed)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantLoggedIn(t, client, "ann")
}

func TestAnswerAboutAnotherUserIsRefused(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Before(onMe(http.MethodPut, raw(http.StatusOK, `{"data": {"uid": "bob", "name": "Bob"}}`)))
	if _, err := client.Login(t.Context(), "ann", servertest.APIKey); !errors.Is(err, usher.ErrUnusableAnswer) {
		t.Fatalf("error = %v", err)
	}
	wantLoggedIn(t, client, "")
	server.Before(nil)
	login(t, client, "Ann")
	wantLoggedIn(t, client, "ann")
}

func TestServerMayReplaceTheToken(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Before(raw(http.StatusOK, `{"data": {"uid": "ann", "name": "Ann", "authToken": "ann_2"}}`))
	if _, err := client.LoginWithAuthToken(t.Context(), "ann_1"); err != nil {
		t.Fatal(err)
	}
	if token := client.UserAuthToken(); token != "ann_2" {
		t.Errorf("token = %q", token)
	}
}
