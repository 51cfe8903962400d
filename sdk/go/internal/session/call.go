package session

import (
	"context"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// Call sends a request of the user who is in. A verdict on the token ends the session, as it does in
// CheckSession; no other answer changes it.
func (c *Client) Call(ctx context.Context, request transport.Request, data, meta any) error {
	asked, err := c.whoIsIn()
	if err != nil {
		return err
	}
	request.Token = asked.AuthToken
	err = coded(c.caller.Do(ctx, request, data, meta))
	if usher.EndsSession(err) {
		c.endRevoked(asked)
	}
	return err
}

// CallWithKey sends a request that has nothing to do with the session, with the API key that it names.
func (c *Client) CallWithKey(ctx context.Context, request transport.Request, data any) error {
	if err := c.Initialized(); err != nil {
		return err
	}
	return coded(c.caller.Do(ctx, request, data, nil))
}
