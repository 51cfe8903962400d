package session

import (
	"context"
	"errors"
	"strings"

	"github.com/usherhq/usher/sdk/go/usher"
)

// ErrLoginDiscarded is the error of a login that ran while Logout or Close was called.
var ErrLoginDiscarded error = usher.NewError(usher.CodeLoginDiscarded, nil)

// Login logs a user in with an API key. The error invalid, if any, is what is wrong with the arguments
// in the caller's words; the login fails with it when it is its turn (spec/session.md, Order of checks).
func (c *Client) Login(ctx context.Context, uid, apiKey string, invalid error) (*usher.User, error) {
	return c.login(ctx, &attempt{
		invalid: invalid,
		isIn:    func(current *session) bool { return strings.EqualFold(current.User.UID, uid) },
		uid:     uid,
		apiKey:  apiKey,
	})
}

// LoginWithAuthToken logs in the user whom an auth token belongs to; invalid is as for Login.
func (c *Client) LoginWithAuthToken(ctx context.Context, authToken string, invalid error) (*usher.User, error) {
	return c.login(ctx, &attempt{
		invalid:   invalid,
		isIn:      func(current *session) bool { return current.AuthToken == authToken },
		authToken: authToken,
	})
}

// attempt is one login. It is compared by identity: the one that a logout discarded is not the one
// that runs.
type attempt struct {
	invalid error
	// isIn reports whether a session already is what the attempt wants.
	isIn func(*session) bool
	// Either authToken is given, or uid and apiKey to get one with.
	authToken   string
	uid, apiKey string
	// discarded is closed by whoever discards the attempt.
	discarded chan struct{}
}

// outcome is what a login comes to.
type outcome struct {
	user *usher.User
	err  error
}

func (c *Client) login(ctx context.Context, wanted *attempt) (*usher.User, error) {
	if err := c.Initialized(); err != nil {
		return nil, err
	}
	c.catchUp()
	current, err := c.begin(wanted)
	if err != nil {
		return nil, err
	}
	if current != nil {
		c.retryRevocations()
		return current.user(), nil
	}
	done := make(chan outcome, 1)
	ctx, release := c.untilDiscarded(ctx, wanted)
	// Whoever logs out does not wait for this, and what the server still answers has to be undone.
	c.inBackground(func() {
		defer release()
		user, err := c.run(ctx, wanted)
		done <- outcome{user, err}
	})
	select {
	case result := <-done:
		return result.user, result.err
	case <-wanted.discarded:
		return nil, ErrLoginDiscarded
	}
}

// begin either refuses, or gives the session that already is what is wanted, or makes the attempt
// the one login that runs.
func (c *Client) begin(wanted *attempt) (current *session, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, usher.NewError(usher.CodeNotInitialized, nil)
	case c.running != nil:
		return nil, usher.NewError(usher.CodeLoginInProgress, nil)
	case wanted.invalid != nil:
		c.listeners.loginFailure(wanted.invalid)
		return nil, wanted.invalid
	case c.session != nil && wanted.isIn(c.session):
		c.listeners.loginSuccess(c.session)
		return c.session, nil
	}
	wanted.discarded = make(chan struct{})
	c.running = wanted
	return nil, nil
}

// untilDiscarded gives a context that ends with the caller's, but after the attempt was discarded
// only with the client: what the server then answers must still be heard.
func (c *Client) untilDiscarded(ctx context.Context, login *attempt) (detached context.Context, release func()) {
	detached, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stopCaller := context.AfterFunc(ctx, func() {
		select {
		case <-login.discarded:
		default:
			cancel(context.Cause(ctx))
		}
	})
	stopLife := context.AfterFunc(c.life, func() { cancel(context.Canceled) })
	return detached, func() {
		stopCaller()
		stopLife()
		cancel(nil)
	}
}

// run does what a login needs the server and the storage for.
func (c *Client) run(ctx context.Context, login *attempt) (*usher.User, error) {
	token, minted := login.authToken, login.authToken == ""
	if minted {
		var err error
		if token, err = c.issueToken(ctx, login.uid, login.apiKey); err != nil {
			return nil, c.failed(login, err)
		}
	} else {
		c.forgetRevocation(token) // it is wanted again
	}
	c.retryRevocations()
	fresh, err := c.signIn(ctx, token, login.uid)
	if err != nil {
		if minted && !usher.EndsSession(err) && !errors.Is(err, errOtherUser) {
			c.revoke(token)
		}
		return nil, c.failed(login, err)
	}
	replaced, err := c.keep(fresh, login)
	if err != nil {
		if minted || errors.Is(err, ErrLoginDiscarded) {
			c.revoke(fresh.AuthToken)
		}
		return nil, c.failed(login, err)
	}
	if replaced != nil && replaced.AuthToken != fresh.AuthToken {
		c.revoke(replaced.AuthToken)
	}
	return fresh.user(), nil
}

// failed makes the way free for another login, unless a logout did, and gives the error.
func (c *Client) failed(login *attempt, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == login {
		c.running = nil
		c.listeners.loginFailure(err)
	}
	return err
}

// runs reports whether a login was not discarded yet.
func (c *Client) runs(login *attempt) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running == login
}
