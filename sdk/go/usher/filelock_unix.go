//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package usher

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock of a file until the file is closed, if nobody has it. A file system without
// locks has nobody who could.
func tryLock(file *os.File) (locked bool, err error) {
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		return false, nil
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.ENOLCK):
		return true, nil
	}
	return err == nil, err
}
