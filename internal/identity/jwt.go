package identity

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/vault"
)

const (
	// MaxJWTLife is how long a JWT is good: clients keep it that long, and renew it only when they log
	// in (wire.md 7).
	MaxJWTLife = 60 * 24 * time.Hour
	// CallTokenLife is how long one may join a call after asking for it.
	CallTokenLife = 24 * time.Hour
	// clockLeeway is how far the clocks of servers may differ.
	clockLeeway = time.Minute
	// freshFor is how long a client is given the same JWT again instead of a new one.
	freshFor = 24 * time.Hour
	// maxJWTLength is far above what we make, and keeps a hostile text from being parsed.
	maxJWTLength = 8 << 10
)

// The uses of a JWT. One made for a call opens no socket.
const (
	useSession = "session"
	useCall    = "call"
)

// Claims is what a JWT says. The names follow RFC 7519 and the hosted platform's form (wire.md 7).
type Claims struct {
	// Issuer is the URL of this server, below which /.well-known/jwks.json is.
	Issuer string `json:"iss"`
	// Subject is [APPID]uid.
	Subject   string     `json:"sub"`
	Audience  AppID      `json:"aud"`
	IssuedAt  int64      `json:"iat"`
	NotBefore int64      `json:"nbf"`
	Expires   int64      `json:"exp"`
	ID        string     `json:"jti"`
	Use       string     `json:"use"`
	Session   string     `json:"sid"` // the auth token's id: the JWT lives no longer than it
	Data      ClaimsData `json:"data"`
	// Signer is the id of the key that signed; the JWT's header says it, not its claims.
	Signer string `json:"-"`
}

// ClaimsData is what the platform's own clients read of a JWT.
type ClaimsData struct {
	AppID AppID `json:"appId"`
	// Passthrough is what the client wanted in the JWT, any JSON value.
	Passthrough json.RawMessage `json:"passthrough,omitempty"`
	// CallSession is the call that a call token is for.
	CallSession string `json:"sessionId,omitempty"`
}

// UID is the user that the claims are about.
func (c Claims) UID() UID { return UID(strings.TrimPrefix(c.Subject, "["+string(c.Audience)+"]")) }

// IssueJWT gives the JWT of a session, by which others recognise its user. It is the same one for a day
// unless passthrough says something.
func (s *Service) IssueJWT(ctx context.Context, session Session, issuer string, passthrough json.RawMessage) (string, error) {
	keys, err := s.signingKeys(ctx)
	if err != nil {
		return "", inTime(err)
	}
	now := s.now()
	key := keys.signer(now)
	if key == nil {
		return "", errors.New("there is no signing key")
	}
	which := issuedFor{token: session.Token.ID, issuer: issuer, signer: key.ID()}
	if text, ok := s.issued.find(which, now); ok && passthrough == nil {
		return text, nil
	}
	claims, err := s.claims(session, issuer, useSession, now.Add(MaxJWTLife))
	if err != nil {
		return "", err
	}
	claims.Data.Passthrough = passthrough
	text, err := key.Sign(claims)
	if err == nil && passthrough == nil {
		s.issued.keep(which, issuedJWT{text: text, from: now, until: now.Add(min(freshFor, time.Unix(claims.Expires, 0).Sub(now)))})
	}
	return text, err
}

// IssueCallToken gives a JWT that admits the session's user to one call. Code: ERR_BAD_REQUEST with details.
func (s *Service) IssueCallToken(ctx context.Context, session Session, issuer, call string) (string, error) {
	if call == "" || len(call) > maxDeviceCharacters || holdsControls(call) {
		return "", invalid("sessionId", "The sessionId must have 1 to 500 characters, none of them a control character.")
	}
	keys, err := s.signingKeys(ctx)
	if err != nil {
		return "", inTime(err)
	}
	now := s.now()
	key := keys.signer(now)
	if key == nil {
		return "", errors.New("there is no signing key")
	}
	claims, err := s.claims(session, issuer, useCall, now.Add(CallTokenLife))
	if err != nil {
		return "", err
	}
	claims.Data.CallSession = call
	return key.Sign(claims)
}

func (s *Service) claims(session Session, issuer, use string, until time.Time) (Claims, error) {
	id, err := s.randomBytes(16)
	if err != nil {
		return Claims{}, err
	}
	if end := session.Token.ExpiresAt; !end.IsZero() && end.Before(until) {
		until = end
	}
	now := s.now().Unix()
	return Claims{
		Issuer: issuer, Subject: Subject(session.App.ID, session.User.UID), Audience: session.App.ID,
		IssuedAt: now, NotBefore: now, Expires: until.Unix(), ID: hex.EncodeToString(id), Use: use,
		Session: strconv.FormatInt(session.Token.ID, 10), Data: ClaimsData{AppID: session.App.ID},
	}, nil
}

// SessionOfJWT proves a JWT and finds the session that it belongs to, as it is in the database now:
// whatever ended the auth token has ended the JWT. Code: AUTH_ERR_AUTH_TOKEN_NOT_FOUND.
func (s *Service) SessionOfJWT(ctx context.Context, text string) (Session, Claims, error) {
	return s.sessionOf(ctx, text, useSession)
}

// SessionOfCallToken is SessionOfJWT for what IssueCallToken gave.
func (s *Service) SessionOfCallToken(ctx context.Context, text string) (Session, Claims, error) {
	return s.sessionOf(ctx, text, useCall)
}

