// Package transport is the one place where the packages of the SDK build requests and read answers.
package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/usherhq/usher/sdk/go/usher"
)

// DefaultTimeout limits a request unless the settings say otherwise.
const DefaultTimeout = 15 * time.Second

// maxRetryAfter is in seconds. No caller waits for longer.
const maxRetryAfter = 24 * 60 * 60

// hidden stands in error texts where a credential stood.
const hidden = "[hidden]"

// Settings is what a Caller is made from.
type Settings struct {
	AppID  string
	Region string
	Host   string
	// AdminHost and ClientHost win over Host for the calls with an API key and with an auth token.
	AdminHost, ClientHost string
	// BodyLimit is the size of the longest answer that is read, in bytes.
	BodyLimit int64
	// Resource names this run of the program to the server; empty sends none.
	Resource string
	// NoApp is for who works on no single app; then the AppID is empty, and the Host is needed.
	NoApp bool

	httpClient http.Client
	timeout    time.Duration
}

// SetHTTPClient takes a copy of the client.
func (s *Settings) SetHTTPClient(client *http.Client) error {
	if client == nil {
		return errors.New("usher: the HTTP client is nil")
	}
	s.httpClient = *client
	return nil
}

// SetTimeout limits each request.
func (s *Settings) SetTimeout(limit time.Duration) error {
	if limit <= 0 {
		return errors.New("usher: the time limit is not above zero")
	}
	s.timeout = limit
	return nil
}

// Caller sends requests to one app of one server. It is safe for concurrent use.
type Caller struct {
	settings           Settings
	keyBase, tokenBase string
}

// New checks the settings and sends nothing.
func New(settings Settings) (*Caller, error) {
	if settings.AppID == "" && !settings.NoApp || strings.ContainsFunc(settings.AppID, notInHeader) {
		return nil, errors.New("usher: the app id is empty, or holds white space or control characters")
	}
	keyBase, tokenBase, err := settings.hosts()
	if err != nil {
		return nil, err
	}
	if settings.timeout == 0 {
		settings.timeout = DefaultTimeout
	}
	// The credentials are in headers that net/http would repeat to whatever host a redirect names.
	settings.httpClient.CheckRedirect = func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}
	return &Caller{settings: settings, keyBase: keyBase, tokenBase: tokenBase}, nil
}

// Base is the URL that calls with an auth token go to.
func (c *Caller) Base() string { return c.tokenBase }

// KeyBase is the URL that calls with an API key go to.
func (c *Caller) KeyBase() string { return c.keyBase }

// Timeout is the limit of one request.
func (c *Caller) Timeout() time.Duration { return c.settings.timeout }

// HTTPClient gives a copy of the client that requests go through.
func (c *Caller) HTTPClient() *http.Client {
	client := c.settings.httpClient
	return &client
}

// Request is one call of the API.
type Request struct {
	Method string
	// Path is the parts after the base URL, unescaped.
	Path []string
	// Secret is a last part of the path that no error text may hold.
	Secret string
	Query  url.Values
	// Key or Token is the credential; a request with a key goes to the host for keys.
	Key   string
	Token string
	// ManagementSecret makes Key a key of the management API.
	ManagementSecret string
	// OnBehalfOf is the uid of the user that a back end looks with; empty sends none.
	OnBehalfOf string
	// Unversioned requests go to the base URL without the version of the API that it may end with.
	Unversioned bool
	// IdempotencyKey is the same for all attempts of a call that must not be done twice; empty sends
	// none.
	IdempotencyKey string
	// Bare requests are answered without an envelope, as a standard says.
	Bare bool
	// Body is sent as JSON unless it is nil.
	Body any
}

