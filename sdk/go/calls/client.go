package calls

import (
	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// Config says which app on which server a client belongs to.
type Config struct {
	// AppID is the id of the app. It is always needed.
	AppID string
	// Region is the region of the app, for example "eu". It is needed only without a Host.
	Region string
	// Host is the base URL of the server, such as http://127.0.0.1:8080 or
	// https://auth.example.com/v3; https may be left out. When it is empty the documented hosts are
	// derived: https://APPID.api-REGION.cometchat.io/v3.0 for requests with an API key and
	// https://APPID.apiclient-REGION.cometchat.io/v3.0 for those with an auth token.
	Host string
	// AdminHost and ClientHost are like Host, and win over it, for requests with an API key and for
	// those with an auth token.
	AdminHost, ClientHost string
}

// Client logs users of one app in and out. Make one with [New]: the methods of a nil, zero or closed
// client answer usher.CodeNotInitialized.
type Client struct{ session *session.Client }

// New makes a client and takes up the session that the storage holds, if any. It waits for no request:
// the session connects in the background, where also a logout of an earlier run is tried again that
// could not reach the server.
//
// A stored session that cannot be read as one counts as none and is reported to the logger.
//
// Codes: usher.CodeInvalidSettings, and CodeStorageFailed for a storage that fails, since who is
// logged in would be unknown.
func New(config Config, options ...Option) (*Client, error) {
	made, err := session.New(transport.Settings{
		AppID:      config.AppID,
		Region:     config.Region,
		Host:       config.Host,
		AdminHost:  config.AdminHost,
		ClientHost: config.ClientHost,
	}, options...)
	if err != nil {
		return nil, err
	}
	return &Client{session: made}, nil
}

// Close ends the client, not the session: that is stored, and the next client takes it up. A login
// that is running fails with [ErrLoginDiscarded], listeners hear nothing any more, and what could not
// be revoked yet is left to the next client. Closing twice is no error.
func (c *Client) Close() { c.machine().Close() }

// LoggedInUser gives a copy of the logged-in user as the server described them last, or nil when
// nobody is. It sends no request, so the session may have been ended on the server meanwhile; see
// [Client.CheckSession].
func (c *Client) LoggedInUser() *usher.User { return c.machine().LoggedInUser() }

// IsUserLoggedIn reports whether there is a session. It sends no request.
func (c *Client) IsUserLoggedIn() bool { return c.machine().LoggedInUser() != nil }

// UserAuthToken gives the auth token of the session, or "" when nobody is logged in. Whoever has it
// can act as the user: keep it out of logs.
func (c *Client) UserAuthToken() string { return c.machine().UserAuthToken() }

// AddLoginListener makes listener hear of what happens from now on, until it is removed or the client
// closed. One with the same id is replaced. With a storage that other processes use, too, the client
// looks there for changes while it has listeners.
func (c *Client) AddLoginListener(id string, listener usher.LoginListener) {
	c.machine().AddLoginListener(id, listener)
}

// RemoveLoginListener ends that a listener hears anything. It is no error when there is none.
func (c *Client) RemoveLoginListener(id string) { c.machine().RemoveLoginListener(id) }

// machine is nil for a client that New did not make, which the session's methods take.
func (c *Client) machine() *session.Client {
	if c == nil {
		return nil
	}
	return c.session
}
