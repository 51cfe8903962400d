package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

func start(t *testing.T) (*servertest.Server, *admin.Client) {
	t.Helper()
	server := servertest.Start()
	t.Cleanup(server.Close)
	client, err := admin.New(admin.Config{AppID: servertest.AppID, Host: server.Host(), APIKey: servertest.APIKey})
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func wantCode(t *testing.T, err error, want usher.Code) {
	t.Helper()
	if got := usher.CodeOf(err); err == nil || got != want {
		t.Fatalf("code = %q, want %q; error = %v", got, want, err)
	}
}

func TestNewRefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	const host = "http://127.0.0.1:8080"
	tests := map[string]struct {
		config admin.Config
		option admin.Option
	}{
		"no key":         {config: admin.Config{AppID: "app-1", Host: host}},
		"blank key":      {config: admin.Config{AppID: "app-1", Host: host, APIKey: " "}},
		"no app id":      {config: admin.Config{Host: host, APIKey: "k"}},
		"no host":        {config: admin.Config{AppID: "app-1", APIKey: "k"}},
		"no time":        {config: admin.Config{AppID: "app-1", Host: host, APIKey: "k"}, option: admin.WithTimeout(0)},
		"no HTTP client": {config: admin.Config{AppID: "app-1", Host: host, APIKey: "k"}, option: admin.WithHTTPClient(nil)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var options []admin.Option
			if test.option != nil {
				options = append(options, test.option)
			}
			if client, err := admin.New(test.config, options...); err == nil {
				t.Errorf("New = %v, want an error", client)
			}
		})
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	ctx := t.Context()
	created := must(client.Users.Create(ctx, admin.NewUser{
		UID: "Carl", Name: "Carl", Metadata: json.RawMessage(`{"team":"blue"}`), Tags: []string{"pilot"},
	}))(t)
	want := &usher.User{
		UID: "carl", Name: "Carl", Role: "default", Status: usher.StatusOffline, CreatedAt: 1700000200,
		Metadata: json.RawMessage(`{"team":"blue"}`), Tags: []string{"pilot"},
	}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, must(client.Users.Get(ctx, "carl"))(t)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if user := must(client.Users.Get(ctx, "ANN"))(t); user.Status != usher.StatusOnline {
		t.Errorf("status = %q", user.Status)
	}
	changed := must(client.Users.Update(ctx, "carl", admin.UserChanges{
		Name: "Carla", StatusMessage: new(""), Tags: []string{}, Unset: []string{"metadata"},
	}))(t)
	if changed.Name != "Carla" {
		t.Errorf("changed = %+v", changed)
	}
	requests := server.Requests()
	last := requests[len(requests)-1]
	body := `{"name":"Carla","statusMessage":"","tags":[],"unset":["metadata"]}`
	if last.Method != http.MethodPut || last.Path != "/users/carl" || last.Body != body {
		t.Errorf("update: %s %s %s", last.Method, last.Path, last.Body)
	}
	if key := last.Header.Get("apiKey"); key != servertest.APIKey || last.Header.Get("authToken") != "" {
		t.Error("a call must carry the key and no token")
	}
}

