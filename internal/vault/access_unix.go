//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package vault

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

func isOpenToOthers(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

// lockFile keeps others from replacing the file until release is called or the process ends. It
// locks the file itself, so none is left behind for the next one, who may be another user.
func lockFile(path string) (release func() error, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrRotating
		}
		return nil, errors.Join(err, file.Close())
	}
	// Whoever had the lock before may have put another file in its place.
	locked, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if present, err := os.Stat(path); err != nil || !os.SameFile(locked, present) {
		return nil, errors.Join(ErrRotating, err, file.Close())
	}
	return file.Close, nil
}

// KeepOwner gives the draft to whom the file at path belongs.
func KeepOwner(draft, path string) error {
	was, err := os.Stat(draft)
	if err != nil {
		return err
	}
	wanted, err := os.Stat(path)
	if err != nil {
		return err
	}
	from, to := was.Sys().(*syscall.Stat_t), wanted.Sys().(*syscall.Stat_t)
	if from.Uid == to.Uid && from.Gid == to.Gid {
		return nil
	}
	return os.Chown(draft, int(to.Uid), int(to.Gid))
}

// SyncFolder makes sure that a file's name outlives a loss of power.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
