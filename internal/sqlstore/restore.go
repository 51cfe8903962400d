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
// use: ErrInUse says that one does. The errors of Verify say that the backup would not do; then, and
// whenever it fails, everything is as it was.
//
// The database that is replaced stays beside the new one, under a name with the time.
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
	draft, err := copyBeside(file, path)
	if err != nil {
		return Restored{}, err
	}
	// After it got its place there is nothing left to remove.
	defer func() { _ = os.Remove(draft) }()
	// The copy is what is verified, for it is what will be served.
	found, err := Verify(ctx, draft, keys)
	if err != nil {
		return Restored{}, err
	}
	owner := path
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		owner = filepath.Dir(path)
	}
	// An administrator may restore what belongs to the server.
	if err := vault.KeepOwner(draft, owner); err != nil {
		return Restored{}, err
	}
	kept, err := replace(ctx, path, draft, path+beforeRestore+now.UTC().Format("20060102T150405Z"))
	return Restored{found, kept}, err
}

// copyBeside copies a file into the folder of the database, onto the disk.
func copyBeside(file, path string) (draft string, err error) {
	from, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer from.Close()
	to, err := os.CreateTemp(filepath.Dir(path), ".restore-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(to, from)
	if err == nil {
		err = to.Sync()
	}
	if err := errors.Join(err, to.Close()); err != nil {
		return "", errors.Join(err, os.Remove(to.Name()))
	}
	return to.Name(), nil
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
	foldLog(ctx, path)
	if err := os.Link(path, kept); err != nil {
		return "", fmt.Errorf("keep the database that is there: %w", err)
	}
	// A log that could not be folded in belongs to the old database, and would ruin the new one.
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+suffix, kept+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", errors.Join(fmt.Errorf("keep the database that is there: %w", err), os.Remove(kept))
		}
	}
	return kept, errors.Join(os.Rename(draft, path), vault.SyncFolder(filepath.Dir(path)))
}

// foldLog has SQLite write into a database what is in the log beside it, and remove that. A database
// that is too damaged for it keeps its log, which is moved with it.
func foldLog(ctx context.Context, path string) {
	db, err := sql.Open("sqlite", sqliteAddress(path))
	if err != nil {
		return
	}
	_, _ = db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	_ = db.Close()
}
