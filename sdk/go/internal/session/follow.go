package session

import (
	"bytes"
	"time"

	"github.com/usherhq/usher/sdk/go/usher"
)

// followEvery is how long listeners wait at most for what another process did. Getters do not wait.
const followEvery = 200 * time.Millisecond

// follow takes over what another process stored or removed. It does nothing while this one writes:
// getters do not wait.
func (c *Client) follow() {
	if c.shared == nil || !c.storing.TryLock() {
		return
	}
	defer c.storing.Unlock()
	c.takeOver()
}

// catchUp is follow for whoever acts on what there is, and waits for that.
func (c *Client) catchUp() {
	if c.shared == nil {
		return
	}
	c.storing.Lock()
	defer c.storing.Unlock()
	c.takeOver()
}

// takeOver must be called with storing held.
func (c *Client) takeOver() {
	stored, err := c.storage.Load(c.sessionKey)
	if err != nil {
		return // a failing read is not "nobody"
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || bytes.Equal(stored, c.seen) {
		return
	}
	c.seen = stored
	now := c.decode(stored)
	before := c.become(now)
	switch {
	case now != nil && (before == nil || before.AuthToken != now.AuthToken):
		c.listeners.loginSuccess(now)
	case now == nil && before != nil:
		c.listeners.logoutSuccess(usher.ReasonElsewhere)
	}
}

// keepWatch begins to follow other processes where somebody is to hear of it, or a connection follows
// who is in. It must be called with mu held.
func (c *Client) keepWatch() {
	if c.shared == nil || c.watching || c.closed || !c.concerned() {
		return
	}
	c.watching = true
	c.background.Go(c.watch)
}

// concerned must be called with mu held.
func (c *Client) concerned() bool {
	return len(c.listeners.byID) > 0 || c.connection.automatic || c.connection.wanted
}

// watch follows until it concerns nobody.
func (c *Client) watch() {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-c.life.Done():
			return
		}
		if !c.watched() {
			return
		}
		c.follow()
	}
}

// watched reports whether it concerns anybody; when it does not, the watch is over.
func (c *Client) watched() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watching = c.concerned()
	return c.watching
}
