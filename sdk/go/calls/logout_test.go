package calls_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestLogout(t *testing.T) {
	t.Parallel()
	storage := usher.MemoryStorage()
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	token := client.UserAuthToken()
	server.Calls()
	// What the server sees of a logout is a client that is out already.
	server.Before(func(http.ResponseWriter, *http.Request) bool {
		if client.IsUserLoggedIn() {
			t.Error("the session outlived the request")
		}
		return false
	})
	message, err := client.Logout(t.Context())
	if err != nil || message != "Goodbye." {
		t.Fatalf("Logout = %q, %v", message, err)
	}
	wantCalls(t, server, "DELETE /me")
	wantLoggedIn(t, client, "")
	wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage)), "")
	if server.Knows(token) {
		t.Error("the token lives on the server")
	}

	_, err = client.Logout(t.Context())
	wantCode(t, err, usher.CodeNoUserLoggedIn)
	wantCalls(t, server)
	server.Before(nil)
	login(t, client, "ann")
}

func TestLogoutEndsTheSessionWhateverTheServerSays(t *testing.T) {
	t.Parallel()
	refuse := func(code usher.Code) servertest.Hook {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			servertest.Refuse(w, http.StatusForbidden, code)
			return true
		}
	}
	tests := map[string]servertest.Hook{
		"nothing": drop,
		"garbage": raw(http.StatusOK, "bye"),
		"no":      refuse(usher.CodeNoAccess),
		"gone":    refuse(usher.CodeUnknownAuthToken),
		"no text": raw(http.StatusOK, `{"data": {}}`),
	}
	for name, hook := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storage := usher.MemoryStorage()
			server, client := start(t, calls.WithStorage(storage))
			login(t, client, "ann")
			server.Before(hook)
			message, err := client.Logout(t.Context())
			if err != nil || message != "Logged out." {
				t.Errorf("Logout = %q, %v", message, err)
			}
			wantLoggedIn(t, client, "")
			wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage)), "")
		})
	}
}

func TestLogoutWithACancelledContext(t *testing.T) {
	t.Parallel()
	storage := usher.MemoryStorage()
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	token := client.UserAuthToken()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Logout(ctx); err != nil {
		t.Fatalf("error = %v", err)
	}
	wantLoggedIn(t, client, "")
	newClient(t, server, calls.WithStorage(storage))
	wantRevoked(t, server, token)
}

func TestLogoutSaysThatTheStorageKeptTheSession(t *testing.T) {
	t.Parallel()
	storage := &brokenStorage{Storage: usher.MemoryStorage(), remove: broken}
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	server.Calls()
	_, err := client.Logout(t.Context())
	if !errors.Is(err, errBroken) {
		t.Fatalf("error = %v", err)
	}
	wantCode(t, err, usher.CodeStorageFailed)
	wantLoggedIn(t, client, "")
	wantCalls(t, server, "DELETE /me")
}

// A login that is answered after a logout must not bring anybody in, whether somebody was in before
// or not, and its token must not be left behind.
func TestLoginAnsweredAfterLogoutIsDiscarded(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{"nobody in before": "", "somebody in before": "ann"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storage := &brokenStorage{Storage: usher.MemoryStorage()}
			server, client := start(t, calls.WithStorage(storage))
			if before != "" {
				login(t, client, before)
			}
			storage.save = func(key string) error {
				if strings.HasPrefix(key, "session ") {
					t.Error("the discarded session was stored for a moment")
				}
				return nil
			}
			logOutDuring(t, server, client, before)
			wantLoggedIn(t, client, "")
			wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage.Storage)), "")
		})
	}
}

// logOutDuring logs out while the server is answering a login of bob.
func logOutDuring(t *testing.T, server *servertest.Server, client *calls.Client, before string) {
	t.Helper()
	arrived, proceed := make(chan string), make(chan struct{})
	server.Before(onMe(http.MethodPut, func(_ http.ResponseWriter, r *http.Request) bool {
		arrived <- r.Header.Get("authToken")
		<-proceed
		return false
	}))
	done := make(chan error)
	go func() {
		_, err := client.Login(context.WithoutCancel(t.Context()), "bob", servertest.APIKey)
		done <- err
	}()
	token := <-arrived
	_, err := client.Logout(t.Context())
	if before == "" {
		wantCode(t, err, usher.CodeNoUserLoggedIn)
	} else if err != nil {
		t.Fatal(err)
	}
	// The login does not wait for an answer that will be thrown away.
	if err := <-done; !errors.Is(err, calls.ErrLoginDiscarded) {
		t.Fatalf("error of the login = %v", err)
	}
	server.Before(nil)
	close(proceed)
	wantRevoked(t, server, token)
}

// The narrowest moment for a logout: while the storage writes the session of a login.
func TestLogoutWhileTheSessionIsBeingStored(t *testing.T) {
	t.Parallel()
	storage := &brokenStorage{Storage: usher.MemoryStorage()}
	server, client := start(t, calls.WithStorage(storage))
	writing, proceed := make(chan struct{}), make(chan struct{})
	storage.save = func(key string) error {
		if strings.HasPrefix(key, "session ") {
			close(writing)
			<-proceed
		}
		return nil
	}
	done := make(chan error)
	go func() {
		_, err := client.Login(context.WithoutCancel(t.Context()), "ann", servertest.APIKey)
		done <- err
	}()
	<-writing
	_, err := client.Logout(t.Context())
	wantCode(t, err, usher.CodeNoUserLoggedIn)
	if err := <-done; !errors.Is(err, calls.ErrLoginDiscarded) {
		t.Fatalf("error of the login = %v", err)
	}
	close(proceed)
	client.Close() // waits for what is still being stored
	wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage.Storage)), "")
}

// Whatever the order, what is stored in the end is who is in.
func TestManyLoginsAndLogoutsAtOnce(t *testing.T) {
	t.Parallel()
	storage := usher.MemoryStorage()
	server, client := start(t, calls.WithStorage(storage))
	allowed := []usher.Code{"", usher.CodeLoginInProgress, usher.CodeNoUserLoggedIn, usher.CodeLoginDiscarded}
	var group sync.WaitGroup
	for worker := range 6 {
		group.Go(func() {
			for range 20 {
				var err error
				switch worker % 3 {
				case 0:
					_, err = client.Login(t.Context(), "ann", servertest.APIKey)
				case 1:
					_, err = client.Login(t.Context(), "bob", servertest.APIKey)
				default:
					_, err = client.Logout(t.Context())
				}
				if code := usher.CodeOf(err); !slices.Contains(allowed, code) || code == "" && err != nil {
					t.Errorf("error = %v", err)
				}
				if user := client.LoggedInUser(); user != nil && !strings.Contains("ann bob", user.UID) {
					t.Errorf("user = %+v", user)
				}
			}
		})
	}
	group.Wait()
	uid := ""
	if user := client.LoggedInUser(); user != nil {
		uid = user.UID
		if !server.Knows(client.UserAuthToken()) {
			t.Error("the session's token is dead")
		}
	}
	wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage)), uid)
}
