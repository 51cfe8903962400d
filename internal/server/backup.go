package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/vault"
)

// Backup is a backup that was made and read back.
type Backup struct {
	// Bytes is its size.
	Bytes int64 `json:"bytes"`
	// Version is that of its tables, and Rows how many rows each of them has.
	Version int64            `json:"version"`
	Rows    map[string]int64 `json:"rows"`
	// Keyset is where the keyset is without which the backup is worth nothing.
	Keyset string `json:"keyset"`
}

// BackupStage is what a backup is at.
type BackupStage string

// The stages of a backup.
const (
	BackupCopies   BackupStage = "copying"
	BackupVerifies BackupStage = "reading back"
)

// Backup copies the database to a file, whether or not a server uses it, and reads the copy back: the
// pages are whole, each table has the rows that it had when the copy was made, and the keyset opens what
// is sealed. A file that is there already is replaced only when force is set, and only by a backup that
// is good. progress hears what is done of the whole, in pages of the database.
func (d Data) Backup(ctx context.Context, file string, force bool, progress func(stage BackupStage, done, whole int)) (Backup, error) {
	path, err := d.sqlitePath("pg_dump")
	if err != nil {
		return Backup{}, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return Backup{}, fmt.Errorf("%w %s: say with --database where it is", ErrNoDatabase, path)
	}
	keys, err := d.openKeys()
	if err != nil {
		return Backup{}, err
	}
	if err := d.checkTarget(path, file, force); err != nil {
		return Backup{}, err
	}
	draft := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+"."+strings.ToLower(rand.Text()))
	// After it got its name there is nothing left to remove.
	defer func() { _ = os.Remove(draft) }()
	taken, err := sqlstore.Backup(ctx, d.Database, draft, func(done, whole int) { progress(BackupCopies, done, whole) })
	if err != nil {
		return Backup{}, err
	}
	progress(BackupVerifies, 0, 0)
	found, err := sqlstore.Verify(ctx, draft, keys)
	if err != nil {
		return Backup{}, fmt.Errorf("the copy was read back and is not good: %w", err)
	}
	if found.Version != taken.Version || !maps.Equal(found.Rows, taken.Rows) {
		return Backup{}, errors.New("the copy was read back and does not hold what the database held: try again, and look after the disk")
	}
	size, err := os.Stat(draft)
	if err != nil {
		return Backup{}, err
	}
	if err := errors.Join(os.Rename(draft, file), vault.SyncFolder(filepath.Dir(file))); err != nil {
		return Backup{}, err
	}
	return Backup{Bytes: size.Size(), Version: found.Version, Rows: found.Rows, Keyset: d.keysetPlace()}, nil
}

// checkTarget says why a backup of the database at path may not get a name.
func (d Data) checkTarget(path, file string, force bool) error {
	there, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case there.IsDir():
		return fmt.Errorf("%s is a folder: name a file", file)
	case !there.Mode().IsRegular():
		// A device or a link would be replaced by a file, not written to.
		return fmt.Errorf("%s is not a file: name another one", file)
	}
	for _, ours := range []string{path, path + "-wal", path + "-shm", path + ".lock", d.keysetPlace()} {
		if info, err := os.Stat(ours); err == nil && os.SameFile(there, info) {
			return fmt.Errorf("%s is the database itself, or belongs to it: name another file", file)
		}
	}
	if !force {
		return fmt.Errorf("%s is there already: choose another name, or give --force to replace it", file)
	}
	return nil
}

// Restored is a backup that is the database now.
type Restored struct {
	// Version is that of its tables, and Rows how many rows each of them has.
	Version int64            `json:"version"`
	Rows    map[string]int64 `json:"rows"`
	// Kept is where the database is that was there before, or empty.
	Kept string `json:"kept,omitempty"`
}

// Restore puts a backup in the place of the database, which no server may use. A backup that would not
// do is refused, and leaves everything as it was.
func (d Data) Restore(ctx context.Context, file string) (Restored, error) {
	path, err := d.sqlitePath("pg_restore")
	if err != nil {
		return Restored{}, err
	}
	from, err := os.Stat(file)
	if err != nil {
		return Restored{}, err
	}
	if present, err := os.Stat(path); err == nil && os.SameFile(from, present) {
		return Restored{}, fmt.Errorf("%s is the database itself: name a backup of it", file)
	}
	keys, err := d.openKeys()
	if err != nil {
		return Restored{}, err
	}
	done, err := sqlstore.Restore(ctx, file, path, keys, time.Now())
	switch {
	case errors.Is(err, ErrInUse):
		return Restored{}, fmt.Errorf("a server runs on %s: stop it, and restore then", path)
	case errors.Is(err, sqlstore.ErrOtherKeyset):
		return Restored{}, fmt.Errorf("the keyset %s is not the one that the backup was sealed with: put that one there, or name it with --keyset", d.keysetPlace())
	case errors.Is(err, sqlstore.ErrNewer):
		return Restored{}, fmt.Errorf("%w: restore it with that version", err)
	case err != nil:
		return Restored{}, fmt.Errorf("%s was not restored: %w", file, err)
	}
	return Restored{Version: done.Found.Version, Rows: done.Found.Rows, Kept: done.Kept}, nil
}

// sqlitePath is where the database is, unless that has a program of its own for this.
func (d *Data) sqlitePath(program string) (string, error) {
	if d.Database == "" {
		d.Database = DefaultDatabase
	}
	if err := sqlstore.CheckAddress(d.Database); err != nil {
		return "", err
	}
	path, isSQLite := strings.CutPrefix(d.Database, "sqlite:")
	if !isSQLite {
		return "", fmt.Errorf("the database is PostgreSQL's: use its own %s, and keep a copy of the keyset %s apart from it", program, d.keysetPlace())
	}
	return path, nil
}

// openKeys opens the keyset, and makes none: a new one opens nothing that is stored.
func (d Data) openKeys() (*vault.Vault, error) {
	if d.KeysetText != "" {
		keys, err := vault.FromText(d.KeysetText)
		if err != nil {
			return nil, fmt.Errorf("USHER_KEYSET_TEXT: %w", err)
		}
		return keys, nil
	}
	path := d.keysetPlace()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no keyset %s: put the database's there, or name it with --keyset", path)
	}
	keys, _, err := vault.OpenFile(path)
	return keys, err
}

// keysetPlace is where the keyset is.
func (d Data) keysetPlace() string {
	if d.KeysetText != "" {
		return "USHER_KEYSET_TEXT"
	}
	return Config{Database: d.Database, Keyset: d.Keyset}.KeysetPath()
}
