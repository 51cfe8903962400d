package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/usherhq/usher/internal/vault"
)

// Restored is what became of a restore.
type Restored struct {
	// Found is what is in the database now.
	Found Snapshot
	// Kept is where the database that was replaced is now, or empty where there was none.
	Kept string
}

// beforeRestore stands between the name of a database that was replaced and the time of that.
const beforeRestore = ".before-restore-"

// Restore puts a copy of a backup in the place of the database of SQLite at path, which no process may
// use: ErrInUse says that one does. What is in a log of SQLite's beside the backup is restored too. The
// errors of Verify say that the backup would not do; then, and whenever it fails before the new database
// has its place, the old one is as it was.
//
// The database that is replaced stays beside the new one, under a name with the time, with its log if
// that could not be folded in.
func Restore(ctx context.Context, file, path string, keys *vault.Vault, now time.Time) (_ Restored, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Restored{}, fmt.Errorf("make the database's folder: %w", err)
	}
	if target, err := onePath(path); err == nil {
		path = target
	}
	_, unlock, err := lockFile(path)
	if err != nil {
		return Restored{}, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	owner := path
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		owner = filepath.Dir(path)
	}
	// An administrator may restore what belongs to the server, which has to open the lock again even
	// when nothing is restored.
	if err := vault.KeepOwner(path+".lock", owner); err != nil {
		return Restored{}, err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return Restored{}, err
	}
	// After it got its place there is nothing left to remove.
	defer func() {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(draft.Name() + suffix)
		}
	}()
	if err := copyFile(draft, file); err != nil {
		return Restored{}, err
	}
	if err := copyLog(ctx, draft.Name(), file); err != nil {
		return Restored{}, fmt.Errorf("take over the log beside it: %w", err)
	}
	// The copy is what is verified, for it is what will be served.
	found, err := Verify(ctx, draft.Name(), keys)
	if err != nil {
		return Restored{}, err
	}
	if err := vault.KeepOwner(draft.Name(), owner); err != nil {
		return Restored{}, err
	}
	kept, err := replace(ctx, path, draft.Name(), path+beforeRestore+now.UTC().Format("20060102T150405Z"))
	return Restored{found, kept}, err
}

// copyFile copies a file into another one, onto the disk, and closes that.
func copyFile(to *os.File, file string) (err error) {
	defer func() { err = errors.Join(err, to.Close()) }()
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	return to.Sync()
}

// copyLog writes into a draft what is in the log beside the file that it is a copy of: commits that
// stand nowhere else, when whoever wrote them was killed.
func copyLog(ctx context.Context, draft, file string) error {
	// SQLite puts the log beside what a link points to.
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	if log, err := os.Stat(file + "-wal"); errors.Is(err, fs.ErrNotExist) || err == nil && log.Size() == 0 {
		return nil
	}
	to, err := os.OpenFile(draft+"-wal", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := copyFile(to, file+"-wal"); err != nil {
		return err
	}
	return foldLog(ctx, draft)
}

// replace gives the draft the place of the database at path, which goes on under the name kept. At no
// moment is there no database: a server that started then would make a new one.
func replace(ctx context.Context, path, draft, kept string) (string, error) {
	switch _, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return "", errors.Join(os.Rename(draft, path), vault.SyncFolder(filepath.Dir(path)))
	case err != nil:
		return "", err
	}
	// A log that could not be folded in belongs to the old database, and would ruin the new one.
	_ = foldLog(ctx, path)
	if err := os.Link(path, kept); err != nil {
		return "", fmt.Errorf("keep the database that is there: %w", err)
	}
	if err := moveLog(path, kept); err != nil {
		return "", errors.Join(fmt.Errorf("keep the database that is there: %w", err), giveBack(path, kept))
	}
	if err := os.Rename(draft, path); err != nil {
		return "", errors.Join(err, giveBack(path, kept))
	}
	return kept, vault.SyncFolder(filepath.Dir(path))
}

// giveBack undoes what was done to keep a database that stays after all. When its log can't be moved
// back, the two are left together under the name kept.
func giveBack(path, kept string) error {
	if err := moveLog(kept, path); err != nil {
		return err
	}
	return os.Remove(kept)
}

// moveLog gives the log of one database, if it has one, to another.
func moveLog(from, to string) error {
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Rename(from+suffix, to+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// foldLog has SQLite write into a database what is in the log beside it, and remove that. A database
// that is too damaged for it keeps its log.
func foldLog(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", sqliteAddress(path))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, db.Close())
}
