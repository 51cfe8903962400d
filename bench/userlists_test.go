package bench_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/internal/vault"
)

// The sizes that are compared: a page should cost the same in both.
const fewUsers, manyUsers = 1_000, 100_000

// BenchmarkUserLists asks for page 1 of every list, with its total, in an app of 1,000 users and in one
// of 100,000, each time twice: first after a user was renamed, so that nothing that was counted before
// holds any more, and then again, as whoever goes through pages does. It reports the medians in
// milliseconds, the ratio of the large app to the small one, and for the first time the 95th percentile in
// the large one. The targets are a ratio of 1.5 again, and 30 ms for the first time. A list named "half"
// or "all" matches a share of the users, so for the first time it counts a hundred times as many in the
// large app; the others match as many in both, or are counted already. PostgreSQL is measured when
// USHER_TEST_POSTGRES names one, vacuumed as it does by itself.
func BenchmarkUserLists(b *testing.B) {
	for name, newAddress := range testdatabase.Engines {
		b.Run(name, func(b *testing.B) {
			address := newAddress(b)
			store, err := sqlstore.Open(b.Context(), address, vault.Ephemeral())
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = store.Close() })
			few, many := populate(b, store, fewUsers), populate(b, store, manyUsers)
			vacuum(b, address)
			for _, list := range userLists {
				b.Run(list.name, func(b *testing.B) { compareLists(b, store, few, many, list.filter) })
			}
		})
	}
}

// userLists are the filters of contract 1.3.3, with what populate made for them to find.
var userLists = []struct {
	name   string
	filter identity.UserFilter
}{
	{"default", identity.UserFilter{}},
	{"descending", identity.UserFilter{Descending: true}},
	{"by-uid", identity.UserFilter{SortBy: "uid"}},
	{"by-uid-descending", identity.UserFilter{SortBy: "uid", Descending: true}},
	{"by-status", identity.UserFilter{SortBy: "status"}},
	{"count", identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}}},
	{"with-deactivated", identity.UserFilter{Activity: identity.AnyActivity}},
	{"with-deactivated-by-uid", identity.UserFilter{Activity: identity.AnyActivity, SortBy: "uid"}},
	{"only-deactivated", identity.UserFilter{Activity: identity.DeactivatedOnly}},
	{"only-deactivated-by-uid", identity.UserFilter{Activity: identity.DeactivatedOnly, SortBy: "uid"}},
	{"available", identity.UserFilter{Online: new(true)}},
	{"offline", identity.UserFilter{Online: new(false)}},
	{"role", identity.UserFilter{Roles: []string{"default"}}},
	{"role-by-uid", identity.UserFilter{Roles: []string{"tutor"}, SortBy: "uid"}},
	{"role-with-deactivated", identity.UserFilter{Roles: []string{"tutor"}, Activity: identity.AnyActivity}},
	{"roles", identity.UserFilter{Roles: []string{"default", "tutor"}}},
	{"roles-of-50", identity.UserFilter{Roles: []string{"head", "janitor"}}},
	{"uids", identity.UserFilter{UIDs: twentyFive()}},
	{"hide-blocked", identity.UserFilter{HideBlockedFor: &identity.User{}}},
	{"tag-of-50", identity.UserFilter{Tags: []string{"needle"}}},
	{"tags-of-50", identity.UserFilter{Tags: []string{"needle", "pin"}}},
	{"tag-of-50-with-deactivated", identity.UserFilter{Tags: []string{"needle"}, Activity: identity.AnyActivity}},
	{"search-50", identity.UserFilter{SearchKey: "needle"}},
	{"search-50-uids", identity.UserFilter{SearchKey: "needle", SearchUID: true}},
	{"search-50-names", identity.UserFilter{SearchKey: "needle", SearchName: true}},
	{"search-50-with-deactivated", identity.UserFilter{SearchKey: "needle", Activity: identity.AnyActivity}},
	{"search-50-by-uid", identity.UserFilter{SearchKey: "needle", SortBy: "uid"}},
	{"search-none", identity.UserFilter{SearchKey: "nobody"}},
	{"half-tag", identity.UserFilter{Tags: []string{"half"}}},
	{"half-tags", identity.UserFilter{Tags: []string{"half", "needle"}}},
	{"half-tag-role", identity.UserFilter{Tags: []string{"half"}, Roles: []string{"tutor"}}},
	{"half-tag-search", identity.UserFilter{Tags: []string{"half"}, SearchKey: "user-"}},
	{"half-search-names", identity.UserFilter{SearchKey: "m", SearchName: true}},
	{"all-search", identity.UserFilter{SearchKey: "user-"}},
	{"all-search-uids", identity.UserFilter{SearchKey: "user-", SearchUID: true}},
	{"all-search-role", identity.UserFilter{SearchKey: "user-", Roles: []string{"tutor"}}},
	{"all-search-hide-blocked", identity.UserFilter{SearchKey: "user-", HideBlockedFor: &identity.User{}}},
	{"all-tags", identity.UserFilter{Tags: []string{"half", "other-half"}}},
}

