package admin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// reply is one answer; without a status the server is not reached.
type reply struct {
	status           int
	retryAfter, body string
}

func refused(status int, code usher.Code, retryAfter string) reply {
	return reply{status, retryAfter, fmt.Sprintf(`{"error": {"code": %q, "message": "No."}}`, code)}
}

var (
	unreached = reply{}
	issued    = reply{http.StatusOK, "", `{"data": {"uid": "ann", "authToken": "ann_1"}}`}
)

func (r reply) give() (*http.Response, error) {
	if r.status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{
		StatusCode: r.status, Header: http.Header{"Retry-After": {r.retryAfter}}, Body: io.NopCloser(strings.NewReader(r.body)),
	}, nil
}

// attempts answers one request after the other, and notes when they came and with what key.
type attempts struct {
	answers []reply
	keys    []string
	at      []time.Duration
	began   time.Time
}

func (a *attempts) RoundTrip(r *http.Request) (*http.Response, error) {
	a.keys = append(a.keys, r.Header.Get("Idempotency-Key"))
	a.at = append(a.at, time.Since(a.began))
	return a.answers[min(len(a.keys), len(a.answers))-1].give()
}

func TestRetries(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answers []reply
		options []admin.Option
		code    usher.Code
		count   int
		waited  time.Duration // 0 leaves it to chance
	}{
		"at once":               {answers: []reply{issued}, count: 1},
		"not reached":           {answers: []reply{unreached, unreached, issued}, count: 3},
		"not ready":             {answers: []reply{refused(503, usher.CodeNotReady, ""), issued}, count: 2},
		"overloaded":            {answers: []reply{refused(500, usher.CodeMissionFailed, ""), issued}, count: 2},
		"still running":         {answers: []reply{refused(409, usher.CodeIdempotencyKeyInUse, ""), issued}, count: 2},
		"patience":              {answers: []reply{refused(429, usher.CodeTooManyRequests, "7"), issued}, count: 2, waited: 7 * time.Second},
		"more patience than is": {answers: []reply{refused(429, usher.CodeTooManyRequests, "60"), issued}, count: 1, code: usher.CodeTooManyRequests},
		"three times is enough": {answers: []reply{refused(503, usher.CodeNotReady, "1")}, count: 3, code: usher.CodeNotReady, waited: 2 * time.Second},
		"a refusal":             {answers: []reply{refused(404, usher.CodeUnknownUID, "1"), issued}, count: 1, code: usher.CodeUnknownUID},
		"no retries": {
			answers: []reply{refused(503, usher.CodeNotReady, "1")},
			options: []admin.Option{admin.WithRetries(0)}, count: 1, code: usher.CodeNotReady,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := &attempts{answers: test.answers, began: time.Now()}
				options := append([]admin.Option{admin.WithHTTPClient(&http.Client{Transport: transport})}, test.options...)
				client := must(admin.New(admin.Config{AppID: "app-1", Region: "eu", APIKey: "k"}, options...))(t)
				_, err := client.AuthTokens.Issue(t.Context(), "ann", admin.IssueOptions{})
				if usher.CodeOf(err) != test.code || (err == nil) != (test.code == "") {
					t.Errorf("error = %v, want %q", err, test.code)
				}
				if len(transport.keys) != test.count {
					t.Fatalf("%d attempts, want %d", len(transport.keys), test.count)
				}
				for _, key := range transport.keys {
					if key == "" || key != transport.keys[0] {
						t.Errorf("keys = %q", transport.keys)
					}
				}
				if waited := transport.at[len(transport.at)-1]; test.waited != 0 && waited != test.waited {
					t.Errorf("waited %v, want %v", waited, test.waited)
				}
			})
		})
	}
}

func TestRetriesEndWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := &attempts{answers: []reply{refused(503, usher.CodeNotReady, "5")}, began: time.Now()}
		client := must(admin.New(admin.Config{AppID: "app-1", Region: "eu", APIKey: "k"},
			admin.WithHTTPClient(&http.Client{Transport: transport}), admin.WithRetries(10)))(t)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := client.Users.Get(ctx, "ann")
		wantCode(t, err, usher.CodeNotReady)
		if took := time.Since(transport.began); took != time.Second {
			t.Errorf("it took %v", took)
		}
		if transport.keys[0] != "" {
			t.Error("a call that changes nothing carries an Idempotency-Key")
		}
	})
}

func TestRetryAfterReachesTheCaller(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"30": 30 * time.Second, "": 0, "-1": 0, "soon": 0, "99999999999999999999": 0, "Wed, 21 Oct 2015 07:28:00 GMT": 0,
	} {
		transport := &attempts{answers: []reply{refused(429, usher.CodeTooManyRequests, header)}}
		client := must(admin.New(admin.Config{AppID: "app-1", Region: "eu", APIKey: "k"},
			admin.WithHTTPClient(&http.Client{Transport: transport}), admin.WithRetries(0)))(t)
		_, err := client.Users.Get(t.Context(), "ann")
		refusal, ok := errors.AsType[*usher.Error](err)
		if !ok || refusal.RetryAfter != want {
			t.Errorf("Retry-After %q: error = %+v", header, err)
		}
	}
}

func TestBadNumberOfRetries(t *testing.T) {
	t.Parallel()
	for _, times := range []int{-1, 11} {
		if _, err := admin.New(admin.Config{AppID: "app-1", Region: "eu", APIKey: "k"}, admin.WithRetries(times)); err == nil {
			t.Errorf("%d retries were accepted", times)
		}
	}
}

func TestAllUsers(t *testing.T) {
	t.Parallel()
	var pages []string
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		page := r.URL.Query().Get("page")
		pages = append(pages, page)
		if page == "4" {
			return refused(http.StatusForbidden, usher.CodeNoAccess, "").give()
		}
		return reply{http.StatusOK, "", fmt.Sprintf(
			`{"data": [{"uid": "a%[1]s"}, {"uid": "b%[1]s"}], "meta": {"pagination": {"total": 6, "current_page": %[1]s, "total_pages": 4}}}`, page)}.give()
	})
	client := must(admin.New(admin.Config{AppID: "app-1", Region: "eu", APIKey: "k"}, admin.WithHTTPClient(&http.Client{Transport: transport})))(t)
	var uids []string
	for user, err := range client.Users.All(t.Context(), admin.UserListOptions{PerPage: 2}) {
		if err != nil {
			wantCode(t, err, usher.CodeNoAccess)
			break
		}
		uids = append(uids, user.UID)
	}
	if diff := cmp.Diff([]string{"a1", "b1", "a2", "b2", "a3", "b3"}, uids); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
	pages = nil
	for _, err := range client.Users.All(t.Context(), admin.UserListOptions{Page: 2}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if diff := cmp.Diff([]string{"2"}, pages); diff != "" {
		t.Errorf("a page too many was asked for (-want +got):\n%s", diff)
	}

	server, other := start(t)
	count := 0
	for _, err := range other.Users.All(t.Context(), admin.UserListOptions{}) {
		if err != nil {
			t.Error(err)
		}
		count++
	}
	if diff := cmp.Diff([]string{"GET /users?page=1"}, server.Calls()); count != 2 || diff != "" {
		t.Errorf("%d users; requests (-want +got):\n%s", count, diff)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
