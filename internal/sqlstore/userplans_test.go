package sqlstore_test

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// listedUsers are users enough that it matters how they are found: half of them wear the tag half, 50
// the tag few besides; a fifth are tutors and 50 heads; an eighth are deactivated.
const listedUsers = `
	WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)
	INSERT INTO users (app_id, uid, name, name_folded, avatar, link, role, status_message, metadata, tags, created_at, updated_at, last_active_at, deactivated_at)
	SELECT 'acme', 'user-' || n, '', (n * 7919 % 5000) || CASE WHEN n % 2 = 0 THEN 'a' ELSE 'm' END, '', '',
		CASE WHEN n % 100 = 1 THEN 'head' WHEN n % 5 = 0 THEN 'tutor' ELSE 'default' END, '', '', '', 1, 1, 0, CASE WHEN n % 8 = 3 THEN 1 ELSE 0 END
	FROM numbers`

const listedTags = `
	INSERT INTO user_tags (user_id, app_id, tag, deactivated_at)
	SELECT user_id, app_id, CASE WHEN user_id % 2 = 0 THEN 'half' ELSE 'other half' END, deactivated_at FROM users
	UNION ALL SELECT user_id, app_id, 'few', deactivated_at FROM users WHERE user_id % 100 = 1`

// listedBlocks make each user block the next one.
const listedBlocks = "INSERT INTO blocks (blocker_id, blocked_id, blocked_at) SELECT user_id, user_id + 1, 1 FROM users WHERE user_id < 5000"

// userPlan is how a list of users is found.
type userPlan struct {
	name   string
	filter identity.UserFilter
	// page is the index by which the page is found, and sorts whether its order comes from sorting what
	// was found. PostgreSQL decides by itself between two that cost the same; it may use another.
	page     string
	sorts    bool
	postgres string
	// counts are the indexes that alone say how many users match; empty when those are counted already.
	counts []string
}

func userPlans() []userPlan {
	viewer := &identity.User{ID: 1, AppID: "acme", UID: "user-1"}
	const byName, byUID, ofApp, unique = "users_by_name", "users_by_uid", "users_of_app", "sqlite_autoindex_users_1"
	return []userPlan{
		{name: "all", page: byName},
		{name: "descending", filter: identity.UserFilter{Descending: true}, page: byName},
		{name: "by uid", filter: identity.UserFilter{SortBy: "uid"}, page: byUID},
		{name: "the deactivated", filter: identity.UserFilter{Activity: identity.DeactivatedOnly}, page: "users_deactivated"},
		{name: "the deactivated by uid", filter: identity.UserFilter{Activity: identity.DeactivatedOnly, SortBy: "uid"}, page: "users_deactivated_by_uid"},
		{name: "of any activity", filter: identity.UserFilter{Activity: identity.AnyActivity}, page: ofApp},
		{name: "of any activity by uid", filter: identity.UserFilter{Activity: identity.AnyActivity, SortBy: "uid"}, page: unique, postgres: "users_app_id_uid_key"},
		{name: "the offline", filter: identity.UserFilter{Online: new(false)}, page: byName},
		{name: "without who is blocked", filter: identity.UserFilter{HideBlockedFor: viewer}, page: byName, counts: []string{"blocks_by_blocked"}},
		{name: "uids", filter: identity.UserFilter{UIDs: []identity.UID{"user-1", "user-2"}}, page: byUID, sorts: true, postgres: "users_", counts: []string{byUID}},
		{name: "a role", filter: identity.UserFilter{Roles: []string{"default"}}, page: "users_by_role", postgres: "users_"},
		{name: "a role of any activity", filter: identity.UserFilter{Roles: []string{"tutor"}, Activity: identity.AnyActivity}, page: ofApp},
		{name: "a small role by uid", filter: identity.UserFilter{Roles: []string{"head"}, SortBy: "uid"}, page: "users_by_role", sorts: true},
		{name: "large roles", filter: identity.UserFilter{Roles: []string{"default", "tutor"}}, page: byName},
		{name: "small roles", filter: identity.UserFilter{Roles: []string{"head", "chief"}}, page: "users_by_role", sorts: true},
		{name: "a search in uids", filter: identity.UserFilter{SearchKey: "user-77", SearchUID: true}, page: byUID, sorts: true, counts: []string{byUID}},
		{name: "a search in names", filter: identity.UserFilter{SearchKey: "77", SearchName: true}, page: byName, counts: []string{byName}},
		{name: "a search in both", filter: identity.UserFilter{SearchKey: "77"}, page: byName, sorts: true, postgres: "users_", counts: []string{byUID, byName}},
		{name: "a search in both that all match", filter: identity.UserFilter{SearchKey: "user-"}, page: byName, counts: []string{byUID, byName}},
		{name: "a search among the deactivated", filter: identity.UserFilter{SearchKey: "77", Activity: identity.DeactivatedOnly}, page: "users_deactivated", sorts: true, postgres: "users_"},
		{name: "a search of any activity", filter: identity.UserFilter{SearchKey: "77", Activity: identity.AnyActivity}, page: ofApp, sorts: true, postgres: "users_"},
		{name: "a tag of few", filter: identity.UserFilter{Tags: []string{"few"}}, page: "user_tags_by_tag", sorts: true, counts: []string{"user_tags_by_tag"}},
		{name: "a tag of many", filter: identity.UserFilter{Tags: []string{"half"}}, page: byName, counts: []string{"user_tags_by_tag"}},
		{name: "tags of few", filter: identity.UserFilter{Tags: []string{"few", "nobody's"}}, page: "user_tags_by_tag", sorts: true, counts: []string{"user_tags_by_tag"}},
		{name: "tags of many", filter: identity.UserFilter{Tags: []string{"few", "half"}}, page: byName, counts: []string{"user_tags_by_tag"}},
		{name: "a role among those a search finds", filter: identity.UserFilter{SearchKey: "user-", Roles: []string{"tutor"}}, page: "users_by_role", postgres: "users_"},
		{name: "roles among those of a tag of few", filter: identity.UserFilter{Tags: []string{"few"}, Roles: []string{"default", "head"}}, page: "user_tags_by_tag", sorts: true, postgres: "user"},
	}
}

