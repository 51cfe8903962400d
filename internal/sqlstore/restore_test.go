package sqlstore_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/usherhq/usher/internal/sqlstore"
)

// copied copies a file under another name.
func copied(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// killed gives a database as a server leaves it that is killed: its last commits stand in the log alone.
func killed(t *testing.T, path string) {
	t.Helper()
	live := filepath.Join(t.TempDir(), "usher.db")
	open(t, "sqlite:"+live)
	db, err := sql.Open("sqlite", live)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	execOn(t, db, "PRAGMA wal_checkpoint(TRUNCATE)")
	if _, err := db.ExecContext(t.Context(), insertEvents, 3); err != nil {
		t.Fatal(err)
	}
	copied(t, live, path)
	copied(t, live+"-wal", path+"-wal")
}

func TestARestoreTakesOverTheLogBesideTheFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, linked := filepath.Join(folder, "killed.db"), filepath.Join(t.TempDir(), "linked.db")
	killed(t, file)
	if err := os.Symlink(file, linked); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"the file": file, "a link to it": linked} {
		path := filepath.Join(t.TempDir(), "usher.db")
		restored, err := sqlstore.Restore(t.Context(), file, path, keys, founded)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if restored.Found.Rows["events"] != 3 {
			t.Errorf("%s: %d events were restored, want 3", name, restored.Found.Rows["events"])
		}
		wantFiles(t, filepath.Dir(path), "usher.db", "usher.db.lock")
	}
	wantFiles(t, folder, "killed.db", "killed.db-wal")
}

func TestWhatARestoreKeepsCanBeRestored(t *testing.T) {
	t.Parallel()
	path, backup := filepath.Join(t.TempDir(), "usher.db"), filepath.Join(t.TempDir(), "backup.db")
	killed(t, path)
	if _, err := sqlstore.Backup(t.Context(), "sqlite:"+path, backup, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	killed(t, path)
	first, err := sqlstore.Restore(t.Context(), backup, path, keys, founded)
	if err != nil {
		t.Fatal(err)
	}
	second, err := sqlstore.Restore(t.Context(), first.Kept, path, keys, founded.AddDate(0, 0, 1))
	if err != nil || second.Found.Rows["events"] != 3 {
		t.Errorf("%v came back: %v", second.Found.Rows, err)
	}
}

func TestARestoreThatFailsAtLastLeavesTheOldDatabaseItsLog(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "usher.db")
	killed(t, path)
	// What has ended can't fold the log in, and there is no draft to take the database's place.
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := sqlstore.Replace(ended, path, filepath.Join(folder, "missing"), path+".kept"); err == nil {
		t.Fatal("nothing took the place of the database, and that is no failure")
	}
	wantFiles(t, folder, "usher.db", "usher.db-wal")
}

func TestABackupHasTheNameThatItWasGiven(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a?b.db", "?mode=ro", "50%25.db", "a#b.db", "file:a.db"} {
		source, folder := filepath.Join(t.TempDir(), "usher.db"), t.TempDir()
		open(t, "sqlite:"+source)
		file := filepath.Join(folder, name)
		if _, err := sqlstore.Backup(t.Context(), "sqlite:"+source, file, func(int, int) {}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := sqlstore.Verify(t.Context(), file, keys); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wantFiles(t, folder, name)
	}
}

// wantFiles says which files a folder has.
func wantFiles(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	wantEqual(t, "the files", got, want)
}
