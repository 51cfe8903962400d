package verify

import (
	"context"
	"crypto/ecdsa"
	"sync"
	"time"
)

// keyring is the keys of a server as they were fetched last.
type keyring struct {
	// fetch gives the keys by their ids, and how long they may be kept. It ends by itself.
	fetch    func() (map[string]*ecdsa.PublicKey, time.Duration, error)
	interval time.Duration
	stale    time.Duration

	mu    sync.Mutex
	keys  map[string]*ecdsa.PublicKey
	since time.Time // when the fetch that gave the keys began
	life  time.Duration
	// failing says that the last fetch failed.
	failing bool
	began   time.Time // when the last fetch did
	// running is the fetch that is under way, next the one that will begin when that has ended and the
	// interval is over. Both may be nil.
	running, next *fetching
}

// fetching is a fetch that callers wait for.
type fetching struct {
	done chan struct{}
	err  error // once done
}

func (f *fetching) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// find gives a key of the server by its id: ErrUnknownKey, or ErrUnavailable.
func (k *keyring) find(ctx context.Context, id string) (*ecdsa.PublicKey, error) {
	keys, complete, err := k.usable(ctx)
	if err == nil && keys[id] == nil && !complete {
		// The key may have been made this moment: only what is fetched from now on can tell.
		k.mu.Lock()
		later := k.later()
		k.mu.Unlock()
		if err = later.wait(ctx); err == nil {
			keys = k.known()
		}
	}
	switch {
	case err != nil:
		return nil, &Error{Reason: ErrUnavailable, Cause: err}
	case keys[id] == nil:
		return nil, refuse(ErrUnknownKey)
	}
	return keys[id], nil
}

func (k *keyring) known() map[string]*ecdsa.PublicKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keys
}

// usable gives keys that are not too old; complete says that every key of this moment is among them.
func (k *keyring) usable(ctx context.Context) (keys map[string]*ecdsa.PublicKey, complete bool, err error) {
	k.mu.Lock()
	keys, age := k.keys, time.Since(k.since)
	if keys != nil && age < k.life {
		k.mu.Unlock()
		return keys, false, nil
	}
	isUsable, failing, fetch := keys != nil && age < k.stale, k.failing, k.running
	if fetch == nil {
		fetch, complete = k.later(), true
	}
	k.mu.Unlock()
	if isUsable && failing {
		// The server was not reached just now, and is tried again behind this: nobody waits for that.
		return keys, false, nil
	}
	if err := fetch.wait(ctx); err == nil {
		return k.known(), complete, nil
	} else if !isUsable || ctx.Err() != nil {
		return nil, false, err
	}
	return keys, false, nil
}

// later gives a fetch that has not begun yet; k.mu is held.
func (k *keyring) later() *fetching {
	if k.next == nil {
		k.next = &fetching{done: make(chan struct{})}
		go k.run(k.next, k.running)
	}
	return k.next
}

// run makes a fetch when the one before it has ended and the interval is over.
func (k *keyring) run(fetch, before *fetching) {
	if before != nil {
		<-before.done
	}
	k.mu.Lock()
	early := k.interval - time.Since(k.began)
	k.mu.Unlock()
	if early > 0 {
		<-time.After(early)
	}
	k.mu.Lock()
	began := time.Now()
	k.running, k.next, k.began = fetch, nil, began
	k.mu.Unlock()
	keys, life, err := k.fetch()
	k.mu.Lock()
	if err == nil {
		k.keys, k.since, k.life = keys, began, life
	}
	k.running, k.failing, fetch.err = nil, err != nil, err
	k.mu.Unlock()
	close(fetch.done)
}
