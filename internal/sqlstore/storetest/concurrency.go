package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func concurrency() []behaviour {
	return []behaviour{
		{"many writers at once all get through", manyWriters},
		{"of many claims at once one is granted", manyClaims},
		{"of many who create one uid one wins", manyCreators},
		{"changes of one user take turns", changesTakeTurns},
		{"logins of one user at once leave the 100 newest tokens", manyLogins},
		{"signing in and logging out everywhere don't lock each other out", signInAgainstFlush},
		{"a change that fails does not harm its neighbours", failingNeighbours},
		{"a caller who leaves while waiting writes nothing", cancelledWaiting},
		{"readers don't wait for a writer", readersDontWait},
		{"whoever was answered reads what was written", readYourWrites},
	}
}

// together runs count calls at the same moment and gives their errors, by number.
func together(count int, call func(number int) error) []error {
	failures := make([]error, count)
	start := make(chan struct{})
	var calls sync.WaitGroup
	for number := range count {
		calls.Go(func() {
			<-start
			failures[number] = call(number)
		})
	}
	close(start)
	calls.Wait()
	return failures
}

// wantAllWell expects no error of calls that were made together.
func wantAllWell(tb testing.TB, failures []error) {
	tb.Helper()
	for number, err := range failures {
		if err != nil {
			tb.Errorf("call %d: %v", number, err)
		}
	}
}

// winners counts the calls without an error and expects the others to have failed with want.
func winners(tb testing.TB, failures []error, want error) int {
	tb.Helper()
	count := 0
	for number, err := range failures {
		if err == nil {
			count++
		} else if !errors.Is(err, want) {
			tb.Errorf("call %d: %v, want %v", number, err, want)
		}
	}
	return count
}

func manyWriters(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	uid := func(number int) identity.UID { return identity.UID(fmt.Sprintf("user-%03d", number)) }
	const writers = 200
	wantAllWell(t, together(writers, func(number int) error {
		return store.Change(t.Context(), func(tx identity.Tx) error {
			_, err := tx.AddUser(newUser(app, uid(number)))
			return err
		})
	}))
	want := make([]identity.UID, writers)
	for number := range want {
		want[number] = uid(number)
	}
	listed, total, err := store.Users(t.Context(), app.ID, identity.UserFilter{Page: everything})
	wantError(t, "list", err, nil)
	wantEqual(t, "the users", uids(listed), want)
	wantEqual(t, "how many", total, writers)
}

func manyClaims(t *testing.T, store identity.Store) {
	errNotGranted := errors.New("not granted")
	failures := together(20, func(number int) error {
		id := identity.AppID("app-" + strconv.Itoa(number))
		return store.Change(t.Context(), func(tx identity.Tx) error {
			claimed, err := tx.ClaimFirstApp(id)
			if err != nil {
				return err
			}
			if !claimed {
				return errNotGranted
			}
			return tx.AddApp(newApp(id))
		})
	})
	wantEqual(t, "how many were granted", winners(t, failures, errNotGranted), 1)
	if _, err := store.OnlyApp(t.Context()); err != nil {
		t.Errorf("the app of the one who was granted it: %v", err)
	}
}

func manyCreators(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	failures := together(20, func(number int) error {
		return store.Change(t.Context(), func(tx identity.Tx) error {
			user := newUser(app, "mina")
			user.Name = "Mina " + strconv.Itoa(number)
			_, err := tx.AddUser(user)
			return err
		})
	})
	wantEqual(t, "how many won", winners(t, failures, identity.ErrTaken), 1)
	winner := slices.Index(failures, nil)
	wantEqual(t, "whose user it is", findUser(t, store, newUser(app, "mina")).Name, "Mina "+strconv.Itoa(winner))
}

