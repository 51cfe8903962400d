package sqlstore_test

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// What a schema means, whatever words its engine has for it.
type (
	table struct {
		Columns     []column
		Unique      []string // the columns of each unique constraint, the primary key included
		Indexes     []string // the columns of each index that is not unique
		ForeignKeys []foreignKey
	}
	column struct {
		Name, Type string
		NotNull    bool
	}
	foreignKey struct{ Columns, References, OnDelete string }
)

func TestBothEnginesHaveOneSchema(t *testing.T) {
	t.Parallel()
	postgres := testdatabase.PostgreSQL(t)
	openInTurn(t, postgres)
	sqlite := testdatabase.SQLite(t)
	open(t, sqlite)
	want := postgresSchema(t, testdatabase.Connect(t, postgres))
	// The one difference on purpose: on PostgreSQL, transactions run side by side and event ids become
	// visible out of order, so a reader needs to know which transaction wrote an event. SQLite has one
	// writer at a time, whose order the ids follow by themselves.
	events := want["events"]
	own := slices.Index(events.Columns, column{Name: "written_by", Type: "xid8", NotNull: true})
	inOrder := slices.Index(events.Indexes, "written_by,event_id")
	if own < 0 || inOrder < 0 {
		t.Fatalf("PostgreSQL's columns of events are %v, its indexes %q", events.Columns, events.Indexes)
	}
	events.Columns = slices.Delete(events.Columns, own, own+1)
	events.Indexes = slices.Delete(events.Indexes, inOrder, inOrder+1)
	place := slices.Index(events.Indexes, "app_id,written_by,event_id")
	if place < 0 {
		t.Fatalf("PostgreSQL's indexes of events are %q", events.Indexes)
	}
	// PostgreSQL has another one by the ids alone, as SQLite's is.
	events.Indexes = slices.Delete(events.Indexes, place, place+1)
	want["events"] = sorted(events)
	wantEqual(t, "SQLite's schema beside PostgreSQL's", sqliteSchema(t, testdatabase.Connect(t, sqlite)), want)
}

// Another collation would order and compare texts unlike SQLite does.
func TestPostgresComparesTextsByTheirBytes(t *testing.T) {
	t.Parallel()
	address := testdatabase.PostgreSQL(t)
	openInTurn(t, address)
	wantEqual(t, "texts with another collation than C", rows(t, testdatabase.Connect(t, address), `
		SELECT attrelid::regclass::text, attname::text
		FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_collation ON pg_collation.oid = attcollation
		WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attnum > 0 AND collname <> 'C'`), [][]string{})
}

// rows gives every row of an answer, as texts.
func rows(tb testing.TB, db *sql.DB, statement string, values ...any) [][]string {
	tb.Helper()
	answer, err := db.QueryContext(tb.Context(), statement, values...)
	if err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
	defer answer.Close()
	names, err := answer.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	var found [][]string
	for answer.Next() {
		texts := make([]string, len(names))
		targets := make([]any, len(names))
		for i := range texts {
			targets[i] = &texts[i]
		}
		if err := answer.Scan(targets...); err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
		found = append(found, texts)
	}
	if err := answer.Err(); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
	return found
}

func sqliteSchema(tb testing.TB, db *sql.DB) map[string]table {
	tb.Helper()
	schema := map[string]table{}
	for _, row := range rows(tb, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'`) {
		name := row[0]
		var described table
		for _, c := range rows(tb, db, `SELECT name, type, "notnull", pk FROM pragma_table_info(?)`, name) {
			// A primary key holds no NULL, said or not.
			described.Columns = append(described.Columns, column{Name: c[0], Type: logicalType(c[1]), NotNull: c[2] == "1" || c[3] != "0"})
		}
		key := joined(rows(tb, db, `SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`, name))
		described.Unique = append(described.Unique, key)
		for _, index := range rows(tb, db, `SELECT name, "unique", origin FROM pragma_index_list(?)`, name) {
			columns := joined(rows(tb, db, `SELECT name FROM pragma_index_info(?) ORDER BY seqno`, index[0]))
			switch {
			case index[2] == "pk": // counted above
			case index[1] == "1":
				described.Unique = append(described.Unique, columns)
			default:
				described.Indexes = append(described.Indexes, columns)
			}
		}
		for _, f := range rows(tb, db, `SELECT "from", "table", coalesce("to", ''), on_delete FROM pragma_foreign_key_list(?)`, name) {
			if f[2] == "" {
				// A reference that names no column means the primary key.
				f[2] = joined(rows(tb, db, `SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`, f[1]))
			}
			described.ForeignKeys = append(described.ForeignKeys, foreignKey{f[0], f[1] + "(" + f[2] + ")", f[3]})
		}
		schema[name] = sorted(described)
	}
	return schema
}

func postgresSchema(tb testing.TB, db *sql.DB) map[string]table {
	tb.Helper()
	schema := map[string]table{}
	for _, row := range rows(tb, db, `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() AND table_name <> 'goose_db_version'`) {
		name := row[0]
		var described table
		for _, c := range rows(tb, db, `
			SELECT column_name::text, data_type::text, is_nullable::text FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`, name) {
			described.Columns = append(described.Columns, column{Name: c[0], Type: logicalType(c[1]), NotNull: c[2] == "NO"})
		}
		for _, index := range rows(tb, db, `
			SELECT indisunique::text, (SELECT string_agg(attname, ',' ORDER BY place)
				FROM unnest(indkey::int[]) WITH ORDINALITY AS key(number, place) JOIN pg_attribute ON attrelid = indrelid AND attnum = number)
			FROM pg_index WHERE indrelid = $1::regclass`, name) {
			if index[0] == "true" {
				described.Unique = append(described.Unique, index[1])
			} else {
				described.Indexes = append(described.Indexes, index[1])
			}
		}
		for _, f := range rows(tb, db, `
			SELECT here.attname::text, confrelid::regclass::text || '(' || there.attname || ')', CASE confdeltype WHEN 'c' THEN 'CASCADE' ELSE confdeltype::text END
			FROM pg_constraint CROSS JOIN unnest(conkey, confkey) AS pair(here_number, there_number)
			JOIN pg_attribute AS here ON here.attrelid = conrelid AND here.attnum = here_number
			JOIN pg_attribute AS there ON there.attrelid = confrelid AND there.attnum = there_number
			WHERE contype = 'f' AND conrelid = $1::regclass`, name) {
			described.ForeignKeys = append(described.ForeignKeys, foreignKey{f[0], f[1], f[2]})
		}
		schema[name] = sorted(described)
	}
	return schema
}

// logicalType is what a column may hold: SQLite's INTEGER and BIGINT are PostgreSQL's, and its BLOB
// is PostgreSQL's BYTEA.
func logicalType(declared string) string {
	switch strings.ToLower(declared) {
	case "integer", "bigint":
		return "number"
	case "blob", "bytea":
		return "bytes"
	}
	return strings.ToLower(declared)
}

func joined(names [][]string) string {
	var all []string
	for _, name := range names {
		all = append(all, name...)
	}
	return strings.Join(all, ",")
}

// sorted forgets the order in which constraints were declared; that of columns stays.
func sorted(t table) table {
	slices.Sort(t.Unique)
	slices.Sort(t.Indexes)
	slices.SortFunc(t.ForeignKeys, func(a, b foreignKey) int { return cmp.Compare(a.Columns, b.Columns) })
	return t
}
