package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/server"
)

// shortFolder is a temporary folder whose path leaves room for the name of a socket.
func shortFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "usher") //nolint:usetesting // the path of t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// askSocket sends a request to a control socket and gives the answer.
func askSocket(t *testing.T, socket, path string) string {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get("http://usher" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheControlSocketIsForTheOperatorOnly(t *testing.T) {
	t.Parallel()
	folder := shortFolder(t)
	// However open the folder of the data is.
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	config := server.Config{Database: "sqlite:" + filepath.Join(folder, "usher.db"), AppID: "my-app"}
	running := start(t, config)
	socket := config.ControlSocket()
	for path, want := range map[string]os.FileMode{socket: os.ModeSocket | 0o600, filepath.Dir(socket): os.ModeDir | 0o700} {
		info, err := os.Stat(path)
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	for _, path := range []string{"/v3/users", "/v3/apps", "/v3/apikeys", "/v3/signing_keys"} {
		if got := askSocket(t, socket, path); !strings.HasPrefix(got, `{"data":[{`) {
			t.Errorf("%s: %s", path, got)
		}
		response, err := http.Get(running.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s on the network: status %d", path, response.StatusCode)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(socket); !os.IsNotExist(err) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

func TestASocketThatAKilledServerLeftIsReplaced(t *testing.T) {
	t.Parallel()
	folder := shortFolder(t)
	config := server.Config{Database: "sqlite:" + filepath.Join(folder, "usher.db")}
	socket := config.ControlSocket()
	if err := os.Mkdir(filepath.Dir(socket), 0o755); err != nil {
		t.Fatal(err)
	}
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, config)
	if got := askSocket(t, socket, "/v3/users"); !strings.HasPrefix(got, `{"data":[{`) {
		t.Errorf("the answer is %s", got)
	}
	if info, err := os.Stat(filepath.Dir(socket)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
}

func TestAServerGoesOnWithoutAControlSocket(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	config := server.Config{Database: "sqlite:" + filepath.Join(folder, "usher.db"), Listen: "127.0.0.1:0", Region: "us"}
	var log bytes.Buffer
	running, err := server.Start(t.Context(), config, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "there is no control socket") || !strings.Contains(log.String(), "longer than the 100 bytes") {
		t.Errorf("the log says %s", log.String())
	}
	if got := (server.Config{Database: "postgres://127.0.0.1/usher"}).ControlSocket(); got != "" {
		t.Errorf("with PostgreSQL: %s", got)
	}
}
