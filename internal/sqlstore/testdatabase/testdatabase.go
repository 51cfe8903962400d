// Package testdatabase gives tests and benchmarks an empty database of their own on each engine that
// [sqlstore.Open] knows. It opens no store, so that the tests of every package can use it.
package testdatabase

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the engines that Connect opens
	_ "modernc.org/sqlite"
)

// postgres is the variable with the URL of a PostgreSQL database that tests may make schemas in.
const postgres = "USHER_TEST_POSTGRES"

// Engines are the engines by name, each with what gives the address of an empty database on it.
var Engines = map[string]func(testing.TB) (address string){"SQLite": SQLite, "PostgreSQL": PostgreSQL}

// OnEach runs a test with an empty database on each engine, in parallel.
func OnEach(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	for name, newAddress := range Engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newAddress(t))
		})
	}
}

// SQLite gives the address of a file that does not exist yet, in a folder of the test.
func SQLite(tb testing.TB) (address string) {
	tb.Helper()
	return sqlite + filepath.Join(tb.TempDir(), "usher.db")
}

const sqlite = "sqlite:"

// PostgreSQL gives the address of a new schema, which is dropped when the test ends. Where no database
// is named in the environment, it skips the test.
func PostgreSQL(tb testing.TB) (address string) {
	tb.Helper()
	server := os.Getenv(postgres)
	if server == "" {
		tb.Skip("set " + postgres + ", as make test does")
	}
	parsed, err := url.Parse(server)
	if err != nil || parsed.Host == "" {
		tb.Fatal(postgres + " is not the URL of a database")
	}
	schema := "usher_" + strings.ToLower(rand.Text())
	Execute(tb, server, "CREATE SCHEMA "+schema)
	tb.Cleanup(func() { Execute(tb, server, "DROP SCHEMA "+schema+" CASCADE") })
	query := parsed.Query()
	query.Set("search_path", schema)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

// Connect opens a database beside every store, to see or change what a store does not. It is closed when
// the test ends.
func Connect(tb testing.TB, address string) *sql.DB {
	tb.Helper()
	db := connect(tb, address)
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// Execute runs one statement beside every store.
func Execute(tb testing.TB, address, statement string, values ...any) {
	tb.Helper()
	db := connect(tb, address)
	defer db.Close()
	// Cleanups run after the test's own context has ended.
	if _, err := db.ExecContext(context.WithoutCancel(tb.Context()), statement, values...); err != nil {
		tb.Errorf("%s: %v", statement, err)
	}
}

func connect(tb testing.TB, address string) *sql.DB {
	tb.Helper()
	driver, source := "pgx", address
	if path, isFile := strings.CutPrefix(address, sqlite); isFile {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		tb.Fatalf("connect beside the store: %v", err)
	}
	return db
}
