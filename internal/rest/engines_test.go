package rest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// onBothEngines runs a test with a server on each engine.
func onBothEngines(t *testing.T, test func(t *testing.T, a *api)) {
	t.Helper()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		t.Helper()
		test(t, newAPIOn(t, address))
	})
}

// stored is everything in the database, to see that a refused request left nothing.
func (a *api) stored() string { return a.dump("") }

// storedOf is everything in the database that belongs to an app, as one text.
func (a *api) storedOf(app string) string {
	return a.dump(" WHERE app_id = $1", app)
}

func (a *api) dump(where string, values ...any) string {
	a.t.Helper()
	db := testdatabase.Connect(a.t, a.address)
	var all strings.Builder
	for _, table := range []string{
		"apps", "api_keys", "users", "user_tags", "roles", "events", "webhooks", "activity", "failure_codes",
		"(SELECT auth_tokens.*, app_id FROM auth_tokens JOIN users USING (user_id)) AS tokens",
		"(SELECT blocks.*, app_id FROM blocks JOIN users ON user_id = blocker_id) AS blocks",
	} {
		// In an order: PostgreSQL gives none by itself.
		rows, err := db.QueryContext(context.WithoutCancel(a.t.Context()), "SELECT * FROM "+table+where+" ORDER BY 1, 2", values...)
		if err != nil {
			a.t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			a.t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			pointers := make([]any, len(columns))
			for i := range values {
				pointers[i] = &values[i]
			}
			if err := rows.Scan(pointers...); err != nil {
				a.t.Fatal(err)
			}
			fmt.Fprintln(&all, table, values)
		}
		if err := rows.Err(); err != nil {
			a.t.Fatal(err)
		}
		rows.Close()
	}
	return all.String()
}
