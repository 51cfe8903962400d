package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// These tests look at SQLite's writer while it is busy. In a bubble of synctest it is certain who
// waits for what before the test goes on, and time passes only when everybody waits.

// busyWriter is a store whose writer is inside a change until free is called.
type busyWriter struct {
	*sqlstore.Store

	t    *testing.T
	free func()
}

func newBusyWriter(t *testing.T) *busyWriter {
	t.Helper()
	// In a bubble, a cleanup would come too late: the bubble ends with its goroutines.
	store, err := sqlstore.Open(t.Context(), testdatabase.SQLite(t), keys)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	addApp(t, store)
	release, done := make(chan struct{}), make(chan error)
	go func() {
		done <- store.Change(context.Background(), func(identity.Tx) error {
			<-release
			return nil
		})
	}()
	synctest.Wait()
	return &busyWriter{Store: store, t: t, free: func() {
		close(release)
		if err := <-done; err != nil {
			t.Errorf("the change that kept the writer busy: %v", err)
		}
	}}
}

func uidOf(number int) identity.UID { return identity.UID(fmt.Sprintf("user-%05d", number)) }

// addUser hands in a change that adds a user; its outcome comes later.
func (w *busyWriter) addUser(ctx context.Context, number int, outcome error) <-chan error {
	answer := make(chan error, 1)
	go func() {
		answer <- w.Change(ctx, func(tx identity.Tx) error {
			user := identity.User{AppID: "acme", UID: uidOf(number), Name: "Mina", Role: identity.DefaultRole, CreatedAt: founded}
			if _, err := tx.AddUser(user); err != nil {
				return err
			}
			return outcome
		})
	}()
	return answer
}

func (w *busyWriter) wantUsers(want ...int) {
	w.t.Helper()
	listed, _, err := w.Users(w.t.Context(), "acme", identity.UserFilter{Page: identity.Page{Number: 1, Size: 10_000}})
	if err != nil {
		w.t.Fatalf("list: %v", err)
	}
	var got, wanted []identity.UID
	for _, user := range listed {
		got = append(got, user.UID)
	}
	for _, number := range want {
		wanted = append(wanted, uidOf(number))
	}
	wantEqual(w.t, "the users", got, wanted)
}

func (w *busyWriter) close() {
	w.t.Helper()
	if err := w.Close(); err != nil {
		w.t.Errorf("close: %v", err)
	}
}

func TestAGroupFailsOneByOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		errOdd := errors.New("odd")
		// More than one group holds.
		const changes = 300
		answers := make([]<-chan error, changes)
		var want []int
		for number := range answers {
			var outcome error
			if number%2 == 1 {
				outcome = errOdd
			} else {
				want = append(want, number)
			}
			answers[number] = writer.addUser(t.Context(), number, outcome)
		}
		synctest.Wait()
		writer.wantUsers()
		writer.free()
		for number, answer := range answers {
			if err := <-answer; (err != nil) != (number%2 == 1) || err != nil && !errors.Is(err, errOdd) {
				t.Errorf("change %d: %v", number, err)
			}
		}
		writer.wantUsers(want...)
		writer.close()
	})
}

func TestAPanicInAGroupHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		before := writer.addUser(t.Context(), 1, nil)
		synctest.Wait()
		panicked := make(chan error, 1)
		go func() {
			panicked <- writer.Change(t.Context(), func(tx identity.Tx) error {
				if _, err := tx.AddUser(identity.User{AppID: "acme", UID: uidOf(2)}); err != nil {
					return err
				}
				panic("a bug")
			})
		}()
		synctest.Wait()
		after := writer.addUser(t.Context(), 3, nil)
		synctest.Wait()
		writer.free()
		if err := errors.Join(<-before, <-after); err != nil {
			t.Errorf("the neighbours: %v", err)
		}
		if err := <-panicked; err == nil {
			t.Error("the change with the bug ended well")
		}
		writer.wantUsers(1, 3)
		writer.close()
	})
}

func TestACallerWhoseTimeIsUpLeavesTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		started := time.Now()
		impatient, patient := writer.addUser(ctx, 1, nil), writer.addUser(t.Context(), 2, nil)
		err := <-impatient
		if !errors.Is(err, identity.ErrOverloaded) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the one whose time is up: %v", err)
		}
		if waited := time.Since(started); waited != 5*time.Second {
			t.Errorf("it waited %v", waited)
		}
		writer.free()
		if err := <-patient; err != nil {
			t.Errorf("the other one: %v", err)
		}
		writer.wantUsers(2)
		writer.close()
	})
}

