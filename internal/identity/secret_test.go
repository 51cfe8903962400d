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

func TestWhatAnAppAllowsItsKeys(t *testing.T) {
	t.Parallel()
	const full, authOnly = identity.ScopeFullAccess, identity.ScopeAuthOnly
	type answers struct{ full, users, tokens bool }
	for _, one := range []struct {
		access identity.AuthOnlyAccess
		scope  identity.Scope
		want   answers
	}{
		{identity.AuthOnlyFull, full, answers{true, true, true}},
		{identity.AuthOnlyNone, full, answers{true, true, true}},
		{identity.AuthOnlyFull, authOnly, answers{false, true, true}},
		{identity.AuthOnlyTokens, authOnly, answers{false, false, true}},
		{identity.AuthOnlyNone, authOnly, answers{}},
		// What a later version wrote, or nobody: nothing.
		{"", authOnly, answers{}},
		{"sometimes", authOnly, answers{}},
		{identity.AuthOnlyNone, "", answers{}},
	} {
		app, key := identity.App{AuthOnlyAccess: one.access}, identity.APIKey{Scope: one.scope}
		if got := (answers{
			app.Allows(key, identity.NeedFullAccess), app.Allows(key, identity.NeedUsers), app.Allows(key, identity.NeedTokens),
		}); got != one.want {
			t.Errorf("an app with the access %q allows a key of the scope %q: %+v, want %+v", one.access, one.scope, got, one.want)
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
