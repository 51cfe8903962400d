package session

import (
	"context"
	"errors"
	"log/slog"

	"github.com/usherhq/usher/sdk/go/usher"
)

// loggedOut is the message of a logout when the server has none.
const loggedOut = "Logged out."

// Logout ends the session, first here, in memory and in the storage, then on the server, and gives the
// server's message.
func (c *Client) Logout(ctx context.Context) (string, error) {
	if err := c.Initialized(); err != nil {
		return "", err
	}
	c.catchUp()
	ended, err := c.end()
	if err != nil {
		return "", err
	}
	noted, removed := c.forget(ended)
	message, refused := c.signOut(ctx, ended.AuthToken)
	c.told(ended.AuthToken)
	switch {
	case refused == nil && removed == nil:
		c.forgetRevocation(ended.AuthToken)
		c.retryRevocations()
	case refused != nil:
		c.logger.Warn("the server was asked to end a session and did not; this is tried again later",
			slog.String("uid", ended.User.UID), slog.Any("error", refused))
		message = loggedOut
	}
	if removed == nil && refused != nil {
		removed = noted // nobody would remember that the token is to be revoked
	}
	if removed != nil {
		c.mu.Lock()
		c.listeners.logoutFailure(removed)
		c.mu.Unlock()
		return "", removed
	}
	return message, nil
}

// end ends the session in memory and discards a login that is running.
func (c *Client) end() (ended *session, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != nil {
		close(c.running.discarded)
		c.running = nil
		c.listeners.loginFailure(ErrLoginDiscarded)
	}
	if c.session == nil {
		err := usher.NewError(usher.CodeNoUserLoggedIn, nil)
		c.listeners.logoutFailure(err)
		return nil, err
	}
	ended = c.become(nil)
	c.revoking.busy = ended.AuthToken
	c.listeners.logoutSuccess(usher.ReasonUserInitiated)
	return ended, nil
}

// forget stores that the token of an ended session is to be revoked, then removes the session: in
// this order a program that ends in between finds nobody logged in at its next start.
func (c *Client) forget(ended *session) (noted, removed error) {
	failed := c.exclusively(func() error {
		noted = c.noteRevocation(ended.AuthToken)
		if c.inMemory() != nil {
			return nil // a later login was faster and has already replaced what is stored
		}
		if other := c.storedElsewhere(); other != nil {
			noted = errors.Join(noted, c.noteRevocation(other.AuthToken)) // another process logged in just now
		}
		return c.removeStored()
	})
	return noted, failed
}

// told makes the token one that may be retried again.
func (c *Client) told(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.revoking.busy == token {
		c.revoking.busy = ""
	}
}
