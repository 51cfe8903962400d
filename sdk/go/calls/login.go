package calls

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/usherhq/usher/sdk/go/usher"
)

// ErrLoginDiscarded is the error of a login that ran while Logout or Close was called: nobody is
// logged in by it. Its code is usher.CodeLoginDiscarded.
var ErrLoginDiscarded error = usher.NewError(usher.CodeLoginDiscarded, nil)

// Login logs a user in with an API key of the app, for development and tests.
//
// It is safe to call at every start. When the same user is in already, in whatever letter case, it
// gives that session's user without a request. When another user is in, the new one logs in first:
// if that fails, for whatever reason, the old session stays as it was; if it succeeds, the new
// session takes the old one's place and the server is asked to end the old one, in the background.
//
// Codes, in the order of the checks: usher.CodeNotInitialized, CodeLoginInProgress, CodeInvalidUID
// (empty), CodeUIDWithSpace, CodeInvalidUID (too long or with other characters than letters, digits,
// - and _), CodeAPIKeyNotFound (empty, or unknown to the server, whose error is then the cause), and
// those of the server as it sent them; CodeNotReached and CodeUnusableAnswer for a bad network,
// CodeStorageFailed when the session cannot be stored, and CodeLoginDiscarded ([ErrLoginDiscarded]),
// at once, when Logout is called meanwhile.
func (c *Client) Login(ctx context.Context, uid, apiKey string) (*usher.User, error) {
	return c.login(ctx, &attempt{
		invalid: cmp.Or(usher.CheckUID(uid), usher.CheckAPIKey(apiKey)),
		isIn:    func(current *session) bool { return strings.EqualFold(current.User.UID, uid) },
		uid:     uid,
		apiKey:  apiKey,
	})
}

// LoginWithAuthToken logs in the user whom an auth token belongs to, as production apps do: the
// app's back end gets the token from the server and hands it to the app.
//
// When the same token is in already it gives that session's user without a request. Otherwise it
// treats another session as [Client.Login] does.
//
// Codes, in the order of the checks: usher.CodeNotInitialized, CodeLoginInProgress,
// CodeBlankAuthToken, CodeAuthTokenWithSpace, and those of the server as it sent them, first of all
// CodeUnknownAuthToken; then those of Login.
func (c *Client) LoginWithAuthToken(ctx context.Context, authToken string) (*usher.User, error) {
	return c.login(ctx, &attempt{
		invalid:   usher.CheckAuthToken(authToken),
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
	if err := c.initialized(); err != nil {
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
