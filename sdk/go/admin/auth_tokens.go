package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// AuthTokensService works on the auth tokens of the app's users.
type AuthTokensService struct{ service }

// AuthToken is what an app logs one user in with. It ends when it is revoked, when its time to live
// is over, or when the server's limit of tokens per user is passed and it is the oldest.
type AuthToken struct {
	// UID is whose token it is.
	UID string `json:"uid"`
	// Token is the credential itself. Printing or logging an AuthToken leaves it out.
	Token string `json:"authToken"`
	// CreatedAt and ExpiresAt are in Unix seconds; ExpiresAt is 0 for a token that does not end by
	// itself.
	CreatedAt int64 `json:"createdAt"`
	ExpiresAt int64 `json:"expiresAt,omitempty"`
	// Platform, UserAgent and AppInfo, a JSON object, are what the token's device told of itself.
	Platform  string          `json:"platform,omitempty"`
	UserAgent string          `json:"userAgent,omitempty"`
	AppInfo   json.RawMessage `json:"appInfo,omitempty"`
}

// String leaves the credential out.
func (t AuthToken) String() string { return "auth token of " + t.UID }

// GoString leaves the credential out.
func (t AuthToken) GoString() string { return t.String() }

// LogValue leaves the credential out.
func (t AuthToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// errNoToken is for answers that should hold an auth token.
var errNoToken = fmt.Errorf("%w: it holds no auth token", usher.ErrUnusableAnswer)

// IssueOptions says which token to give.
type IssueOptions struct {
	// Force asks for a new token even where the server could give one again that no device has used.
	Force bool
	// ExpiresIn is how long the token lives: one minute to ten years, in whole seconds. Unless given,
	// as long as the app's own setting says.
	ExpiresIn time.Duration
	// Device is what is known of the device that the token is for. With a DeviceID, the device gets a
	// token of its own.
	Device Device
}

// Device is what is told of the device that uses an auth token. What is empty says nothing.
type Device struct {
	Platform string `json:"platform,omitempty"`
	// DeviceID is the app's own name for the installation; only Issue takes it.
	DeviceID  string `json:"deviceId,omitempty"`
	UserAgent string `json:"userAgent,omitempty"`
	// AppInfo is a JSON object of at most 5 KB.
	AppInfo json.RawMessage `json:"appInfo,omitempty"`
}

// Issue gives an auth token of the user. Earlier tokens stay valid. Codes: those of usher.CheckUID,
// usher.CodeUnknownUID (create the user first), and usher.CodeBadRequest for a time to live that is
// too short or too long.
func (s *AuthTokensService) Issue(ctx context.Context, uid string, options IssueOptions) (*AuthToken, error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	body := struct {
		Device

		Force     bool   `json:"force,omitempty"`
		ExpiresIn *int64 `json:"expiresIn,omitempty"`
	}{Device: options.Device, Force: options.Force}
	if options.ExpiresIn != 0 {
		body.ExpiresIn = new(seconds(options.ExpiresIn))
	}
	return s.token(ctx, transport.Request{Method: http.MethodPost, Path: []string{"users", uid, "auth_tokens"}, Body: body})
}

// List gives one page of the user's auth tokens that work, newest first. Codes: those of
// usher.CheckUID, usher.CodeUnknownUID and usher.CodeBadRequest.
func (s *AuthTokensService) List(ctx context.Context, uid string, options ListOptions) (*Page[AuthToken], error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	request := transport.Request{Path: []string{"users", uid, "auth_tokens"}, Query: url.Values(options.query())}
	return list(ctx, s.service, request, func(token *AuthToken) bool { return token.UID != "" && token.Token != "" })
}

// All gives every auth token that List would give, page after page, and ends with the first error.
func (s *AuthTokensService) All(ctx context.Context, uid string, options ListOptions) iter.Seq2[*AuthToken, error] {
	return all(options.Page, func(page int) (*Page[AuthToken], error) {
		options.Page = page
		return s.List(ctx, uid, options)
	})
}

// Get gives one auth token of the user. Codes: those of usher.CheckUID and usher.CheckAuthToken,
// usher.CodeUnknownUID, usher.CodeUnknownPathToken, and usher.CodeTokenNotAccessible for a token of
// another user.
func (s *AuthTokensService) Get(ctx context.Context, uid, token string) (*AuthToken, error) {
	request, err := tokenRequest(uid, token)
	if err != nil {
		return nil, err
	}
	request.Method = http.MethodGet
	return s.token(ctx, request)
}

// Update says which device uses an auth token. Codes: those of Get, usher.CodeTokenUnavailable and
// usher.CodeBadRequest.
func (s *AuthTokensService) Update(ctx context.Context, uid, token string, device Device) (*AuthToken, error) {
	request, err := tokenRequest(uid, token)
	if err != nil {
		return nil, err
	}
	request.Method, request.Body = http.MethodPut, device
	return s.token(ctx, request)
}

// Revoke ends one auth token, and with it the session of the app that uses it. Codes: those of Get.
func (s *AuthTokensService) Revoke(ctx context.Context, uid, token string) error {
	request, err := tokenRequest(uid, token)
	if err != nil {
		return err
	}
	return s.remove(ctx, request)
}

// Flush ends all auth tokens of the user: every app logs them out. Codes: those of usher.CheckUID,
// and usher.CodeUnknownUID.
func (s *AuthTokensService) Flush(ctx context.Context, uid string) error {
	if err := usher.CheckUID(uid); err != nil {
		return err
	}
	return s.remove(ctx, transport.Request{Path: []string{"users", uid, "auth_tokens"}})
}

// seconds is a time in whole seconds, and never 0 for one that is not: 0 stands for ever.
func seconds(length time.Duration) int64 {
	whole := int64(length / time.Second)
	switch rest := length % time.Second; {
	case rest > 0:
		whole++
	case rest < 0:
		whole--
	}
	return whole
}

// tokenRequest is about one auth token, which no error text may hold.
func tokenRequest(uid, token string) (transport.Request, error) {
	if err := usher.CheckUID(uid); err != nil {
		return transport.Request{}, err
	}
	if err := usher.CheckAuthToken(token); err != nil {
		return transport.Request{}, err
	}
	return transport.Request{Path: []string{"users", uid, "auth_tokens"}, Secret: token}, nil
}

// token makes a request that is answered with an auth token.
func (s *AuthTokensService) token(ctx context.Context, request transport.Request) (*AuthToken, error) {
	token, err := get(ctx, s.service, request, func(token *AuthToken) bool { return token.UID != "" })
	if err == nil && token.Token == "" {
		return nil, errNoToken
	}
	return token, err
}
