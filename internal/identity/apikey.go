package identity

import (
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"time"
)

// Scope is what an API key may do.
type Scope string

const (
	// ScopeFullAccess may do everything in REST; such a key stays on a server.
	ScopeFullAccess Scope = "fullAccess"
	// ScopeAuthOnly may create and update users and issue auth tokens (contract C1); the vendor calls
	// such a key the Auth Key and hands it to clients in development.
	ScopeAuthOnly Scope = "authOnly"
)

// Need is what an endpoint needs of a key.
type Need int

const (
	// NeedFullAccess says that only a fullAccess key may.
	NeedFullAccess Need = iota
	// NeedUsers says that an authOnly key may too, where its app lets such keys create and update users.
	NeedUsers
	// NeedTokens says that an authOnly key may too, where its app lets such keys issue auth tokens.
	NeedTokens
)

// Allows says whether a key of the app may do what needs it.
func (a App) Allows(key APIKey, need Need) bool {
	if key.Scope == ScopeFullAccess {
		return true
	}
	switch need {
	case NeedTokens:
		return a.AuthOnlyAccess == AuthOnlyFull || a.AuthOnlyAccess == AuthOnlyTokens
	case NeedUsers:
		return a.AuthOnlyAccess == AuthOnlyFull
	case NeedFullAccess:
	}
	return false
}

// Secret is a credential in clear: a key or a token. It prints as a placeholder wherever a value is
// printed, logged or encoded; only string(secret) gives the text.
type Secret string

// String keeps the credential out of formatted text.
func (Secret) String() string { return "[secret]" }

// Format keeps the credential out of what any verb prints, a wrong one such as %d included.
func (Secret) Format(out fmt.State, _ rune) { _, _ = io.WriteString(out, "[secret]") }

// MarshalText keeps the credential out of JSON, which is also what a log makes of a struct.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// LogValue keeps the credential out of logs.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// A generated key has 40 hexadecimal characters (contract 1.1). One that an operator names may be
// shorter, for tests and development.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9_-]{8,100}$`)

// ParseKey checks a key that an operator chose.
func ParseKey(field, text string) (Secret, error) {
	if !keyForm.MatchString(text) {
		return "", invalid(field, "The "+field+" must have 8 to 100 letters, digits, - and _.")
	}
	return Secret(text), nil
}

// APIKey is a credential of an app.
type APIKey struct {
	// ID names the key in the event log, where its value must not stand.
	ID        int64
	AppID     AppID
	Value     Secret
	Name      string
	Scope     Scope
	CreatedBy string
	CreatedAt time.Time
	// LastUsedAt is zero for a key that nobody has used; it may be a minute behind.
	LastUsedAt time.Time
	// DisabledAt is zero for a key that works.
	DisabledAt time.Time
}

// newKeyValue makes 40 hexadecimal characters, 160 random bits.
func (s *Service) newKeyValue() (Secret, error) {
	random, err := s.randomBytes(20)
	if err != nil {
		return "", err
	}
	return Secret(hex.EncodeToString(random)), nil
}