func compareLists(b *testing.B, store identity.Store, few, many listed, filter identity.UserFilter) {
	b.Helper()
	if filter.Page.Size == 0 {
		filter.Page = identity.Page{Number: 1, Size: identity.DefaultPageSize}
	}
	ask := func(of listed) time.Duration {
		if filter.HideBlockedFor != nil {
			filter.HideBlockedFor = &of.viewer
		}
		started := time.Now()
		if _, _, err := store.Users(context.Background(), of.app, filter); err != nil {
			b.Fatal(err)
		}
		return time.Since(started)
	}
	var fewFirst, fewAgain, manyFirst, manyAgain []time.Duration
	for b.Loop() {
		rename(b, store, &few.viewer)
		fewFirst, fewAgain = append(fewFirst, ask(few)), append(fewAgain, ask(few))
		rename(b, store, &many.viewer)
		manyFirst, manyAgain = append(manyFirst, ask(many)), append(manyAgain, ask(many))
	}
	b.ReportMetric(0, "ns/op")
	for _, asked := range []struct {
		when      string
		few, many []time.Duration
	}{{"first", fewFirst, manyFirst}, {"again", fewAgain, manyAgain}} {
		slices.Sort(asked.few)
		slices.Sort(asked.many)
		small, large := asked.few[len(asked.few)/2], asked.many[len(asked.many)/2]
		b.ReportMetric(milliseconds(small), asked.when+"-ms-at-1000")
		b.ReportMetric(milliseconds(large), asked.when+"-ms-at-100000")
		b.ReportMetric(float64(large)/float64(small), asked.when+"-ratio")
	}
	b.ReportMetric(milliseconds(manyFirst[len(manyFirst)*95/100]), "first-p95-ms")
}

// rename gives a user another name, beside the one that it had.
func rename(b *testing.B, store identity.Store, user *identity.User) {
	b.Helper()
	if name, renamed := strings.CutSuffix(user.Name, "'"); renamed {
		user.Name = name
	} else {
		user.Name += "'"
	}
	if err := store.Change(b.Context(), func(tx identity.Tx) error { return tx.SaveUser(*user) }); err != nil {
		b.Fatal(err)
	}
}

func milliseconds(took time.Duration) float64 { return float64(took) / float64(time.Millisecond) }

// listed is an app to list, with a user who blocks some and is blocked by some.
type listed struct {
	app    identity.AppID
	viewer identity.User
}

// populate makes an app: names in another order than uids; 50 users to look for, who lie anywhere;
// a half and another half by tag and by name; one in five a tutor, one in eight deactivated.
func populate(b *testing.B, store identity.Store, count int) listed {
	b.Helper()
	made := listed{app: identity.AppID(fmt.Sprintf("app-of-%d", count))}
	at := time.Now()
	add := func(do func(tx identity.Tx) error) {
		if err := store.Change(b.Context(), do); err != nil {
			b.Fatal(err)
		}
	}
	add(func(tx identity.Tx) error {
		return tx.AddApp(identity.App{ID: made.app, Region: "us", LogoutRevokes: identity.LogoutRevokesSDK, CreatedAt: at})
	})
	var others []identity.User
	for numbers := range slices.Chunk(slices.Collect(upTo(count)), 1000) {
		var added []identity.User
		add(func(tx identity.Tx) error {
			added = added[:0]
			for _, number := range numbers {
				user, err := tx.AddUser(listedUser(made.app, number, count, at))
				if err != nil {
					return err
				}
				added = append(added, user)
			}
			return nil
		})
		others = append(others, added[:min(len(added), 21)]...)
	}
	made.viewer = others[0]
	add(func(tx identity.Tx) error {
		for i, other := range others[1:21] {
			blocker, blocked := made.viewer, other
			if i%2 == 0 {
				blocker, blocked = blocked, blocker
			}
			if _, err := tx.SetBlock(blocker, blocked, true, at); err != nil {
				return err
			}
		}
		return nil
	})
	return made
}

func upTo(count int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for number := range count {
			if !yield(number) {
				return
			}
		}
	}
}

func listedUser(app identity.AppID, number, count int, at time.Time) identity.User {
	// 7,919 is a prime: names go through all numbers in an order of their own.
	shuffled := number * 7919 % count
	user := identity.User{
		AppID: app, UID: identity.UID(fmt.Sprintf("user-%07d", number)), Name: fmt.Sprintf("%c %07d", 'a'+shuffled%2*('m'-'a'), shuffled),
		Role: identity.DefaultRole, Avatar: "https://img.example.org/someone.png", Metadata: []byte(`{"team":"blue"}`), CreatedAt: at, UpdatedAt: at,
	}
	user.Tags = []string{"half"}
	if number/3%2 == 0 {
		user.Tags = []string{"other-half"}
	}
	if number%5 == 3 {
		user.Role = "tutor"
	}
	if number%8 == 7 {
		user.DeactivatedAt = at
	}
	switch place := number % (count / 50); place {
	case 1:
		user.UID, user.Tags = "needle-"+user.UID, append(user.Tags, "needle")
	case 2:
		user.Name = "Needle " + user.Name
	case 4:
		user.Role, user.Tags = "head", append(user.Tags, "pin")
	}
	return user
}

// twentyFive are as many uids as a list may be asked for.
func twentyFive() []identity.UID {
	var uids []identity.UID
	for number := range identity.MaxUIDsInFilter {
		uids = append(uids, identity.UID(fmt.Sprintf("user-%07d", number*40)))
	}
	return uids
}

func vacuum(b *testing.B, address string) {
	b.Helper()
	if strings.HasPrefix(address, "postgres") {
		for _, table := range []string{"users", "user_tags", "user_counts", "blocks"} {
			testdatabase.Execute(b, address, "VACUUM ANALYZE "+table)
		}
	}
}
