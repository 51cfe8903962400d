package sqlstore_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// Two servers that start on one empty database: both come up, and one makes the app.
func TestPostgresServersStartTogether(t *testing.T) {
	t.Parallel()
	address := testdatabase.PostgreSQL(t)
	opening.Lock()
	defer opening.Unlock()
	const servers = 2
	var created [servers]identity.SetUpResult
	var starting sync.WaitGroup
	for server := range servers {
		starting.Go(func() {
			store, err := sqlstore.Open(t.Context(), address, keys)
			if err != nil {
				t.Errorf("server %d: open: %v", server, err)
				return
			}
			defer store.Close()
			created[server], err = newService(store).SetUp(t.Context(), identity.FirstApp{Region: "eu", SampleUsers: true})
			if err != nil {
				t.Errorf("server %d: set up: %v", server, err)
			}
		})
	}
	starting.Wait()
	if created[0].Created == created[1].Created {
		t.Errorf("created: %v and %v, want one of them", created[0].Created, created[1].Created)
	}
	if created[0].App.ID == "" || created[0].App.ID != created[1].App.ID {
		t.Errorf("the servers have the apps %q and %q, want one app", created[0].App.ID, created[1].App.ID)
	}
	users, total, err := open(t, address).Users(t.Context(), created[0].App.ID, identity.UserFilter{Page: identity.Page{Number: 1, Size: 100}})
	if err != nil || total != len(identity.SampleUIDs) {
		t.Errorf("the sample users are %v (%v)", users, err)
	}
}

// What one server has written the other one reads at once.
func TestPostgresServersShareWhatTheyWrite(t *testing.T) {
	t.Parallel()
	address := testdatabase.PostgreSQL(t)
	one, other := openInTurn(t, address), openInTurn(t, address)
	set, err := newService(one).SetUp(t.Context(), identity.FirstApp{Region: "eu", SampleUsers: true})
	if err != nil {
		t.Fatalf("set up: %v", err)
	}
	caller := identity.Caller{App: set.App, Key: &identity.APIKey{ID: 1, Scope: identity.ScopeFullAccess}}
	token, err := newService(one).IssueToken(t.Context(), caller, identity.SampleUIDs[0], identity.TokenRequest{})
	if err != nil {
		t.Fatalf("issue: %v", err)
	}
	if _, err := other.Session(t.Context(), token.Value); err != nil {
		t.Errorf("the session on the other server: %v", err)
	}
	if err := newService(other).FlushTokens(t.Context(), caller, identity.SampleUIDs[0]); err != nil {
		t.Fatalf("flush: %v", err)
	}
	if _, err := one.Session(t.Context(), token.Value); err == nil {
		t.Error("a token that the other server revoked works here")
	}
}

// A password that the server refuses, or a database that is not there, is the commonest mistake.
func TestPostgresErrorsKeepThePassword(t *testing.T) {
	t.Parallel()
	parsed, err := url.Parse(testdatabase.PostgreSQL(t))
	if err != nil {
		t.Fatal(err)
	}
	parsed.User = url.UserPassword("nobody-like-that", "hunter2")
	for _, database := range []string{"/postgres", "/not-there"} {
		parsed.Path = database
		store, err := sqlstore.Open(t.Context(), parsed.String(), keys)
		if err == nil {
			_ = store.Close()
			t.Errorf("%s was opened", database)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells the password: %v", database, err)
		}
	}
}

// held is a change that waits where a test wants it to.
type held struct {
	reached, release chan struct{}
	done             chan error
}

// hold begins a change that writes an event of a user, and waits before or after it gets its id.
func hold(store identity.Store, uid identity.UID, waitBefore bool) *held {
	h := &held{reached: make(chan struct{}), release: make(chan struct{}), done: make(chan error, 1)}
	go func() {
		h.done <- store.Change(context.Background(), func(tx identity.Tx) error {
			if _, err := tx.LockOwner("acme", uid); err != nil {
				return err
			}
			if waitBefore {
				close(h.reached)
				<-h.release
			}
			err := tx.AddEvent(identity.Event{Kind: identity.EventUserUpdated, AppID: "acme", UID: uid, Actor: "operator", At: founded})
			if !waitBefore {
				close(h.reached)
				<-h.release
			}
			return err
		})
	}()
	<-h.reached
	return h
}

