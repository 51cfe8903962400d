package rest

import (
	"encoding/json"
	"mime"
	"net/url"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// jwksPath is where verifiers look for keys below an issuer's URL.
const jwksPath = "/.well-known/jwks.json"

// publicKeysLife is how long a verifier may keep the keys; a new one is published for three times as
// long before it signs.
const publicKeysLife = "public, max-age=300"

// publicKeys answers with a JSON Web Key Set and nothing around it (RFC 7517).
func (h *Handler) publicKeys(c *call) (answer, error) {
	keys, err := h.service.PublicKeys(c.Context())
	if err != nil {
		return answer{}, err
	}
	c.reply.Set("Cache-Control", publicKeysLife)
	return answer{bare: json.RawMessage(keys)}, nil
}

// jwtView is how a JWT is answered; an old call of the official SDK reads it (wire.md 4).
type jwtView struct {
	Token string `json:"token"`
}

func (h *Handler) issueJWT(c *call) (answer, error) {
	var body struct {
		Passthrough json.RawMessage `json:"passthrough"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	token, err := h.service.IssueJWT(c.Context(), *c.caller.Session, h.hosts.issuer(c.Request), body.Passthrough)
	return answer{Data: jwtView{token}}, err
}

func (h *Handler) issueCallToken(c *call) (answer, error) {
	var body struct {
		SessionID string `json:"sessionId"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	token, err := h.service.IssueCallToken(c.Context(), *c.caller.Session, h.hosts.issuer(c.Request), body.SessionID)
	return answer{Data: jwtView{token}}, err
}

// callView is what a calls SDK reads before it joins (wire.md 12). The auth token, which that has too,
// is left out: a call token must not be worth more than one call.
type callView struct {
	Settings callSettingsView `json:"settings"`
	Payload  callPayloadView  `json:"payload"`
}

type callSettingsView struct {
	WebRTCHost           string `json:"WEBRTC_HOST"`
	AnalyticsHost        string `json:"ANALYTICS_HOST"`
	AnalyticsVersion     string `json:"ANALYTICS_VERSION"`
	PresenterModeEnabled bool   `json:"PRESENTER_MODE_ENABLED"`
}

type callPayloadView struct {
	Data callDataView `json:"data"`
	Room string       `json:"room"`
}

type callDataView struct {
	AppID     identity.AppID `json:"appId"`
	Region    string         `json:"region"`
	SessionID string         `json:"sessionId"`
	User      callerView     `json:"user"`
}

type callerView struct {
	UID    identity.UID `json:"uid"`
	Name   string       `json:"name"`
	Avatar string       `json:"avatar,omitempty"`
}

func (h *Handler) verifyCallToken(c *call) (answer, error) {
	session, host := c.caller.Session, h.hosts.forRequest(c.Request).client
	return answer{Data: callView{
		// Media is another server's; whoever runs one beside this host needs no other name for it.
		Settings: callSettingsView{WebRTCHost: host, AnalyticsHost: host, AnalyticsVersion: "v1"},
		Payload: callPayloadView{
			Room: string(session.App.ID) + "_" + c.claims.Data.CallSession,
			Data: callDataView{
				AppID: session.App.ID, Region: session.App.Region, SessionID: c.claims.Data.CallSession,
				User: callerView{UID: session.User.UID, Name: session.User.Name, Avatar: session.User.Avatar},
			},
		},
	}}, nil
}

// introspectionView is the answer of RFC 7662, whose names these are. A token that is not good for any
// reason, or is of another app, is only said not to be active.
type introspectionView struct {
	Active    bool         `json:"active"`
	TokenType string       `json:"token_type,omitempty"`
	Subject   string       `json:"sub,omitempty"`
	Username  identity.UID `json:"username,omitempty"`
	Audience  string       `json:"aud,omitempty"`
	Issuer    string       `json:"iss,omitempty"`
	IssuedAt  int64        `json:"iat,omitempty"`
	Expires   int64        `json:"exp,omitempty"`
	ID        string       `json:"jti,omitempty"`
}

// introspect takes a JWT, a call token or an auth token, as a form (RFC 7662) or as JSON.
func (h *Handler) introspect(c *call) (answer, error) {
	text, err := readIntrospected(c)
	if err != nil {
		return answer{}, err
	}
	session, claims, err := h.service.Introspect(c.Context(), c.caller, text)
	if fault.CodeOf(err) == fault.CodeUnknownAuthToken {
		return answer{bare: introspectionView{}}, nil
	}
	if err != nil {
		return answer{}, err
	}
	view := introspectionView{
		Active: true, TokenType: "auth_token", Subject: identity.Subject(session.App.ID, session.User.UID), Username: session.User.UID,
		Audience: string(session.App.ID), IssuedAt: unix(session.Token.CreatedAt), Expires: unix(session.Token.ExpiresAt),
	}
	if claims.Use != "" {
		view.TokenType, view.Issuer, view.ID = "jwt", claims.Issuer, claims.ID
		view.IssuedAt, view.Expires = claims.IssuedAt, claims.Expires
	}
	return answer{bare: view}, nil
}

func readIntrospected(c *call) (string, error) {
	var body struct {
		Token string `json:"token"`
	}
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" {
		err := decode(c, &body)
		return body.Token, orMissingToken(body.Token, err)
	}
	text, err := readBody(c.Body)
	if err != nil {
		return "", err
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return "", invalid("body", "The body must be a form.")
	}
	return form.Get("token"), orMissingToken(form.Get("token"), nil)
}

func orMissingToken(token string, err error) error {
	if err == nil && token == "" {
		return invalid("token", "The token field is required.")
	}
	return err
}
