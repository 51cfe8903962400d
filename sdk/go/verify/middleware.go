package verify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/usherhq/usher/sdk/go/usher"
)

type contextKey struct{}

// FromContext gives the user whom [Middleware] let in; ok is false where there was none.
func FromContext(ctx context.Context) (claims Claims, ok bool) {
	claims, ok = ctx.Value(contextKey{}).(Claims)
	return claims, ok
}

// Middleware lets in requests with the JWT of a session as "Authorization: Bearer …" and puts its claims
// into their context. It answers others itself, as Usher does, with {"error": {"code": …}}: status 401
// with AUTH_ERR_EMPTY_AUTH_TOKEN or AUTH_ERR_AUTH_TOKEN_NOT_FOUND, and 503 with ERR_NOT_READY while the
// keys are not available, which is not the token's fault. Put what answers CORS preflights before it.
func Middleware(verifier *Verifier, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := bearer(r.Header)
		if !ok {
			answer(w, http.StatusUnauthorized, usher.CodeEmptyAuthToken, "The request has no Authorization header with one Bearer token.")
			return
		}
		claims, err := verifier.Verify(r.Context(), token)
		switch {
		case err == nil:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, claims)))
		case errors.Is(err, ErrUnavailable):
			w.Header().Set("Retry-After", "1")
			answer(w, http.StatusServiceUnavailable, usher.CodeNotReady, "Tokens cannot be verified now. Try again in a moment.")
		default:
			answer(w, http.StatusUnauthorized, usher.CodeUnknownAuthToken, "The token sent with the request is not valid, or not any more.")
		}
	})
}

// bearer reads the header of RFC 6750, 2.1. Of two tokens, none is the right one.
func bearer(header http.Header) (token string, ok bool) {
	sent := header.Values("Authorization")
	if len(sent) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

func answer(w http.ResponseWriter, status int, code usher.Code, message string) {
	type failure struct {
		Code    usher.Code `json:"code"`
		Message string     `json:"message"`
	}
	// It is two texts: nothing in it can fail to be encoded.
	text, _ := json.Marshal(map[string]failure{"error": {code, message}})
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	if status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(status)
	// Whoever does not read the answer has gone.
	_, _ = w.Write(text)
}
