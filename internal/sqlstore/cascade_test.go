package sqlstore_test

import (
	"testing"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// No use case deletes a user or an app yet; an operator may, and nothing of them may stay usable.
func TestDeletingARowTakesWhatHangsOnIt(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		store := openInTurn(t, address)
		set, err := newService(store).SetUp(t.Context(), identity.FirstApp{Region: "eu", SampleUsers: true})
		if err != nil {
			t.Fatalf("set up: %v", err)
		}
		caller := identity.Caller{App: set.App, Key: &identity.APIKey{ID: 1, Scope: identity.ScopeFullAccess}}
		for _, uid := range identity.SampleUIDs[:2] {
			if _, err := newService(store).IssueToken(t.Context(), caller, uid, identity.TokenRequest{}); err != nil {
				t.Fatalf("issue: %v", err)
			}
		}
		db := testdatabase.Connect(t, address)
		count := func(table string) string { return rows(t, db, "SELECT count(*) FROM "+table)[0][0] }
		// SQLite keeps to foreign keys only where it is asked to, per connection.
		db.SetMaxOpenConns(1)
		if isSQLite(address) {
			execOn(t, db, "PRAGMA foreign_keys = 1")
		}

		execOn(t, db, "DELETE FROM users WHERE uid = 'cometchat-uid-1'")
		wantEqual(t, "tokens after their user was deleted", count("auth_tokens"), "1")
		execOn(t, db, "DELETE FROM apps")
		for _, table := range []string{"api_keys", "users", "auth_tokens"} {
			wantEqual(t, table+" after their app was deleted", count(table), "0")
		}
		if count("events") == "0" {
			t.Error("the log of events went with them")
		}
	})
}
