package verify_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/usherhq/usher/sdk/go/usher"
	"github.com/usherhq/usher/sdk/go/verify"
)

func TestTheMiddlewareLetsInWhoHasAGoodToken(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	good, call := a.sign(t, saying(nil)), a.sign(t, forCall(nil))
	for name, test := range map[string]struct {
		sent   []string
		status int
		code   usher.Code
	}{
		"good":                   {[]string{"Bearer " + good}, http.StatusOK, ""},
		"in other letters":       {[]string{"bEARER  " + good + " "}, http.StatusOK, ""},
		"nothing":                {nil, http.StatusUnauthorized, usher.CodeEmptyAuthToken},
		"empty":                  {[]string{""}, http.StatusUnauthorized, usher.CodeEmptyAuthToken},
		"a scheme alone":         {[]string{"Bearer"}, http.StatusUnauthorized, usher.CodeEmptyAuthToken},
		"spaces":                 {[]string{"Bearer   "}, http.StatusUnauthorized, usher.CodeEmptyAuthToken},
		"another scheme":         {[]string{"Basic " + good}, http.StatusUnauthorized, usher.CodeEmptyAuthToken},
		"without a scheme":       {[]string{good}, http.StatusUnauthorized, usher.CodeEmptyAuthToken},
		"two":                    {[]string{"Bearer " + good, "Bearer " + good}, http.StatusUnauthorized, usher.CodeEmptyAuthToken},
		"a call token":           {[]string{"Bearer " + call}, http.StatusUnauthorized, usher.CodeUnknownAuthToken},
		"nonsense":               {[]string{"Bearer nonsense"}, http.StatusUnauthorized, usher.CodeUnknownAuthToken},
		"two in one":             {[]string{"Bearer " + good + ", " + good}, http.StatusUnauthorized, usher.CodeUnknownAuthToken},
		"expired":                {[]string{"Bearer " + a.sign(t, saying(said{"exp": 1}))}, http.StatusUnauthorized, usher.CodeUnknownAuthToken},
		"of a user who is wrong": {[]string{"Bearer " + a.sign(t, saying(said{"sub": "x"}))}, http.StatusUnauthorized, usher.CodeUnknownAuthToken},
	} {
		reached := false
		handler := verify.Middleware(a.verifier(t), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			claims, ok := verify.FromContext(r.Context())
			reached = ok && claims.UID == "mina"
		}))
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		request.Header["Authorization"] = test.sent
		wantAnswer(t, name, handler, request, test.status, test.code)
		if reached != (test.code == "") {
			t.Errorf("%s: reached: %v", name, reached)
		}
	}
}

// wantAnswer expects an answer in Usher's envelope.
func wantAnswer(t *testing.T, name string, handler http.Handler, request *http.Request, status int, code usher.Code) *httptest.ResponseRecorder {
	t.Helper()
	got := httptest.NewRecorder()
	handler.ServeHTTP(got, request)
	var body struct {
		Error struct{ Code, Message string }
	}
	if got.Body.Len() > 0 {
		if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil || body.Error.Message == "" || got.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %v, %s", name, err, got.Body)
		}
	}
	if got.Code != status || body.Error.Code != string(code) {
		t.Errorf("%s: status %d, %s, want %d %s", name, got.Code, got.Body, status, code)
	}
	if (got.Header().Get("WWW-Authenticate") != "") != (status == http.StatusUnauthorized) {
		t.Errorf("%s: WWW-Authenticate is %q", name, got.Header().Get("WWW-Authenticate"))
	}
	return got
}

// An SDK takes 401 for the end of its session: what is the server's fault must not be one.
func TestTheMiddlewareBlamesNoTokenForWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.answers(down)
	handler := verify.Middleware(a.verifier(t), http.NotFoundHandler())
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	request.Header.Set("Authorization", "Bearer "+a.sign(t, saying(nil)))
	got := wantAnswer(t, "down", handler, request, http.StatusServiceUnavailable, usher.CodeNotReady)
	if got.Header().Get("Retry-After") == "" {
		t.Error("the answer does not say when to come again")
	}
}

func TestAContextWithoutTheMiddlewareHasNoUser(t *testing.T) {
	t.Parallel()
	if claims, ok := verify.FromContext(context.Background()); ok {
		t.Errorf("claims: %+v", claims)
	}
}
