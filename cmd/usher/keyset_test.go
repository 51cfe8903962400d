package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a command that ends by itself.
func run(t *testing.T, folder string, arguments ...string) (string, error) {
	t.Helper()
	command := exec.Command(os.Args[0], arguments...)
	command.Dir, command.Env = folder, append(os.Environ(), asUsher+"=1")
	out, err := command.CombinedOutput()
	return string(out), err
}

func TestARotatedAndResealedDatabaseGoesOnWorking(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	works := func(when string) {
		t.Helper()
		server := start(t, folder, "--rest-key="+testKey)
		var token struct{ AuthToken string }
		if err := server.call(t.Context(), http.MethodPost, "/v3/users/cometchat-uid-1/auth_tokens", `{"force":true}`, &token); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		var keys []struct{ APIKey string }
		if err := server.call(t.Context(), http.MethodGet, "/v3/apikeys", "", &keys); err != nil || len(keys) != 2 || keys[1].APIKey != testKey {
			t.Errorf("%s: %d keys, %v", when, len(keys), err)
		}
		if err := server.terminate(); err != nil {
			t.Fatal(err)
		}
	}
	works("at first")
	if out, err := run(t, folder, "keyset", "rotate"); err != nil || !strings.Contains(out, "has new keys") {
		t.Fatalf("rotate: %v, %s", err, out)
	}
	works("after rotate")
	// Two API keys, the signing key and the first token were made with the old keys, the second token with
	// the new ones.
	if out, err := run(t, folder, "keyset", "reseal"); err != nil || !strings.Contains(out, "4 credentials were sealed anew") {
		t.Fatalf("reseal: %v, %s", err, out)
	}
	if out, err := run(t, folder, "keyset", "reseal"); err != nil || !strings.Contains(out, "0 credentials") {
		t.Fatalf("reseal again: %v, %s", err, out)
	}
	works("after reseal")
	// A database without its keyset is refused before it is served, and the refusal leaves no new keyset.
	keyset := filepath.Join(folder, "usher-data", "keyset.json")
	if err := os.Rename(keyset, keyset+".away"); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, folder, "serve", "--listen=127.0.0.1:0"); err == nil || !strings.Contains(out, "the keyset is not the one") {
		t.Errorf("without its keyset: %v, %s", err, out)
	}
	if err := os.Rename(keyset+".away", keyset); err != nil {
		t.Fatal(err)
	}
	works("with the keyset back")
}

func TestAThiefOfTheDatabaseFindsNoCredential(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	server := start(t, folder, "--rest-key="+testKey)
	answered, finished := server.writeAtOnce(0, 300)
	<-answered.enough
	if err := server.terminate(); err != nil {
		t.Fatal(err)
	}
	finished.Wait()
	credentials := []string{testKey}
	for _, tokens := range answered.tokens {
		credentials = append(credentials, tokens...)
	}
	files, err := filepath.Glob(filepath.Join(folder, "usher-data", "usher.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, credential := range credentials {
			// The random part alone would do for a thief.
			if strings.Contains(string(text), credential) || strings.Contains(string(text), credential[len(credential)-20:]) {
				t.Fatalf("%s holds a credential", file)
			}
		}
	}
	t.Logf("searched %d files for %d credentials", len(files), len(credentials))
}
