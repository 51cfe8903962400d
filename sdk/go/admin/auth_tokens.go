package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// AuthTokensService works on the auth tokens of the app's users.
type AuthTokensService struct{ service }

// AuthToken is what an app logs one user in with. It does not expire; it ends when it is revoked, or
// when the server's limit of tokens per user is passed and it is the oldest.
type AuthToken struct {
	// UID is whose token it is.
	UID string `json:"uid"`
	// Token is the credential itself. Printing or logging an AuthToken leaves it out.
	Token string `json:"authToken"`
	// CreatedAt is in Unix seconds.
	CreatedAt int64 `json:"createdAt"`
}

// String leaves the credential out.
func (t AuthToken) String() string { return "auth token of " + t.UID }

// GoString leaves the credential out.
func (t AuthToken) GoString() string { return t.String() }

// LogValue leaves the credential out.
func (t AuthToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// IssueOptions says which token to give.
type IssueOptions struct {
	// Force asks for a new token even where the server could give one again that no device has used.
	Force bool `json:"force,omitempty"`
}

// Issue gives an auth token of the user. Earlier tokens stay valid. Codes: those of usher.CheckUID,
// and usher.CodeUnknownUID: create the user first.
func (s *AuthTokensService) Issue(ctx context.Context, uid string, options IssueOptions) (*AuthToken, error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	var issued AuthToken
	err := s.do(ctx, transport.Request{
		Method: http.MethodPost,
		Path:   []string{"users", uid, "auth_tokens"},
		Body:   options,
	}, &issued, nil)
	switch {
	case err != nil:
		return nil, err
	case issued.UID == "":
		return nil, errLacksUID
	case issued.Token == "":
		return nil, fmt.Errorf("%w: it holds no auth token", usher.ErrUnusableAnswer)
	}
	return &issued, nil
}

// Revoke ends one auth token, and with it the session of the app that uses it. Codes: those of
// usher.CheckUID and usher.CheckAuthToken, usher.CodeUnknownUID and usher.CodeUnknownPathToken.
func (s *AuthTokensService) Revoke(ctx context.Context, uid, token string) error {
	if err := usher.CheckUID(uid); err != nil {
		return err
	}
	if err := usher.CheckAuthToken(token); err != nil {
		return err
	}
	return s.remove(ctx, transport.Request{Path: []string{"users", uid, "auth_tokens"}, Secret: token})
}

// Flush ends all auth tokens of the user: every app logs them out. Codes: those of usher.CheckUID,
// and usher.CodeUnknownUID.
func (s *AuthTokensService) Flush(ctx context.Context, uid string) error {
	if err := usher.CheckUID(uid); err != nil {
		return err
	}
	return s.remove(ctx, transport.Request{Path: []string{"users", uid, "auth_tokens"}})
}

// remove sends a DELETE, whose answer holds nothing that its success does not say.
func (s *AuthTokensService) remove(ctx context.Context, request transport.Request) error {
	request.Method = http.MethodDelete
	var answer json.RawMessage
	return s.do(ctx, request, &answer, nil)
}