func (s *Service) sessionOf(ctx context.Context, text, use string) (Session, Claims, error) {
	claims, err := s.prove(ctx, text, use)
	if err != nil {
		return Session{}, Claims{}, err
	}
	session, err := s.SessionOfClaims(ctx, claims)
	return session, claims, err
}

// ProveJWT proves that this server made a JWT, and that its time is not over; whether the auth token
// behind it still lives, SessionOfClaims tells. Code: AUTH_ERR_AUTH_TOKEN_NOT_FOUND.
func (s *Service) ProveJWT(ctx context.Context, text string) (Claims, error) {
	return s.prove(ctx, text, useSession)
}

func (s *Service) prove(ctx context.Context, text, use string) (Claims, error) {
	claims, err := s.verify(ctx, text)
	if err != nil {
		return Claims{}, err
	}
	now := s.clock()
	if claims.Use != use || now.Add(clockLeeway).Unix() < claims.NotBefore || now.Unix() >= claims.Expires {
		return Claims{}, fault.UnknownAuthToken()
	}
	return claims, nil
}

// SessionOfClaims finds the session that proven claims belong to, as it is in the database now, unless
// the key that signed them was withdrawn since. Code: AUTH_ERR_AUTH_TOKEN_NOT_FOUND.
func (s *Service) SessionOfClaims(ctx context.Context, claims Claims) (Session, error) {
	keys, err := s.signingKeys(ctx)
	if err != nil {
		return Session{}, inTime(err)
	}
	if !keys.have(claims.Signer) {
		return Session{}, fault.UnknownAuthToken()
	}
	session, err := s.LiveSession(ctx, claims.Session)
	if err == nil && (session.App.ID != claims.Audience || session.User.UID != claims.UID()) {
		return Session{}, fault.UnknownAuthToken()
	}
	return session, err
}

// LiveSession finds the session of an auth token by the token's id, as it is in the database now.
// Code: AUTH_ERR_AUTH_TOKEN_NOT_FOUND.
func (s *Service) LiveSession(ctx context.Context, token string) (Session, error) {
	id, err := strconv.ParseInt(token, 10, 64)
	if err != nil {
		return Session{}, fault.UnknownAuthToken().Because(err)
	}
	session, err := s.store.SessionOfToken(ctx, id)
	if err == nil && !session.Token.LiveAt(s.clock()) {
		err = ErrNotFound
	}
	return session, orNotFound(err, fault.UnknownAuthToken())
}

func (s *Service) verify(ctx context.Context, text string) (Claims, error) {
	if len(text) > maxJWTLength {
		return Claims{}, fault.UnknownAuthToken()
	}
	keys, err := s.signingKeys(ctx)
	if err != nil {
		return Claims{}, inTime(err)
	}
	verified, signer, err := vault.Verify(keys.all(), text)
	if errors.Is(err, vault.ErrUnknownSigner) {
		// Another server may have made the key since.
		if keys, err = s.freshSigningKeys(ctx); err != nil {
			return Claims{}, inTime(err)
		}
		verified, signer, err = vault.Verify(keys.all(), text)
	}
	var claims Claims
	if err == nil {
		err = json.Unmarshal(verified, &claims)
	}
	if err != nil {
		return Claims{}, fault.UnknownAuthToken().Because(err)
	}
	claims.Signer = signer.ID()
	return claims, nil
}

// mostIssued bounds each of the two generations of issuedJWTs; a JWT takes about 700 bytes.
const mostIssued = 10_000

// issuedJWTs keeps what was signed of late, because signing costs more than all else of GET me. The
// older generation is dropped when the younger one is full.
type issuedJWTs struct {
	mu           sync.Mutex
	young, older map[issuedFor]issuedJWT
}

// issuedFor is what decides what a JWT says, its times aside.
type issuedFor struct {
	token          int64
	issuer, signer string
}

// issuedJWT is given again from when it was signed, for a clock may be set back, until a time.
type issuedJWT struct {
	text        string
	from, until time.Time
}

func (i *issuedJWTs) find(which issuedFor, now time.Time) (string, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	found, ok := i.young[which]
	if !ok {
		found, ok = i.older[which]
	}
	return found.text, ok && !now.Before(found.from) && now.Before(found.until)
}

func (i *issuedJWTs) keep(which issuedFor, fresh issuedJWT) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.young == nil || len(i.young) >= mostIssued {
		i.older, i.young = i.young, make(map[issuedFor]issuedJWT)
	}
	i.young[which] = fresh
}

// Subject is how a JWT names a user.
func Subject(app AppID, uid UID) string { return "[" + string(app) + "]" + string(uid) }

// Introspect proves a JWT, a call token or an auth token of the caller's app, as of now. The claims are
// empty for an auth token. Code: AUTH_ERR_AUTH_TOKEN_NOT_FOUND, for tokens of other apps too.
func (s *Service) Introspect(ctx context.Context, caller Caller, text string) (Session, Claims, error) {
	var session Session
	var claims Claims
	var err error
	if strings.Count(text, ".") == 2 {
		if claims, err = s.verify(ctx, text); err == nil {
			session, claims, err = s.sessionOf(ctx, text, claims.Use)
		}
	} else {
		session, err = s.FindSession(ctx, "", Secret(text))
	}
	if fault.CodeOf(err) == fault.CodeEmptyAuthToken || err == nil && session.App.ID != caller.App.ID {
		err = fault.UnknownAuthToken()
	}
	if err != nil {
		return Session{}, Claims{}, err
	}
	return session, claims, nil
}
