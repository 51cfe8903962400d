package chat

import (
	"cmp"
	"context"
	"slices"

	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/usher"
)

// Client logs users of one app in and out. Make one with [New]: the methods of a nil, zero or closed
// client answer usher.CodeChatNotInitialized.
type Client struct {
	session  *session.Client
	settings AppSettings
}

// New makes a client and takes up the session that the storage holds, if any: the Chat SDK's init. It
// waits for no request: the session connects in the background, where also a logout of an earlier run
// is tried again that could not reach the server.
//
// A stored session that cannot be read as one counts as none and is reported to the logger.
//
// Codes: usher.CodeChatMissingParameters without an app id, CodeInvalidSettings, and CodeStorageFailed
// for a storage that fails, since who is logged in would be unknown.
func New(settings AppSettings, options ...Option) (*Client, error) {
	if err := settings.check(); err != nil {
		return nil, err
	}
	made, err := session.New(settings.place(), append(slices.Clip(options), settings.subscribe)...)
	if err != nil {
		return nil, translated(err)
	}
	return &Client{session: made, settings: settings}, nil
}

// Close ends the client, not the session: that is stored, and the next client takes it up. A login
// that is running fails with usher.CodeLoginDiscarded, listeners hear nothing any more, and what could
// not be revoked yet is left to the next client. Closing twice is no error.
func (c *Client) Close() { c.machine().Close() }

// Login logs a user in with an Auth Key of the app, for development and tests.
//
// It is safe to call at every start. When the same user is in already, in whatever letter case, it
// gives that session's user without a request. When another user is in, the new one logs in first:
// if that fails, for whatever reason, the old session stays as it was; if it succeeds, the new
// session takes the old one's place and the server is asked to end the old one, in the background.
//
// Codes, in the order of the checks: usher.CodeChatNotInitialized, CodeChatLoginInProgress,
// CodeChatMissingParameters (the uid), CodeChatInvalidUID, CodeChatMissingParameters (the key),
// CodeUnknownAPIKey, and the others of the server as it sent them; CodeChatFailedToFetch for a bad
// network, CodeStorageFailed when the session cannot be stored, and CodeLoginDiscarded, at once, when
// Logout is called meanwhile.
func (c *Client) Login(ctx context.Context, uid, authKey string) (*usher.User, error) {
	invalid := cmp.Or(checked(uid, usher.CheckUID), checked(authKey, usher.CheckAPIKey))
	user, err := c.machine().Login(ctx, uid, authKey, invalid)
	return user, translated(err)
}

// LoginWithAuthToken logs in the user whom an auth token belongs to, as production apps do: the
// app's back end gets the token from the server and hands it to the app.
//
// When the same token is in already it gives that session's user without a request. Otherwise it
// treats another session as [Client.Login] does.
//
// Codes, in the order of the checks: usher.CodeChatNotInitialized, CodeChatLoginInProgress,
// CodeChatMissingParameters, CodeUnknownAuthToken, also for a token that no server can know, and the
// others of the server as it sent them; then those of Login.
func (c *Client) LoginWithAuthToken(ctx context.Context, authToken string) (*usher.User, error) {
	invalid := checked(authToken, usher.CheckAuthToken)
	user, err := c.machine().LoginWithAuthToken(ctx, authToken, invalid)
	return user, translated(err)
}

// Logout ends the session: first here, in memory and in the storage, then on the server. It gives
// the server's message.
//
// It succeeds without the server, too: that the token is to be ended there is stored, and tried again
// when the next client is made and at the next login. A login that is running fails at once.
//
// Codes: usher.CodeChatNotInitialized, CodeChatNoUserLoggedIn, and CodeStorageFailed: nobody is logged
// in then, but the session may come back at the next start, or its token live on.
func (c *Client) Logout(ctx context.Context) (string, error) {
	message, err := c.machine().Logout(ctx)
	return message, translated(err)
}

// GetLoggedInUser gives a copy of the logged-in user as the server described them last, or nil when
// nobody is. It sends no request, so the session may have been ended on the server meanwhile; see
// [Client.CheckSession].
func (c *Client) GetLoggedInUser() *usher.User { return c.machine().LoggedInUser() }

// GetUserAuthToken gives the auth token of the session, or "" when nobody is logged in. Whoever has it
// can act as the user: keep it out of logs.
func (c *Client) GetUserAuthToken() string { return c.machine().UserAuthToken() }

// CheckSession asks the server whether the session is still good, and gives the user as they are now.
// The getters give that user from then on.
//
// When the server says that the token is dead (usher.EndsSession), the session ends here, too, and
// the error has the server's code. No other error ends it.
//
// Codes: usher.CodeChatNotInitialized, CodeChatNoUserLoggedIn (also when a logout came meanwhile),
// CodeUnknownAuthToken, other codes of the server, and CodeChatFailedToFetch.
func (c *Client) CheckSession(ctx context.Context) (*usher.User, error) {
	user, err := c.machine().CheckSession(ctx)
	return user, translated(err)
}

// AddLoginListener makes listener hear of what happens from now on, until it is removed or the client
// closed. One with the same id is replaced. With a storage that other processes use, too, the client
// looks there for changes while it has listeners.
func (c *Client) AddLoginListener(id string, listener usher.LoginListener) {
	c.machine().AddLoginListener(id, usher.LoginListener{
		LoginSuccess:  listener.LoginSuccess,
		LoginFailure:  hearing(listener.LoginFailure),
		LogoutSuccess: listener.LogoutSuccess,
		LogoutFailure: hearing(listener.LogoutFailure),
	})
}

// RemoveLoginListener ends that a listener hears anything. It is no error when there is none.
func (c *Client) RemoveLoginListener(id string) { c.machine().RemoveLoginListener(id) }

// hearing has a listener hear errors in the words of the Chat SDK.
func hearing(hear func(error)) func(error) {
	if hear == nil {
		return nil
	}
	return func(err error) { hear(translated(err)) }
}

// machine is nil for a client that New did not make, which the session's methods take.
func (c *Client) machine() *session.Client {
	if c == nil {
		return nil
	}
	return c.session
}
