package sqlstore_test

import (
	"database/sql"
	"fmt"
	"strconv"
	"testing"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

const revisionOfAcme = "SELECT coalesce(string_agg(revision, ' ' ORDER BY slot), '') FROM user_revisions WHERE app_id = 'acme'"

// Whoever changes the database, a total that is remembered does not outlive what it counted.
func TestEveryChangeOfWhatListsChooseByDrawsANewRevision(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		addApp(t, openInTurn(t, address))
		db := testdatabase.Connect(t, address)
		const insert = "INSERT INTO users (app_id, uid, name, name_folded, avatar, link, role, status_message, metadata, tags, created_at, updated_at, last_active_at, deactivated_at) " +
			"VALUES ('acme', '%s', 'Mina', 'mina', '', '', 'default', '', '', '', 1, 1, 0, 0)"
		const mina = " WHERE user_id = (SELECT user_id FROM users WHERE uid = 'mina')"
		seen := map[string]string{}
		for _, change := range []struct {
			statement string
			revises   bool
		}{
			{fmt.Sprintf(insert, "mina"), true},
			{fmt.Sprintf(insert, "oleg"), true},
			{"INSERT INTO user_tags (user_id, app_id, tag, deactivated_at) SELECT user_id, 'acme', 'pilot', 0 FROM users", true},
			{"UPDATE user_tags SET tag = 'captain'" + mina, true},
			{"UPDATE user_tags SET deactivated_at = 1" + mina, true},
			{"DELETE FROM user_tags" + mina, true},
			{"UPDATE users SET name_folded = 'wilhelmina'" + mina, true},
			{"UPDATE users SET role = 'tutor'" + mina, true},
			{"UPDATE users SET deactivated_at = 1" + mina, true},
			{"UPDATE users SET deactivated_at = 0" + mina, true},
			{"UPDATE users SET uid = 'minami'" + mina, true},
			{"DELETE FROM users WHERE uid = 'minami'", true},
			{"UPDATE users SET avatar = 'https://example.org', link = 'x', status_message = 'here', metadata = '{}', updated_at = 2, last_active_at = 2", false},
			{"UPDATE users SET uid = uid, name_folded = name_folded, role = role, deactivated_at = deactivated_at", false},
			{"DELETE FROM users WHERE uid = 'nobody'", false},
		} {
			before := only(t, db, revisionOfAcme)
			execOn(t, db, change.statement)
			after := only(t, db, revisionOfAcme)
			if (before != after) != change.revises {
				t.Errorf("the revision was %q, and is %q after %s", before, after, change.statement)
			}
			if earlier, known := seen[after]; known && change.revises {
				t.Errorf("the revision after %s is the one after %s", change.statement, earlier)
			}
			seen[after] = change.statement
		}
	})
}

// A transaction that draws a revision keeps nobody waiting who draws one too, and none of both is lost.
func TestRevisionsOfTransactionsThatRunSideBySide(t *testing.T) {
	t.Parallel()
	address := testdatabase.PostgreSQL(t)
	store := openInTurn(t, address)
	addApp(t, store)
	db := testdatabase.Connect(t, address)
	var seen []string
	look := func() {
		revision := only(t, db, revisionOfAcme)
		for _, earlier := range seen {
			if revision == earlier {
				t.Errorf("a revision came twice: %q", revision)
			}
		}
		seen = append(seen, revision)
	}
	look()
	begin := func(uid string) *sql.Tx {
		t.Helper()
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tx.ExecContext(t.Context(), "INSERT INTO users (app_id, uid, name, avatar, link, role, status_message, metadata, tags, created_at, updated_at, last_active_at, deactivated_at) "+
			"VALUES ('acme', $1, '', '', '', 'default', '', '', '', 1, 1, 0, 0)", uid)
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	// Neither the order of beginning nor that of ending matters.
	for range 2 {
		first, second, third := begin("a"), begin("b"), begin("c")
		for _, tx := range []*sql.Tx{second, first} {
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			look()
		}
		if err := third.Rollback(); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), "DELETE FROM users"); err != nil {
			t.Fatal(err)
		}
		look()
	}
}

// What is remembered of lists has an end, and nothing of it is wrong for that.
func TestTotalsAreRememberedOfSomeListsOnly(t *testing.T) {
	t.Parallel()
	store := open(t, testdatabase.SQLite(t))
	addApp(t, store)
	ask := func(key string) {
		t.Helper()
		filter := identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}, SearchKey: key}
		if _, total, err := store.Users(t.Context(), "acme", filter); err != nil || total != 0 {
			t.Fatalf("counted %d, %v", total, err)
		}
	}
	ask("few match")
	wantEqual(t, "lists of few that are remembered", sqlstore.RememberedTotals(store), 0)
	sqlstore.RememberAllTotals(store)
	for number := range 1100 {
		ask(strconv.Itoa(number))
	}
	wantEqual(t, "lists that are remembered", sqlstore.RememberedTotals(store), 1000)
}

// only reads an answer of one text.
func only(tb testing.TB, db *sql.DB, statement string) string {
	tb.Helper()
	return rows(tb, db, statement)[0][0]
}
