package chat_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestLoginAndLogout(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	user := login(t, client, "ann")
	if user.UID != "ann" || user.Name != "Ann" || user.Status != usher.StatusOnline {
		t.Errorf("user = %+v", user)
	}
	wantLoggedIn(t, client, "ann")
	token := client.GetUserAuthToken()
	login(t, client, "ANN")
	message, err := client.Logout(t.Context())
	if err != nil || message != "Goodbye." {
		t.Errorf("Logout = %q, %v", message, err)
	}
	wantLoggedIn(t, client, "")
	wantCalls(t, server, "POST /users/ann/auth_tokens", "PUT /me", "DELETE /me")
	if server.Knows(token) {
		t.Error("the token lives on")
	}
	_, err = client.Logout(t.Context())
	wantCode(t, err, usher.CodeChatNoUserLoggedIn)
}

func TestLoginWithAuthToken(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	login(t, client, "bob")
	old := client.GetUserAuthToken()
	user, err := client.LoginWithAuthToken(t.Context(), servertest.Token)
	if err != nil || user.UID != "ann" {
		t.Fatalf("user = %v, %v", user, err)
	}
	wantLoggedIn(t, client, "ann")
	servertest.Await(t, "the old token is revoked", func() bool { return !server.Knows(old) })
}

func TestLoginRefusesBadArgumentsWithoutARequest(t *testing.T) {
	t.Parallel()
	const missing, invalid, unknownKey = usher.CodeChatMissingParameters, usher.CodeChatInvalidUID, usher.CodeUnknownAPIKey
	tests := []struct {
		name, uid, key string
		want           usher.Code
	}{
		{"empty uid", "", servertest.APIKey, missing},
		{"empty uid and key", "", "", missing},
		{"blank", " ", servertest.APIKey, invalid},
		{"space inside", "an n", servertest.APIKey, invalid},
		{"no-break space", "an\u00a0n", servertest.APIKey, invalid},
		{"101 characters", strings.Repeat("n", 101), servertest.APIKey, invalid},
		{"slash", "ann/auth_tokens", servertest.APIKey, invalid},
		{"zero byte", "ann\x00", servertest.APIKey, invalid},
		{"bad uid before empty key", "ann?", "", invalid},
		{"empty key", "ann", "", missing},
		{"blank key", "ann", "  ", unknownKey},
		{"key with newline", "ann", servertest.APIKey + "\n", unknownKey},
		{"endless key", "ann", strings.Repeat("k", 1025), unknownKey},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			_, err := client.Login(t.Context(), test.uid, test.key)
			wantCode(t, err, test.want)
			_, err = client.CreateUser(t.Context(), usher.User{UID: test.uid, Name: "Kevin"}, test.key)
			wantCode(t, err, test.want)
			wantCalls(t, server)
			login(t, client, "ann")
		})
	}
}

func TestLoginWithAuthTokenRefusesBadTokensWithoutARequest(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		token string
		want  usher.Code
	}{
		"empty":              {"", usher.CodeChatMissingParameters},
		"blank":              {" ", usher.CodeUnknownAuthToken},
		"space inside":       {"ann 1", usher.CodeUnknownAuthToken},
		"newline at the end": {servertest.Token + "\n", usher.CodeUnknownAuthToken},
		"umlaut":             {"änn_1", usher.CodeUnknownAuthToken},
		"endless":            {strings.Repeat("t", 1025), usher.CodeUnknownAuthToken},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			_, err := client.LoginWithAuthToken(t.Context(), test.token)
			wantCode(t, err, test.want)
			wantCalls(t, server)
			login(t, client, "ann")
		})
	}
}

func TestLoginThatTheServerOrTheNetworkFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hook servertest.Hook
		want usher.Code
	}{
		"HTML":                   {raw(http.StatusOK, "<html>"), usher.CodeChatFailedToFetch},
		"HTML of a proxy":        {raw(http.StatusBadGateway, "<html>"), usher.CodeChatFailedToFetch},
		"HTML later":             {onSignIn(raw(http.StatusOK, "<html>")), usher.CodeChatFailedToFetch},
		"empty":                  {raw(http.StatusOK, ""), usher.CodeChatFailedToFetch},
		"another user":           {onSignIn(raw(http.StatusOK, `{"data": {"uid": "bob", "name": "Bob"}}`)), usher.CodeChatFailedToFetch},
		"dropped":                {drop, usher.CodeChatFailedToFetch},
		"dropped later":          {onSignIn(drop), usher.CodeChatFailedToFetch},
		"a code of tomorrow":     {raw(http.StatusTeapot, `{"error": {"code": "ERR_OF_TOMORROW"}}`), "ERR_OF_TOMORROW"},
		"no such user":           {raw(http.StatusNotFound, `{"error": {"code": "ERR_UID_NOT_FOUND"}}`), usher.CodeUnknownUID},
		"key that is not known":  {raw(http.StatusUnauthorized, `{"error": {"code": "AUTH_ERR_APIKEY_NOT_FOUND"}}`), usher.CodeUnknownAPIKey},
		"key that is not wanted": {raw(http.StatusUnauthorized, `{"error": {"code": "AUTH_ERR_EMPTY_APIKEY"}}`), usher.CodeUnknownAPIKey},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			login(t, client, "bob")
			token := client.GetUserAuthToken()
			server.Before(test.hook)
			_, err := client.Login(t.Context(), "ann", servertest.APIKey)
			wantCode(t, err, test.want)
			if client.GetUserAuthToken() != token {
				t.Error("the session is another one")
			}
			server.Before(nil)
			login(t, client, "ann")
		})
	}
}

