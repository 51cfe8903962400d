package sqlstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// addApp adds the app acme, so that every file of the database exists.
func addApp(tb testing.TB, store identity.Store) {
	tb.Helper()
	app := identity.App{ID: "acme", Region: "eu", LogoutRevokes: identity.LogoutRevokesSDK, CreatedAt: founded}
	if err := store.Change(tb.Context(), func(tx identity.Tx) error { return tx.AddApp(app) }); err != nil {
		tb.Fatalf("add an app: %v", err)
	}
}

func TestSQLiteSettingsAreInForce(t *testing.T) {
	t.Parallel()
	store := open(t, testdatabase.SQLite(t))
	// What each number means: synchronous 2 is FULL.
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"}
	got := map[string]string{}
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		for name := range want {
			value, err := sqlstore.PragmaOfWriter(tx, name)
			if err != nil {
				return err
			}
			got[name] = value
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "the settings", got, want)
}

func TestSQLiteFilesAreTheOwnersOnly(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	parent := t.TempDir()
	folder := filepath.Join(parent, "new", "folder")
	store := open(t, "sqlite:"+filepath.Join(folder, "usher.db"))
	addApp(t, store)

	for _, made := range []string{filepath.Join(parent, "new"), folder} {
		wantMode(t, made, 0o700)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 {
		t.Errorf("only %d files: where is the write-ahead log?", len(files))
	}
	for _, file := range files {
		wantMode(t, filepath.Join(folder, file.Name()), 0o600)
	}
}

func wantMode(tb testing.TB, path string, want os.FileMode) {
	tb.Helper()
	info, err := os.Stat(path)
	if err != nil {
		tb.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		tb.Errorf("%s has the mode %v, want %v", filepath.Base(path), got, want)
	}
}

// Names that mean something else in a URL, or to SQLite.
func TestSQLitePathIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"with space.db", "what?.db", "no#1.db", "100%.db", "%41.db", "a&b=c.db", "?_pragma=foreign_keys(0)", "plus+.db", "ünï😀.db",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), name+" folder")
			address := "sqlite:" + filepath.Join(folder, name)
			wantKept(t, address)
			if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
				t.Error(err)
			}
			// The database, its lock, and nothing under another name.
			files, err := filepath.Glob(filepath.Join(filepath.Dir(folder), "*", "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if !strings.HasPrefix(filepath.Base(file), name) {
					t.Errorf("there is a file %s", file)
				}
			}
		})
	}
}

// wantKept writes to a database, opens it again, and expects to find what was written.
func wantKept(tb testing.TB, address string) {
	tb.Helper()
	first, err := sqlstore.Open(tb.Context(), address, keys)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	addApp(tb, first)
	if err := first.Close(); err != nil {
		tb.Fatalf("close: %v", err)
	}
	if _, err := open(tb, address).App(tb.Context(), "acme"); err != nil {
		tb.Errorf("what was written before: %v", err)
	}
}

// Relative paths, and those that SQLite would take for a host or for memory, are paths too.
//
//nolint:paralleltest // it changes the folder of the process
func TestSQLitePathRelativeToTheFolder(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for _, path := range []string{"usher.db", "./data/usher.db", ":memory:", "/" + folder + "/twice.db"} {
		t.Run(path, func(t *testing.T) { wantKept(t, "sqlite:"+path) })
	}
}

func TestSQLiteIsOpenedByOneProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "usher.db")
	first, err := sqlstore.Open(t.Context(), "sqlite:"+path, keys)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	addApp(t, first)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Skip("no symbolic links here")
	}
	for what, other := range map[string]string{"its name": path, "another name": link} {
		if second, err := sqlstore.Open(t.Context(), "sqlite:"+other, keys); err == nil {
			t.Errorf("opened a second time by %s", what)
			_ = second.Close()
		} else if !strings.Contains(err.Error(), "stop it first") {
			t.Errorf("by %s: %v", what, err)
		}
	}
	if _, err := first.App(t.Context(), "acme"); err != nil {
		t.Errorf("the first one afterwards: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if _, err := open(t, "sqlite:"+link).App(t.Context(), "acme"); err != nil {
		t.Errorf("opened after the first was closed: %v", err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	noDatabase := filepath.Join(folder, "no-database")
	if err := os.WriteFile(noDatabase, []byte(strings.Repeat("This is a letter to Mina. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []struct {
		name, address, want string
	}{
		{"no address", "", "sqlite:PATH"},
		{"no path", "sqlite:", "sqlite:PATH"},
		{"an unknown engine", "mysql://usher:hunter2@127.0.0.1/usher", "sqlite:PATH"},
		{"a path only", folder + "/usher.db", "sqlite:PATH"},
		{"a folder below a file", "sqlite:" + noDatabase + "/usher.db", "folder"},
		{"a folder as the database", "sqlite:" + folder, "open the database"},
		{"a file that is no database", "sqlite:" + noDatabase, "not a database"},
		{"a port that is none", "postgres://usher:hunter2@127.0.0.1:port/usher", "not a valid postgres:// URL"},
		{"a server that is not there", "postgres://usher:hunter2@127.0.0.1:1/usher", "open the database"},
		{"a password that can't stand in a URL", "postgres://usher:hunter2%zz@127.0.0.1/usher", "not a valid postgres:// URL"},
	} {
		t.Run(wrong.name, func(t *testing.T) {
			t.Parallel()
			store, err := sqlstore.Open(t.Context(), wrong.address, keys)
			if err == nil {
				t.Fatal(errors.Join(errors.New("it was opened"), store.Close()))
			}
			if !strings.Contains(err.Error(), wrong.want) {
				t.Errorf("the error is %q, which does not hold %q", err, wrong.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells the password: %q", err)
			}
		})
	}
	content, err := os.ReadFile(noDatabase)
	if err != nil || !strings.HasPrefix(string(content), "This is a letter") {
		t.Errorf("the file that is no database is now %.40q (%v)", content, err)
	}
}

//nolint:paralleltest // it looks at every goroutine there is
func TestCloseLeavesNothingRunning(t *testing.T) {
	for name, newAddress := range testdatabase.Engines {
		t.Run(name, func(t *testing.T) {
			address := newAddress(t)
			before := goleak.IgnoreCurrent()
			store, err := sqlstore.Open(t.Context(), address, keys)
			if err != nil {
				t.Fatalf("open: %v", err)
			}
			addApp(t, store)
			if _, err := store.OnlyApp(t.Context()); err != nil {
				t.Errorf("read: %v", err)
			}
			if err := store.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			goleak.VerifyNone(t, before)
		})
	}
}
