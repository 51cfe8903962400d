// Package verify lets a server beside Usher, such as one for calls or media, recognise users by the
// JWTs that Usher gives them: offline, with the keys that Usher publishes. It depends on go-jose.
//
// What it can't know is whether the auth token behind a JWT was revoked since: a JWT is good until it
// expires. Who must know that asks Usher instead: admin's AuthTokensService.Introspect.
//
// # How keys are kept
//
// The keys are fetched at the first token and kept as long as the server's Cache-Control says, but for
// one minute at least and 15 at most. Then they are fetched anew; when that fails, the known ones go on
// working, without waiting, for a day (WithStaleKeys), while one more fetch is made at most every
// second (WithRefetchInterval).
//
// A token of a key that is not known waits for a fetch that begins after the token came in. So a token
// signed with a key that was made this moment is accepted, however many tokens name keys that don't
// exist: they share one fetch per interval. Every fetch ends after five seconds.
package verify

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// jwksPath is where a server publishes its keys.
	jwksPath = "/.well-known/jwks.json"
	// maxTokenLength is far above what Usher makes, and keeps a hostile text from being parsed.
	maxTokenLength = 8 << 10

	defaultLeeway   = time.Minute
	defaultInterval = time.Second
	defaultStale    = 24 * time.Hour
)

// Verifier verifies the JWTs of a server. It is safe for concurrent use; a program needs one.
type Verifier struct {
	issuer string // "" for any
	appID  string // "" for any
	leeway time.Duration
	keys   keyring
}

// Option changes how a Verifier works.
type Option func(*settings)

type settings struct {
	issuer *string
	appID  string
	anyApp bool
	leeway time.Duration
	stale  time.Duration
	pause  time.Duration
	client *http.Client
}

// WithAppID accepts the users of one app only. Either this or [WithAnyApp] is needed.
func WithAppID(id string) Option { return func(s *settings) { s.appID = strings.ToLower(id) } }

// WithAnyApp accepts the users of every app on the server; [Claims].AppID says of which. Uids are unique
// within one app only.
func WithAnyApp() Option { return func(s *settings) { s.anyApp = true } }

// WithIssuer says what the server calls itself in JWTs, where it is reached by another URL. Unless given,
// it is the URL that New got; with the URL of a key set, and with an empty issuer here, all are accepted.
func WithIssuer(issuer string) Option { return func(s *settings) { s.issuer = &issuer } }

// WithLeeway is how far the clocks of the two servers may differ; one minute unless given.
func WithLeeway(leeway time.Duration) Option { return func(s *settings) { s.leeway = leeway } }

// WithHTTPClient fetches the keys with a client of yours. Fetches end after five seconds even so.
// Unless given, redirects are not followed.
func WithHTTPClient(client *http.Client) Option { return func(s *settings) { s.client = client } }

// WithRefetchInterval is the least time from the beginning of one fetch to that of the next one; a
// second unless given.
func WithRefetchInterval(interval time.Duration) Option {
	return func(s *settings) { s.pause = interval }
}

// WithStaleKeys is how long keys are used after they were fetched when no later fetch succeeds; a day
// unless given. Until then a key that the server has withdrawn goes on working here.
func WithStaleKeys(limit time.Duration) Option { return func(s *settings) { s.stale = limit } }

// New makes a Verifier for a server, by the server's own URL, such as https://auth.example.com, or by
// that of its key set, such as http://usher.internal:8080/.well-known/jwks.json. Prefer https: who can
// change what is fetched can be any user. It sends no request.
//
// By default a JWT has to name the server's URL as its issuer, which is where the client that got it
// reached the server, or the server's --public-url: set that one, or use [WithIssuer].
func New(server string, options ...Option) (*Verifier, error) {
	chosen := settings{leeway: defaultLeeway, stale: defaultStale, pause: defaultInterval, client: &http.Client{CheckRedirect: stay}}
	for _, change := range options {
		change(&chosen)
	}
	issuer, keys, err := parseServer(server)
	switch {
	case err != nil:
		return nil, err
	case (chosen.appID == "") != chosen.anyApp:
		return nil, errors.New("verify: say whose users to accept: either WithAppID or WithAnyApp")
	case chosen.leeway < 0 || chosen.pause <= 0 || chosen.stale <= 0 || chosen.client == nil:
		return nil, errors.New("verify: a negative leeway, an interval or limit that is not positive, or no HTTP client")
	}
	if chosen.issuer != nil {
		issuer = *chosen.issuer
	}
	v := &Verifier{issuer: issuer, appID: chosen.appID, leeway: chosen.leeway}
	v.keys.fetch = fetcher{client: chosen.client, url: keys}.fetch
	v.keys.interval, v.keys.stale = chosen.pause, chosen.stale
	return v, nil
}

// stay takes a redirect for the answer: the keys are where they were said to be, or nowhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// parseServer gives the issuer, or "" when only the keys are named.
func parseServer(server string) (issuer, keys string, err error) {
	parsed, err := url.Parse(server)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.User != nil ||
		parsed.Fragment != "" {
		return "", "", errors.New("verify: the server must be a URL such as https://auth.example.com")
	}
	if strings.HasSuffix(parsed.Path, ".json") {
		return "", server, nil
	}
	if strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" {
		return "", "", errors.New("verify: the server's URL has no path, unless it is that of a key set, which ends in .json")
	}
	issuer = parsed.Scheme + "://" + parsed.Host
	return issuer, issuer + jwksPath, nil
}

// Verify gives what the JWT of a session says, once it is proven that the server made it for a user of
// the app and that its time is not over. Errors are an [*Error]. It waits only for fetches of keys: at
// most about eleven seconds, and no longer than ctx.
func (v *Verifier) Verify(ctx context.Context, token string) (Claims, error) {
	return v.verify(ctx, token, useSession)
}

// VerifyCallToken is Verify for what admits a user to one call, which Claims.CallID names.
func (v *Verifier) VerifyCallToken(ctx context.Context, token string) (Claims, error) {
	return v.verify(ctx, token, useCall)
}

func (v *Verifier) verify(ctx context.Context, token, use string) (Claims, error) {
	if len(token) > maxTokenLength {
		return Claims{}, refuse(ErrMalformed)
	}
	// The algorithm is ours to choose, not the token's: that is what keeps out "none", and HS256 with the
	// public key as its secret (RFC 8725, 3.1).
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if _, ok := errors.AsType[*jose.ErrUnexpectedSignatureAlgorithm](err); ok {
		return Claims{}, refuse(ErrAlgorithm)
	}
	if err != nil || parsed.Signatures[0].Header.KeyID == "" {
		return Claims{}, refuse(ErrMalformed)
	}
	key, err := v.keys.find(ctx, parsed.Signatures[0].Header.KeyID)
	if err != nil {
		return Claims{}, err
	}
	text, err := parsed.Verify(key)
	if err != nil {
		return Claims{}, refuse(ErrSignature)
	}
	return v.judge(text, use)
}
