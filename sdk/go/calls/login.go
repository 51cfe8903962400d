package calls

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// ErrLoginDiscarded is the error of a login whose answer came after a Logout: nobody is logged in.
var ErrLoginDiscarded = errors.New("calls: the login was thrown away because of a logout meanwhile")

// Login logs a user in with an API key of the app, for development and tests.
//
// It is safe to call at every start. When the same user is in already, in whatever letter case, it
// gives that session's user without a request. When another user is in, the new one logs in first:
// if that fails, for whatever reason, the old session stays as it was; if it succeeds, the new
// session takes the old one's place and the server is asked to end the old one.
//
// Codes, in the order of the checks: usher.CodeNotInitialized, CodeLoginInProgress, CodeInvalidUID
// (empty), CodeUIDWithSpace, CodeInvalidUID (too long or with other characters than letters, digits,
// - and _), CodeAPIKeyNotFound (empty, or unknown to the server, whose error is then the cause), and
// those of the server as it sent them. The login fails with [ErrLoginDiscarded] when Logout is called
// before the answer comes, and with the storage's error when the session cannot be stored.
func (c *Client) Login(ctx context.Context, uid, apiKey string) (*usher.User, error) {
	return c.login(ctx, attempt{
		invalid: cmp.Or(usher.CheckUID(uid), usher.CheckAPIKey(apiKey)),
		isIn:    func(current *session) bool { return strings.EqualFold(current.User.UID, uid) },
		uid:     uid,
		token:   func() (string, error) { return c.issueToken(ctx, uid, apiKey) },
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
// CodeUnknownAuthToken. It fails with [ErrLoginDiscarded] and the storage's error as Login does.
func (c *Client) LoginWithAuthToken(ctx context.Context, authToken string) (*usher.User, error) {
	return c.login(ctx, attempt{
		invalid: usher.CheckAuthToken(authToken),
		isIn:    func(current *session) bool { return current.AuthToken == authToken },
		token:   func() (string, error) { return authToken, nil },
	})
}

// attempt is what the two ways to log in differ by.
type attempt struct {
	invalid error
	// isIn reports whether a session already is what the attempt wants.
	isIn func(*session) bool
	// uid is whom the server must answer for; empty leaves it to the token.
	uid   string
	token func() (string, error)
}

func (c *Client) login(ctx context.Context, wanted attempt) (*usher.User, error) {
	current, epoch, err := c.begin(wanted)
	if err != nil {
		return nil, err
	}
	if current != nil {
		return current.user(), nil
	}
	defer c.end()
	token, err := wanted.token()
	if err != nil {
		return nil, err
	}
	fresh, err := c.signIn(ctx, token, wanted.uid)
	if err != nil {
		return nil, err
	}
	replaced, err := c.keep(fresh, epoch)
	if err != nil {
		c.dismiss(ctx, fresh)
		return nil, err
	}
	if replaced != nil && replaced.AuthToken != fresh.AuthToken {
		c.dismiss(ctx, replaced)
	}
	return fresh.user(), nil
}

// begin either refuses, or gives the session that already is what is wanted, or claims the one
// login that may run at a time; then end must follow.
func (c *Client) begin(wanted attempt) (current *session, epoch uint64, err error) {
	if err := c.initialized(); err != nil {
		return nil, 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.loggingIn:
		return nil, 0, usher.NewError(usher.CodeLoginInProgress, nil)
	case wanted.invalid != nil:
		return nil, 0, wanted.invalid
	case c.session != nil && wanted.isIn(c.session):
		return c.session, c.epoch, nil
	}
	c.loggingIn = true
	return nil, c.epoch, nil
}

func (c *Client) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loggingIn = false
}

// issueToken asks the server for an auth token of the user.
func (c *Client) issueToken(ctx context.Context, uid, apiKey string) (string, error) {
	var issued struct {
		AuthToken string `json:"authToken"`
	}
	err := c.caller.Do(ctx, transport.Request{
		Method: http.MethodPost,
		Path:   []string{"users", uid, "auth_tokens"},
		Key:    apiKey,
		Body:   c.device,
	}, &issued, nil)
	if refusal, ok := errors.AsType[*usher.Error](err); ok && refusal.Code == usher.CodeUnknownAPIKey {
		notFound := usher.NewError(usher.CodeAPIKeyNotFound, refusal)
		notFound.Status = refusal.Status
		return "", notFound
	}
	if err != nil {
		return "", err
	}
	if usher.CheckAuthToken(issued.AuthToken) != nil {
		return "", fmt.Errorf("%w: it holds no usable auth token", usher.ErrUnusableAnswer)
	}
	return issued.AuthToken, nil
}

// signIn tells the server that this device now acts with the token, and learns whose it is. Unless
// uid is empty the answer must be about that user.
func (c *Client) signIn(ctx context.Context, token, uid string) (*session, error) {
	var me struct {
		usher.User
		AuthToken string `json:"authToken"`
	}
	err := c.caller.Do(ctx, transport.Request{
		Method: http.MethodPut,
		Path:   []string{"me"},
		Token:  token,
		Body:   c.device,
	}, &me, nil)
	if err != nil {
		return nil, err
	}
	if me.UID == "" || (uid != "" && !strings.EqualFold(me.UID, uid)) {
		return nil, fmt.Errorf("%w: it is not about the user who logs in", usher.ErrUnusableAnswer)
	}
	// A server that answers with another token has replaced the one that was sent.
	current := cmp.Or(me.AuthToken, token)
	if usher.CheckAuthToken(current) != nil {
		return nil, fmt.Errorf("%w: it holds no usable auth token", usher.ErrUnusableAnswer)
	}
	return &session{Format: sessionFormat, User: me.User, AuthToken: current}, nil
}

// dismiss asks the server to end a session that is no longer this client's. It is done as well as
// can be: the call that it is part of has its result already.
func (c *Client) dismiss(ctx context.Context, unwanted *session) {
	if _, err := c.signOut(ctx, unwanted.AuthToken); err != nil {
		c.logger.Warn("the server was asked to end a session and did not",
			slog.String("uid", unwanted.User.UID), slog.Any("error", err))
	}
}
