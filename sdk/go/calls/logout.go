package calls

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// loggedOut is the message of a logout when the server has none.
const loggedOut = "Logged out."

// Logout ends the session: first here, in memory and in the storage, then on the server. It gives
// the server's message.
//
// Whatever the error, nobody is logged in afterwards. An error other than the codes below says that
// the server was not reached or refused, so the token may still be alive there, or that the storage
// failed to remove the session, so it may come back at the next start.
//
// A login that is running when Logout is called fails with [ErrLoginDiscarded].
//
// Codes: usher.CodeNotInitialized, CodeNoUserLoggedIn, and those of the server as it sent them,
// except CodeUnknownAuthToken: a token that the server no longer knows needs no logout.
func (c *Client) Logout(ctx context.Context) (string, error) {
	if err := c.initialized(); err != nil {
		return "", err
	}
	ended, kept := c.forget()
	if ended == nil {
		return "", usher.NewError(usher.CodeNoUserLoggedIn, nil)
	}
	message, refused := c.signOut(ctx, ended.AuthToken)
	if err := errors.Join(kept, refused); err != nil {
		return "", err
	}
	return message, nil
}

// signOut asks the server to end the session of a token.
func (c *Client) signOut(ctx context.Context, token string) (message string, err error) {
	var answer struct {
		Message string `json:"message"`
	}
	err = c.caller.Do(ctx, transport.Request{
		Method: http.MethodDelete,
		Path:   []string{"me"},
		Token:  token,
	}, &answer, nil)
	if err != nil && usher.CodeOf(err) != usher.CodeUnknownAuthToken {
		return "", err
	}
	return cmp.Or(answer.Message, loggedOut), nil
}
