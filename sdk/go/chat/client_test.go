package chat_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/chat"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestNewRefusesBadSettings(t *testing.T) {
	t.Parallel()
	const host = "http://127.0.0.1:8080"
	tests := map[string]struct {
		settings chat.AppSettings
		option   chat.Option
		want     usher.Code
	}{
		"nothing":              {chat.AppSettings{}, nil, usher.CodeChatMissingParameters},
		"no app id":            {chat.AppSettings{Host: host, Subscription: "?"}, nil, usher.CodeChatMissingParameters},
		"app id with space":    {chat.AppSettings{AppID: "app 1", Host: host}, nil, usher.CodeInvalidSettings},
		"no host, no region":   {chat.AppSettings{AppID: "app-1"}, nil, usher.CodeInvalidSettings},
		"region is no label":   {chat.AppSettings{AppID: "app-1", Region: "eu.evil.example/"}, nil, usher.CodeInvalidSettings},
		"host with password":   {chat.AppSettings{AppID: "app-1", Host: "https://a:hunter2@a.example"}, nil, usher.CodeInvalidSettings},
		"admin host":           {chat.AppSettings{AppID: "app-1", Host: host, AdminHost: "ftp://a.example"}, nil, usher.CodeInvalidSettings},
		"client host":          {chat.AppSettings{AppID: "app-1", Host: host, ClientHost: "a.example?b"}, nil, usher.CodeInvalidSettings},
		"unknown subscription": {chat.AppSettings{AppID: "app-1", Host: host, Subscription: "ENEMIES"}, nil, usher.CodeInvalidSettings},
		"roles without one":    {chat.AppSettings{AppID: "app-1", Host: host, Subscription: usher.SubscribeRoles}, nil, usher.CodeInvalidSettings},
		"nil storage":          {chat.AppSettings{AppID: "app-1", Host: host}, chat.WithStorage(nil), usher.CodeInvalidSettings},
		"nil HTTP client":      {chat.AppSettings{AppID: "app-1", Host: host}, chat.WithHTTPClient(nil), usher.CodeInvalidSettings},
		"nil logger":           {chat.AppSettings{AppID: "app-1", Host: host}, chat.WithLogger(nil), usher.CodeInvalidSettings},
		"no time":              {chat.AppSettings{AppID: "app-1", Host: host}, chat.WithTimeout(0), usher.CodeInvalidSettings},
		"empty device id":      {chat.AppSettings{AppID: "app-1", Host: host}, chat.WithDeviceID(""), usher.CodeInvalidSettings},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := []chat.Option{chat.WithStorage(usher.MemoryStorage())}
			if test.option != nil {
				options = append(options, test.option)
			}
			client, err := chat.New(test.settings, options...)
			wantCode(t, err, test.want)
			if client != nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("New = %v, %v", client, err)
			}
		})
	}
}

func TestSubscriptionsAreTaken(t *testing.T) {
	t.Parallel()
	for _, settings := range []chat.AppSettings{
		{},
		{Subscription: usher.SubscribeAllUsers},
		{Subscription: usher.SubscribeFriends},
		{Subscription: usher.SubscribeRoles, Roles: []string{"doctor"}},
	} {
		settings.AppID, settings.Region = "app-1", "eu"
		client, err := chat.New(settings, chat.WithStorage(usher.MemoryStorage()))
		if err != nil {
			t.Errorf("New(%q) = %v", settings.Subscription, err)
			continue
		}
		client.Close()
	}
}

