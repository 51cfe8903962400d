package session

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// CheckSession asks the server whether the session is still good, and gives the user as they are now
// (REVOKED-1 to -7).
func (c *Client) CheckSession(ctx context.Context) (*usher.User, error) {
	return c.refresh(ctx, transport.Request{Method: http.MethodGet})
}

// UpdateMe changes the profile of the user who is in, and then does what CheckSession does.
func (c *Client) UpdateMe(ctx context.Context, profile any) (*usher.User, error) {
	return c.refresh(ctx, transport.Request{Method: http.MethodPut, Body: profile})
}

// refresh takes over the user of the session from the answer to a request about them.
func (c *Client) refresh(ctx context.Context, request transport.Request) (*usher.User, error) {
	asked, err := c.whoIsIn()
	if err != nil {
		return nil, err
	}
	fresh, err := c.askMe(ctx, asked, request)
	if usher.EndsSession(err) {
		c.endRevoked(asked)
		return nil, err
	}
	now := c.inMemory()
	switch {
	case now == nil:
		return nil, usher.NewError(usher.CodeNoUserLoggedIn, nil)
	case err != nil:
		return nil, err
	case now.AuthToken != asked.AuthToken:
		return now.user(), nil // another login came meanwhile, and the answer is not about its session
	}
	fresh.AuthToken = asked.AuthToken
	c.update(fresh)
	return fresh.user(), nil
}

// whoIsIn gives the session to act with.
func (c *Client) whoIsIn() (*session, error) {
	if err := c.Initialized(); err != nil {
		return nil, err
	}
	c.catchUp()
	if current := c.inMemory(); current != nil {
		return current, nil
	}
	return nil, usher.NewError(usher.CodeNoUserLoggedIn, nil)
}

// endRevoked ends the session unless it has another token by now.
func (c *Client) endRevoked(revoked *session) {
	c.mu.Lock()
	ends := c.session != nil && c.session.AuthToken == revoked.AuthToken
	if ends {
		c.become(nil)
		c.listeners.logoutSuccess(usher.ReasonRevoked)
	}
	c.mu.Unlock()
	if !ends {
		return
	}
	err := c.exclusively(func() error {
		if c.inMemory() != nil || c.storedElsewhere() != nil {
			return nil // a login was faster
		}
		return c.removeStored()
	})
	if err != nil {
		c.logger.Warn("a session that the server ended is still stored", slog.Any("error", err))
	}
}

// update replaces the session by one with the same token and newer news of the user.
func (c *Client) update(fresh *session) {
	encoded, err := json.Marshal(fresh) //nolint:gosec // G117: the storage is where the token belongs
	if err == nil {
		err = c.exclusively(func() error {
			c.mu.Lock()
			current := c.session != nil && c.session.AuthToken == fresh.AuthToken
			if current {
				c.become(fresh)
			}
			c.mu.Unlock()
			if !current || c.storedElsewhere() != nil {
				return nil
			}
			return c.saveUpdated(fresh, encoded)
		})
	}
	if err != nil {
		c.logger.Warn("the newer user could not be stored", slog.Any("error", err))
	}
}

// saveUpdated stores a session that is stored already, unless a logout is about to remove it. It must
// be called exclusively.
func (c *Client) saveUpdated(fresh *session, encoded []byte) error {
	if err := c.storage.Save(c.sessionKey, encoded); err != nil {
		return storageFailed("storing the session", err)
	}
	c.mu.Lock()
	c.seen = encoded
	gone := c.session != fresh
	c.mu.Unlock()
	if gone {
		return c.removeStored()
	}
	return nil
}
