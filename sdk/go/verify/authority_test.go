package verify_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/vault"
	"github.com/usherhq/usher/sdk/go/verify"
)

// issuer is what the authority calls itself.
const issuer = "https://auth.example.com"

// authority signs JWTs and publishes keys without a network, so that a test has the say about its answers
// and about time.
type authority struct {
	mu      sync.Mutex
	keys    []*vault.SigningKey
	fetches []time.Time
	// answer makes what is answered instead of the keys, unless nil.
	answer func() (*http.Response, error)
	// life is the Cache-Control.
	life string
	// slow is how long an answer takes; the keys are those from before.
	slow  time.Duration
	asked *http.Request
}

func newAuthority(tb testing.TB) *authority {
	tb.Helper()
	a := &authority{life: "public, max-age=300"}
	a.rotate(tb)
	return a
}

func (a *authority) rotate(tb testing.TB) *vault.SigningKey {
	tb.Helper()
	key, err := vault.NewSigningKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys = append(a.keys, key)
	return key
}

// withdraw forgets the oldest key.
func (a *authority) withdraw() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys = a.keys[1:]
}

func (a *authority) answers(with func() (*http.Response, error)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = with
}

func (a *authority) fetched() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.fetches)
}

// RoundTrip answers with the published keys.
func (a *authority) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.fetches, a.asked = append(a.fetches, time.Now()), r
	answer, life, slow := a.answer, a.life, a.slow
	text, err := vault.PublicKeys(a.keys)
	a.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	if answer != nil {
		return answer()
	}
	response := reply(http.StatusOK, string(text))
	response.Header.Set("Cache-Control", life)
	return response, err
}

func reply(status int, text string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(text))}
}

// verifier is one that asks the authority.
func (a *authority) verifier(tb testing.TB, options ...verify.Option) *verify.Verifier {
	tb.Helper()
	options = append([]verify.Option{verify.WithAppID("clinic"), verify.WithHTTPClient(&http.Client{Transport: a})}, options...)
	v, err := verify.New(issuer, options...)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// said is what the server says in a JWT, each claim of which a test may change.
type said map[string]any

func saying(changes said) said {
	now := time.Now().Unix()
	claims := said{
		"iss": issuer, "sub": "[clinic]mina", "aud": "clinic", "iat": now, "nbf": now, "exp": now + 3600,
		"jti": "j-1", "use": "session", "sid": "17", "data": said{"appId": "clinic"},
	}
	for name, value := range changes {
		if value == nil {
			delete(claims, name)
			continue
		}
		claims[name] = value
	}
	return claims
}

func forCall(changes said) said {
	claims := saying(said{"use": "call", "data": said{"appId": "clinic", "sessionId": "standup"}})
	maps.Copy(claims, changes)
	return claims
}

// sign signs with the newest key.
func (a *authority) sign(tb testing.TB, claims any) string {
	tb.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	return signed(tb, a.keys[len(a.keys)-1], claims)
}

func signed(tb testing.TB, key *vault.SigningKey, claims any) string {
	tb.Helper()
	text, err := key.Sign(claims)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
