package presence

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const (
	// DefaultGrace is how long a user stays online after its last connection was lost: a reload of a page
	// takes a second or two.
	DefaultGrace = 3 * time.Second
	// DefaultLease is how long after its last word a server is taken to be alive. Who was online at a
	// server that was killed is seen so for at most a third longer.
	DefaultLease = 15 * time.Second
	// mostPerWrite bounds a transaction, for which other writers wait.
	mostPerWrite = 500
	// writePause collects what happens at about the same time; it is part of how soon others see it.
	writePause = 2 * time.Millisecond
	// firstRetry and lastRetry bound the pauses between attempts while the database fails.
	firstRetry, lastRetry = 50 * time.Millisecond, time.Second
	writeTimeLimit        = 10 * time.Second
)

// Recorder keeps what a Tracker finds out: identity.Service.
type Recorder interface {
	RecordConnections(ctx context.Context, node string, changes []identity.ConnectionChange) error
	RenewNode(ctx context.Context, node string, lease time.Duration) (added bool, err error)
	ReleaseDeadNodes(ctx context.Context) error
}

// Config says how a Tracker works.
type Config struct {
	// Node names this server among those of its database, and no other or earlier one.
	Node string
	// Grace is how long a user stays online after its last connection was lost; 0 for not at all.
	Grace time.Duration
	// Lease is how long the others wait for a word of this server before they take it for dead;
	// DefaultLease unless said.
	Lease time.Duration
	// Clock is time.Now unless said.
	Clock func() time.Time
	Log   *slog.Logger
}

// Tracker follows the connections of one server. Make one with Start; it is safe for concurrent use.
type Tracker struct {
	recorder Recorder
	config   Config

	mu    sync.Mutex
	users map[int64]*present
	// waiting is what is to be written, in order; wake says that there is something.
	waiting []identity.ConnectionChange
	wake    chan struct{}

	ending context.CancelFunc
	group  sync.WaitGroup
}

// present is a user who is online here.
type present struct {
	open int
	// leaving is the end of the last connection while its grace runs, and timer what ends that.
	leaving *identity.ConnectionChange
	timer   *time.Timer
	// user is who it is, for telling of it again.
	user *identity.Connection
}

// Start announces this server and begins to write. Close it.
func Start(ctx context.Context, recorder Recorder, config Config) (*Tracker, error) {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Lease == 0 {
		config.Lease = DefaultLease
	}
	if _, err := recorder.RenewNode(ctx, config.Node, config.Lease); err != nil {
		return nil, err
	}
	running, ending := context.WithCancel(context.WithoutCancel(ctx))
	t := &Tracker{recorder: recorder, config: config, users: map[int64]*present{}, wake: make(chan struct{}, 1), ending: ending}
	t.group.Go(func() { t.write(running) })
	t.group.Go(func() { t.keepLease(running) })
	return t, nil
}

// Opened tells of a connection that has proved whose it is, and is not changed any more.
func (t *Tracker) Opened(connection *identity.Connection) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change := identity.ConnectionChange{Connection: connection, Opened: true, At: t.config.Clock()}
	user := t.users[connection.UserID]
	if user == nil {
		user = &present{user: connection}
		t.users[connection.UserID] = user
		change.Presence = identity.PresenceBegins
	}
	if user.leaving != nil {
		// Back within the grace: others never hear that the user was away.
		user.timer.Stop()
		left := *user.leaving
		user.leaving, left.Presence = nil, identity.PresenceStays
		t.enqueue(left)
	}
	user.open++
	t.enqueue(change)
}

// Closed tells of the end of a connection that Opened told of. lost says that nobody meant to end it:
// then the user may come back within the grace.
func (t *Tracker) Closed(connection *identity.Connection, lost bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	user := t.users[connection.UserID]
	if user == nil {
		return
	}
	change := identity.ConnectionChange{Connection: connection, At: t.config.Clock()}
	user.open--
	switch {
	case user.open > 0:
		t.enqueue(change)
	case lost && t.config.Grace > 0:
		change.Presence = identity.PresenceEnds
		user.leaving = &change
		user.timer = time.AfterFunc(t.config.Grace, func() { t.leave(connection.UserID, &change) })
	default:
		change.Presence = identity.PresenceEnds
		delete(t.users, connection.UserID)
		t.enqueue(change)
	}
}

