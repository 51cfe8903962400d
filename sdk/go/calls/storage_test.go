package calls_test

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func TestFilesAreOnlyForTheOwner(t *testing.T) {
	t.Parallel()
	directory := filepath.Join(t.TempDir(), "usher")
	_, client := start(t, calls.WithStorage(usher.FileStorage(directory)))
	login(t, client, "ann")

	information, err := os.Stat(directory)
	if err != nil {
		t.Fatal(err)
	}
	if mode := information.Mode().Perm(); mode != 0o700 {
		t.Errorf("the directory has mode %o", mode)
	}
	files, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, file := range files {
		kind, _, _ := strings.Cut(file.Name(), "_app-1_http")
		kinds = append(kinds, kind)
		information, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		if mode := information.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", file.Name(), mode)
		}
	}
	// Nothing is left over from writing them.
	if diff := cmp.Diff([]string{"device", "lock", "session"}, kinds); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestRestartRestoresTheSession(t *testing.T) {
	t.Parallel()
	storage := usher.FileStorage(t.TempDir())
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	first := server.Requests()

	restarted := newClient(t, server, calls.WithStorage(storage))
	wantLoggedIn(t, restarted, "ann")
	if diff := cmp.Diff(client.LoggedInUser(), restarted.LoggedInUser()); diff != "" {
		t.Errorf("user (-before +after):\n%s", diff)
	}
	if restarted.UserAuthToken() != client.UserAuthToken() {
		t.Error("the token is another one")
	}
	wantCalls(t, server)

	// The device is the same, for other users and after a logout too.
	if _, err := restarted.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Requests()
	login(t, newClient(t, server, calls.WithStorage(storage)), "bob")
	if diff := cmp.Diff(first[0].Body, server.Requests()[0].Body); diff != "" {
		t.Errorf("device (-before +after):\n%s", diff)
	}
}

func TestAppsAndServersDoNotSeeEachOthersSessions(t *testing.T) {
	t.Parallel()
	storage := usher.FileStorage(t.TempDir())
	server, client := start(t, calls.WithStorage(storage))
	login(t, client, "ann")
	for name, config := range map[string]calls.Config{
		"app":  {AppID: "app-2", Host: server.Host()},
		"host": {AppID: servertest.AppID, Host: server.Host() + "/other"},
	} {
		other, err := calls.New(config, calls.WithStorage(storage))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(other.Close)
		if other.IsUserLoggedIn() {
			t.Errorf("another %s has the session", name)
		}
	}
}

func TestUnreadableSessionIsNone(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"empty":          "",
		"binary":         "\x00\xff",
		"cut off":        `{"format": 1, "user": {"uid": "ann"`,
		"other type":     `[1]`,
		"null":           `null`,
		"other format":   `{"format": 2, "user": {"uid": "ann"}, "authToken": "ann_1"}`,
		"no uid":         `{"format": 1, "user": {"name": "Ann"}, "authToken": "ann_1"}`,
		"no token":       `{"format": 1, "user": {"uid": "ann"}}`,
		"token in lines": `{"format": 1, "user": {"uid": "ann"}, "authToken": "ann\n1"}`,
	}
	for name, content := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			storage := usher.FileStorage(directory)
			server, client := start(t, calls.WithStorage(storage))
			login(t, client, "ann")
			client.Close()
			files, err := filepath.Glob(filepath.Join(directory, "*_app-1_*"))
			if err != nil || len(files) != 2 {
				t.Fatalf("files = %v, %v", files, err)
			}
			for _, file := range files {
				if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var log strings.Builder
			restarted := newClient(t, server, calls.WithStorage(storage), calls.WithLogger(logTo(&log)))
			wantLoggedIn(t, restarted, "")
			if !strings.Contains(log.String(), "level=WARN") || strings.Contains(log.String(), "ann_1") {
				t.Errorf("log: %s", log.String())
			}
			login(t, restarted, "ann")
			wantLoggedIn(t, newClient(t, server, calls.WithStorage(storage)), "ann")
		})
	}
}

func TestFileStorageThatCannotBeReadOrWritten(t *testing.T) {
	t.Parallel()
	// A file where the directory should be: no permission is needed for it to fail, even for root.
	occupied := filepath.Join(t.TempDir(), "usher")
	if err := os.WriteFile(occupied, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	config := calls.Config{AppID: "app-1", Host: "http://127.0.0.1:8080"}
	if _, err := calls.New(config, calls.WithStorage(usher.FileStorage(occupied))); err == nil {
		t.Error("New gave no error")
	}
	if _, err := calls.New(config, calls.WithStorage(usher.FileStorage(filepath.Join(occupied, "below")))); err == nil {
		t.Error("New gave no error below a file")
	}
}

func TestGivenDeviceIDIsSent(t *testing.T) {
	t.Parallel()
	server, client := start(t, calls.WithDeviceID("phone-7"))
	login(t, client, "ann")
	if body := server.Requests()[0].Body; !strings.Contains(body, `"deviceId":"phone-7"`) {
		t.Errorf("body = %s", body)
	}
}

//nolint:paralleltest // the place is found through the environment
func TestDefaultStorageIsInTheUsersConfigurationDirectory(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "AppData"} {
		t.Setenv(name, home)
	}
	config := calls.Config{AppID: "app-1", Host: "http://127.0.0.1:8080"}
	client, err := calls.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	configuration, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(configuration, "usher", "device_app-1_http*"))
	if err != nil || len(files) != 1 {
		t.Errorf("files = %v, %v", files, err)
	}

	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "AppData"} {
		t.Setenv(name, "")
	}
	if _, err := calls.New(config); err == nil {
		t.Error("New found a place where there is none")
	}
}
