package sqlstore_test

import (
	"crypto/rand"
	"database/sql"
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

func isSQLite(address string) bool { return strings.HasPrefix(address, "sqlite:") }

// execOn runs a statement on a database that was opened beside its store.
func execOn(tb testing.TB, db *sql.DB, statement string) {
	tb.Helper()
	if _, err := db.ExecContext(tb.Context(), statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
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
