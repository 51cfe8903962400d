package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

// The writer's bounds. A group is as large as what came in during the commit before it, so the
// limit only matters under more callers than that; it bounds how long the first of a group waits.
const (
	largestGroup  = 128
	longestQueue  = 4096
	savepoint     = "SAVEPOINT write"
	undoSavepoint = "ROLLBACK TO write"
	endSavepoint  = "RELEASE write"
)

// groupWriter is the only writer of a SQLite database. A commit costs a flush to the disk however
// much it holds, so the writer takes all writes that are waiting, runs them one after the other, commits
// once, and then answers all of them. A write that fails is undone without the others.
type groupWriter struct {
	queue chan *write
	run   *footprint
	conn  *sql.Conn
	keys  *vault.Vault
	// sessions is nil where none are kept.
	sessions *sessionCache
	// changed is the users whose sessions the current group concerns.
	changed  []int64
	known    *knownUsers
	events   eventBatch
	observed observed
	stopped  chan struct{}
	done     chan struct{}
}

// write is one change on its way through the writer.
type write struct {
	do func(tx identity.Tx) error
	// ctx has the caller's trace and nothing else of it.
	ctx   context.Context //nolint:containedctx // it goes with the write through the queue
	state atomic.Int32
	err   error
	// answered is closed when err is final.
	answered chan struct{}
}

// The states of a write: it waits until either the writer takes it or its caller gives up.
const (
	waiting int32 = iota
	taken
	givenUp
)

func startGroupWriter(ctx context.Context, db *sql.DB, keys *vault.Vault, sessions *sessionCache) (*groupWriter, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	writer := &groupWriter{
		queue: make(chan *write, longestQueue),
		run:   &footprint{runner: traced{&preparing{on: conn}}}, conn: conn, keys: keys, sessions: sessions,
		stopped: make(chan struct{}), done: make(chan struct{}),
	}
	if sessions != nil {
		writer.known = newKnownUsers()
	}
	go writer.loop()
	return writer, nil
}

// change hands a write in and waits for its commit. A caller whose time is up before the writer
// came to it leaves with identity.ErrOverloaded and nothing is written; once taken, a write is waited for, because
// only its commit says what happened.
func (g *groupWriter) change(ctx context.Context, do func(tx identity.Tx) error) error {
	// The choice between two ways that are both open is made by chance: this one comes first.
	if err := ctx.Err(); err != nil {
		return errors.Join(identity.ErrOverloaded, err)
	}
	w := &write{do: do, ctx: onlyTrace(ctx), answered: make(chan struct{})}
	select {
	case g.queue <- w:
	case <-ctx.Done():
		return errors.Join(identity.ErrOverloaded, ctx.Err())
	case <-g.stopped:
		return errClosed
	}
	select {
	case <-w.answered:
		return w.err
	case <-ctx.Done():
		if w.state.CompareAndSwap(waiting, givenUp) {
			return errors.Join(identity.ErrOverloaded, ctx.Err())
		}
	case <-g.done:
		// The writer has ended: it answered this write, or it never will.
		if w.state.CompareAndSwap(waiting, givenUp) {
			return errClosed
		}
	}
	<-w.answered
	return w.err
}

var errClosed = errors.New("the database is closed")

// close lets the writer finish what it has taken, and ends it.
func (g *groupWriter) close() error {
	close(g.stopped)
	<-g.done
	return g.conn.Close()
}

func (g *groupWriter) loop() {
	defer close(g.done)
	group := make([]*write, 0, largestGroup)
	for {
		select {
		case <-g.stopped:
			return
		case first := <-g.queue:
			// Whoever was just answered may be about to write again: let them come to the queue before
			// the group closes, or groups stay half as large as they could be.
			runtime.Gosched()
			group = g.commit(g.gather(g.take(group[:0], first)))
			g.observed.committed(len(group))
			for _, w := range group {
				close(w.answered)
			}
		}
	}
}

// take adds a write to a group, unless its caller has given up.
func (g *groupWriter) take(group []*write, next *write) []*write {
	if next.state.CompareAndSwap(waiting, taken) {
		group = append(group, next)
	}
	return group
}

// gather takes what is waiting now, without waiting for more.
func (g *groupWriter) gather(group []*write) []*write {
	for len(group) < largestGroup {
		select {
		case next := <-g.queue:
			group = g.take(group, next)
		default:
			return group
		}
	}
	return group
}

