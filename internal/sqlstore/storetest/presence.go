package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func presence() []behaviour {
	return []behaviour{
		{"a server is added once, and renewed from then on", renewNode},
		{"a server whose lease is over is found, one that lives is not", findDeadNode},
		{"a server that was declared dead learns of it when it comes back", renewDeadNode},
		{"a server is removed with nobody online at it", deleteNode},
		{"a user is online while it is at any server", setOnline},
		{"a user who is gone can't come online", setNobodyOnline},
		{"users at a server are listed by id, some at a time", usersAt},
		{"of servers where a user comes at once, one makes it online", comeOnlineAtOnce},
		{"of servers where a user goes at once, one makes it offline", goOfflineAtOnce},
		{"changes of who is online take turns", presenceTakesTurns},
		{"of many who declare a server dead, nobody declares one that lives", declareDeadAtOnce},
	}
}

// setUp makes the row that stands for the whole database, as the first start does.
func setUp(tb testing.TB, store identity.Store) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) error {
		_, err := tx.ClaimFirstApp("acme")
		return err
	})
}

// leased is until when the servers of these tests live.
var leased = founded.Add(15 * time.Second)

func renew(tb testing.TB, store identity.Store, node string, until time.Time) (added bool) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		added, err = tx.RenewNode(node, until)
		return err
	})
	return added
}

func deadNode(tb testing.TB, store identity.Store, now time.Time) (node string) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		if node, err = tx.LockDeadNode(now); errors.Is(err, identity.ErrNotFound) {
			return nil
		}
		return err
	})
	return node
}

func set(tb testing.TB, store identity.Store, user identity.User, node string, online bool) (changed bool) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		changed, err = tx.SetOnline(user, node, online, founded)
		return err
	})
	return changed
}

func renewNode(t *testing.T, store identity.Store) {
	if !renew(t, store, "north", leased) || renew(t, store, "north", leased.Add(time.Second)) || !renew(t, store, "south", leased) {
		t.Error("a server is added the first time, and only then")
	}
}

func findDeadNode(t *testing.T, store identity.Store) {
	renew(t, store, "north", leased)
	renew(t, store, "south", leased.Add(time.Second))
	for _, test := range []struct {
		now  time.Time
		want string
	}{{leased.Add(-time.Millisecond), ""}, {leased, "north"}, {leased.Add(-time.Hour), "north"}} {
		if got := deadNode(t, store, test.now); got != test.want {
			t.Errorf("at %s, %q is dead, want %q", test.now, got, test.want)
		}
	}
}

func renewDeadNode(t *testing.T, store identity.Store) {
	user := addMina(t, store)
	renew(t, store, "north", leased)
	set(t, store, user, "north", true)
	deadNode(t, store, leased)
	if !renew(t, store, "north", leased.Add(time.Minute)) {
		t.Error("the server does not learn that it was taken for dead")
	}
	if renew(t, store, "north", leased.Add(time.Minute)) {
		t.Error("it learns of it twice")
	}
	if got := deadNode(t, store, leased); got != "" {
		t.Errorf("%s is dead, though it came back", got)
	}
}

func deleteNode(t *testing.T, store identity.Store) {
	renew(t, store, "north", leased)
	change(t, store, func(tx identity.Tx) error { return tx.DeleteNode("north") })
	if got := deadNode(t, store, leased); got != "" {
		t.Errorf("%s is still there", got)
	}
	if err := store.Change(t.Context(), func(tx identity.Tx) error { return tx.DeleteNode("north") }); !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("removed again: %v", err)
	}
}

func setOnline(t *testing.T, store identity.Store) {
	user := addMina(t, store)
	renew(t, store, "north", leased)
	renew(t, store, "south", leased)
	for step, test := range []struct {
		node                    string
		online, changed, status bool
	}{
		{"north", false, false, false},
		{"north", true, true, true},
		{"north", true, false, true},
		{"south", true, false, true},
		{"north", false, false, true},
		{"north", false, false, true},
		{"south", false, true, false},
		{"south", false, false, false},
		{"south", true, true, true},
	} {
		if changed := set(t, store, user, test.node, test.online); changed != test.changed {
			t.Errorf("step %d: changed is %v", step, changed)
		}
		found := findUser(t, store, user)
		if found.Online != test.status || !found.LastActiveAt.Equal(founded) {
			t.Errorf("step %d: online is %v, last active at %s", step, found.Online, found.LastActiveAt)
		}
	}
}

func setNobodyOnline(t *testing.T, store identity.Store) {
	user := addMina(t, store)
	renew(t, store, "north", leased)
	set(t, store, user, "north", true)
	change(t, store, func(tx identity.Tx) error { return tx.DeleteUser(user) })
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.SetOnline(user, "north", true, founded)
		return err
	})
	if !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("online, though it is gone: %v", err)
	}
	err = store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.SetOnline(addUserIn(t, tx), "nowhere", true, founded)
		return err
	})
	if err == nil {
		t.Error("online at a server that is not there")
	}
}

