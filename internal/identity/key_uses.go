package identity

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// keyUses remembers when keys were used last, until the next WriteKeyUses: a write for every request
// would make each read cost one.
type keyUses struct {
	mu sync.Mutex
	at map[int64]keyUse
}

type keyUse struct {
	last    time.Time
	written time.Time
}

// note takes a use of a key down. What the database has already is not worth another write.
func (k *keyUses) note(key APIKey, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	use, known := k.at[key.ID]
	if !known {
		use.written = key.LastUsedAt
	}
	use.last = now
	k.at[key.ID] = use
}

// fresh gives the uses that the database does not have, by key.
func (k *keyUses) fresh() map[int64]time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	fresh := map[int64]time.Time{}
	for id, use := range k.at {
		if use.last.After(use.written) {
			fresh[id] = use.last
		}
	}
	return fresh
}

// wrote tells which uses the database has now.
func (k *keyUses) wrote(uses map[int64]time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, last := range uses {
		use := k.at[id]
		use.written = last
		k.at[id] = use
	}
}

// WriteKeyUses stores when keys were used last. A server calls it about once a minute and when it stops.
func (s *Service) WriteKeyUses(ctx context.Context) error {
	fresh := s.used.fresh()
	if len(fresh) == 0 {
		return nil
	}
	err := s.store.Change(ctx, func(tx Tx) error {
		for _, id := range slices.Sorted(maps.Keys(fresh)) {
			// A key that was deleted meanwhile needs no note.
			if err := tx.TouchAPIKey(id, fresh[id]); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.used.wrote(fresh)
	}
	return err
}
