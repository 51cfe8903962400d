package identity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// A credential must not reach a log because somebody printed what holds it.
func TestSecretsArePrintedNowhere(t *testing.T) {
	t.Parallel()
	const text = "mina_1772366400deadbeef"
	secret := identity.Secret(text)
	token := identity.AuthToken{ID: 1, Value: secret, UID: "mina"}
	key := identity.APIKey{ID: 1, Value: secret}
	session := identity.Session{Token: token}
	for name, holder := range map[string]any{
		"a secret":            secret,
		"a pointer to one":    &secret,
		"a list of them":      []identity.Secret{secret},
		"a map of them":       map[string]identity.Secret{"token": secret},
		"a token":             token,
		"a pointer to one ":   &token,
		"tokens":              []identity.AuthToken{token},
		"a key":               key,
		"a session":           session,
		"a pointer to one  ":  &session,
		"a caller by key":     identity.Caller{Key: &key},
		"a caller by session": identity.Caller{Session: &session},
		"what was set up":     identity.SetUpResult{AuthKey: secret, RESTKey: secret},
		"an error about one":  fmt.Errorf("the token %v is bad: %w", secret, errors.New("it is")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
				if _, isCaller := holder.(identity.Caller); isCaller && !strings.HasSuffix(verb, "v") {
					// go vet refuses such a verb for pointers in a struct; fmt then prints them past every method.
					continue
				}
				wantHidden(t, verb, fmt.Sprintf(verb, holder), text)
			}
			var written strings.Builder
			for _, handler := range []slog.Handler{
				slog.NewTextHandler(&written, nil), slog.NewJSONHandler(&written, nil),
			} {
				slog.New(handler).With("with", holder).Info("message", "value", holder, slog.Group("group", "value", holder))
			}
			wantHidden(t, "a log", written.String(), text)
			encoded, err := json.Marshal(map[string]any{"value": holder})
			if err != nil {
				t.Errorf("JSON: %v", err)
			}
			wantHidden(t, "JSON", string(encoded), text)
		})
	}
	if string(secret) != text || secret.String() == text {
		t.Error("string(secret) gives the text, and secret.String() does not")
	}
}

func TestWhatAScopeAllows(t *testing.T) {
	t.Parallel()
	const full, authOnly = identity.ScopeFullAccess, identity.ScopeAuthOnly
	for _, one := range []struct {
		scope, needed identity.Scope
		want          bool
	}{
		{full, full, true},
		{full, authOnly, true},
		{authOnly, authOnly, true},
		{authOnly, full, false},
		{"", authOnly, false},
		{"unknown", full, false},
	} {
		if got := one.scope.Allows(one.needed); got != one.want {
			t.Errorf("%q allows what needs %q: %v", one.scope, one.needed, got)
		}
	}
}

func wantHidden(tb testing.TB, where, written, secret string) {
	tb.Helper()
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret)} {
		if strings.Contains(written, form) {
			tb.Errorf("%s tells the secret: %s", where, written)
		}
	}
}