// leave makes a user offline whose grace is over, unless it came back meanwhile.
func (t *Tracker) leave(user int64, change *identity.ConnectionChange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if known := t.users[user]; known == nil || known.leaving != change {
		return
	}
	delete(t.users, user)
	t.enqueue(*change)
}

// Waiting is how many changes are yet to be written: it grows while the database does not answer.
func (t *Tracker) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting)
}

func (t *Tracker) enqueue(change identity.ConnectionChange) {
	t.waiting = append(t.waiting, change)
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// write writes what happens, in its order, until running ends; then what is left, once.
func (t *Tracker) write(running context.Context) {
	for {
		select {
		case <-running.Done():
			for t.Waiting() > 0 && t.writeSome(context.WithoutCancel(running)) {
			}
			return
		case <-t.wake:
			rest(running, writePause)
			for retry := firstRetry; t.Waiting() > 0 && running.Err() == nil; {
				if t.writeSome(running) {
					retry = firstRetry
					continue
				}
				rest(running, retry)
				retry = min(2*retry, lastRetry)
			}
		}
	}
}

// writeSome writes the first of what waits and says whether that worked.
func (t *Tracker) writeSome(ctx context.Context) bool {
	t.mu.Lock()
	batch := t.waiting[:min(len(t.waiting), mostPerWrite)]
	t.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, writeTimeLimit)
	defer cancel()
	err := t.recorder.RecordConnections(ctx, t.config.Node, batch)
	if errors.Is(err, context.Canceled) {
		// The end of the tracker cut it off; what is left is written once more then.
		return false
	}
	if err != nil {
		t.config.Log.Error("could not write who is online; trying again", slog.Any("error", err), slog.Int("waiting", t.Waiting()))
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = t.waiting[len(batch):]
	if len(t.waiting) == 0 {
		t.waiting = nil
	}
	return true
}

// keepLease renews the lease often enough for two failures to do no harm, and looks after servers that
// have lost theirs.
func (t *Tracker) keepLease(running context.Context) {
	ticker := time.NewTicker(t.config.Lease / 3)
	defer ticker.Stop()
	for {
		t.renew(running)
		select {
		case <-running.Done():
			return
		case <-ticker.C:
		}
	}
}

func (t *Tracker) renew(running context.Context) {
	ctx, cancel := context.WithTimeout(running, writeTimeLimit)
	defer cancel()
	added, err := t.recorder.RenewNode(ctx, t.config.Node, t.config.Lease)
	if err == nil && added {
		// The others took this server for dead, and users of it for offline.
		t.tellAgain()
	}
	if err == nil {
		err = t.recorder.ReleaseDeadNodes(ctx)
	}
	if err != nil && running.Err() == nil {
		t.config.Log.Error("could not renew the lease of this server, or release another's users", slog.Any("error", err))
	}
}

func (t *Tracker) tellAgain() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, user := range t.users {
		t.enqueue(identity.ConnectionChange{Connection: user.user, Opened: true, Presence: identity.PresenceGoesOn, At: t.config.Clock()})
	}
}

// Close writes what is left and gives a third of the lease back. The rest is for clients that are on the
// way to another server, or to the same after an upgrade: nobody sees them offline in between. Official
// SDKs try again after five seconds.
func (t *Tracker) Close() error {
	t.mu.Lock()
	for _, user := range t.users {
		if user.timer != nil {
			user.timer.Stop()
		}
	}
	t.mu.Unlock()
	t.ending()
	t.group.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), writeTimeLimit)
	defer cancel()
	_, err := t.recorder.RenewNode(ctx, t.config.Node, t.config.Lease*2/3)
	return err
}

// rest waits, at most until running ends.
func rest(running context.Context, length time.Duration) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-running.Done():
	case <-timer.C:
	}
}
