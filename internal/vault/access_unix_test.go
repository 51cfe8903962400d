//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package vault_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/usherhq/usher/internal/vault"
)

func wantMode(tb testing.TB, path string, want fs.FileMode) {
	tb.Helper()
	info, err := os.Stat(path)
	if err != nil {
		tb.Fatalf("stat: %v", err)
	}
	wantEqual(tb, "the mode of "+path, info.Mode().Perm().String(), want.String())
}

func TestOnlyTheOwnerMayRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "usher.keyset")
	v, _ := open(t, path)
	wantMode(t, filepath.Dir(path), 0o700)
	wantMode(t, path, 0o600)
	rotate(t, path)
	wantMode(t, path, 0o600)
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o644, 0o660, 0o601, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatalf("chmod: %v", err)
		}
		_, _, err := vault.OpenFile(path)
		for what, err := range map[string]error{"open": err, "reload": v.Reload(), "rotate": vault.Rotate(path)} {
			wantError(t, fmt.Sprintf("%s with mode %o", what, mode), err, "chmod 600 "+path)
		}
	}
	for _, mode := range []fs.FileMode{0o400, 0o600} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatalf("chmod: %v", err)
		}
		open(t, path)
	}
}

func TestRotatingThroughALink(t *testing.T) {
	t.Parallel()
	path, v := newFile(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatalf("link: %v", err)
	}
	rotate(t, link)
	if target, err := os.Readlink(link); err != nil || target != path {
		t.Errorf("the link points to %q, %v", target, err)
	}
	reload(t, v)
	wantEqual(t, "the number of keys", len(v.Candidates(vault.PurposeAPIKey, "")), 2)
}

func TestOfTwoRotationsOneWaitsForNobody(t *testing.T) {
	t.Parallel()
	path, _ := newFile(t)
	file, err := os.Open(path)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatalf("lock: %v", err)
	}
	wantError(t, "rotate what another process has locked", vault.Rotate(path), vault.ErrRotating.Error())
	if err := file.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	rotate(t, path)
}

func TestTheFileStaysItsOwners(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root may give a file away")
	}
	path, _ := newFile(t)
	const nobody = 65534
	if err := os.Chown(path, nobody, nobody); err != nil {
		t.Fatalf("chown: %v", err)
	}
	rotate(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatalf("stat: %v", err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	wantEqual(t, "the owner", [2]uint32{owner.Uid, owner.Gid}, [2]uint32{nobody, nobody})
}
