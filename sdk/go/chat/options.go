package chat

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/usher"
)

// Option changes what [New] would do by itself. A bad option makes New fail.
type Option func(*session.Settings) error

// WithStorage keeps the session and the device id in storage instead of files of the user.
func WithStorage(storage usher.Storage) Option {
	return func(chosen *session.Settings) error { return chosen.SetStorage(storage) }
}

// WithHTTPClient sends requests through a copy of client, for example one with a proxy or with the
// certificates of a private authority. Redirects are not followed, whatever the client says: they
// would carry credentials to other hosts.
func WithHTTPClient(client *http.Client) Option {
	return func(chosen *session.Settings) error { return chosen.SetHTTPClient(client) }
}

// WithTimeout limits each request, answer included; 15 seconds unless given. A login makes at most
// three requests, a logout one. A context may set a tighter limit for a whole call.
func WithTimeout(limit time.Duration) Option {
	return func(chosen *session.Settings) error { return chosen.SetTimeout(limit) }
}

// WithLogger reports what no error does: a stored session that could not be read, a token that could
// not be ended on the server, and a connection that did not come about. No record holds a credential.
func WithLogger(logger *slog.Logger) Option {
	return func(chosen *session.Settings) error { return chosen.SetLogger(logger) }
}

// WithDeviceID names this device to the server by an id the app already has, of 1 to 255 bytes
// without white space. Otherwise one is made at the first start and kept in the storage.
func WithDeviceID(id string) Option {
	return func(chosen *session.Settings) error { return chosen.SetDeviceID(id) }
}

// WithAutoConnect chooses whether a session opens its realtime connection by itself, as it does unless
// this says false. Without, [Client.Connect] opens it.
func WithAutoConnect(connects bool) Option {
	return func(chosen *session.Settings) error { return chosen.SetAutoConnect(connects) }
}