func TestAnExceptionIsFoundByErrorsAs(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	_, err := client.Login(t.Context(), "ann", "unknown-key")
	var exception *usher.Error
	if !errors.As(err, &exception) || exception.Code != usher.CodeUnknownAPIKey || exception.Status != http.StatusUnauthorized {
		t.Errorf("exception = %+v", exception)
	}
	server.Before(raw(http.StatusBadRequest,
		`{"error": {"code": "ERR_BAD_REQUEST", "message": "No.", "details": {"uid": ["why"]}}}`))
	_, err = client.Login(t.Context(), "ann", servertest.APIKey)
	if !errors.As(err, &exception) || exception.Message != "No." || exception.Details["uid"][0] != "why" {
		t.Errorf("exception = %+v", exception)
	}
	server.Before(raw(http.StatusOK, "<html>"))
	_, err = client.Login(t.Context(), "ann", servertest.APIKey)
	if !errors.Is(err, usher.ErrUnusableAnswer) || strings.Contains(err.Error(), "ERROR_JSON_EXCEPTION") {
		t.Errorf("error = %v", err)
	}
}

func TestOneLoginAtATime(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	arrived, proceed := make(chan struct{}), make(chan struct{})
	server.Before(onSignIn(func(http.ResponseWriter, *http.Request) bool {
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
	_, err := client.Login(t.Context(), "", "")
	wantCode(t, err, usher.CodeChatLoginInProgress)
	_, err = client.Logout(t.Context())
	wantCode(t, err, usher.CodeChatNoUserLoggedIn)
	wantCode(t, <-done, usher.CodeLoginDiscarded)
	close(proceed)
	wantLoggedIn(t, client, "")
}

func TestVerdictEndsTheSession(t *testing.T) {
	t.Parallel()
	server, client := startIn(t)
	if user, err := client.CheckSession(t.Context()); err != nil || user.UID != "ann" {
		t.Fatalf("CheckSession = %v, %v", user, err)
	}
	server.End(client.GetUserAuthToken())
	_, err := client.CheckSession(t.Context())
	wantCode(t, err, usher.CodeUnknownAuthToken)
	wantLoggedIn(t, client, "")
	_, err = client.CheckSession(t.Context())
	wantCode(t, err, usher.CodeChatNoUserLoggedIn)
}

func TestListenersHearTheWordsOfTheChatSDK(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	heard := make(chan string, 10)
	client.AddLoginListener("L", usher.LoginListener{
		LoginSuccess:  func(user *usher.User) { heard <- "in: " + user.UID },
		LoginFailure:  func(err error) { heard <- "not in: " + string(usher.CodeOf(err)) },
		LogoutSuccess: func(reason usher.LogoutReason) { heard <- "out: " + string(reason) },
		LogoutFailure: func(err error) { heard <- "not out: " + string(usher.CodeOf(err)) },
	})
	client.AddLoginListener("deaf", usher.LoginListener{})
	ctx := t.Context()
	_, _ = client.Login(ctx, "", "")
	_, _ = client.Login(ctx, "a b", servertest.APIKey)
	_, _ = client.Logout(ctx)
	_, _ = client.Login(ctx, "ann", servertest.APIKey)
	_, _ = client.Logout(ctx)
	server.Before(drop)
	_, _ = client.Login(ctx, "ann", servertest.APIKey)
	client.RemoveLoginListener("unknown")
	want := []string{
		"not in: MISSING_PARAMETERS", "not in: INVALID_UID", "not out: USER_NOT_LOGGED_IN",
		"in: ann", "out: userInitiated", "not in: FAILED_TO_FETCH",
	}
	var got []string
	for range want {
		got = append(got, <-heard)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	client.RemoveLoginListener("L")
	server.Before(nil)
	login(t, client, "ann")
	if len(heard) > 0 {
		t.Errorf("the removed listener heard %q", <-heard)
	}
}