// changesTakeTurns counts in a field: a change that did not wait would lose another one's step.
func changesTakeTurns(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	mina.StatusMessage = "0"
	change(t, store, func(tx identity.Tx) error { return tx.SaveUser(mina) })
	wantAllWell(t, together(40, func(int) error {
		return store.Change(t.Context(), func(tx identity.Tx) error {
			user, err := tx.LockUser(mina.AppID, mina.UID)
			if err != nil {
				return err
			}
			count, err := strconv.Atoi(user.StatusMessage)
			if err != nil {
				return err
			}
			user.StatusMessage = strconv.Itoa(count + 1)
			return tx.SaveUser(user)
		})
	}))
	wantEqual(t, "the count", findUser(t, store, mina).StatusMessage, "40")
}

func manyLogins(t *testing.T, store identity.Store) {
	const before, logins = 80, 50
	mina := addMina(t, store)
	addTokens(t, store, mina, "old", before)
	service := newService(store)
	caller := identity.Caller{App: newApp("acme"), Key: &identity.APIKey{ID: 1, Scope: identity.ScopeFullAccess}}
	issued := make([]identity.AuthToken, logins)
	wantAllWell(t, together(logins, func(number int) (err error) {
		issued[number], err = service.IssueToken(t.Context(), caller, mina.UID, identity.TokenRequest{Force: true})
		return err
	}))
	slices.SortFunc(issued, func(a, b identity.AuthToken) int { return int(b.ID - a.ID) })
	live := listTokens(t, store, mina)
	wantEqual(t, "how many tokens live", len(live), identity.MaxLiveTokens)
	wantEqual(t, "the newest of them", live[:logins], issued)
	wantEqual(t, "the oldest of them", string(live[len(live)-1].Value), "old"+strconv.Itoa(before+logins-identity.MaxLiveTokens+1))
}

// signInAgainstFlush: both touch the user and its tokens. Rows taken in different orders would be a
// deadlock, which a database ends with an error.
func signInAgainstFlush(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	app := newApp("acme")
	service := newService(store)
	key := identity.Caller{App: app, Key: &identity.APIKey{ID: 1, Scope: identity.ScopeAuthOnly}}
	for round := range 10 {
		const clients = 5
		callers := make([]identity.Caller, clients)
		for i := range callers {
			value := identity.Secret(fmt.Sprintf("round-%d-%d", round, i))
			callers[i] = identity.Caller{App: app, Session: &identity.Session{
				Token: addToken(t, store, mina, newToken(value)), User: mina, App: app,
			}}
		}
		for number, err := range together(2*clients, func(number int) error {
			if number%2 == 0 {
				_, err := service.SignIn(t.Context(), callers[number/2], web, identity.UserChange{})
				return err
			}
			return service.FlushTokens(t.Context(), key, mina.UID)
		}) {
			if err != nil && fault.CodeOf(err) != fault.CodeUnknownAuthToken {
				t.Fatalf("round %d, call %d: %v", round, number, err)
			}
		}
	}
}

// held is a change that has locked a user and stays where it is until it is let go.
type held struct {
	release chan struct{}
	done    chan error
}

func hold(tb testing.TB, store identity.Store, user identity.User) *held {
	tb.Helper()
	h := &held{release: make(chan struct{}), done: make(chan error, 1)}
	inside := make(chan struct{})
	isInside := sync.OnceFunc(func() { close(inside) }) // a change may run again
	go func() {
		h.done <- store.Change(context.Background(), func(tx identity.Tx) error {
			if _, err := tx.LockUser(user.AppID, user.UID); err != nil {
				return err
			}
			isInside()
			<-h.release
			user.Name = "Held"
			return tx.SaveUser(user)
		})
	}()
	select {
	case <-inside:
	case err := <-h.done:
		tb.Fatalf("the change that was to be held: %v", err)
	}
	return h
}

// letGo ends the change and waits for its commit.
func (h *held) letGo(tb testing.TB) {
	tb.Helper()
	close(h.release)
	wantError(tb, "the change that was held", <-h.done, nil)
}

