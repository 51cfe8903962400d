package sqlstore_test

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// newOfFirstVersion makes a database with the tables of the first version, as a server of then has left it.
func newOfFirstVersion(tb testing.TB, address string, statements ...string) {
	tb.Helper()
	dialect, folder := goose.DialectPostgres, "postgres"
	if isSQLite(address) {
		dialect, folder = goose.DialectSQLite3, "sqlite"
	}
	const first = "0001_first_light.sql"
	content, err := os.ReadFile("migrations/" + folder + "/" + first)
	if err != nil {
		tb.Fatal(err)
	}
	db := testdatabase.Connect(tb, address)
	provider, err := goose.NewProvider(dialect, db, fstest.MapFS{first: {Data: content}}, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := provider.Up(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	for _, statement := range statements {
		execOn(tb, db, statement)
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
}