func addUserIn(tb testing.TB, tx identity.Tx) identity.User {
	tb.Helper()
	user, err := tx.AddUser(newUser(newApp("acme"), "oleg"))
	if err != nil {
		tb.Error(err)
	}
	return user
}

func usersAt(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	renew(t, store, "north", leased)
	renew(t, store, "south", leased)
	var want []identity.User
	for i := range 5 {
		user := addUser(t, store, newUser(app, identity.UID(fmt.Sprintf("user-%d", 5-i))))
		if set(t, store, user, "south", true); i != 2 {
			set(t, store, user, "north", true)
			want = append(want, user)
		}
	}
	for _, limit := range []int{1, 3, 4, 10} {
		change(t, store, func(tx identity.Tx) error {
			got, err := tx.UsersAt("north", limit)
			if err != nil {
				return err
			}
			if len(got) != min(limit, len(want)) {
				t.Errorf("of at most %d, %d are listed", limit, len(got))
			}
			for i, user := range got {
				if user.ID != want[i].ID || user.UID != want[i].UID || user.AppID != "acme" {
					t.Errorf("number %d is %v, want %v", i, user.UID, want[i].UID)
				}
			}
			return nil
		})
	}
}

// servers is how many of them change one user at once.
const servers = 8

func changeAtOnce(t *testing.T, store identity.Store, user identity.User, online bool) {
	t.Helper()
	changed := make([]bool, servers)
	wantAllWell(t, together(servers, func(number int) error {
		return store.Change(t.Context(), func(tx identity.Tx) (err error) {
			changed[number], err = tx.SetOnline(user, fmt.Sprint("server-", number), online, founded)
			return err
		})
	}))
	count := 0
	for _, did := range changed {
		if did {
			count++
		}
	}
	if count != 1 || findUser(t, store, user).Online != online {
		t.Errorf("%d of the servers changed that the user is online, which is now %v", count, !online)
	}
}

func comeOnlineAtOnce(t *testing.T, store identity.Store) {
	user := addMina(t, store)
	for number := range servers {
		renew(t, store, fmt.Sprint("server-", number), leased)
	}
	changeAtOnce(t, store, user, true)
}

func goOfflineAtOnce(t *testing.T, store identity.Store) {
	user := addMina(t, store)
	for number := range servers {
		renew(t, store, fmt.Sprint("server-", number), leased)
		set(t, store, user, fmt.Sprint("server-", number), true)
	}
	changeAtOnce(t, store, user, false)
}

// What servers write of one user side by side is read in the order in which it happened, whatever else
// they write in the same changes.
func presenceTakesTurns(t *testing.T, store identity.Store) {
	setUp(t, store)
	user := addMina(t, store)
	others := make([]identity.User, servers)
	for number := range servers {
		others[number] = addUser(t, store, newUser(identity.App{ID: "acme"}, identity.UID(fmt.Sprint("other-", number))))
		renew(t, store, fmt.Sprint("server-", number), leased)
	}
	const rounds = 10
	wantAllWell(t, together(servers, func(number int) error {
		for round := range rounds {
			err := store.Change(t.Context(), func(tx identity.Tx) error {
				if err := tx.LockPresence(); err != nil {
					return err
				}
				for _, one := range []identity.User{others[number], user} {
					online := round%2 == 0
					changed, err := tx.SetOnline(one, fmt.Sprint("server-", number), online, founded)
					if err != nil {
						return err
					}
					if !changed || one.ID != user.ID {
						continue
					}
					event := newEvent("acme", user.UID)
					if event.Kind = identity.EventUserDisconnected; online {
						event.Kind = identity.EventUserConnected
					}
					if err := tx.AddEvent(event); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	// A change of the test's own, so that what is before it is not hidden any more.
	addEvents(t, store, newEvent("acme", "mark"))
	online := false
	for _, event := range listEvents(t, store, "acme", identity.EventFilter{UID: user.UID}) {
		if came := event.Kind == identity.EventUserConnected; came == online {
			t.Fatalf("event %d says again that online is %v", event.ID, came)
		}
		online = !online
	}
	if online {
		t.Error("the last event says that the user is online")
	}
}

func declareDeadAtOnce(t *testing.T, store identity.Store) {
	setUp(t, store)
	renew(t, store, "north", leased)
	// Half of the calls renew the lease, the others would end it: whoever comes first wins.
	added, declared := make([]bool, servers), make([]bool, servers)
	wantAllWell(t, together(servers, func(number int) error {
		return store.Change(t.Context(), func(tx identity.Tx) (err error) {
			if number%2 == 0 {
				added[number], err = tx.RenewNode("north", leased.Add(time.Hour))
				return err
			}
			_, err = tx.LockDeadNode(leased)
			if declared[number] = err == nil; errors.Is(err, identity.ErrNotFound) {
				return nil
			}
			return err
		})
	}))
	learned, died := false, false
	for number := range servers {
		learned, died = learned || added[number], died || declared[number]
	}
	if renew(t, store, "north", leased.Add(time.Hour)) {
		learned = true
	}
	if died != learned {
		t.Errorf("declared dead: %v; and it learned of it: %v", died, learned)
	}
}
