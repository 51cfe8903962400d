package sqlstore

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// Observer hears what a Store does, to count it. It is called while others wait and must be quick.
type Observer interface {
	// Changed hears how long a change took, its wait for the writer included, and how it ended.
	Changed(took time.Duration, err error)
	// Committed hears how many changes went into one commit. On PostgreSQL, where every change has a
	// commit of its own, it hears nothing.
	Committed(changes int)
}

// Observe tells an observer of everything from now on.
func (s *Store) Observe(observer Observer) { s.observed.by.Store(&observer) }

// observed passes on to an observer, if there is one.
type observed struct{ by atomic.Pointer[Observer] }

func (o *observed) change(ctx context.Context, do func(tx identity.Tx) error, change func(context.Context, func(tx identity.Tx) error) error) error {
	by := o.by.Load()
	if by == nil {
		return change(ctx, do)
	}
	started := time.Now()
	err := change(ctx, do)
	(*by).Changed(time.Since(started), err)
	return err
}

func (o *observed) committed(changes int) {
	if by := o.by.Load(); by != nil && changes > 0 {
		(*by).Committed(changes)
	}
}
