package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"

	"github.com/usherhq/usher/sdk/go/usher"
)

const (
	revocationsFormat = 1
	// maxRevocations bounds what is stored; the oldest are given up first.
	maxRevocations = 20
)

// revocations is the stored list of tokens that the server has yet to be told of, oldest first.
type revocations struct {
	Format int      `json:"format"`
	Tokens []string `json:"tokens"`
}

// revoking is guarded by the client's mu.
type revoking struct {
	// unsaved are tokens to revoke that the storage would not take.
	unsaved []string
	// busy is a token that a logout is telling the server of itself.
	busy string
	// retrying says that a goroutine works on the list, again that it was asked to meanwhile.
	retrying, again bool
}

// waitingTokens reads the stored list; one that cannot be read as a list counts as empty.
func (c *Client) waitingTokens() ([]string, error) {
	stored, err := c.storage.Load(c.revocationsKey)
	if err != nil {
		return nil, storageFailed("reading the pending revocations", err)
	}
	if stored == nil {
		return nil, nil
	}
	var list revocations
	err = json.Unmarshal(stored, &list)
	if err == nil && list.Format != revocationsFormat {
		err = fmt.Errorf("their format is %d instead of %d", list.Format, revocationsFormat)
	}
	if err != nil {
		c.logger.Warn("the stored list of tokens to revoke cannot be used", slog.Any("error", err))
		return nil, nil
	}
	return slices.DeleteFunc(list.Tokens, func(token string) bool { return usher.CheckAuthToken(token) != nil }), nil
}

// noteRevocation stores that a token is to be revoked. It must be called exclusively.
func (c *Client) noteRevocation(token string) error {
	waiting, err := c.waitingTokens()
	if err != nil {
		return err
	}
	if slices.Contains(waiting, token) {
		return nil
	}
	waiting = append(waiting, token)
	return c.storeRevocations(waiting[max(0, len(waiting)-maxRevocations):])
}

// forgetRevocation takes a token off the list.
func (c *Client) forgetRevocation(token string) {
	c.mu.Lock()
	c.revoking.unsaved = slices.DeleteFunc(c.revoking.unsaved, func(other string) bool { return other == token })
	c.mu.Unlock()
	err := c.exclusively(func() error {
		waiting, err := c.waitingTokens()
		if err != nil || !slices.Contains(waiting, token) {
			return err
		}
		return c.storeRevocations(slices.DeleteFunc(waiting, func(other string) bool { return other == token }))
	})
	if err != nil {
		c.logger.Warn("the list of tokens to revoke could not be stored", slog.Any("error", err))
	}
}

func (c *Client) storeRevocations(tokens []string) error {
	if len(tokens) == 0 {
		if err := c.storage.Delete(c.revocationsKey); err != nil {
			return storageFailed("removing the pending revocations", err)
		}
		return nil
	}
	encoded, err := json.Marshal(revocations{Format: revocationsFormat, Tokens: tokens})
	if err == nil {
		err = c.storage.Save(c.revocationsKey, encoded)
	}
	if err != nil {
		return storageFailed("storing the pending revocations", err)
	}
	return nil
}

// revoke sees to it that a token that nobody uses any more ends on the server: at once if it can be
// reached, else later. It does not wait for that.
func (c *Client) revoke(token string) {
	if c.wants(token) {
		return
	}
	err := c.exclusively(func() error { return c.noteRevocation(token) })
	if err != nil {
		c.logger.Warn("a token to revoke could not be stored", slog.Any("error", err))
		c.mu.Lock()
		c.revoking.unsaved = append(c.revoking.unsaved, token)
		c.mu.Unlock()
	}
	c.retryRevocations()
}

// wants reports whether a token is the session's, or that of a login that is running.
func (c *Client) wants(token string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session != nil && c.session.AuthToken == token || c.running != nil && c.running.authToken == token
}

// retryRevocations works on the list in the background.
func (c *Client) retryRevocations() {
	c.mu.Lock()
	busy := c.revoking.retrying
	c.revoking.again = busy
	c.revoking.retrying = true
	c.mu.Unlock()
	if !busy {
		c.inBackground(c.workOffRevocations)
	}
}

// workOffRevocations asks the server to end one token after the other, each once, until it is out of
// reach or the list is done.
func (c *Client) workOffRevocations() {
	tried := make(map[string]bool)
	for {
		token, more := c.nextRevocation(tried)
		if !more {
			return
		}
		if token == "" {
			clear(tried) // it was asked for again meanwhile
			continue
		}
		tried[token] = true
		_, err := c.signOut(c.life, token)
		if err == nil {
			c.forgetRevocation(token)
			continue
		}
		c.logger.Warn("the server was asked to end a session and did not", slog.Any("error", err))
		if _, unreached := errors.AsType[*url.Error](err); unreached {
			c.stopRevoking()
			return
		}
	}
}

// nextRevocation gives a token that was not tried yet; none, and more, when a new round is wanted;
// and no more when the work is done.
func (c *Client) nextRevocation(tried map[string]bool) (token string, more bool) {
	waiting, err := c.waitingTokens()
	if err != nil {
		c.logger.Warn("the list of tokens to revoke could not be read", slog.Any("error", err))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, token := range append(waiting, c.revoking.unsaved...) {
		if !tried[token] && token != c.revoking.busy {
			return token, true
		}
	}
	if c.revoking.again {
		c.revoking.again = false
		return "", true
	}
	c.revoking.retrying = false
	return "", false
}

func (c *Client) stopRevoking() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.revoking.retrying, c.revoking.again = false, false
}
