package chat

import (
	"context"

	"github.com/usherhq/usher/sdk/go/usher"
)

// GetConnectionStatus says how the realtime connection is, without a request: usher.Connected,
// Connecting or Disconnected.
func (c *Client) GetConnectionStatus() usher.ConnectionStatus { return c.machine().ConnectionStatus() }

// Connect opens the realtime connection of the session, where it does not open by itself
// ([WithAutoConnect]) or was closed by [Client.Disconnect], and waits until it is there. From then on
// it is kept: one that is lost is opened anew, after pauses that grow, until the session ends. When ctx
// ends, only the waiting does.
//
// Codes: usher.CodeChatNotInitialized, CodeChatNoUserLoggedIn (also when a logout came meanwhile), and
// CodeChatFailedToFetch when ctx or [Client.Disconnect] ended the waiting, or the server gives no
// JWT to connect with.
func (c *Client) Connect(ctx context.Context) error { return translated(c.machine().Connect(ctx)) }

// Disconnect closes the realtime connection and leaves the session as it is: the user is offline. It
// does not wait for the server. The next session begins as [WithAutoConnect] says.
func (c *Client) Disconnect() { c.machine().Disconnect() }

// AddConnectionListener makes listener hear how the connection is from now on, until it is removed or
// the client closed. One with the same id is replaced.
func (c *Client) AddConnectionListener(id string, listener usher.ConnectionListener) {
	c.machine().AddConnectionListener(id, listener)
}

// RemoveConnectionListener ends that a listener hears anything. It is no error when there is none.
func (c *Client) RemoveConnectionListener(id string) { c.machine().RemoveConnectionListener(id) }

// AddUserListener makes listener hear of other users who come and go from now on, until it is removed
// or the client closed. One with the same id is replaced. It hears of those whom AppSettings.Subscription
// asks for, and of none without.
func (c *Client) AddUserListener(id string, listener usher.UserListener) {
	c.machine().AddUserListener(id, listener)
}

// RemoveUserListener ends that a listener hears anything. It is no error when there is none.
func (c *Client) RemoveUserListener(id string) { c.machine().RemoveUserListener(id) }
