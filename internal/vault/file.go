package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// mostBytes bounds what is read as a keyset; a key takes about 300 bytes.
const mostBytes = 1 << 20

// ErrRotating says that another process rotates the keyset, or did so just now.
var ErrRotating = errors.New("the keyset is being rotated by somebody else")

// OpenFile opens the keyset in a file that nobody but its owner may read, and makes it first when
// there is none: then created is true, and the operator is to be told to keep a copy. Of several
// processes that make one file at once, all use the same keyset. A file that can't be used is left
// as it is.
func OpenFile(path string) (v *Vault, created bool, err error) {
	text, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if created, err = createFile(path); err != nil {
			return nil, false, fmt.Errorf("create the keyset %s: %w", path, err)
		}
		text, err = readFile(path)
	}
	if err != nil {
		return nil, false, err
	}
	if v, err = fromText(path, text); err != nil {
		return nil, false, fmt.Errorf("the keyset %s: %w", path, err)
	}
	return v, created, nil
}

// Rotate gives the keyset in a file new primary keys and keeps the old ones, so that all rows are
// still found and opened. Every server must reload the file before it can find what another one
// writes with the new keys. Of several calls at once, one rotates and the others get ErrRotating.
func Rotate(path string) error {
	if err := rotate(path); err != nil {
		return fmt.Errorf("rotate the keyset %s: %w", path, err)
	}
	return nil
}

func rotate(path string) error {
	// What a link points to is replaced, not the link.
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	release, err := lockFile(path)
	if err != nil {
		return err
	}
	return errors.Join(rotateLocked(path), release())
}

func rotateLocked(path string) error {
	text, err := readFile(path)
	if err != nil {
		return err
	}
	set, err := decode(text)
	if err != nil {
		return err
	}
	if set, err = set.rotated(); err != nil {
		return err
	}
	return writeFile(path, set, func(draft string) error {
		// An administrator may rotate what belongs to the server.
		if err := KeepOwner(draft, path); err != nil {
			return err
		}
		return os.Rename(draft, path)
	})
}

// Reload takes over what is now in the file that the vault was opened from. When it fails the vault
// keeps the keys that it has. It refuses a keyset without the present primary keys, because rows
// made a moment ago would be lost. A vault without a file stays as it is.
func (v *Vault) Reload() error {
	if v.path == "" {
		return nil
	}
	v.reloading.Lock()
	defer v.reloading.Unlock()
	text, err := readFile(v.path)
	if err != nil {
		return err
	}
	next, err := fromText(v.path, text)
	if err != nil {
		return fmt.Errorf("the keyset %s: %w", v.path, err)
	}
	reloaded := next.keys.Load()
	if !reloaded.continues(v.keys.Load()) {
		return fmt.Errorf("the keyset %s lacks the primary keys in use: it is another keyset, or an older copy", v.path)
	}
	v.keys.Store(reloaded)
	return nil
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the keyset: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open the keyset: %w", err)
	}
	if isOpenToOthers(info) {
		return nil, fmt.Errorf("the keyset %s is open to others than its owner (mode %04o): chmod 600 %s",
			path, info.Mode().Perm(), path)
	}
	text, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the keyset: %w", err)
	}
	if len(text) > mostBytes {
		return nil, fmt.Errorf("the keyset %s is too large to be one", path)
	}
	return text, nil
}

// createFile writes a new keyset, unless another process was quicker.
func createFile(path string) (created bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, err
	}
	set, err := newKeyset()
	if err != nil {
		return false, err
	}
	// A second link to a file, unlike a rename, is never made in place of another file.
	err = writeFile(path, set, func(draft string) error { return os.Link(draft, path) })
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}

// writeFile writes a keyset to a draft beside path, which put then gives its name in one step. The
// keyset is on the disk before anything can be sealed with it.
func writeFile(path string, set keyset, put func(draft string) error) error {
	text, err := set.encode()
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	draft, err := os.CreateTemp(folder, ".keyset-*")
	if err != nil {
		return err
	}
	// After a rename there is nothing left to remove.
	defer func() { _ = os.Remove(draft.Name()) }()
	_, err = draft.Write(text)
	if err == nil {
		err = draft.Sync()
	}
	if err := errors.Join(err, draft.Close()); err != nil {
		return err
	}
	if err := put(draft.Name()); err != nil {
		return err
	}
	return SyncFolder(folder)
}