// Counting users keeps nobody waiting: who adds one while others do counts beside them.
func TestPostgresWritersDoNotWaitToBeCounted(t *testing.T) {
	t.Parallel()
	address := testdatabase.PostgreSQL(t)
	store := openInTurn(t, address)
	addApp(t, store)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	// Each adds its user while all before it have not committed yet.
	const writers = 5
	var add func(number, until int) error
	add = func(number, until int) error {
		if number == until {
			return nil
		}
		return store.Change(ctx, func(tx identity.Tx) error {
			user := identity.User{AppID: "acme", UID: identity.UID(fmt.Sprint("user-", number)), Role: identity.DefaultRole}
			if _, err := tx.AddUser(user); err != nil {
				return err
			}
			return add(number+1, until)
		})
	}
	// The second time, there are slots already, which the next ones share.
	for round := range 2 {
		if err := add(round*writers, (round+1)*writers); err != nil {
			t.Fatalf("add: %v", err)
		}
		wantEqual(t, "slots", rows(t, testdatabase.Connect(t, address), "SELECT count(*) FROM user_counts"), [][]string{{"5"}})
	}
	_, total, err := store.Users(ctx, "acme", identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}})
	if err != nil || total != 2*writers {
		t.Errorf("counted %d, %v", total, err)
	}
}

func (h *held) letGo(tb testing.TB) {
	tb.Helper()
	close(h.release)
	if err := <-h.done; err != nil {
		tb.Errorf("a change that was held: %v", err)
	}
}

// Changes get their own numbers in one order, the ids of their events in another, and commit in a
// third. Whoever reads on from the last event it saw must see all of them, once.
func TestPostgresReadersMissNoEvent(t *testing.T) {
	t.Parallel()
	store := openInTurn(t, testdatabase.PostgreSQL(t))
	if _, err := newService(store).SetUp(t.Context(), identity.FirstApp{ID: "acme", Region: "eu", SampleUsers: true}); err != nil {
		t.Fatalf("set up: %v", err)
	}
	var seen []identity.UID
	var after int64
	readOn := func() {
		t.Helper()
		listed, err := store.Events(t.Context(), "acme", identity.EventFilter{After: after, Kind: identity.EventUserUpdated, Limit: 10})
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		for _, event := range listed {
			seen, after = append(seen, event.UID), event.ID
		}
	}
	// readUntil reads until so many were seen: other tests have transactions running too.
	readUntil := func(count int) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); len(seen) < count && time.Now().Before(deadline); runtime.Gosched() {
			readOn()
		}
	}
	uids := identity.SampleUIDs[:]

	// The id of the first is the smaller one, and its commit comes later.
	first := hold(store, uids[0], false)
	second := hold(store, uids[1], false)
	second.letGo(t)
	readOn()
	wantEqual(t, "seen while the first is running", seen, []identity.UID{})
	first.letGo(t)
	readUntil(2)
	wantEqual(t, "seen after its end", seen, uids[:2])

	// The first change gets the greater id, and its commit comes first.
	third := hold(store, uids[2], true)
	fourth := hold(store, uids[3], false)
	third.letGo(t)
	readUntil(3)
	wantEqual(t, "seen while the second is running", seen, uids[:3])
	fourth.letGo(t)
	readUntil(4)
	readOn()
	wantEqual(t, "seen at last", seen, uids[:4])
}

// withName gives an address whose connections PostgreSQL shows under a name.
func withName(tb testing.TB, address, name string) string {
	tb.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		tb.Fatal(err)
	}
	query := parsed.Query()
	query.Set("application_name", name)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

