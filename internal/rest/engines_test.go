package rest_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
)

// newPostgresAPI is newAPI on PostgreSQL.
func newPostgresAPI(t *testing.T, options ...option) *api {
	t.Helper()
	server, err := url.Parse(os.Getenv("USHER_TEST_POSTGRES"))
	if err != nil || server.Host == "" {
		t.Skip("set USHER_TEST_POSTGRES, as make test does")
	}
	schema := "usher_" + strings.ToLower(rand.Text())
	execute := func(statement string) {
		db, err := sql.Open("pgx", server.String())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		// Cleanups run after the test's own context has ended.
		if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	execute("CREATE SCHEMA " + schema)
	t.Cleanup(func() { execute("DROP SCHEMA " + schema + " CASCADE") })
	own := *server
	query := own.Query()
	query.Set("search_path", schema)
	own.RawQuery = query.Encode()
	a := &api{t: t, driver: "pgx", source: own.String()}
	a.open(own.String(), options)
	return a
}

// onBothEngines runs a test with a server on each engine.
func onBothEngines(t *testing.T, test func(t *testing.T, a *api)) {
	t.Helper()
	for name, newOn := range map[string]func(*testing.T, ...option) *api{"SQLite": newAPI, "PostgreSQL": newPostgresAPI} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newOn(t))
		})
	}
}

// stored is everything in the database, to see that a refused request left nothing.
func (a *api) stored() string { return a.dump("") }

// storedOf is everything in the database that belongs to an app, as one text.
func (a *api) storedOf(app string) string {
	return a.dump(" WHERE app_id = $1", app)
}

func (a *api) dump(where string, values ...any) string {
	a.t.Helper()
	db, err := sql.Open(a.driver, a.source)
	if err != nil {
		a.t.Fatal(err)
	}
	defer db.Close()
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
