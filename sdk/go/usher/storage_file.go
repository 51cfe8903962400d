package usher

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// maxReadableName is the length of the part of a file's name that people can read, in bytes.
const maxReadableName = 80

// Whoever holds the lock has a file or two to write. A program that holds it for longer is stuck, and
// must not make others hang.
const (
	lockTimeLimit = 5 * time.Second
	lockRetry     = 5 * time.Millisecond
)

// FileStorage keeps each entry in a file of its own in directory, which is made when first needed.
// Only the owner may read them: the files have mode 0600, a directory made here has mode 0700. A
// file is replaced as a whole, so that a crash of the program leaves the old value or the new one.
//
// A loss of power, too, spares what must not be undone: a logout, and the list of tokens that are yet to
// be revoked. It may take a login of the last seconds with it, which does not wait for the disk: whoever
// it was logs in again.
//
// Programs may use the same directory at the same time: it is a [SharedStorage], locked while one of
// them writes (not on systems without file locks), and each follows the others' logins and logouts.
func FileStorage(directory string) SharedStorage {
	return fileStorage{directory: directory}
}

type fileStorage struct{ directory string }

func (s fileStorage) Load(key string) ([]byte, error) {
	value, err := os.ReadFile(s.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return value, err
}

func (s fileStorage) Save(key string, value []byte) error {
	if err := s.replace(key, value, (*os.File).Sync); err != nil {
		return err
	}
	// Whatever this says, every reader now finds the new value, so that it is not reported: an error
	// would mean that the old one is still there.
	_ = s.syncDirectory()
	return nil
}

// SaveSoon is Save, but does not wait for the disk, which takes milliseconds: a loss of power in the
// seconds after it may undo it, or leave a file that holds nothing of use.
func (s fileStorage) SaveSoon(key string, value []byte) error {
	return s.replace(key, value, func(*os.File) error { return nil })
}

// replace makes the value that of the key, for every reader at once.
func (s fileStorage) replace(key string, value []byte, sync func(*os.File) error) error {
	if err := os.MkdirAll(s.directory, 0o700); err != nil {
		return err
	}
	// os.CreateTemp gives the file mode 0600.
	file, err := os.CreateTemp(s.directory, "unfinished-*")
	if err != nil {
		return err
	}
	_, err = file.Write(value)
	if err == nil {
		err = sync(file)
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), s.path(key))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

func (s fileStorage) Delete(key string) error {
	err := os.Remove(s.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.syncDirectory()
}

func (s fileStorage) Lock() (unlock func(), err error) {
	if err := os.MkdirAll(s.directory, 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(s.directory, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	late := time.NewTimer(lockTimeLimit)
	defer late.Stop()
	for {
		locked, err := tryLock(file)
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if locked {
			return func() { _ = file.Close() }, nil // which gives the lock back
		}
		select {
		case <-time.After(lockRetry):
		case <-late.C:
			return nil, errors.Join(errors.New("another program holds the lock of "+s.directory), file.Close())
		}
	}
}

// syncDirectory makes a rename or a removal outlive a loss of power, so that an ended session does
// not come back.
func (s fileStorage) syncDirectory() error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be synced there
	}
	directory, err := os.Open(s.directory)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// path names the file of a key: what can be read of the key, then its hash, which keeps keys apart
// that read alike.
func (s fileStorage) path(key string) string {
	readable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, key)
	hash := sha256.Sum256([]byte(key))
	name := readable[:min(len(readable), maxReadableName)] + "-" + hex.EncodeToString(hash[:8])
	return filepath.Join(s.directory, name)
}
