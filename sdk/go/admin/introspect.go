package admin

import (
	"context"
	"net/http"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// Introspection is what the server knows of a token at this moment (RFC 7662). One that is not active
// says nothing else.
type Introspection struct {
	// Active says that the token is good now, and of this app.
	Active bool `json:"active"`
	// TokenType is "jwt", also for call tokens, or "auth_token".
	TokenType string `json:"token_type"`
	// UID is whose token it is, and AppID the app that the user is of.
	UID   string `json:"username"`
	AppID string `json:"aud"`
	// Issuer and ID are those of a JWT.
	Issuer string `json:"iss"`
	ID     string `json:"jti"`
	// IssuedAt and ExpiresAt are in Unix seconds; ExpiresAt is 0 for a token that does not end by itself.
	IssuedAt  int64 `json:"iat"`
	ExpiresAt int64 `json:"exp"`
}

// Introspect asks whether a JWT, a call token or an auth token is good now. It sees what package verify
// can't: that a token was revoked since, or its user deactivated. A token that is not good, for whatever
// reason, is no error. Code: usher.CodeBlankAuthToken for an empty one, which is not sent.
func (s *AuthTokensService) Introspect(ctx context.Context, token string) (*Introspection, error) {
	if token == "" {
		return nil, usher.NewError(usher.CodeBlankAuthToken, nil)
	}
	body := struct {
		Token string `json:"token"`
	}{token}
	request := transport.Request{Method: http.MethodPost, Path: []string{"introspect"}, Body: body, Bare: true}
	// The outer field is read instead of the inner one: an answer that does not say it is none.
	type answer struct {
		Introspection

		Said *bool `json:"active"`
	}
	said, err := get(ctx, s.service, request, func(a *answer) bool { return a.Said != nil && *a.Said == (a.UID != "") })
	if err != nil {
		return nil, err
	}
	said.Active = *said.Said
	return &said.Introspection, nil
}
