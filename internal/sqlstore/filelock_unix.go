//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFile makes this process the only one that uses the database at path, until release is called
// or the process ends, however it ends.
func lockFile(path string) (alone bool, release func() error, err error) {
	file, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, nil, fmt.Errorf("lock the database: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return false, nil, errors.Join(fmt.Errorf("%w %s: stop it first", ErrInUse, path), file.Close())
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.ENOLCK):
		// A file system without locks: work, but do not count on being alone.
		return false, file.Close, nil
	case err != nil:
		return false, nil, errors.Join(fmt.Errorf("lock the database: %w", err), file.Close())
	}
	return true, file.Close, nil
}
