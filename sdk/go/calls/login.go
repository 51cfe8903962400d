package calls

import (
	"cmp"
	"context"

	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/usher"
)

// ErrLoginDiscarded is the error of a login that ran while Logout or Close was called: nobody is
// logged in by it. Its code is usher.CodeLoginDiscarded.
var ErrLoginDiscarded = session.ErrLoginDiscarded

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
	return c.machine().Login(ctx, uid, apiKey, cmp.Or(usher.CheckUID(uid), usher.CheckAPIKey(apiKey)))
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
	return c.machine().LoginWithAuthToken(ctx, authToken, usher.CheckAuthToken(authToken))
}

// CheckSession asks the server whether the session is still good, and gives the user as they are now.
// The getters give that user from then on.
//
// When the server says that the token is dead (usher.EndsSession), the session ends here, too, and
// the error has the server's code. No other error ends it.
//
// Codes: usher.CodeNotInitialized, CodeNoUserLoggedIn (also when a logout came meanwhile),
// CodeUnknownAuthToken, other codes of the server, CodeNotReached and CodeUnusableAnswer.
func (c *Client) CheckSession(ctx context.Context) (*usher.User, error) {
	return c.machine().CheckSession(ctx)
}

// Logout ends the session: first here, in memory and in the storage, then on the server. It gives
// the server's message.
//
// It succeeds without the server, too: that the token is to be ended there is stored, and tried again
// when the next client is made and at the next login. The token of a back end lives on, whoever logs
// out; that is the server's to decide.
//
// A login that is running when Logout is called fails at once with [ErrLoginDiscarded].
//
// Codes: usher.CodeNotInitialized, CodeNoUserLoggedIn, and CodeStorageFailed: nobody is logged in
// then, but the session may come back at the next start, or its token live on.
func (c *Client) Logout(ctx context.Context) (string, error) { return c.machine().Logout(ctx) }
