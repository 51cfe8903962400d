package presence_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDown = errors.New("the database does not answer")

// pass lets time go by in the bubble of a test.
func pass(length time.Duration) { <-time.After(length) }

// book is a presence.Recorder that remembers, with the rules of the database.
type book struct {
	tb testing.TB
	mu sync.Mutex
	// down makes everything fail, and failing as many of the next writes.
	down    bool
	failing int
	known   bool
	online  map[int64]bool
	// log is what others would hear: "1 online".
	log         []string
	changes     []identity.ConnectionChange
	leasedUntil time.Time
	released    int
}

// start makes a tracker that writes into a book, and closes it when the test ends.
func start(tb testing.TB, grace time.Duration) (*book, *presence.Tracker) {
	tb.Helper()
	b := &book{tb: tb, online: map[int64]bool{}}
	tracker, err := presence.Start(tb.Context(), b, presence.Config{Node: "north", Grace: grace, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = tracker.Close() })
	return b, tracker
}

func connection(user int64, number int) *identity.Connection {
	return &identity.Connection{ID: fmt.Sprint("connection-", number), UserID: user}
}

func (b *book) RecordConnections(_ context.Context, node string, changes []identity.ConnectionChange) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failing > 0 {
		b.failing--
		return errDown
	}
	if b.down || !b.known || node != "north" {
		return errDown
	}
	for _, change := range changes {
		user := change.Connection.UserID
		on := change.Presence != identity.PresenceEnds
		if change.Presence != identity.PresenceStays && b.online[user] != on {
			b.online[user] = on
			b.log = append(b.log, fmt.Sprint(user, map[bool]string{true: " online", false: " offline"}[on]))
		}
		if change.Presence != identity.PresenceGoesOn {
			b.changes = append(b.changes, change)
		}
	}
	return nil
}

func (b *book) RenewNode(_ context.Context, _ string, lease time.Duration) (added bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return false, errDown
	}
	added, b.known, b.leasedUntil = !b.known, true, time.Now().Add(lease)
	return added, nil
}

func (b *book) ReleaseDeadNodes(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.released++
	return nil
}

// with gives a test what it may look at and change, once everything that happens at this moment has
// happened.
func (b *book) with(do func()) {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
}

func (b *book) goDown(down bool) { b.with(func() { b.down = down }) }

// forget is what another server does that takes this one for dead.
func (b *book) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known = false
	for _, user := range slices.Sorted(func(yield func(int64) bool) {
		for user, on := range b.online {
			if on && !yield(user) {
				return
			}
		}
	}) {
		b.log = append(b.log, fmt.Sprint(user, " gone"))
	}
	clear(b.online)
}

// want expects the log to hold this, once everything that happens at this moment has happened.
func (b *book) want(want ...string) {
	b.tb.Helper()
	pass(10 * time.Millisecond)
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.Equal(b.log, want) {
		return
	}
	// The order counts for each user by itself.
	for _, user := range []string{"1", "2", "3"} {
		of := func(lines []string) []string {
			return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return line[:1] != user })
		}
		if !slices.Equal(of(b.log), of(want)) {
			b.tb.Fatalf("the log is %q, want %q", b.log, want)
		}
	}
}
