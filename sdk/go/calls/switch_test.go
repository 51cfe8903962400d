package calls_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestAnotherUserReplacesTheSession(t *testing.T) {
	t.Parallel()
	storage := calls.MemoryStorage()
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	old := client.UserAuthToken()
	server.Calls()

	login(t, client, "bob")
	wantLoggedIn(t, client, "bob")
	wantCalls(t, server, "POST /users/bob/auth_tokens", "PUT /me", "DELETE /me")
	if server.Knows(old) || !server.Knows(client.UserAuthToken()) {
		t.Errorf("the old session lives: %v; the new one: %v", server.Knows(old), server.Knows(client.UserAuthToken()))
	}
	wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage)), "bob")
}

func TestAnotherTokenReplacesTheSession(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	login(t, client, "bob")
	old := client.UserAuthToken()
	if _, err := client.LoginWithAuthToken(t.Context(), servertest.Token); err != nil {
		t.Fatal(err)
	}
	wantLoggedIn(t, client, "ann")
	if server.Knows(old) {
		t.Error("the old session lives on the server")
	}
}

func TestFailedSwitchKeepsTheSession(t *testing.T) {
	t.Parallel()
	refuse := func(code usher.Code) servertest.Hook {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			servertest.Refuse(w, http.StatusUnauthorized, code)
			return true
		}
	}
	tests := map[string]servertest.Hook{
		"dropped first request":  drop,
		"dropped second request": onMe(http.MethodPut, drop),
		"garbage":                raw(http.StatusBadGateway, "<html>"),
		"refused key":            refuse(usher.CodeUnknownAPIKey),
		"refused token":          onMe(http.MethodPut, refuse(usher.CodeUnknownAuthToken)),
	}
	for name, hook := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storage := calls.MemoryStorage()
			server, client := start(t, calls.WithStorage(storage))
			login(t, client, "ann")
			old := client.UserAuthToken()
			server.Before(hook)
			if _, err := client.Login(t.Context(), "bob", servertest.APIKey); err == nil {
				t.Fatal("the login succeeded")
			}
			wantLoggedIn(t, client, "ann")
			if client.UserAuthToken() != old || !server.Knows(old) {
				t.Error("the old session was touched")
			}
			wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage)), "ann")
			server.Before(nil)
			login(t, client, "bob")
		})
	}
}

func TestSwitchSucceedsWhenTheOldSessionCannotBeEnded(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	server, client := start(t, calls.WithLogger(logTo(&log)))
	login(t, client, "ann")
	old := client.UserAuthToken()
	server.Before(onMe(http.MethodDelete, drop))
	login(t, client, "bob")
	wantLoggedIn(t, client, "bob")
	if !strings.Contains(log.String(), "uid=ann") || strings.Contains(log.String(), old) {
		t.Errorf("log: %s", log.String())
	}
}

func TestSessionThatCannotBeStoredIsNone(t *testing.T) {
	t.Parallel()
	storage := &brokenStorage{Storage: calls.MemoryStorage()}
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	server.Calls()
	storage.save = broken
	if _, err := client.Login(t.Context(), "bob", servertest.APIKey); !errors.Is(err, errBroken) {
		t.Fatalf("error = %v", err)
	}
	wantLoggedIn(t, client, "ann")
	wantCalls(t, server, "POST /users/bob/auth_tokens", "PUT /me", "DELETE /me")
	if !server.Knows(client.UserAuthToken()) {
		t.Error("the wrong session was ended")
	}
}
