// Package admin is the REST API for an app's own back end: users, auth tokens, roles, blocks, API
// keys, bulk import, the event log and webhooks. It needs an API key of the scope fullAccess, which must never
// leave the back end. [Management], with credentials of its own, makes and removes whole apps.
//
// The usual way: when a person has logged in to the back end, call [AuthTokensService.Issue] for
// their uid and give the token to the app, which logs in with it through package calls.
//
// Every call takes a context and has a time limit of its own. Its errors are a *[usher.Error] with a
// code (the server refused, or nothing was sent at all), or wrap usher.ErrUnusableAnswer or a
// *url.Error (the server was not reached, or not in time).
package admin

import (
	"context"
	"encoding/json"
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
	// Users creates, reads, lists, changes, imports, deactivates and removes users.
	Users *UsersService
	// AuthTokens issues and revokes the tokens that apps log in with.
	AuthTokens *AuthTokensService
	// BlockedUsers says who blocks whom.
	BlockedUsers *BlockedUsersService
	// Roles works on the roles that users have.
	Roles *RolesService
	// APIKeys works on the keys of the app.
	APIKeys *APIKeysService
	// Events reads the log of every change of the app.
	Events *EventsService
	// Webhooks says who is told of events.
	Webhooks *WebhooksService
	// Health asks the server how it is.
	Health *HealthService
}

// Option changes what [New] or [NewManagement] would do by itself. A bad option makes it fail.
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
// Idempotency-Key where repeating could do something twice. The removal of something, repeated since
// its answer was lost, may be answered with the code that it is not there.
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
	shared, err := newService(transport.Settings{AppID: config.AppID, Region: config.Region, Host: config.Host}, options)
	if err != nil {
		return nil, err
	}
	shared.key = config.APIKey
	return &Client{
		Users:        &UsersService{shared},
		AuthTokens:   &AuthTokensService{shared},
		BlockedUsers: &BlockedUsersService{shared},
		Roles:        &RolesService{shared},
		APIKeys:      &APIKeysService{shared},
		Events:       &EventsService{shared},
		Webhooks:     &WebhooksService{shared},
		Health:       &HealthService{shared},
	}, nil
}

// service is what every service sends its requests with.
type service struct {
	caller  *transport.Caller
	key     string
	secret  string // of the management API
	retries int
}

// newService makes a service without credentials.
func newService(server transport.Settings, options []Option) (service, error) {
	server.BodyLimit = bodyLimit
	chosen := settings{transport: server, retries: defaultRetries}
	for _, option := range options {
		if err := option(&chosen); err != nil {
			return service{}, fmt.Errorf("admin: %w", err)
		}
	}
	caller, err := transport.New(chosen.transport)
	if err != nil {
		return service{}, fmt.Errorf("admin: %w", err)
	}
	return service{caller: caller, retries: chosen.retries}, nil
}

// do sends a request with the credentials and decodes the answer's data and, unless it is nil, its
// meta.
func (s service) do(ctx context.Context, request transport.Request, data, meta any) error {
	request.Key, request.ManagementSecret = s.key, s.secret
	return s.retrying(ctx, request, data, meta)
}

// remove sends a DELETE, whose answer holds nothing that its success does not say.
func (s service) remove(ctx context.Context, request transport.Request) error {
	request.Method = http.MethodDelete
	var answer json.RawMessage
	return s.do(ctx, request, &answer, nil)
}
