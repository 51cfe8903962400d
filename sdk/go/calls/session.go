package calls

import (
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
}

// LoggedInUser gives a copy of the logged-in user as the server described them at login, or nil when
// nobody is. It sends no request, so the session may have been ended on the server meanwhile.
func (c *Client) LoggedInUser() *usher.User {
	if current := c.current(); current != nil {
		return current.user()
	}
	return nil
}

// IsUserLoggedIn reports whether there is a session. It sends no request.
func (c *Client) IsUserLoggedIn() bool { return c.current() != nil }

// UserAuthToken gives the auth token of the session, or "" when nobody is logged in. Whoever has it
// can act as the user: keep it out of logs.
func (c *Client) UserAuthToken() string {
	if current := c.current(); current != nil {
		return current.AuthToken
	}
	return ""
}

func (c *Client) current() *session {
	if c.initialized() != nil {
		return nil
	}
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

// restoreSession gives the stored session, or nil when there is none that can be used.
func (c *Client) restoreSession() (*session, error) {
	stored, err := c.storage.Load(c.sessionKey)
	if err != nil {
		return nil, fmt.Errorf("calls: reading the stored session: %w", err)
	}
	if stored == nil {
		return nil, nil
	}
	restored, err := decodeSession(stored)
	if err != nil {
		c.logger.Warn("the stored session cannot be used; nobody is logged in",
			slog.String("key", c.sessionKey), slog.Any("error", err))
		return nil, nil
	}
	return restored, nil
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

// keep stores a new session and makes it the current one, unless a logout came after the given
// epoch. It gives the session that was replaced. When it fails, the old session stays.
func (c *Client) keep(fresh *session, epoch uint64) (replaced *session, err error) {
	encoded, err := json.Marshal(fresh) //nolint:gosec // G117: the storage is where the token belongs
	if err != nil {
		return nil, fmt.Errorf("calls: storing the session: %w", err)
	}
	c.storing.Lock()
	defer c.storing.Unlock()
	if c.loggedOutSince(epoch) {
		return nil, ErrLoginDiscarded
	}
	if err := c.storage.Save(c.sessionKey, encoded); err != nil {
		return nil, fmt.Errorf("calls: storing the session: %w", err)
	}
	if replaced, kept := c.replace(fresh, epoch); kept {
		return replaced, nil
	}
	// The logout came while the session was being stored and could not know of it.
	return nil, errors.Join(ErrLoginDiscarded, c.removeStored())
}

// replace makes fresh the current session unless a logout came after the given epoch.
func (c *Client) replace(fresh *session, epoch uint64) (replaced *session, kept bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		return nil, false
	}
	replaced, c.session = c.session, fresh
	return replaced, true
}

func (c *Client) loggedOutSince(epoch uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.epoch != epoch
}

// forget ends the session in memory at once, then in the storage. It gives the session that ended,
// nil when there was none; the error is the storage's.
func (c *Client) forget() (ended *session, err error) {
	c.mu.Lock()
	c.epoch++
	ended, c.session = c.session, nil
	c.mu.Unlock()

	if ended == nil {
		return nil, nil
	}
	c.storing.Lock()
	defer c.storing.Unlock()
	if c.current() != nil {
		// A login of the new epoch was faster and has already replaced what is stored.
		return ended, nil
	}
	return ended, c.removeStored()
}

// removeStored must be called with c.storing held.
func (c *Client) removeStored() error {
	if err := c.storage.Delete(c.sessionKey); err != nil {
		return fmt.Errorf("calls: removing the stored session: %w", err)
	}
	return nil
}
