package session

import (
	"log/slog"

	"github.com/usherhq/usher/sdk/go/usher"
)

// AddLoginListener makes listener hear of what happens from now on. One with the same id is replaced.
func (c *Client) AddLoginListener(id string, listener usher.LoginListener) {
	addListener(c, func() *listeners[usher.LoginListener] { return &c.listeners.listeners }, id, listener)
}

// RemoveLoginListener ends that a listener hears anything. It is no error when there is none.
func (c *Client) RemoveLoginListener(id string) {
	removeListener(c, func() *listeners[usher.LoginListener] { return &c.listeners.listeners }, id)
}

// AddConnectionListener makes listener hear how the connection is from now on. One with the same id is
// replaced.
func (c *Client) AddConnectionListener(id string, listener usher.ConnectionListener) {
	addListener(c, func() *listeners[usher.ConnectionListener] { return &c.connection.listeners }, id, listener)
}

// RemoveConnectionListener ends that a listener hears anything. It is no error when there is none.
func (c *Client) RemoveConnectionListener(id string) {
	removeListener(c, func() *listeners[usher.ConnectionListener] { return &c.connection.listeners }, id)
}

// AddUserListener makes listener hear who comes and goes from now on. One with the same id is replaced.
func (c *Client) AddUserListener(id string, listener usher.UserListener) {
	addListener(c, func() *listeners[usher.UserListener] { return &c.connection.users }, id, listener)
}

// RemoveUserListener ends that a listener hears anything. It is no error when there is none.
func (c *Client) RemoveUserListener(id string) {
	removeListener(c, func() *listeners[usher.UserListener] { return &c.connection.users }, id)
}

// addListener adds to those of a kind. A client that New did not make has none to give.
func addListener[L any](c *Client, kind func() *listeners[L], id string, listener L) {
	if c.Initialized() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	kind().add(id, listener, c.logger)
	c.keepWatch()
}

func removeListener[L any](c *Client, kind func() *listeners[L], id string) {
	if c.Initialized() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	kind().remove(id)
}

// listeners is guarded by the client's mu: what happens is queued while the state changes, so that
// the order is that of the changes, and told outside every lock.
type listeners[L any] struct {
	byID map[string]*audience[L]
}

func (l *listeners[L]) add(id string, listener L, logger *slog.Logger) {
	l.remove(id)
	if l.byID == nil {
		l.byID = make(map[string]*audience[L])
	}
	l.byID[id] = newAudience(listener, logger)
}

func (l *listeners[L]) remove(id string) {
	if old := l.byID[id]; old != nil {
		old.leave()
		delete(l.byID, id)
	}
}

func (l *listeners[L]) clear() {
	for id := range l.byID {
		l.remove(id)
	}
}

func (l *listeners[L]) tell(news func(L)) {
	for _, audience := range l.byID {
		audience.queue(news)
	}
}

// loginListeners has the news of logins and logouts.
type loginListeners struct {
	listeners[usher.LoginListener]
}

func (l *loginListeners) loginSuccess(now *session) {
	l.tell(func(listener usher.LoginListener) {
		if listener.LoginSuccess != nil {
			listener.LoginSuccess(now.user())
		}
	})
}

func (l *loginListeners) loginFailure(err error) {
	l.tell(func(listener usher.LoginListener) {
		if listener.LoginFailure != nil {
			listener.LoginFailure(err)
		}
	})
}

func (l *loginListeners) logoutSuccess(reason usher.LogoutReason) {
	l.tell(func(listener usher.LoginListener) {
		if listener.LogoutSuccess != nil {
			listener.LogoutSuccess(reason)
		}
	})
}

func (l *loginListeners) logoutFailure(err error) {
	l.tell(func(listener usher.LoginListener) {
		if listener.LogoutFailure != nil {
			listener.LogoutFailure(err)
		}
	})
}