func failingNeighbours(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	errOdd := errors.New("odd")
	holding := hold(t, store, mina)
	var starting sync.WaitGroup
	starting.Add(60)
	go func() {
		// Those who have started wait for the one who holds the writer, and then go together.
		starting.Wait()
		close(holding.release)
	}()
	failures := together(60, func(number int) error {
		starting.Done()
		return store.Change(t.Context(), func(tx identity.Tx) error {
			uid := identity.UID(fmt.Sprintf("user-%02d", number))
			if _, err := tx.AddUser(newUser(newApp("acme"), uid)); err != nil {
				return err
			}
			switch number % 3 {
			case 1:
				return errOdd
			case 2:
				// The database itself refuses this one.
				_, err := tx.AddUser(newUser(newApp("nobody"), "mina"))
				return err
			}
			return nil
		})
	})
	wantError(t, "the change that was held", <-holding.done, nil)
	var want []identity.UID
	for number, err := range failures {
		switch number % 3 {
		case 0:
			wantError(t, "a neighbour", err, nil)
			want = append(want, identity.UID(fmt.Sprintf("user-%02d", number)))
		case 1:
			wantError(t, "one that fails", err, errOdd)
		case 2:
			if err == nil {
				t.Error("one that the database refuses: no error")
			}
		}
	}
	listed, _, err := store.Users(t.Context(), "acme", identity.UserFilter{Page: everything})
	wantError(t, "list", err, nil)
	wantEqual(t, "the users", uids(listed), append([]identity.UID{"mina"}, want...))
}

func cancelledWaiting(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	holding := hold(t, store, mina)
	ctx, cancel := context.WithCancel(t.Context())
	var entered atomic.Bool
	done := make(chan error, 1)
	go func() {
		done <- store.Change(ctx, func(tx identity.Tx) error {
			user, err := tx.LockUser(mina.AppID, mina.UID)
			if err != nil {
				return err
			}
			entered.Store(true)
			user.Name = "Too Late"
			return tx.SaveUser(user)
		})
	}()
	cancel()
	err := <-done
	if !errors.Is(err, identity.ErrOverloaded) && !errors.Is(err, context.Canceled) {
		t.Errorf("the change of the one who left: %v", err)
	}
	holding.letGo(t)
	if entered.Load() {
		t.Error("the change went past the lock")
	}
	// The next change comes after whatever was still waiting.
	addUser(t, store, newUser(newApp("acme"), "oleg"))
	wantEqual(t, "the name", findUser(t, store, mina).Name, "Held")
}

func readersDontWait(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	addToken(t, store, mina, newToken("token-1"))
	holding := hold(t, store, mina)
	// Would a reader wait, this would never end: the writer goes on only after it.
	wantAllWell(t, together(20, func(int) error {
		session, err := store.Session(t.Context(), "token-1")
		if err == nil && session.User.Name != mina.Name {
			err = fmt.Errorf("the user is called %s before the commit", session.User.Name)
		}
		_, _, listErr := store.Users(t.Context(), mina.AppID, identity.UserFilter{Page: everything})
		return errors.Join(err, listErr, store.Ping(t.Context()))
	}))
	holding.letGo(t)
	wantEqual(t, "the name after the commit", findUser(t, store, mina).Name, "Held")
}

func readYourWrites(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	wantAllWell(t, together(20, func(number int) error {
		for step := range 10 {
			user := newUser(app, identity.UID(fmt.Sprintf("user-%d-%d", number, step)))
			err := store.Change(t.Context(), func(tx identity.Tx) error {
				added, err := tx.AddUser(user)
				if err != nil {
					return err
				}
				_, _, err = tx.AddAuthToken(added, newToken(identity.Secret(user.UID)))
				return err
			})
			if err != nil {
				return err
			}
			if _, err := store.Session(t.Context(), identity.Secret(user.UID)); err != nil {
				return fmt.Errorf("%s after the answer: %w", user.UID, err)
			}
		}
		return nil
	}))
}
