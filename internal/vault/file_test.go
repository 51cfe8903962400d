package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/usherhq/usher/internal/vault"
)

// filesBeside lists what is in the folder of a file.
func filesBeside(tb testing.TB, path string) (names []string) {
	tb.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		tb.Fatalf("list: %v", err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestOpenFileKeepsWhatItMade(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "secret", "usher.keyset")
	first, created := open(t, path)
	wantEqual(t, "whether the first made it", created, true)
	text := read(t, path)
	second, created := open(t, path)
	wantEqual(t, "whether the second made it", created, false)
	newRow(t, first, "mina").wantFound(t, second)
	wantEqual(t, "the file", read(t, path), text)
	wantEqual(t, "the folder", filesBeside(t, path), []string{"usher.keyset"})
}

func TestOfManyThatCreateAFileAllUseOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "usher.keyset")
	const processes = 16
	var made atomic.Int32
	vaults := make([]*vault.Vault, processes)
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range processes {
		running.Go(func() {
			<-start
			v, created, err := vault.OpenFile(path)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			if created {
				made.Add(1)
			}
			vaults[i] = v
		})
	}
	close(start)
	running.Wait()
	if t.Failed() {
		return
	}
	wantEqual(t, "how many made it", made.Load(), int32(1))
	wantEqual(t, "the folder", filesBeside(t, path), []string{"usher.keyset"})
	for _, v := range vaults {
		newRow(t, vaults[0], "mina").wantFound(t, v)
		newRow(t, v, "mina").wantFound(t, vaults[0])
	}
}

// What can't be used may be the only copy of something that can be mended.
func TestADamagedFileIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	path, v := newFile(t)
	good := read(t, path)
	for name, text := range map[string]string{
		"empty": "", "cut short": good[:len(good)-10], "another version": `{"version": 7}`, "large": good + strings.Repeat(" ", 1<<20),
	} {
		write(t, path, text, 0o600)
		_, _, err := vault.OpenFile(path)
		wantError(t, name+": open", err, path)
		wantError(t, name+": rotate", vault.Rotate(path), path)
		wantError(t, name+": reload", v.Reload(), path)
		wantEqual(t, name+": the file", read(t, path), text)
	}
	wantEqual(t, "the folder", filesBeside(t, path), []string{"usher.keyset"})
	newRow(t, v, "mina").wantFound(t, v)
}

func TestAFileThatCanNotBeMade(t *testing.T) {
	t.Parallel()
	path, _ := newFile(t)
	_, _, err := vault.OpenFile(filepath.Join(path, "usher.keyset"))
	wantError(t, "below a file", err, path)
	_, _, err = vault.OpenFile(filepath.Dir(path))
	wantError(t, "a folder", err, filepath.Dir(path))
	wantError(t, "rotate what is not there", vault.Rotate(path+"2"), path+"2")
	wantEqual(t, "the folder", filesBeside(t, path), []string{"usher.keyset"})
}

func TestAFailedReloadKeepsTheKeys(t *testing.T) {
	t.Parallel()
	path, v := newFile(t)
	r := newRow(t, v, "mina")
	old := read(t, path)
	rotate(t, path)
	reload(t, v)

	write(t, path, old, 0o600)
	wantError(t, "an older copy", v.Reload(), "lacks the primary keys")
	if err := os.Remove(path); err != nil {
		t.Fatalf("remove: %v", err)
	}
	wantError(t, "no file", v.Reload(), path)
	wantEqual(t, "the folder", len(filesBeside(t, path)), 0)
	open(t, path)
	wantError(t, "another keyset", v.Reload(), "lacks the primary keys")

	r.wantFound(t, v)
	wantEqual(t, "whether the rotated keys were kept", v.NeedsReseal(r.sealed, r.fingerprint), true)
}

func TestAnEphemeralVaultReloadsNothing(t *testing.T) {
	t.Parallel()
	v := vault.Ephemeral()
	r := newRow(t, v, "mina")
	reload(t, v)
	r.wantFound(t, v)
}

func TestRotatingReloadingAndUsingAtOnce(t *testing.T) {
	t.Parallel()
	path, v := newFile(t)
	first := newRow(t, v, "first")
	const workers, rounds = 4, 25
	var rotated atomic.Int32
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for range rounds / 5 {
				switch err := vault.Rotate(path); {
				case err == nil:
					rotated.Add(1)
				case !errors.Is(err, vault.ErrRotating):
					t.Errorf("rotate: %v", err)
				}
			}
		})
		running.Go(func() {
			for range rounds {
				if err := v.Reload(); err != nil {
					t.Errorf("reload: %v", err)
				}
			}
		})
		running.Go(func() {
			for range rounds {
				// Reported as an error, because only a test's own goroutine may end it.
				newRow(reporter{t}, v, "mina").wantFound(reporter{t}, v)
				first.wantFound(reporter{t}, v)
			}
		})
	}
	running.Wait()
	reload(t, v)
	first.wantFound(t, v)
	if rotated.Load() == 0 {
		t.Error("no rotation succeeded")
	}
	// Every rotation that was said to succeed is there, and no other.
	wantEqual(t, "the number of keys", len(v.Candidates(vault.PurposeAuthToken, "first")), int(1+rotated.Load()))
	wantEqual(t, "the folder", filesBeside(t, path), []string{"usher.keyset"})
}

// reporter lets a goroutine report what would end a test.
type reporter struct{ *testing.T }

func (r reporter) Fatalf(format string, values ...any) {
	r.Helper()
	r.Errorf(format, values...)
}
