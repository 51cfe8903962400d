package calls

import (
	"fmt"
	"log/slog"
	"sync"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// bodyLimit is the size of the longest answer that is read, in bytes.
const bodyLimit = 1 << 20

// Config says which app on which server a client belongs to.
type Config struct {
	// AppID is the id of the app. It is always needed.
	AppID string
	// Region is the region of the app, for example "eu". It is needed only without a Host.
	Region string
	// Host is the base URL of the server, such as http://127.0.0.1:8080 or
	// https://auth.example.com/v3. When it is empty the documented hosts are derived:
	// https://APPID.api-REGION.cometchat.io/v3.0 for requests with an API key and
	// https://APPID.apiclient-REGION.cometchat.io/v3.0 for those with an auth token.
	Host string
}

// Client logs users of one app in and out. Make one with [New]: the methods of a nil or zero client
// answer usher.CodeNotInitialized.
type Client struct {
	caller  *transport.Caller
	storage Storage
	logger  *slog.Logger
	device  deviceBody
	// sessionKey is what the session is stored under.
	sessionKey string

	// storing is held while the storage is written, so that what is stored in the end is what mu
	// guards in the end. It is taken before mu.
	storing sync.Mutex
	// mu guards what follows and is held for no longer than a look at it.
	mu        sync.Mutex
	session   *session // nil when nobody is logged in
	loggingIn bool
	// epoch counts logouts: a login that began in an earlier epoch must not be kept.
	epoch uint64
}

// New makes a client and takes up the session that the storage holds, if any. It sends no request.
//
// A stored session that cannot be read as one counts as none and is reported to the logger. A
// storage that fails is an error: who is logged in would be unknown.
func New(config Config, options ...Option) (*Client, error) {
	chosen := settings{
		transport: transport.Settings{
			AppID:     config.AppID,
			Region:    config.Region,
			Host:      config.Host,
			BodyLimit: bodyLimit,
			Resource:  newResource(),
		},
		logger: slog.New(slog.DiscardHandler),
	}
	for _, option := range options {
		if err := option(&chosen); err != nil {
			return nil, fmt.Errorf("calls: %w", err)
		}
	}
	caller, err := transport.New(chosen.transport)
	if err != nil {
		return nil, fmt.Errorf("calls: %w", err)
	}
	if chosen.storage == nil {
		if chosen.storage, err = defaultStorage(); err != nil {
			return nil, err
		}
	}
	// Apps and servers share a storage without seeing each other's entries.
	space := config.AppID + "@" + caller.Base()
	client := &Client{
		caller:     caller,
		storage:    chosen.storage,
		logger:     chosen.logger,
		sessionKey: "session " + space,
	}
	if chosen.deviceID == "" {
		if chosen.deviceID, err = client.restoreDeviceID("device "+space, config.AppID); err != nil {
			return nil, err
		}
	}
	client.device = newDeviceBody(chosen.deviceID)
	if client.session, err = client.restoreSession(); err != nil {
		return nil, err
	}
	return client, nil
}

// initialized gives usher.CodeNotInitialized for a client that New did not make.
func (c *Client) initialized() error {
	if c == nil || c.caller == nil {
		return usher.NewError(usher.CodeNotInitialized, nil)
	}
	return nil
}
