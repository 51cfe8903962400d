package session

import (
	"context"
	"errors"

	"github.com/usherhq/usher/sdk/go/internal/socket"
	"github.com/usherhq/usher/sdk/go/usher"
)

// connection is the realtime connection of the session, guarded by the client's mu.
type connection struct {
	// What does not change.
	appID, resource string
	subscription    usher.Subscription
	roles           []string
	// automatic is that every session begins with a connection.
	automatic bool

	// wanted is that the session there is shall be connected.
	wanted bool
	status usher.ConnectionStatus
	// changed is closed, and replaced, when the status changes.
	changed chan struct{}
	// keeper works for the connection of the session there is; nil when nobody does. What one says
	// that is not this one any more is not heard.
	keeper *keeper
	// left is closed when the keeper before has let go of its socket.
	left <-chan struct{}

	listeners listeners[usher.ConnectionListener]
	users     listeners[usher.UserListener]
}

// ConnectionStatus says how the connection is.
func (c *Client) ConnectionStatus() usher.ConnectionStatus {
	if c.Initialized() != nil {
		return usher.Disconnected
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connection.status
}

var (
	errNoJWT    = errors.New("the server gave no JWT to connect with")
	errUnwanted = errors.New("Disconnect was called")
)

// Connect has the session connected until it ends or Disconnect is called, and waits for the first
// connection. When ctx ends, only the waiting does.
func (c *Client) Connect(ctx context.Context) error {
	if _, err := c.whoIsIn(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != nil {
		c.connection.wanted = true
		c.call()
		c.keepWatch()
	}
	mine := c.connection.keeper
	for {
		switch {
		case c.closed:
			return usher.NewError(usher.CodeNotInitialized, nil)
		case c.session == nil:
			return usher.NewError(usher.CodeNoUserLoggedIn, nil)
		case mine == nil:
			return unusable(errNoJWT)
		case c.connection.keeper != mine:
			return usher.NewError(usher.CodeNotReached, errUnwanted)
		case c.connection.status == usher.Connected:
			return nil
		}
		if err := c.awaitChange(ctx); err != nil {
			return coded(err)
		}
	}
}

// awaitChange waits for another status. It must be called with mu held, which it lets go meanwhile.
func (c *Client) awaitChange(ctx context.Context) error {
	changed := c.connection.changed
	c.mu.Unlock()
	defer c.mu.Lock()
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Disconnect ends the connection. The session stays, and is not connected before Connect is called or
// another one begins.
func (c *Client) Disconnect() {
	if c.Initialized() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.connection.wanted = false
	c.hangUp()
}

// call has somebody work for a connection, if it is wanted and possible. It must be called with mu
// held.
func (c *Client) call() {
	if c.closed || !c.connection.wanted || c.session == nil || c.session.JWT == "" || c.connection.keeper != nil {
		return
	}
	ctx, leave := context.WithCancelCause(c.life)
	made := &keeper{client: c, leave: leave, before: c.connection.left, ended: make(chan struct{})}
	c.connection.keeper, c.connection.left = made, made.ended
	c.setStatus(usher.Connecting)
	c.background.Go(func() { made.keep(ctx) })
}

// hangUp ends the connection, or the work for one. It must be called with mu held.
func (c *Client) hangUp() {
	if c.connection.keeper == nil {
		return
	}
	farewell := socket.ErrLoggedOut
	if c.closed {
		farewell = socket.ErrGoingAway
	}
	c.connection.keeper.leave(farewell)
	c.connection.keeper = nil
	c.setStatus(usher.Disconnected)
}

// setStatus must be called with mu held.
func (c *Client) setStatus(status usher.ConnectionStatus) {
	c.connection.status = status
	close(c.connection.changed)
	c.connection.changed = make(chan struct{})
	c.connection.listeners.tell(func(listener usher.ConnectionListener) {
		hear := map[usher.ConnectionStatus]func(){
			usher.Connecting: listener.Connecting, usher.Connected: listener.Connected, usher.Disconnected: listener.Disconnected,
		}[status]
		if hear != nil {
			hear()
		}
	})
}