// Do sends the request and decodes the answer's data and, unless meta is nil, its meta. Its errors
// are a *usher.Error (the server refused), ErrUnusableAnswer wrapped (nobody knows what the server
// did), or a *url.Error wrapped (the server was not reached, or not in time).
func (c *Caller) Do(ctx context.Context, request Request, data, meta any) error {
	ctx, cancel := context.WithTimeout(ctx, c.settings.timeout)
	defer cancel()
	sent, err := c.build(ctx, request)
	if err != nil {
		return err
	}
	answer, err := c.settings.httpClient.Do(sent)
	if err != nil {
		return c.unreached(request, reason(ctx, err))
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, c.settings.BodyLimit+1))
	if err != nil {
		return c.unreached(request, reason(ctx, err))
	}
	if int64(len(body)) > c.settings.BodyLimit {
		return unusable(answer.StatusCode, fmt.Errorf("longer than %d bytes", c.settings.BodyLimit))
	}
	err = decode(answer.StatusCode, body, request.Bare, data, meta)
	if refusal, ok := errors.AsType[*usher.Error](err); ok {
		request.hideIn(refusal)
		refusal.RetryAfter = RetryAfter(answer.Header)
	}
	return err
}

// reason is why a request failed: net/http only says that its context ended.
func reason(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// RetryAfter reads a wait in whole seconds; dates are not read, since clocks differ.
func RetryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > maxRetryAfter {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

func (c *Caller) build(ctx context.Context, request Request) (*http.Request, error) {
	// Servers and proxies resolve these parts, and the call would be another one.
	if request.Secret == "." || request.Secret == ".." {
		return nil, errors.New("usher: the credential is no part of a path")
	}
	var body io.Reader
	if request.Body != nil {
		encoded, err := json.Marshal(request.Body)
		if err != nil {
			return nil, fmt.Errorf("usher: the request cannot be written as JSON: %w", err)
		}
		body = bytes.NewReader(encoded)
	}
	sent, err := http.NewRequestWithContext(ctx, request.Method, c.url(request, request.Secret), body)
	if err != nil {
		return nil, c.unreached(request, err)
	}
	header := sent.Header
	header.Set("Accept", "application/json")
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", UserAgent())
	header.Set("sdk", "go@"+usher.Version)
	setIfAny(header, "appId", c.settings.AppID)
	if request.ManagementSecret == "" {
		setIfAny(header, "apiKey", request.Key)
	} else {
		setIfAny(header, "key", request.Key)
		header.Set("secret", request.ManagementSecret)
	}
	setIfAny(header, "onBehalfOf", request.OnBehalfOf)
	setIfAny(header, "authToken", request.Token)
	setIfAny(header, "resource", c.settings.Resource)
	setIfAny(header, "Idempotency-Key", request.IdempotencyKey)
	return sent, nil
}

func setIfAny(header http.Header, name, value string) {
	if value != "" {
		header.Set(name, value)
	}
}

// url gives the address of a request with secret as its last part, so that an address for error
// texts can be had too.
func (c *Caller) url(request Request, secret string) string {
	base := c.tokenBase
	if request.Key != "" {
		base = c.keyBase
	}
	if request.Unversioned {
		base = strings.TrimSuffix(strings.TrimSuffix(base, "/v3"), "/"+version)
	}
	var address strings.Builder
	address.WriteString(base)
	parts := request.Path
	if secret != "" {
		parts = append(slices.Clip(parts), secret)
	}
	for _, part := range parts {
		address.WriteString("/" + url.PathEscape(part))
	}
	if len(request.Query) > 0 {
		address.WriteString("?" + request.Query.Encode())
	}
	return address.String()
}

// unreached replaces the address in the *url.Error that net/http gives, since it may hold a token,
// and makes one of what went wrong while the answer was read.
func (c *Caller) unreached(request Request, err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err
	}
	secret := ""
	if request.Secret != "" {
		secret = hidden
	}
	return fmt.Errorf("usher: %w", &url.Error{
		Op:  request.Method[:1] + strings.ToLower(request.Method[1:]),
		URL: c.url(request, secret),
		Err: err,
	})
}

func notInHeader(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// hideIn takes this request's credentials out of a refusal: servers like to quote what they refuse.
func (r Request) hideIn(refusal *usher.Error) {
	for _, secret := range []string{r.Key, r.Token, r.Secret, r.ManagementSecret} {
		if secret == "" {
			continue
		}
		refusal.Code = usher.Code(strings.ReplaceAll(string(refusal.Code), secret, hidden))
		refusal.Message = strings.ReplaceAll(refusal.Message, secret, hidden)
		for _, reasons := range refusal.Details {
			for i := range reasons {
				reasons[i] = strings.ReplaceAll(reasons[i], secret, hidden)
			}
		}
	}
}
