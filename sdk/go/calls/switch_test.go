package calls_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestAnotherUserReplacesTheSession(t *testing.T) {
	t.Parallel()
	storage := usher.MemoryStorage()
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	old := client.UserAuthToken()
	server.Calls()

	login(t, client, "bob")
	wantLoggedIn(t, client, "bob")
	wantRevoked(t, server, old)
	wantCalls(t, server, "POST /users/bob/auth_tokens", "PUT /me", "DELETE /me")
	if !server.Knows(client.UserAuthToken()) {
		t.Error("the new session is dead")
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
	wantRevoked(t, server, old)
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
			storage := usher.MemoryStorage()
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
	storage := usher.MemoryStorage()
	server, client := start(t, calls.WithStorage(storage), calls.WithLogger(logTo(&log)))
	login(t, client, "ann")
	old := client.UserAuthToken()
	server.Calls()
	server.Before(onMe(http.MethodDelete, drop))
	login(t, client, "bob")
	wantLoggedIn(t, client, "bob")
	asked := 0
	servertest.Await(t, "the server is asked to end the old session", func() bool {
		asked += len(server.Calls())
		return asked == 3
	})
	client.Close()
	if !strings.Contains(log.String(), "level=WARN") || strings.Contains(log.String(), old) {
		t.Errorf("log: %s", log.String())
	}
	server.Before(nil)
	wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage)), "bob")
	wantRevoked(t, server, old)
}

func TestSessionThatCannotBeStoredIsNone(t *testing.T) {
	t.Parallel()
	storage := &brokenStorage{Storage: usher.MemoryStorage()}
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	server.Calls()
	storage.save = broken
	_, err := client.Login(t.Context(), "bob", servertest.APIKey)
	if !errors.Is(err, errBroken) {
		t.Fatalf("error = %v", err)
	}
	wantLoggedIn(t, client, "ann")
	wantCode(t, err, usher.CodeStorageFailed)
	var seen []string
	servertest.Await(t, "the token that could not be kept is revoked", func() bool {
		seen = append(seen, server.Calls()...)
		return len(seen) == 3
	})
	if diff := cmp.Diff([]string{"POST /users/bob/auth_tokens", "PUT /me", "DELETE /me"}, seen); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if !server.Knows(client.UserAuthToken()) {
		t.Error("the wrong session was ended")
	}
}
