// Package session is who is logged in to one app, kept as spec/session.md says. The packages for apps
// put their words on it.
package session

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// bodyLimit is the size of the longest answer that is read, in bytes.
const bodyLimit = 1 << 20

// Client is the session of one app at one base URL. The methods of a nil or closed one answer
// usher.CodeNotInitialized.
type Client struct {
	caller  *transport.Caller
	storage usher.Storage
	// shared is the storage when other processes may use it, else nil.
	shared usher.SharedStorage
	logger *slog.Logger
	device deviceBody
	// What the session and the list of pending revocations are stored under.
	sessionKey, revocationsKey string

	// life ends with Close; background is what must end with it.
	life       context.Context //nolint:containedctx // it is the client's own, not that of a call
	die        context.CancelFunc
	background sync.WaitGroup

	// storing is held while the storage is written, so that what is stored in the end is what mu
	// guards in the end. It is taken before mu.
	storing sync.Mutex
	// mu guards what follows and is held for no longer than a look at it.
	mu      sync.Mutex
	session *session // nil when nobody is logged in; only become changes it
	// seen is what the storage held under sessionKey when it was last read or written.
	seen      []byte
	running   *attempt // the one login that may run, or nil
	revoking  revoking
	listeners loginListeners
	// watching says that a goroutine follows other processes.
	watching   bool
	connection connection
	closed     bool
}

// New makes a client and takes up the session that the storage holds, if any. It sends nothing itself;
// in the background, a logout of an earlier run that could not reach the server is tried again, and a
// session that was taken up connects.
//
// Codes: usher.CodeInvalidSettings, also for an option that fails, and CodeStorageFailed for a storage
// that fails, since who is logged in would be unknown.
func New[Option ~func(*Settings) error](place transport.Settings, options ...Option) (*Client, error) {
	chosen := Settings{Settings: place, logger: slog.New(slog.DiscardHandler)}
	chosen.BodyLimit, chosen.Resource = bodyLimit, newResource()
	chosen.connects = true
	for _, option := range options {
		if err := option(&chosen); err != nil {
			return nil, usher.NewError(usher.CodeInvalidSettings, err)
		}
	}
	return open(chosen)
}

func open(chosen Settings) (*Client, error) {
	caller, err := transport.New(chosen.Settings)
	if err != nil {
		return nil, usher.NewError(usher.CodeInvalidSettings, err)
	}
	if chosen.storage == nil {
		if chosen.storage, err = defaultStorage(); err != nil {
			return nil, storageFailed("there is no directory for the session; choose a storage", err)
		}
	}
	// Apps and servers share a storage without seeing each other's entries.
	space := chosen.AppID + "@" + caller.Base()
	client := &Client{
		caller:         caller,
		storage:        chosen.storage,
		logger:         chosen.logger,
		sessionKey:     "session " + space,
		revocationsKey: "revocations " + space,
	}
	client.shared, _ = chosen.storage.(usher.SharedStorage)
	client.life, client.die = context.WithCancel(context.Background())
	if chosen.deviceID == "" {
		if chosen.deviceID, err = client.restoreDeviceID("device "+space, chosen.AppID); err != nil {
			return nil, err
		}
	}
	client.device = newDeviceBody(chosen.deviceID)
	client.connection = connection{
		automatic: chosen.connects, status: usher.Disconnected, changed: make(chan struct{}),
		appID: chosen.AppID, resource: chosen.Resource, subscription: chosen.subscription, roles: chosen.roles,
	}
	if err := client.restore(); err != nil {
		return nil, err
	}
	return client, nil
}

// Close ends the client, not the session: that is stored, and the next client takes it up. A login
// that is running fails with [ErrLoginDiscarded]. It waits for what runs in the background, at most a
// second for the connection.
func (c *Client) Close() {
	if c.Initialized() != nil {
		return
	}
	c.mu.Lock()
	c.closed = true
	if c.running != nil {
		close(c.running.discarded)
		c.running = nil
	}
	c.listeners.clear()
	c.connection.listeners.clear()
	c.connection.users.clear()
	c.become(nil)
	c.mu.Unlock()
	c.die()
	c.background.Wait()
}

// Initialized gives usher.CodeNotInitialized for a client that New did not make, or that is closed.
func (c *Client) Initialized() error {
	if c == nil {
		return usher.NewError(usher.CodeNotInitialized, nil)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return usher.NewError(usher.CodeNotInitialized, nil)
	}
	return nil
}

// inBackground runs work beside whatever the caller does; Close waits for it.
func (c *Client) inBackground(work func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.background.Go(work)
	}
}

// exclusively runs work while nobody else writes what this client stores.
func (c *Client) exclusively(work func() error) error {
	c.storing.Lock()
	defer c.storing.Unlock()
	if c.shared == nil {
		return work()
	}
	unlock, err := c.shared.Lock()
	if err != nil {
		return storageFailed("locking it", err)
	}
	defer unlock()
	return work()
}

// defaultStorage is in the place where the operating system wants programs to keep such files.
func defaultStorage() (usher.SharedStorage, error) {
	configuration, err := os.UserConfigDir()
	if err != nil {
		return nil, err
	}
	return usher.FileStorage(filepath.Join(configuration, "usher")), nil
}

// storageFailed is the error of a storage that did not do what it had to.
func storageFailed(what string, err error) error {
	return usher.NewError(usher.CodeStorageFailed, fmt.Errorf("%s: %w", what, err))
}
