package sqlstore_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// How SQLite finds the rows of each list: by an index whose beginning narrows them down. What is
// said here is its plan, so it holds for a hundred thousand rows as it does for none. Lists of users
// depend on how many there are: TestUserListsUseIndexes.
func TestSQLiteListsUseIndexes(t *testing.T) {
	t.Parallel()
	address := testdatabase.SQLite(t)
	store := open(t, address)
	addApp(t, store)
	db := testdatabase.Connect(t, address)
	viewer := identity.User{ID: 1, AppID: "acme", UID: "mina"}
	page := identity.Page{Number: 1, Size: 100}
	blocked := func(direction identity.BlockDirection) func(r identity.Reader) error {
		return func(r identity.Reader) error {
			_, _, err := r.Blocked(t.Context(), viewer, direction, page)
			return err
		}
	}
	for _, list := range []struct {
		name string
		do   func(r identity.Reader) error
		// What the plan of the page holds; in no plan, a table is scanned.
		want string
		// Whether the order comes from sorting what was found, not from the index.
		sorts bool
	}{
		{"whom a user blocks", blocked(identity.BlockedByMe), "(blocker_id=?)", true},
		{"who blocks a user", blocked(identity.HasBlockedMe), "INDEX blocks_by_blocked (blocked_id=?)", true},
		{"both", blocked(identity.BlockedEither), "INDEX blocks_by_blocked (blocked_id=?)", true},
		{"tokens", func(r identity.Reader) error {
			_, _, err := r.AuthTokens(t.Context(), viewer, founded, page)
			return err
		}, "INDEX auth_tokens_of_user (user_id=?)", false},
		{"events", func(r identity.Reader) error {
			_, err := r.Events(t.Context(), "acme", identity.EventFilter{After: 7, Limit: 10})
			return err
		}, "INDEX events_of_app (app_id=? AND event_id>?)", false},
		{"events of a user, newest first", func(r identity.Reader) error {
			_, err := r.Events(t.Context(), "acme", identity.EventFilter{UID: "mina", NewestFirst: true, Before: 7, Limit: 10})
			return err
		}, "INDEX events_of_user (app_id=? AND uid=? AND event_id>? AND event_id<?)", false},
		{"events, newest first", func(r identity.Reader) error {
			_, err := r.Events(t.Context(), "acme", identity.EventFilter{NewestFirst: true, Limit: 10})
			return err
		}, "INDEX events_of_app (app_id=? AND event_id>?)", false},
		{"events of a kind, newest first", func(r identity.Reader) error {
			_, err := r.Events(t.Context(), "acme", identity.EventFilter{Kind: identity.EventKeyDeleted, NewestFirst: true, Before: 7, Limit: 10})
			return err
		}, "INDEX events_of_kind (app_id=? AND kind=? AND event_id>? AND event_id<?)", false},
		{"events of a user and a kind, newest first", func(r identity.Reader) error {
			_, err := r.Events(t.Context(), "acme", identity.EventFilter{UID: "mina", Kind: identity.EventUserSignedIn, NewestFirst: true, Limit: 10})
			return err
		}, "INDEX events_of_user (app_id=? AND uid=? AND event_id>?)", false},
		{"a month of activity", func(r identity.Reader) error {
			_, err := r.Activity(t.Context(), "acme", time.Hour, founded.AddDate(0, -1, 0), founded)
			return err
		}, "SEARCH activity USING PRIMARY KEY (app_id=? AND span=? AND at>? AND at<?)", false},
		{"a month of failures by code", func(r identity.Reader) error {
			_, err := r.FailureCodes(t.Context(), "acme", time.Hour, founded.AddDate(0, -1, 0), founded)
			return err
		}, "SEARCH failure_codes USING PRIMARY KEY (app_id=? AND span=? AND at>? AND at<?)", false},
	} {
		recorder := sqlstore.Record(store)
		if err := list.do(recorder); err != nil {
			t.Errorf("%s: %v", list.name, err)
			continue
		}
		var plans [][]string
		for _, statement := range recorder.Statements {
			var plan []string
			for _, row := range rows(t, db, "EXPLAIN QUERY PLAN "+statement.Text, statement.Values...) {
				plan = append(plan, row[3])
				// What a subquery has found is scanned, which is as it should be.
				if strings.HasPrefix(row[3], "SCAN") && row[3] != "SCAN near" {
					t.Errorf("%s: %s, for %s", list.name, row[3], statement.Text)
				}
			}
			plans = append(plans, plan)
		}
		plan := plans[len(plans)-1]
		if !strings.Contains(strings.Join(plan, "\n"), list.want) {
			t.Errorf("%s: the plan is %q, which does not hold %q", list.name, plan, list.want)
		}
		if sorts := slices.Contains(plan, "USE TEMP B-TREE FOR ORDER BY"); sorts != list.sorts {
			t.Errorf("%s: the plan sorts: %v; it is %q", list.name, sorts, plan)
		}
	}
}
