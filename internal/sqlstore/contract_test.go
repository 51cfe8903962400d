package sqlstore_test

import (
	"testing"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/storetest"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

func TestSQLiteKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) identity.Store { return sqlstore.RememberAllTotals(open(t, testdatabase.SQLite(t))) })
}

func TestPostgresKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) identity.Store {
		return sqlstore.RememberAllTotals(openInTurn(t, testdatabase.PostgreSQL(t)))
	})
}
