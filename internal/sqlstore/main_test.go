package sqlstore_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/vault"
)

// keys seals what the tests store. One keyset for all, so that a database can be opened again.
var keys = vault.Ephemeral()

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a store and closes it when the test ends.
func open(tb testing.TB, address string) *sqlstore.Store {
	tb.Helper()
	store, err := sqlstore.Open(tb.Context(), address, keys)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return store
}

func newFile(tb testing.TB) (address string) {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "usher.db")
}

// newSchema gives the address of an empty part of the PostgreSQL database that tests may use.
func newSchema(tb testing.TB) (address string) {
	tb.Helper()
	server := os.Getenv("USHER_TEST_POSTGRES")
	if server == "" {
		tb.Skip("set USHER_TEST_POSTGRES, as make test does")
	}
	parsed, err := url.Parse(server)
	if err != nil {
		tb.Fatal("USHER_TEST_POSTGRES is not a URL")
	}
	name := "usher_" + strings.ToLower(rand.Text())
	execute(tb, "pgx", server, "CREATE SCHEMA "+name)
	tb.Cleanup(func() { execute(tb, "pgx", server, "DROP SCHEMA "+name+" CASCADE") })
	query := parsed.Query()
	query.Set("search_path", name)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

// execute runs one statement beside every store.
func execute(tb testing.TB, driver, source, statement string) {
	tb.Helper()
	db := connect(tb, driver, source)
	defer db.Close()
	// Cleanups run after the test's own context has ended.
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

func connect(tb testing.TB, driver, source string) *sql.DB {
	tb.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		tb.Fatalf("connect: %v", err)
	}
	return db
}

// beside opens the database of a store a second time, to see what identity.Store does not show.
func beside(tb testing.TB, address string) *sql.DB {
	tb.Helper()
	driver, source := "pgx", address
	if path, isSQLite := strings.CutPrefix(address, "sqlite:"); isSQLite {
		driver, source = "sqlite", path
	}
	db := connect(tb, driver, source)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

func isSQLite(address string) bool { return strings.HasPrefix(address, "sqlite:") }

// execOn runs a statement on a database that was opened beside its store.
func execOn(tb testing.TB, db *sql.DB, statement string) {
	tb.Helper()
	if _, err := db.ExecContext(tb.Context(), statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

// onBothEngines runs a test with the address of an empty database of each engine.
func onBothEngines(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	for name, newAddress := range map[string]func(testing.TB) string{"SQLite": newFile, "PostgreSQL": newSchema} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newAddress(t))
		})
	}
}

// opening lets the tests of a process open PostgreSQL one after the other: servers that start at
// once take turns by asking once a second, which is right for servers and long for tests.
var opening sync.Mutex

func openInTurn(tb testing.TB, address string) *sqlstore.Store {
	tb.Helper()
	opening.Lock()
	defer opening.Unlock()
	return open(tb, address)
}

var founded = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func newService(store identity.Store) *identity.Service {
	return identity.NewService(store, func() time.Time { return founded }, rand.Reader)
}

func wantEqual(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if difference := cmp.Diff(want, got, cmpopts.EquateEmpty()); difference != "" {
		tb.Errorf("%s (-want +got):\n%s", what, difference)
	}
}