func TestHostsOfKeysAndTokens(t *testing.T) {
	t.Parallel()
	admin, client := servertest.Start(), servertest.Start()
	t.Cleanup(admin.Close)
	t.Cleanup(client.Close)
	made, err := chat.New(chat.AppSettings{
		AppID: servertest.AppID, Host: "http://server.invalid", AdminHost: admin.Host(), ClientHost: client.Host(),
	}, chat.WithStorage(usher.MemoryStorage()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)
	if _, err := made.CreateUser(t.Context(), usher.User{UID: "kevin", Name: "Kevin"}, servertest.APIKey); err != nil {
		t.Fatal(err)
	}
	if _, err := made.LoginWithAuthToken(t.Context(), servertest.Token); err != nil {
		t.Fatal(err)
	}
	wantCalls(t, admin, "POST /users")
	wantCalls(t, client, "PUT /me")
}

func TestClientNotMadeByNew(t *testing.T) {
	t.Parallel()
	_, closed := startIn(t)
	closed.Close()
	closed.Close()
	for name, client := range map[string]*chat.Client{"nil": nil, "zero": {}, "closed": closed} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The arguments are wrong too: that a client is missing comes first.
			ctx := t.Context()
			for call, err := range map[string]error{
				"Login":                    second(client.Login(ctx, "", "")),
				"LoginWithAuthToken":       second(client.LoginWithAuthToken(ctx, "")),
				"Logout":                   second(client.Logout(ctx)),
				"CheckSession":             second(client.CheckSession(ctx)),
				"CreateUser":               second(client.CreateUser(ctx, usher.User{}, "")),
				"UpdateUser":               second(client.UpdateUser(ctx, "", chat.UserChanges{}, "")),
				"UpdateCurrentUserDetails": second(client.UpdateCurrentUserDetails(ctx, chat.UserChanges{})),
				"GetUser":                  second(client.GetUser(ctx, "")),
				"BlockUsers":               second(client.BlockUsers(ctx, nil)),
				"UnblockUsers":             second(client.UnblockUsers(ctx, nil)),
			} {
				if usher.CodeOf(err) != usher.CodeChatNotInitialized {
					t.Errorf("%s: %v", call, err)
				}
			}
			for user, err := range client.Users(ctx, chat.UsersRequest{}) {
				wantCode(t, err, usher.CodeChatNotInitialized)
				if user != nil {
					t.Errorf("user %v", user)
				}
			}
			client.AddLoginListener("L", usher.LoginListener{})
			client.RemoveLoginListener("L")
			wantLoggedIn(t, client, "")
		})
	}
}

func second[T any](_ T, err error) error { return err }

// An app may use both packages for one user.
func TestOneSessionForCallsAndChat(t *testing.T) {
	t.Parallel()
	storage := usher.FileStorage(t.TempDir())
	server, client := start(t, chat.WithStorage(storage))
	login(t, client, "ann")
	other, err := calls.New(calls.Config{AppID: servertest.AppID, Host: server.Host()}, calls.WithStorage(storage))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	if other.UserAuthToken() == "" || other.UserAuthToken() != client.GetUserAuthToken() {
		t.Error("package calls has another session")
	}
	if _, err := other.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantLoggedIn(t, client, "")
}

func TestSessionSurvivesARestart(t *testing.T) {
	t.Parallel()
	storage := usher.FileStorage(t.TempDir())
	server, client := start(t, chat.WithStorage(storage))
	before := login(t, client, "ann")
	client.Close()
	server.Calls()
	restarted := newClient(t, server, chat.WithStorage(storage))
	if diff := cmp.Diff(before, restarted.GetLoggedInUser()); diff != "" {
		t.Errorf("user (-before +after):\n%s", diff)
	}
	wantCalls(t, server)
}

func TestCorruptStorageIsNoSession(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"empty":        "",
		"binary":       "\x00\xff",
		"cut off":      `{"format": 1, "user": {"uid": "ann"`,
		"other format": `{"format": 2, "user": {"uid": "ann"}, "authToken": "ann_1"}`,
		"no token":     `{"format": 1, "user": {"uid": "ann"}}`,
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			server, client := start(t, chat.WithStorage(usher.FileStorage(directory)))
			login(t, client, "ann")
			client.Close()
			files, err := filepath.Glob(filepath.Join(directory, "*_app-1_*"))
			if err != nil || len(files) == 0 {
				t.Fatalf("files = %v, %v", files, err)
			}
			for _, file := range files {
				if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			restarted := newClient(t, server, chat.WithStorage(usher.FileStorage(directory)))
			wantLoggedIn(t, restarted, "")
			login(t, restarted, "ann")
		})
	}
}

func TestFullStorageFailsTheLogin(t *testing.T) {
	t.Parallel()
	storage := &fullStorage{Storage: usher.MemoryStorage()}
	server, client := start(t, chat.WithStorage(storage))
	storage.full = true
	_, err := client.Login(t.Context(), "ann", servertest.APIKey)
	wantCode(t, err, usher.CodeStorageFailed)
	wantLoggedIn(t, client, "")
	servertest.Await(t, "the token is revoked", func() bool { return len(server.Tokens()) == 0 })
}
