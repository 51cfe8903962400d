package session

import (
	"log/slog"

	"github.com/usherhq/usher/sdk/go/usher"
)

// AddLoginListener makes listener hear of what happens from now on. One with the same id is replaced.
func (c *Client) AddLoginListener(id string, listener usher.LoginListener) {
	if c.Initialized() != nil {
		return
	}
	c.mu.Lock()
	c.listeners.logger = c.logger
	c.listeners.add(id, listener)
	watch := c.shared != nil && !c.listeners.watching
	c.listeners.watching = c.listeners.watching || watch
	c.mu.Unlock()
	if watch {
		c.inBackground(c.watch)
	}
}

// RemoveLoginListener ends that a listener hears anything. It is no error when there is none.
func (c *Client) RemoveLoginListener(id string) {
	if c.Initialized() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners.remove(id)
}

// listeners is guarded by the client's mu: what happens is queued while the state changes, so that
// the order is that of the changes, and told outside every lock.
type listeners struct {
	byID     map[string]*audience
	watching bool
	logger   *slog.Logger
}

func (l *listeners) add(id string, listener usher.LoginListener) {
	l.remove(id)
	if l.byID == nil {
		l.byID = make(map[string]*audience)
	}
	l.byID[id] = newAudience(listener, l.logger)
}

func (l *listeners) remove(id string) {
	if old := l.byID[id]; old != nil {
		old.leave()
		delete(l.byID, id)
	}
}

func (l *listeners) clear() {
	for id := range l.byID {
		l.remove(id)
	}
}

func (l *listeners) loginSuccess(now *session) {
	l.tell(func(listener usher.LoginListener) {
		if listener.LoginSuccess != nil {
			listener.LoginSuccess(now.user())
		}
	})
}

func (l *listeners) loginFailure(err error) {
	l.tell(func(listener usher.LoginListener) {
		if listener.LoginFailure != nil {
			listener.LoginFailure(err)
		}
	})
}

func (l *listeners) logoutSuccess(reason usher.LogoutReason) {
	l.tell(func(listener usher.LoginListener) {
		if listener.LogoutSuccess != nil {
			listener.LogoutSuccess(reason)
		}
	})
}

func (l *listeners) logoutFailure(err error) {
	l.tell(func(listener usher.LoginListener) {
		if listener.LogoutFailure != nil {
			listener.LogoutFailure(err)
		}
	})
}

func (l *listeners) tell(news func(usher.LoginListener)) {
	for _, audience := range l.byID {
		audience.queue(news)
	}
}
