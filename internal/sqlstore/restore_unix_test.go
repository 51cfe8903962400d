//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sqlstore_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/usherhq/usher/internal/sqlstore"
)

func TestAnAdministratorRestoresForTheServer(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const server = 65534
	good, bad := filepath.Join(t.TempDir(), "good.db"), filepath.Join(t.TempDir(), "bad.db")
	killed(t, good)
	if err := os.WriteFile(bad, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, refused := range map[string]bool{good: false, bad: true} {
		folder := t.TempDir()
		if err := os.Chown(folder, server, server); err != nil {
			t.Fatal(err)
		}
		_, err := sqlstore.Restore(t.Context(), file, filepath.Join(folder, "usher.db"), keys, founded)
		if (err != nil) != refused {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil {
				t.Fatal(err)
			}
			if owner := info.Sys().(*syscall.Stat_t); owner.Uid != server || owner.Gid != server {
				t.Errorf("%s: %s belongs to %d:%d", filepath.Base(file), entry.Name(), owner.Uid, owner.Gid)
			}
		}
	}
}