func TestListUsers(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	page := must(client.Users.List(t.Context(), admin.UserListOptions{}))(t)
	if len(page.Items) != 2 || page.Items[0].UID != "ann" || page.Total != 2 || page.Number != 1 || page.Pages != 1 {
		t.Errorf("page = %+v", page)
	}
	must(client.Users.List(t.Context(), admin.UserListOptions{Page: 3, PerPage: 1000}))(t)
	if diff := cmp.Diff([]string{"GET /users", "GET /users?page=3&perPage=1000"}, server.Calls()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	_, client := start(t)
	ctx := t.Context()
	_, err := client.Users.Create(ctx, admin.NewUser{UID: "ann", Name: "Ann"})
	wantCode(t, err, usher.CodeUIDTaken)
	_, err = client.Users.Create(ctx, admin.NewUser{UID: "carl"})
	wantCode(t, err, usher.CodeBadRequest)
	refusal, _ := errors.AsType[*usher.Error](err)
	if diff := cmp.Diff(map[string][]string{"name": {"The name field is required."}}, refusal.Details); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	_, err = client.Users.Get(ctx, "nobody")
	wantCode(t, err, usher.CodeUnknownUID)
	_, err = client.Users.Create(ctx, admin.NewUser{UID: "carl", Name: "Carl", Metadata: json.RawMessage("{")})
	if err == nil {
		t.Error("metadata that is no JSON was accepted")
	}
}

// A uid is part of the path: a wrong one would make it another call.
func TestBadUIDsAreNotSent(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	ctx := t.Context()
	for uid, want := range map[string]usher.Code{
		"": usher.CodeInvalidUID, "a b": usher.CodeUIDWithSpace, "..": usher.CodeInvalidUID,
		"ann/auth_tokens": usher.CodeInvalidUID, strings.Repeat("n", 101): usher.CodeInvalidUID,
	} {
		_, err := client.Users.Get(ctx, uid)
		wantCode(t, err, want)
		_, err = client.Users.Update(ctx, uid, admin.UserChanges{Name: "Eve"})
		wantCode(t, err, want)
		_, err = client.AuthTokens.Issue(ctx, uid, admin.IssueOptions{})
		wantCode(t, err, want)
		wantCode(t, client.AuthTokens.Revoke(ctx, uid, servertest.Token), want)
		wantCode(t, client.AuthTokens.Flush(ctx, uid), want)
	}
	wantCode(t, client.AuthTokens.Revoke(ctx, "ann", ""), usher.CodeBlankAuthToken)
	wantCode(t, client.AuthTokens.Revoke(ctx, "ann", "a b"), usher.CodeAuthTokenWithSpace)
	for _, token := range []string{".", ".."} {
		if err := client.AuthTokens.Revoke(ctx, "ann", token); err == nil {
			t.Errorf("the token %q was accepted", token)
		}
	}
	if got := server.Calls(); got != nil {
		t.Errorf("requests = %v", got)
	}
}

func TestAuthTokens(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	ctx := t.Context()
	first := must(client.AuthTokens.Issue(ctx, "bob", admin.IssueOptions{}))(t)
	second := must(client.AuthTokens.Issue(ctx, "bob", admin.IssueOptions{Force: true}))(t)
	if first.UID != "bob" || first.CreatedAt != 1700000000 || !server.Knows(first.Token) || !server.Knows(second.Token) {
		t.Fatalf("tokens = %v, %v", first, second)
	}
	requests := server.Requests()
	if requests[0].Body != "{}" || requests[1].Body != `{"force":true}` {
		t.Errorf("bodies = %s, %s", requests[0].Body, requests[1].Body)
	}
	if err := client.AuthTokens.Revoke(ctx, "bob", first.Token); err != nil {
		t.Fatal(err)
	}
	if server.Knows(first.Token) || !server.Knows(second.Token) {
		t.Error("another token was revoked")
	}
	wantCode(t, client.AuthTokens.Revoke(ctx, "bob", first.Token), usher.CodeUnknownPathToken)
	if err := client.AuthTokens.Flush(ctx, "bob"); err != nil {
		t.Fatal(err)
	}
	if server.Knows(second.Token) || !server.Knows(servertest.Token) {
		t.Error("flush must end bob's tokens and nobody else's")
	}
}

func TestPrintedTokensHideTheCredential(t *testing.T) {
	t.Parallel()
	token := admin.AuthToken{UID: "ann", Token: servertest.Token}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("issued", "value", token, "pointer", &token)
	fmt.Fprintf(&log, "%v %+v %#v %v", token, token, token, &token)
	if strings.Contains(log.String(), servertest.Token) {
		t.Errorf("printed: %s", &log)
	}
}

func TestUnusableAnswers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"HTML": "<html>", "nothing": "", "object": "{}", "data empty": `{"data": {}}`, "list of null": `{"data": [null]}`,
		"uid alone": `{"data": {"uid": 1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t)
			server.Before(func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = w.Write([]byte(body))
				return true
			})
			_, got := client.Users.Get(t.Context(), "ann")
			_, listed := client.Users.List(t.Context(), admin.UserListOptions{})
			_, issued := client.AuthTokens.Issue(t.Context(), "ann", admin.IssueOptions{})
			for _, err := range []error{got, listed, issued} {
				if !errors.Is(err, usher.ErrUnusableAnswer) {
					t.Errorf("error = %v", err)
				}
			}
		})
	}
}

// The token stands in the path of this call, and net/http quotes paths in its errors.
func TestRevokeThatFailsHidesTheToken(t *testing.T) {
	t.Parallel()
	server, client := start(t)
	server.Before(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
	err := client.AuthTokens.Revoke(t.Context(), "ann", servertest.Token)
	failed, ok := errors.AsType[*url.Error](err)
	if !ok {
		t.Fatalf("error = %v", err)
	}
	for _, text := range []string{err.Error(), failed.Error(), failed.URL} {
		if strings.Contains(text, servertest.Token) || strings.Contains(text, servertest.APIKey) {
			t.Errorf("the error repeats a credential: %s", text)
		}
	}
	if !strings.HasPrefix(failed.URL, server.Host()+"/users/ann/auth_tokens/") {
		t.Errorf("address = %s", failed.URL)
	}

	server.Before(func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprintf(w, `{"error": {"code": "ERR_AUTH_TOKEN_NOT_FOUND", "message": "no %s"}}`, r.URL.Path)
		return true
	})
	err = client.AuthTokens.Revoke(t.Context(), "ann", servertest.Token)
	wantCode(t, err, usher.CodeUnknownPathToken)
	if strings.Contains(err.Error(), servertest.Token) {
		t.Errorf("the error repeats a credential: %v", err)
	}
}

type never struct{}

func (never) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestTimeLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, err := admin.New(
			admin.Config{AppID: "app-1", Region: "eu", APIKey: "k"},
			admin.WithHTTPClient(&http.Client{Transport: never{}}), admin.WithTimeout(2*time.Second),
		)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err = client.Users.Get(t.Context(), "ann")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 2*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		failed, ok := errors.AsType[*url.Error](err)
		if !ok || failed.URL != "https://app-1.api-eu.cometchat.io/v3.0/users/ann" {
			t.Errorf("error = %v", err)
		}
	})
}