// untilWaiting waits until a connection of a name waits for a lock, or until what it does is done.
func untilWaiting(tb testing.TB, db *sql.DB, name string, done <-chan struct{}) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		select {
		case <-done:
			return
		default:
		}
		const statement = "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'"
		if len(rows(tb, db, statement, name)) > 0 {
			return
		}
	}
	tb.Error("nobody waits for a lock")
}

func TestPostgresBlockingWhoIsJustBeingDeleted(t *testing.T) {
	t.Parallel()
	address := testdatabase.PostgreSQL(t)
	name := "blocking-" + rand.Text()
	store, other := openInTurn(t, address), openInTurn(t, withName(t, address, name))
	set, err := newService(store).SetUp(t.Context(), identity.FirstApp{ID: "acme", Region: "eu", SampleUsers: true})
	if err != nil {
		t.Fatalf("set up: %v", err)
	}
	caller := identity.Caller{App: set.App}
	for _, attempt := range []struct {
		name             string
		deleted, blocker identity.UID
		others           []string
		code             fault.Code
	}{
		{"who is to be blocked", identity.SampleUIDs[1], identity.SampleUIDs[0], []string{string(identity.SampleUIDs[1]), string(identity.SampleUIDs[2])}, ""},
		{"who blocks", identity.SampleUIDs[3], identity.SampleUIDs[3], []string{string(identity.SampleUIDs[2])}, fault.CodeUnknownUID},
	} {
		reached, release, deleted, blocked := make(chan struct{}), make(chan struct{}), make(chan error, 1), make(chan struct{})
		go func() {
			deleted <- store.Change(t.Context(), func(tx identity.Tx) error {
				user, err := tx.LockUser("acme", attempt.deleted)
				if err == nil {
					err = tx.DeleteUser(user)
				}
				close(reached)
				<-release
				return err
			})
		}()
		<-reached
		var outcomes map[string]identity.BlockOutcome
		var failed error
		go func() {
			defer close(blocked)
			outcomes, failed = newService(other).SetBlocked(t.Context(), caller, attempt.blocker, attempt.others, true)
		}()
		untilWaiting(t, testdatabase.Connect(t, address), name, blocked)
		close(release)
		if err := <-deleted; err != nil {
			t.Fatalf("%s: delete: %v", attempt.name, err)
		}
		<-blocked
		if fault.CodeOf(failed) != attempt.code || (failed != nil) != (attempt.code != "") {
			t.Errorf("%s: block: %v, want the code %q", attempt.name, failed, attempt.code)
		}
		for uid, outcome := range outcomes {
			if outcome.Success == (uid == string(attempt.deleted)) {
				t.Errorf("%s: the outcome of %s is %v", attempt.name, uid, outcome)
			}
		}
	}
}

// A dump brings the numbers of another cluster's transactions with it.
func TestPostgresEventsOfAnOlderClusterAreSeen(t *testing.T) {
	t.Parallel()
	address := testdatabase.PostgreSQL(t)
	store := openInTurn(t, address)
	if _, err := newService(store).SetUp(t.Context(), identity.FirstApp{ID: "acme", Region: "eu", SampleUsers: true}); err != nil {
		t.Fatalf("set up: %v", err)
	}
	db := testdatabase.Connect(t, address)
	// As they were written there, in another order than that of their ids.
	execOn(t, db, "UPDATE events SET written_by = (9000000000000 + (event_id * 7 % 5))::text::xid8 WHERE event_id > 2")
	reopened := openInTurn(t, address)
	hold(reopened, identity.SampleUIDs[0], true).letGo(t)
	var seen []int64
	for deadline := time.Now().Add(20 * time.Second); len(seen) < 7 && time.Now().Before(deadline); runtime.Gosched() {
		seen = nil
		for after := int64(0); ; {
			part, err := reopened.Events(t.Context(), "acme", identity.EventFilter{After: after, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			if len(part) == 0 {
				break
			}
			for _, event := range part {
				seen, after = append(seen, event.ID), event.ID
			}
		}
	}
	// The one that is missing is of no app: the key that signs for all.
	wantEqual(t, "the events, read in parts", seen, []int64{1, 2, 3, 4, 5, 6, 8})
}
