package calls_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestUnusableAnswers(t *testing.T) {
	t.Parallel()
	const token = "ann_1700000000bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	long := `{"data": {"uid": "ann", "authToken": "ann_1"}}` + strings.Repeat(" ", 1<<20)
	tests := map[string]servertest.Hook{
		"empty":               raw(http.StatusOK, ""),
		"HTML":                raw(http.StatusBadGateway, "<html>"+token+"</html>"),
		"text":                raw(http.StatusOK, token),
		"object":              raw(http.StatusOK, "{}"),
		"null":                raw(http.StatusOK, "null"),
		"array":               raw(http.StatusOK, "[]"),
		"data null":           raw(http.StatusOK, `{"data": null}`),
		"data text":           raw(http.StatusOK, `{"data": "`+token+`"}`),
		"data array":          raw(http.StatusOK, `{"data": ["`+token+`"]}`),
		"data empty":          raw(http.StatusOK, `{"data": {}}`),
		"data for others":     raw(http.StatusOK, `{"data": {"success": true}}`),
		"token is a number":   raw(http.StatusOK, `{"data": {"uid": "ann", "authToken": 17}}`),
		"token with space":    raw(http.StatusOK, `{"data": {"uid": "ann", "authToken": "a b"}}`),
		"error null":          raw(http.StatusInternalServerError, `{"error": null}`),
		"error text":          raw(http.StatusInternalServerError, `{"error": "`+token+`"}`),
		"error without code":  raw(http.StatusInternalServerError, `{"error": {"message": "no"}}`),
		"error code a number": raw(http.StatusInternalServerError, `{"error": {"code": 17}}`),
		"data with status":    raw(http.StatusInternalServerError, `{"data": {"uid": "ann", "authToken": "`+token+`"}}`),
		"cut off":             raw(http.StatusOK, `{"data": {"uid": "ann", "authToken": "`+token),
		"two answers":         raw(http.StatusOK, `{"data": {"uid": "ann"}}{"data": {}}`),
		"too long":            raw(http.StatusOK, long),
		"too long later":      onMe(http.MethodPut, raw(http.StatusOK, long)),
		"no content":          raw(http.StatusNoContent, ""),
	}
	for name, hook := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			server.Before(hook)
			_, err := client.Login(t.Context(), "ann", servertest.APIKey)
			if !errors.Is(err, usher.ErrUnusableAnswer) || usher.CodeOf(err) != usher.CodeUnusableAnswer {
				t.Errorf("error = %v", err)
			}
			if err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("the error repeats a token: %v", err)
			}
			wantLoggedIn(t, client, "")
			server.Before(nil)
			login(t, client, "ann")
		})
	}
}

// endless is the body of a server that never stops; it counts what is taken from it.
type endless struct{ taken int }

func (e *endless) Read(into []byte) (int, error) {
	e.taken += len(into)
	return copy(into, strings.Repeat(" ", len(into))), nil
}

func (e *endless) Close() error { return nil }

func TestEndlessAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	body := new(endless)
	answer := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: body}, nil
	})
	_, client := start(t, calls.WithHTTPClient(&http.Client{Transport: answer}))
	_, err := client.LoginWithAuthToken(t.Context(), servertest.Token)
	if !errors.Is(err, usher.ErrUnusableAnswer) || body.taken > 1<<20+1 {
		t.Errorf("after %d bytes: %v", body.taken, err)
	}
}

func TestNetworkFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]servertest.Hook{
		"dropped before the answer": drop,
		"dropped later":             onMe(http.MethodPut, drop),
		"dropped inside the body": func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"data": {"uid": "ann"`))
			panic(http.ErrAbortHandler)
		},
	}
	for name, hook := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			server.Before(hook)
			_, err := client.Login(t.Context(), "ann", servertest.APIKey)
			if _, ok := errors.AsType[*url.Error](err); !ok || usher.CodeOf(err) != usher.CodeNotReached {
				t.Errorf("error = %v", err)
			}
			wantLoggedIn(t, client, "")
			server.Before(nil)
			login(t, client, "ann")
		})
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Close()
	_, err := client.Login(t.Context(), "ann", servertest.APIKey)
	if _, ok := errors.AsType[*url.Error](err); !ok || usher.CodeOf(err) != usher.CodeNotReached {
		t.Errorf("error = %v", err)
	}
}

func TestServerThatHangs(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	}
	hangInBody := func(w http.ResponseWriter, r *http.Request) bool {
		_ = http.NewResponseController(w).Flush()
		return hang(w, r)
	}
	for name, hook := range map[string]servertest.Hook{"before the answer": hang, "inside the body": hangInBody} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, calls.WithTimeout(50*time.Millisecond))
			server.Before(hook)
			_, err := client.Login(t.Context(), "ann", servertest.APIKey)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// Without any option a request is given 15 seconds, and a context can only shorten that.
func TestTimeLimit(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ofContext, want time.Duration
	}{
		"own":         {time.Hour, 15 * time.Second},
		"the context": {3 * time.Second, 3 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				never := roundTrip(func(r *http.Request) (*http.Response, error) {
					<-r.Context().Done()
					return nil, r.Context().Err()
				})
				client, err := calls.New(calls.Config{AppID: "app-1", Host: "http://127.0.0.1:1"},
					calls.WithStorage(usher.MemoryStorage()), calls.WithHTTPClient(&http.Client{Transport: never}))
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), test.ofContext)
				defer cancel()
				began := time.Now()
				_, err = client.LoginWithAuthToken(ctx, servertest.Token)
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != test.want {
					t.Errorf("after %v: %v", time.Since(began), err)
				}
			})
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	other := servertest.Start()
	t.Cleanup(other.Close)
	server, client := start(t)
	server.Before(func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, other.Host()+r.URL.Path, http.StatusTemporaryRedirect)
		return true
	})
	if _, err := client.Login(t.Context(), "ann", servertest.APIKey); !errors.Is(err, usher.ErrUnusableAnswer) {
		t.Errorf("error = %v", err)
	}
	wantCalls(t, other)
}

func TestNoErrorRepeatsACredential(t *testing.T) {
	t.Parallel()
	quote := func(w http.ResponseWriter, r *http.Request) bool {
		for _, name := range []string{"apiKey", "authToken"} {
			if secret := r.Header.Get(name); secret != "" {
				return raw(http.StatusUnauthorized,
					`{"error": {"code": "X_`+secret+`", "message": "`+secret+` is unknown", "details": {"a": ["`+secret+`"]}}}`)(w, r)
			}
		}
		return false
	}
	for name, hook := range map[string]servertest.Hook{"refusal": quote, "network": drop, "HTML": raw(404, "<p>")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			server.Before(hook)
			_, withKey := client.Login(t.Context(), "ann", servertest.APIKey)
			_, withToken := client.LoginWithAuthToken(t.Context(), servertest.Token)
			for _, err := range []error{withKey, withToken} {
				if err == nil {
					t.Fatal("the login succeeded")
				}
				text := err.Error()
				if refusal, ok := errors.AsType[*usher.Error](err); ok {
					text += strings.Join(refusal.Details["a"], "")
				}
				if strings.Contains(text, servertest.APIKey) || strings.Contains(text, servertest.Token) {
					t.Errorf("the error repeats a credential: %s", text)
				}
			}
		})
	}
}