// No list reads a table from its beginning to its end, and those that need not sort don't.
func TestUserListsUseIndexes(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		store := openInTurn(t, address)
		addApp(t, store)
		db := testdatabase.Connect(t, address)
		for _, statement := range []string{listedUsers, listedTags, listedBlocks} {
			execOn(t, db, statement)
		}
		explain := explainSQLite
		if !isSQLite(address) {
			explain = explainPostgres
			// PostgreSQL may well read a table from end to end where that is cheaper, and of one as small as
			// here it is: what matters is that it need not.
			db.SetMaxOpenConns(1)
			for _, statement := range []string{
				"VACUUM ANALYZE users", "VACUUM ANALYZE user_tags", "VACUUM ANALYZE blocks", "SET enable_seqscan = off", "SET enable_bitmapscan = off", "SET random_page_cost = 1",
			} {
				execOn(t, db, statement)
			}
		}
		for _, list := range userPlans() {
			list.filter.Page = identity.Page{Number: 1, Size: 20}
			recorder := sqlstore.Record(store)
			if _, total, err := recorder.Users(t.Context(), "acme", list.filter); err != nil || total == 0 {
				t.Errorf("%s: %d users, %v", list.name, total, err)
				continue
			}
			var plans []string
			for _, statement := range recorder.Statements {
				plan := explain(t, db, statement)
				if scan := scansAll.FindString(plan); scan != "" {
					t.Errorf("%s: %s, for %s:\n%s", list.name, scan, statement.Text, plan)
				}
				plans = append(plans, plan)
			}
			page := list.page
			if !isSQLite(address) && list.postgres != "" {
				page = list.postgres
			}
			last := len(plans) - 1
			if !strings.Contains(plans[last], " "+page) {
				t.Errorf("%s: the plan of the page does not use %s:\n%s", list.name, page, plans[last])
			}
			if sorts.MatchString(plans[last]) && !list.sorts {
				t.Errorf("%s: the page is sorted:\n%s", list.name, plans[last])
			}
			for _, index := range list.counts {
				if !strings.Contains(plans[0], "COVERING INDEX "+index+" ") && !strings.Contains(plans[0], "Index Only Scan using "+index+" ") {
					t.Errorf("%s: %s does not say alone how many match:\n%s", list.name, index, plans[0])
				}
			}
		}
	})
}

var (
	scansAll = regexp.MustCompile(`(?m)(SCAN|Seq Scan on) (users|user_tags|blocks)\b.*$`)
	sorts    = regexp.MustCompile(`USE TEMP B-TREE FOR ORDER BY|Sort Key`)
)

func explainSQLite(t *testing.T, db *sql.DB, statement sqlstore.Statement) string {
	t.Helper()
	var plan []string
	for _, row := range rows(t, db, "EXPLAIN QUERY PLAN "+statement.Text, statement.Values...) {
		plan = append(plan, row[3])
	}
	return strings.Join(plan, "\n")
}

func explainPostgres(t *testing.T, db *sql.DB, statement sqlstore.Statement) string {
	t.Helper()
	var plan []string
	for _, row := range rows(t, db, "EXPLAIN "+sqlstore.Numbered(statement.Text), statement.Values...) {
		plan = append(plan, row[0])
	}
	return strings.Join(plan, "\n")
}
