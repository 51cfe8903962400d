package chat_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestCreateUserSendsWhatMayBeSaid(t *testing.T) {
	t.Parallel()
	server, client := startIn(t)
	token := client.GetUserAuthToken()
	created, err := client.CreateUser(t.Context(), usher.User{
		UID: "Kevin", Name: "Kevin", Metadata: json.RawMessage(`{"a":1}`), Tags: []string{"pilot"},
		Status: usher.StatusOnline, LastActiveAt: 7, CreatedAt: 7, DeactivatedAt: 7, BlockedByMe: true,
	}, servertest.APIKey)
	if err != nil || created.UID != "kevin" || created.Name != "Kevin" {
		t.Fatalf("CreateUser = %+v, %v", created, err)
	}
	request := server.Requests()[0]
	const want = `{"uid":"Kevin","name":"Kevin","metadata":{"a":1},"tags":["pilot"]}`
	if request.Body != want || request.Header.Get("apiKey") != servertest.APIKey || request.Header.Get("authToken") != "" {
		t.Errorf("request = %s, %v", request.Body, request.Header)
	}
	if client.GetUserAuthToken() != token {
		t.Error("the session is another one")
	}
	_, err = client.CreateUser(t.Context(), usher.User{UID: "kevin", Name: "Kevin"}, servertest.APIKey)
	wantCode(t, err, usher.CodeUIDTaken)
	_, err = client.CreateUser(t.Context(), usher.User{UID: "nora", Name: "Nora"}, "unknown-key")
	wantCode(t, err, usher.CodeUnknownAPIKey)
	_, err = client.CreateUser(t.Context(), usher.User{UID: "nora"}, servertest.APIKey)
	wantCode(t, err, usher.CodeBadRequest)
}

func TestUpdateUserChangesWhatIsNamed(t *testing.T) {
	t.Parallel()
	server, client := startIn(t)
	before := client.GetLoggedInUser()
	changed, err := client.UpdateUser(t.Context(), "ann", chat.UserChanges{
		Name: new("Anna"), StatusMessage: new(""), Role: new("doctor"), Tags: []string{},
	}, servertest.APIKey)
	if err != nil || changed.Name != "Anna" || changed.Role != "doctor" {
		t.Fatalf("UpdateUser = %+v, %v", changed, err)
	}
	const want = `{"name":"Anna","role":"doctor","statusMessage":"","tags":[]}`
	if request := server.Requests()[0]; request.Body != want || request.Method != http.MethodPut || request.Path != "/users/ann" {
		t.Errorf("request = %s %s %s", request.Method, request.Path, request.Body)
	}
	if diff := cmp.Diff(before, client.GetLoggedInUser()); diff != "" {
		t.Errorf("the session's user (-before +after):\n%s", diff)
	}
	_, err = client.UpdateUser(t.Context(), "nobody", chat.UserChanges{}, servertest.APIKey)
	wantCode(t, err, usher.CodeUnknownUID)
	_, err = client.UpdateUser(t.Context(), "a b", chat.UserChanges{}, servertest.APIKey)
	wantCode(t, err, usher.CodeChatInvalidUID)
	_, err = client.UpdateUser(t.Context(), "ann", chat.UserChanges{}, "")
	wantCode(t, err, usher.CodeChatMissingParameters)
}

func TestUpdateCurrentUserDetails(t *testing.T) {
	t.Parallel()
	storage := usher.MemoryStorage()
	server, client := start(t, chat.WithStorage(storage))
	_, err := client.UpdateCurrentUserDetails(t.Context(), chat.UserChanges{Name: new("Anna")})
	wantCode(t, err, usher.CodeChatNoUserLoggedIn)
	login(t, client, "ann")
	server.Calls()
	user, err := client.UpdateCurrentUserDetails(t.Context(), chat.UserChanges{Name: new("Anna"), Role: new("boss")})
	if err != nil || user.Name != "Anna" || user.Role != "default" {
		t.Fatalf("user = %+v, %v", user, err)
	}
	if request := server.Requests()[0]; request.Body != `{"name":"Anna"}` {
		t.Errorf("body = %s", request.Body)
	}
	for name, client := range map[string]*chat.Client{"here": client, "after a restart": newClient(t, server, chat.WithStorage(storage))} {
		if got := client.GetLoggedInUser(); got == nil || got.Name != "Anna" {
			t.Errorf("%s: user = %+v", name, got)
		}
	}
}

// Whatever comes of a change, only a verdict ends the session.
func TestUpdateCurrentUserDetailsThatFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hook servertest.Hook
		want usher.Code
		out  bool
	}{
		"HTML":         {raw(http.StatusOK, "<html>"), usher.CodeChatFailedToFetch, false},
		"dropped":      {drop, usher.CodeChatFailedToFetch, false},
		"another user": {raw(http.StatusOK, `{"data": {"uid": "bob", "name": "Bob", "authToken": "bob_1"}}`), usher.CodeChatFailedToFetch, false},
		"refused":      {raw(http.StatusBadRequest, `{"error": {"code": "ERR_BAD_REQUEST"}}`), usher.CodeBadRequest, false},
		"verdict":      {raw(http.StatusUnauthorized, `{"error": {"code": "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"}}`), usher.CodeUnknownAuthToken, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startIn(t)
			before := client.GetLoggedInUser()
			server.Before(test.hook)
			_, err := client.UpdateCurrentUserDetails(t.Context(), chat.UserChanges{Name: new("Anna")})
			wantCode(t, err, test.want)
			if test.out {
				wantLoggedIn(t, client, "")
				return
			}
			if diff := cmp.Diff(before, client.GetLoggedInUser()); diff != "" {
				t.Errorf("user (-before +after):\n%s", diff)
			}
		})
	}
}

func TestGetUser(t *testing.T) {
	t.Parallel()
	server, client := startIn(t)
	if _, err := client.BlockUsers(t.Context(), []string{"bob"}); err != nil {
		t.Fatal(err)
	}
	server.Calls()
	user, err := client.GetUser(t.Context(), "BOB")
	if err != nil || user.UID != "bob" || !user.BlockedByMe || user.HasBlockedMe {
		t.Errorf("GetUser = %+v, %v", user, err)
	}
	wantCalls(t, server, "GET /users/BOB")
	for uid, want := range map[string]usher.Code{
		"": usher.CodeChatMissingParameters, "a b": usher.CodeChatInvalidUID, "..": usher.CodeChatInvalidUID,
		strings.Repeat("n", 101): usher.CodeChatInvalidUID, "nobody": usher.CodeUnknownUID,
	} {
		_, err := client.GetUser(t.Context(), uid)
		wantCode(t, err, want)
	}
	if _, err := client.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = client.GetUser(t.Context(), "bob")
	wantCode(t, err, usher.CodeChatNoUserLoggedIn)
}

func TestAnswersThatAreNotTheUserAskedFor(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"HTML":         "<html>",
		"empty":        "",
		"a list":       `{"data": []}`,
		"no uid":       `{"data": {"name": "Bob"}}`,
		"another user": `{"data": {"uid": "ann", "name": "Ann"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := startIn(t)
			server.Before(raw(http.StatusOK, body))
			_, got := client.GetUser(t.Context(), "bob")
			_, created := client.CreateUser(t.Context(), usher.User{UID: "bob", Name: "Bob"}, servertest.APIKey)
			_, updated := client.UpdateUser(t.Context(), "bob", chat.UserChanges{}, servertest.APIKey)
			for _, err := range []error{got, created, updated} {
				wantCode(t, err, usher.CodeChatFailedToFetch)
			}
			wantLoggedIn(t, client, "ann")
		})
	}
}
