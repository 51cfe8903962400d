package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/server"
)

func TestSigningKeysOfARunningServerAreRotatedAndNeverSeen(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	running := start(t, folder, "--rest-key="+testKey, "--management-key=operator", "--management-secret=0123456789abcdef")
	shown := running.manage(http.MethodPost, "/v3/signing_keys", `{"now":true}`) + running.manage(http.MethodGet, "/v3/signing_keys", "")
	if err := running.terminate(); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, folder, "jwt-keys", "list")
	if err != nil || strings.Count(out, "verifying") != 1 || strings.Count(out, "signing ") != 1 {
		t.Fatalf("list: %v, %s", err, out)
	}
	seen := []string{shown, out, running.printed, running.log.String()}
	files, err := filepath.Glob(filepath.Join(folder, "usher-data", "usher.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, string(text))
	}
	shown = strings.Join(seen, "\n")
	secrets := privateKeys(t, folder)
	for _, secret := range secrets {
		scalar, err := base64.RawURLEncoding.DecodeString(secret)
		if err != nil || len(scalar) != 32 {
			t.Fatal("that is no private key", err)
		}
		if strings.Contains(shown, secret) || strings.Contains(shown, string(scalar)) {
			t.Error("a private key stands in the database, in what was logged, printed or answered")
		}
	}
	if len(secrets) != 2 {
		t.Errorf("there are %d keys", len(secrets))
	}
}

func TestAStolenSigningKeyIsWithdrawn(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	running := start(t, folder, "--management-key=operator", "--management-secret=0123456789abcdef")
	stolen := onlyKeyIn(t, running.manage(http.MethodGet, "/v3/signing_keys", ""))
	running.manage(http.MethodDelete, "/v3/signing_keys/"+stolen, "")
	next := onlyKeyIn(t, running.manage(http.MethodGet, "/v3/signing_keys", ""))
	if err := running.terminate(); err != nil {
		t.Fatal(err)
	}
	if next == stolen {
		t.Fatal("the key is still there")
	}
	out, err := run(t, folder, "jwt-keys", "withdraw", next)
	if err != nil || !strings.Contains(out, "The key "+next+" is withdrawn") {
		t.Errorf("withdraw: %v, %s", err, out)
	}
	out, err = run(t, folder, "jwt-keys", "list")
	if err != nil || strings.Contains(out, next) || strings.Contains(out, stolen) || strings.Count(out, "signing ") != 1 {
		t.Errorf("list: %v, %s", err, out)
	}
}

func onlyKeyIn(t *testing.T, answer string) string {
	t.Helper()
	var listed struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(answer), &listed); err != nil || len(listed.Data) != 1 {
		t.Fatalf("%v: %s", err, answer)
	}
	return listed.Data[0].ID
}

// privateKeys opens what is sealed in the database.
func privateKeys(t *testing.T, folder string) []string {
	t.Helper()
	store, err := server.Config{Database: "sqlite:" + filepath.Join(folder, "usher-data", "usher.db")}.OpenStore(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	keys, err := store.SigningKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var secrets []string
	for _, key := range keys {
		text, err := key.Key.Text()
		if err != nil {
			t.Fatal(err)
		}
		var private struct{ D string }
		if err := json.Unmarshal([]byte(text), &private); err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, private.D)
	}
	return secrets
}

// manage asks the management API and gives the answer.
func (p *process) manage(method, path, body string) string {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.SetBasicAuth("operator", "0123456789abcdef")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: status %d, %s, %v", method, path, response.StatusCode, text, err)
	}
	return string(text)
}
