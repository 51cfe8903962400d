// Package admin lets an app's own back end create users and hand out auth tokens. It needs an API
// key of the scope fullAccess, which must never leave the back end.
//
// The usual way: when a person has logged in to the back end, call [AuthTokensService.Issue] for
// their uid and give the token to the app, which logs in with it through package calls.
package admin

import (
	"context"
	"errors"
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
type Option func(*settings) error

type settings struct {
	transport transport.Settings
	retries   int
}

// WithHTTPClient sends requests through a copy of client. Redirects are not followed, whatever the
// client says: they would carry the API key to other hosts.
func WithHTTPClient(client *http.Client) Option {
	return func(chosen *settings) error { return chosen.transport.SetHTTPClient(client) }
}

// WithTimeout limits each call, its repetitions and the answer included; 15 seconds unless given. A
// context may set a tighter limit for one call.
func WithTimeout(limit time.Duration) Option {
	return func(chosen *settings) error { return chosen.transport.SetTimeout(limit) }
}

// WithRetries says how often a call is repeated at most, 0 to 10; 2 unless given. A call is repeated
// when the server was not reached or asks for patience (its Retry-After is honoured), with an
// Idempotency-Key where repeating could do something twice.
func WithRetries(times int) Option {
	return func(chosen *settings) error {
		if times < 0 || times > maxRetries {
			return errors.New("the number of retries is not between 0 and 10")
		}
		chosen.retries = times
		return nil
	}
}

// New makes a client. It sends no request, so that a wrong key shows at the first call, as
// usher.CodeUnknownAPIKey. An empty key is usher.CodeAPIKeyNotFound here.
func New(config Config, options ...Option) (*Client, error) {
	if err := usher.CheckAPIKey(config.APIKey); err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	chosen := settings{
		transport: transport.Settings{
			AppID:     config.AppID,
			Region:    config.Region,
			Host:      config.Host,
			BodyLimit: bodyLimit,
		},
		retries: defaultRetries,
	}
	for _, option := range options {
		if err := option(&chosen); err != nil {
			return nil, fmt.Errorf("admin: %w", err)
		}
	}
	caller, err := transport.New(chosen.transport)
	if err != nil {
		return nil, fmt.Errorf("admin: %w", err)
	}
	shared := service{caller: caller, key: config.APIKey, retries: chosen.retries}
	return &Client{
		Users:      &UsersService{shared},
		AuthTokens: &AuthTokensService{shared},
	}, nil
}

// service is what every service sends its requests with.
type service struct {
	caller  *transport.Caller
	key     string
	retries int
}

// do sends a request with the key and decodes the answer's data and, unless it is nil, its meta.
func (s service) do(ctx context.Context, request transport.Request, data, meta any) error {
	request.Key = s.key
	return s.retrying(ctx, request, data, meta)
}

// errLacksUID is for answers that should be about a user and name none.
var errLacksUID = fmt.Errorf("%w: it names no uid", usher.ErrUnusableAnswer)