// commit runs the writes of a group, and those that come meanwhile, in one transaction and leaves each
// one's outcome in it.
//
// A savepoint for each, by which it could be undone, makes the engine copy every page that it is about to
// change. Few writes fail, and most of those before they have changed anything; so only a group in which
// one leaves something to undo is begun again, with savepoints.
func (g *groupWriter) commit(group []*write) []*write {
	if len(group) == 0 {
		return group
	}
	defer func() { g.forget(group) }()
	g.changed = g.changed[:0]
	group, err := g.runTogether(group)
	if errors.Is(err, errHalfDone) && len(group) > 1 {
		g.known.forget(everybody)
		err = g.runApart(group)
	}
	if err != nil {
		fail(group, err)
		return group
	}
	if g.sessions != nil {
		g.sessions.begin(g.changed)
		defer g.sessions.end()
	}
	ctx := context.Background()
	if _, err := g.run.exec(ctx, "COMMIT"); err != nil {
		_, undone := g.run.exec(ctx, "ROLLBACK")
		fail(group, errors.Join(err, undone))
	}
	return group
}

// runTogether runs the writes of a group, and those that come to the queue meanwhile: whoever was answered
// when the group before was committed is back by then. It gives all that it has run.
func (g *groupWriter) runTogether(group []*write) ([]*write, error) {
	err := g.begin(func() error {
		for i := 0; i < len(group); i++ {
			if err := g.runPlainly(group[i]); err != nil {
				return err
			}
			if i == len(group)-1 {
				group = g.gather(group)
			}
		}
		return g.events.write(context.Background(), g.run)
	})
	return group, err
}

// runApart runs the writes of a group so that each can be undone.
func (g *groupWriter) runApart(group []*write) error {
	return g.begin(func() error {
		for _, w := range group {
			if err := g.runInSavepoint(w); err != nil {
				return err
			}
		}
		return nil
	})
}

// begin begins a transaction and runs what belongs into it. After an error there is none.
//
// The statements run without a caller's context: one that is cancelled would interrupt the
// connection, and SQLite then rolls back the transaction of the whole group.
func (g *groupWriter) begin(runAll func() error) error {
	ctx := context.Background()
	if _, err := g.run.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := runAll(); err != nil {
		// Nothing of this transaction can be trusted.
		g.events.cut(0)
		_, undone := g.run.exec(ctx, "ROLLBACK")
		return errors.Join(err, undone)
	}
	return nil
}

var errHalfDone = errors.New("a change failed half done")

// runPlainly runs a write and gives errHalfDone if what it did has to be undone. The write's own error is
// left in it.
func (g *groupWriter) runPlainly(w *write) error {
	g.run.left = false
	before := len(g.events.events)
	w.err = g.guarded(w.ctx, w)
	if w.err == nil {
		return nil
	}
	g.events.cut(before)
	if g.run.left {
		return errHalfDone
	}
	return nil
}

// runInSavepoint runs a write in its savepoint. The error is of the savepoint.
func (g *groupWriter) runInSavepoint(w *write) error {
	if _, err := g.run.exec(w.ctx, savepoint); err != nil {
		return err
	}
	if w.err = g.guarded(w.ctx, w); w.err == nil {
		// Now, for its events must not outlive it.
		w.err = g.events.write(w.ctx, g.run)
	}
	if w.err != nil {
		g.events.cut(0)
		g.known.forget(everybody)
		if _, err := g.run.exec(w.ctx, undoSavepoint); err != nil {
			return err
		}
	}
	_, err := g.run.exec(w.ctx, endSavepoint)
	return err
}

// note hears that a user's sessions, and maybe its tokens, are not what they were.
func (g *groupWriter) note(user int64) {
	g.changed = append(g.changed, user)
	g.known.forget(user)
}

// forget drops what a failed write may have left wrong, or what has become too much.
func (g *groupWriter) forget(group []*write) {
	failed := slices.ContainsFunc(group, func(w *write) bool { return w.err != nil })
	if failed || g.known.tooMany() {
		g.known.forget(everybody)
	}
}

// guarded turns a panic into an error: it must end one write, not the writer.
func (g *groupWriter) guarded(ctx context.Context, w *write) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic in a change: %v\n%s", cause, debug.Stack())
		}
	}()
	// One writer: no row needs a lock.
	return w.do(&transaction{ctx: ctx, run: g.run, keys: g.keys, changed: g.note, known: g.known, events: &g.events})
}

// fail gives the failure of a group to each write of it that has no reason of its own.
func fail(group []*write, err error) {
	for _, w := range group {
		if w.err == nil {
			w.err = err
		}
	}
}
