package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/usherhq/usher/sdk/go/usher"
)

// sessionFormat is the version of the stored form. A reader that meets another one logs in anew.
const sessionFormat = 1

// session is who is logged in, and by which credential. It is never changed, only replaced.
type session struct {
	Format    int        `json:"format"`
	User      usher.User `json:"user"`
	AuthToken string     `json:"authToken"`
	// JWT is what the server signed for the user, or empty. It is handed on, never decided by.
	JWT string `json:"jwt,omitempty"`
	// Socket is where the realtime connection is opened.
	Socket string `json:"socket,omitempty"`
}

// LoggedInUser gives a copy of the logged-in user, or nil when nobody is.
func (c *Client) LoggedInUser() *usher.User {
	if current := c.current(); current != nil {
		return current.user()
	}
	return nil
}

// UserAuthToken gives the auth token of the session, or "" when nobody is logged in.
func (c *Client) UserAuthToken() string {
	if current := c.current(); current != nil {
		return current.AuthToken
	}
	return ""
}

// become makes next the session, nil for nobody, and gives the one before. Every change of who is
// signed in, and by which credentials, comes through here: the start, a login or a logout in this
// process or another, a verdict, news of the user, and the end of the client. It must be called with
// mu held.
func (c *Client) become(next *session) (previous *session) {
	previous, c.session = c.session, next
	if previous == nil || next == nil || previous.AuthToken != next.AuthToken {
		c.connection.wanted = c.connection.automatic
		c.hangUp()
	}
	c.call()
	return previous
}

// current is the session that there is now, other processes' doings included.
func (c *Client) current() *session {
	if c.Initialized() != nil {
		return nil
	}
	c.follow()
	return c.inMemory()
}

func (c *Client) inMemory() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// user gives a copy that the caller may change.
func (s *session) user() *usher.User {
	user := s.User
	user.Metadata = slices.Clone(user.Metadata)
	user.Tags = slices.Clone(user.Tags)
	return &user
}

// restore takes up what is stored. A session whose token waits to be revoked was logged out by a
// program that ended before it could remove it.
func (c *Client) restore() error {
	stored, err := c.storage.Load(c.sessionKey)
	if err != nil {
		return storageFailed("reading the stored session", err)
	}
	waiting, err := c.waitingTokens()
	if err != nil {
		return err
	}
	restored := c.decode(stored)
	c.seen = stored
	if restored != nil && slices.Contains(waiting, restored.AuthToken) {
		restored = nil
		if err := c.exclusively(c.removeStored); err != nil {
			c.logger.Warn("a session that was logged out is still stored", slog.Any("error", err))
		}
	}
	c.mu.Lock()
	c.become(restored)
	c.keepWatch()
	c.mu.Unlock()
	if len(waiting) > 0 {
		c.retryRevocations()
	}
	return nil
}

// decode gives the session of a stored value, or nil when it cannot be used as one.
func (c *Client) decode(stored []byte) *session {
	if stored == nil {
		return nil
	}
	decoded, err := decodeSession(stored)
	if err != nil {
		c.logger.Warn("the stored session cannot be used; nobody is logged in",
			slog.String("key", c.sessionKey), slog.Any("error", err))
		return nil
	}
	return decoded
}

func decodeSession(stored []byte) (*session, error) {
	var restored session
	if err := json.Unmarshal(stored, &restored); err != nil {
		return nil, err
	}
	if restored.Format != sessionFormat {
		return nil, fmt.Errorf("its format is %d instead of %d", restored.Format, sessionFormat)
	}
	if restored.User.UID == "" || usher.CheckAuthToken(restored.AuthToken) != nil {
		return nil, errors.New("it lacks the uid or a usable auth token")
	}
	return &restored, nil
}

// keep stores the session of a login and makes it the current one, unless the login was discarded
// meanwhile. It gives the session that was replaced. When it fails, the old session stays.
func (c *Client) keep(fresh *session, login *attempt) (replaced *session, err error) {
	encoded, err := json.Marshal(fresh) //nolint:gosec // G117: the storage is where the token belongs
	if err != nil {
		return nil, storageFailed("writing the session as JSON", err)
	}
	err = c.exclusively(func() error {
		if !c.runs(login) {
			return ErrLoginDiscarded
		}
		replaced = c.storedElsewhere()
		if err := c.saveLogin(encoded); err != nil {
			return storageFailed("storing the session", err)
		}
		if previous, kept := c.replace(fresh, encoded, login); kept {
			if replaced == nil {
				replaced = previous
			}
			return nil
		}
		// The logout came while the session was being stored and could not know of it.
		return errors.Join(ErrLoginDiscarded, c.removeStored())
	})
	return replaced, err
}

// soonStorage is a storage that can take a value without waiting for the disk.
type soonStorage interface {
	SaveSoon(key string, value []byte) error
}

// saveLogin stores the session of a login, and does not wait for the disk where that can be had: after
// a loss of power a login is made again, and what a lost login has replaced was about to end.
func (c *Client) saveLogin(encoded []byte) error {
	if storage, able := c.storage.(soonStorage); able {
		return storage.SaveSoon(c.sessionKey, encoded)
	}
	return c.storage.Save(c.sessionKey, encoded)
}

// storedElsewhere gives the session that another process stored and this one has not seen yet.
func (c *Client) storedElsewhere() *session {
	if c.shared == nil {
		return nil
	}
	stored, err := c.storage.Load(c.sessionKey)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || stored == nil || bytes.Equal(stored, c.seen) {
		return nil
	}
	other, err := decodeSession(stored)
	if err != nil {
		return nil
	}
	return other
}

// replace makes fresh the current session, and the way free for another login, unless this one was
// discarded.
func (c *Client) replace(fresh *session, encoded []byte, login *attempt) (previous *session, kept bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running != login {
		return nil, false
	}
	previous = c.become(fresh)
	c.seen, c.running = encoded, nil
	c.listeners.loginSuccess(fresh)
	return previous, true
}

// removeStored must be called exclusively.
func (c *Client) removeStored() error {
	if err := c.storage.Delete(c.sessionKey); err != nil {
		return storageFailed("removing the stored session", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = nil
	return nil
}
