// Package admin lets an app's own back end create users and hand out auth tokens. It needs an API
// key of the scope fullAccess, which must never leave the back end.
//
// The usual way: when a person has logged in to the back end, call [AuthTokensService.Issue] for
// their uid and give the token to the app, which logs in with it through package calls.
package admin

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// bodyLimit is the size of the longest answer that is read, in bytes. A page of 1000 users who fill
// every field to its limit is about 20 MB.
const bodyLimit = 32 << 20

// Config says which app on which server a client works for.
type Config struct {
	// AppID is the id of the app. It is always needed.
	AppID string
	// Region is the region of the app, for example "eu". It is needed only without a Host.
	Region string
	// Host is the base URL of the server, such as http://127.0.0.1:8080 or
	// https://auth.example.com/v3. When it is empty, https://APPID.api-REGION.cometchat.io/v3.0.
	Host string
	// APIKey is a key of the app with the scope fullAccess.
	APIKey string
}

// Client works on one app. It is safe for concurrent use.
type Client struct {
	// Users creates, reads, lists and changes users.
	Users *UsersService
	// AuthTokens issues and revokes the tokens that apps log in with.
	AuthTokens *AuthTokensService
}

// Option changes what [New] would do by itself. A bad option makes New fail.
type Option func(*transport.Settings) error

// WithHTTPClient sends requests through a copy of client. Redirects are not followed, whatever the
// client says: they would carry the API key to other hosts.
func WithHTTPClient(client *http.Client) Option {
	return func(settings *transport.Settings) error { return settings.SetHTTPClient(client) }
}

// WithTimeout limits each call, answer included; 15 seconds unless given.
func WithTimeout(limit time.Duration) Option {
	return func(settings *transport.Settings) error { return settings.SetTimeout(limit) }
}

// New makes a client. It sends no request, so that a wrong key shows at the first call, as
// usher.CodeUnknownAPIKey. An empty key is usher.CodeAPIKeyNotFound here.
func New(config Config, options ...Option) (*Client, error) {
	if err := usher.CheckAPIKey(config.APIKey); err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	settings := transport.Settings{
		AppID:     config.AppID,
		Region:    config.Region,
		Host:      config.Host,
		BodyLimit: bodyLimit,
	}
	for _, option := range options {
		if err := option(&settings); err != nil {
			return nil, fmt.Errorf("admin: %w", err)
		}
	}
	caller, err := transport.New(settings)
	if err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	shared := service{caller: caller, key: config.APIKey}
	return &Client{
		Users:      &UsersService{shared},
		AuthTokens: &AuthTokensService{shared},
	}, nil
}

// service is what every service sends its requests with.
type service struct {
	caller *transport.Caller
	key    string
}

// do sends a request with the key and decodes the answer's data and, unless it is nil, its meta.
func (s service) do(ctx context.Context, request transport.Request, data, meta any) error {
	request.Key = s.key
	return s.caller.Do(ctx, request, data, meta)
}

// errLacksUID is for answers that should be about a user and name none.
var errLacksUID = fmt.Errorf("%w: it names no uid", usher.ErrUnusableAnswer)
