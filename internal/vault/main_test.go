package vault_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/usherhq/usher/internal/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newFile makes a keyset in a file.
func newFile(tb testing.TB) (path string, v *vault.Vault) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "usher.keyset")
	v, created := open(tb, path)
	wantEqual(tb, "whether the file was created", created, true)
	return path, v
}

func open(tb testing.TB, path string) (v *vault.Vault, created bool) {
	tb.Helper()
	v, created, err := vault.OpenFile(path)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	return v, created
}

func rotate(tb testing.TB, path string) {
	tb.Helper()
	if err := vault.Rotate(path); err != nil {
		tb.Fatalf("rotate: %v", err)
	}
}

func reload(tb testing.TB, v *vault.Vault) {
	tb.Helper()
	if err := v.Reload(); err != nil {
		tb.Fatalf("reload: %v", err)
	}
}

func read(tb testing.TB, path string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("read: %v", err)
	}
	return string(text)
}

func write(tb testing.TB, path, text string, mode os.FileMode) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		tb.Fatalf("write: %v", err)
	}
	// What WriteFile asks for, the umask may lessen.
	if err := os.Chmod(path, mode); err != nil {
		tb.Fatalf("chmod: %v", err)
	}
}

// row is what a database keeps of an auth token.
type row struct {
	value, owner        string
	fingerprint, sealed []byte
}

type failer interface {
	Helper()
	Fatalf(format string, values ...any)
}

func newRow(tb failer, v *vault.Vault, value string) row {
	tb.Helper()
	r := row{value: value, fingerprint: v.Fingerprint(vault.PurposeAuthToken, value)}
	r.owner = "acme/" + string(r.fingerprint)
	var err error
	if r.sealed, err = v.Seal(vault.PurposeAuthToken, r.owner, value); err != nil {
		tb.Fatalf("seal: %v", err)
	}
	return r
}

// wantFound expects a row to be found by its value, and to give it back.
func (r row) wantFound(tb failer, v *vault.Vault) {
	tb.Helper()
	found := false
	for _, candidate := range v.Candidates(vault.PurposeAuthToken, r.value) {
		found = found || string(candidate) == string(r.fingerprint)
	}
	if !found {
		tb.Fatalf("no candidate finds the row of %q", r.value)
	}
	value, err := v.Open(vault.PurposeAuthToken, r.owner, r.sealed)
	if err != nil || value != r.value {
		tb.Fatalf("open: %q, %v; want %q", value, err, r.value)
	}
}

// keysIn lists the secrets in the text of a keyset as they stand there.
func keysIn(tb testing.TB, text string) []string {
	tb.Helper()
	type tinkKeyset struct {
		Key []struct {
			KeyData struct{ Value string }
		}
	}
	var set struct{ Fingerprints, Seals tinkKeyset }
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		tb.Fatalf("not JSON: %v", err)
	}
	var secrets []string
	for _, key := range append(set.Fingerprints.Key, set.Seals.Key...) {
		secrets = append(secrets, key.KeyData.Value)
	}
	return secrets
}

// purposes has some of equal length and some that begin alike.
var purposes = rapid.SampledFrom([]vault.Purpose{vault.PurposeAPIKey, vault.PurposeAuthToken, "", "auth", "api kez"})

func wantEqual(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if difference := cmp.Diff(want, got); difference != "" {
		tb.Errorf("%s (-want +got):\n%s", what, difference)
	}
}

// wantError expects an error whose text has a part.
func wantError(tb testing.TB, what string, err error, part string) {
	tb.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		tb.Errorf("%s: %v, want an error with %q", what, err, part)
	}
}
