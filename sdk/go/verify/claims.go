package verify

import (
	"encoding/json"
	"strings"
	"time"
)

// The uses of a JWT.
const (
	useSession = "session"
	useCall    = "call"
)

// Claims is what a JWT says of its user.
type Claims struct {
	// UID is the user, unique within the app.
	UID string
	// AppID is the app that the user is of.
	AppID string
	// Issuer is the URL of the server that made the JWT.
	Issuer string
	// ID is unique to the JWT.
	ID string
	// SessionID names the auth token that the JWT was made for: all JWTs of one login have the same.
	SessionID string
	// CallID is the call that a call token is for; empty in other JWTs.
	CallID string
	// Passthrough is what the client wanted in the JWT, any JSON value. The server vouches for none of it.
	Passthrough json.RawMessage
	// IssuedAt and ExpiresAt are exact to the second.
	IssuedAt, ExpiresAt time.Time
}

// claims is a JWT's payload.
type claims struct {
	Issuer    string `json:"iss"`
	Subject   string `json:"sub"`
	Audience  string `json:"aud"`
	IssuedAt  int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
	ID        string `json:"jti"`
	Use       string `json:"use"`
	Session   string `json:"sid"`
	Data      struct {
		Passthrough json.RawMessage `json:"passthrough"`
		CallSession string          `json:"sessionId"`
	} `json:"data"`
}

// judge reads the payload of a JWT whose signature is good.
func (v *Verifier) judge(text []byte, use string) (Claims, error) {
	var said claims
	if err := json.Unmarshal(text, &said); err != nil {
		return Claims{}, refuse(ErrMalformed)
	}
	uid, isOfApp := strings.CutPrefix(said.Subject, "["+said.Audience+"]")
	now := time.Now()
	switch {
	case !isOfApp || uid == "" || said.Audience == "" || said.Expires == 0:
		return Claims{}, refuse(ErrMalformed)
	case v.issuer != "" && said.Issuer != v.issuer:
		return Claims{}, refuse(ErrIssuer)
	case v.appID != "" && said.Audience != v.appID:
		return Claims{}, refuse(ErrApp)
	case said.Use != use || (use == useCall) != (said.Data.CallSession != ""):
		return Claims{}, refuse(ErrUse)
	case now.Add(-v.leeway).Unix() >= said.Expires:
		return Claims{}, refuse(ErrExpired)
	case now.Add(v.leeway).Unix() < said.NotBefore:
		return Claims{}, refuse(ErrNotYetValid)
	}
	return Claims{
		UID: uid, AppID: said.Audience, Issuer: said.Issuer, ID: said.ID, SessionID: said.Session,
		CallID: said.Data.CallSession, Passthrough: said.Data.Passthrough,
		IssuedAt: time.Unix(said.IssuedAt, 0), ExpiresAt: time.Unix(said.Expires, 0),
	}, nil
}