// Once the writer has taken a change, only its commit says what happened.
func TestACallerWaitsForAChangeThatHasBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		writer.free()
		ctx, cancel := context.WithCancel(t.Context())
		err := writer.Change(ctx, func(tx identity.Tx) error {
			cancel()
			_, err := tx.AddUser(identity.User{AppID: "acme", UID: uidOf(1)})
			return err
		})
		if err != nil {
			t.Errorf("the change: %v", err)
		}
		writer.wantUsers(1)
		writer.close()
	})
}

// The queue has an end: what comes beyond it waits for no longer than its caller wants.
func TestAFullQueueMakesCallersWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		const callers = 5000 // more than the queue holds
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		answers := make([]<-chan error, callers)
		for number := range answers {
			answers[number] = writer.addUser(ctx, number, nil)
		}
		for _, answer := range answers {
			if err := <-answer; !errors.Is(err, identity.ErrOverloaded) {
				t.Errorf("a caller: %v", err)
			}
		}
		writer.free()
		// The queue is full of those who left. They don't keep the next one from its turn.
		if err := <-writer.addUser(t.Context(), callers, nil); err != nil {
			t.Errorf("the one who came later: %v", err)
		}
		writer.wantUsers(callers)
		writer.close()
	})
}

func TestCloseAnswersThoseWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		answer := writer.addUser(t.Context(), 1, nil)
		synctest.Wait()
		closed := make(chan error, 1)
		go func() { closed <- writer.Close() }()
		synctest.Wait()
		select {
		case err := <-closed:
			t.Errorf("closed inside a change: %v", err)
		default:
		}
		writer.free()
		// Made or refused, but answered.
		t.Logf("the change that waited: %v", <-answer)
		if err := <-closed; err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

// Only what has to be undone costs the neighbours a second run.
func TestAGroupIsRunAgainOnlyToUndoSomething(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fails func(tx identity.Tx) error
		runs  int
	}{
		{"a change that finds nobody", func(tx identity.Tx) error {
			_, err := tx.LockOwner("acme", "nobody")
			return err
		}, 1},
		{"a change that fails after it added somebody", func(tx identity.Tx) error {
			_, err := tx.AddUser(identity.User{AppID: "acme", UID: uidOf(2)})
			return errors.Join(err, identity.ErrNotFound)
		}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				writer := newBusyWriter(t)
				runs := 0
				neighbour, failing := make(chan error, 1), make(chan error, 1)
				go func() {
					neighbour <- writer.Change(t.Context(), func(tx identity.Tx) error {
						runs++
						_, err := tx.AddUser(identity.User{AppID: "acme", UID: uidOf(1)})
						return err
					})
				}()
				synctest.Wait()
				go func() { failing <- writer.Change(t.Context(), test.fails) }()
				synctest.Wait()
				writer.free()
				if err := <-neighbour; err != nil {
					t.Errorf("the neighbour: %v", err)
				}
				if err := <-failing; !errors.Is(err, identity.ErrNotFound) {
					t.Errorf("the change that fails: %v", err)
				}
				wantEqual(t, "how often the neighbour ran", runs, test.runs)
				writer.wantUsers(1)
				writer.close()
			})
		})
	}
}

// What is remembered of users is not what a change that failed had made of them.
func TestAUserWhomAFailedChangeAddedIsUnknownToTheNextOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		failed := writer.addUser(t.Context(), 1, errors.New("odd"))
		synctest.Wait()
		next := writer.change(func(tx identity.Tx) error {
			_, err := tx.LockOwner("acme", uidOf(1))
			return err
		})
		writer.free()
		if err := <-failed; err == nil {
			t.Error("the change that fails ended well")
		}
		if err := <-next; !errors.Is(err, identity.ErrNotFound) {
			t.Errorf("the next one: %v", err)
		}
		writer.close()
	})
}

// sizes is an observer that remembers how many changes went into each commit.
type sizes chan int

func (s sizes) Changed(time.Duration, error) {}

func (s sizes) Committed(changes int) { s <- changes }

func TestAGroupTakesInWhoComesWhileItRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writer := newBusyWriter(t)
		seen := make(sizes, 10)
		writer.Observe(seen)
		var answers []<-chan error
		for number := range 5 {
			answers = append(answers, writer.addUser(t.Context(), number, nil))
		}
		synctest.Wait()
		writer.free()
		for _, answer := range answers {
			if err := <-answer; err != nil {
				t.Errorf("one who came: %v", err)
			}
		}
		wantEqual(t, "the changes of the first commit", <-seen, 6)
		writer.close()
	})
}
