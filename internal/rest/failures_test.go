package rest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
)

// failed gives the failed logins that the event log has after everything that waits was written.
func (a *api) failed() []map[string]any {
	a.t.Helper()
	if err := a.service.WriteAllActivity(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
	return a.must(http.MethodGet, "/events?kind=sign_in_failed&limit=1000", byREST(), "").list()
}

// counted gives what was counted in the minute of the test, in all and of failures by their codes.
func (a *api) counted() (identity.ActivityBucket, []identity.FailureCount) {
	a.t.Helper()
	caller := identity.Caller{App: identity.App{ID: appID}}
	buckets, err := a.service.Activity(a.t.Context(), caller, noon, noon.Add(time.Minute), time.Minute)
	if err != nil || len(buckets) != 1 {
		a.t.Fatalf("%d buckets, %v", len(buckets), err)
	}
	codes, err := a.service.FailuresByCode(a.t.Context(), caller, noon, noon.Add(time.Minute), time.Minute)
	if err != nil {
		a.t.Fatal(err)
	}
	return buckets[0], codes
}

func TestAFailedLoginIsInTheEventLogWithItsReason(t *testing.T) {
	t.Parallel()
	const login, nobody, browser = "/users/" + andrew + "/auth_tokens", "/users/nobody/auth_tokens", "Mozilla/5.0"
	const unknownToken = andrew + "_1717000111a1b2c3d4e5f60718293a4b5c6d7e8f"
	for _, test := range []struct {
		name   string
		change string // of the app, before
		login  func(a *api)
		uid    any
		actor  string
		detail map[string]any
	}{
		{"a user who is not there", "", func(a *api) {
			a.refused("POST", nobody, byAuthKey(), `{}`, "ERR_UID_NOT_FOUND", 404)
		}, "nobody", "key:1", map[string]any{"code": "ERR_UID_NOT_FOUND"}},
		{"a user who is deactivated", "", func(a *api) {
			a.deactivate(andrew)
			a.refused("POST", login, byAuthKey(), `{}`, "ERR_UID_NOT_FOUND", 404)
		}, andrew, "key:1", map[string]any{"code": "ERR_UID_NOT_FOUND"}},
		{"a body that is none", "", func(a *api) {
			a.refused("POST", login, byAuthKey(), `[]`, "ERR_BAD_REQUEST", 400)
		}, andrew, "key:1", map[string]any{"code": "ERR_BAD_REQUEST"}},
		{"a uid that can't be one", "", func(a *api) {
			a.refused("POST", "/users/a%20b/auth_tokens", byAuthKey(), `{}`, "ERR_UID_NOT_FOUND", 404)
		}, nil, "key:1", map[string]any{"code": "ERR_UID_NOT_FOUND"}},
		{"an API key that is not known", "", func(a *api) {
			a.refused("POST", "/users/"+strings.ToUpper(andrew)+"/auth_tokens", headers{"apikey": "wrong-key-of-the-test"}, `{}`, "AUTH_ERR_APIKEY_NOT_FOUND", 401)
		}, andrew, "nobody", map[string]any{"code": "AUTH_ERR_APIKEY_NOT_FOUND"}},
		{"no API key", "", func(a *api) {
			a.refused("POST", login, headers{}, `{}`, "AUTH_ERR_EMPTY_APIKEY", 401)
		}, andrew, "nobody", map[string]any{"code": "AUTH_ERR_EMPTY_APIKEY"}},
		{"an API key that the app does not let log in", `{"authOnlyAccess":"none"}`, func(a *api) {
			a.refused("POST", login, byAuthKey(), `{}`, "AUTH_ERR_NO_ACCESS", 403)
		}, andrew, "key:1", map[string]any{"code": "AUTH_ERR_NO_ACCESS"}},
		{"a token that is not known", "", func(a *api) {
			a.refused("PUT", "/me", byToken(unknownToken), `{}`, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
		}, andrew, "nobody", map[string]any{"code": "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", "reason": "unknown or revoked"}},
		{"a token that was revoked", "", func(a *api) {
			token := a.issue(andrew, byREST())
			a.must("DELETE", login+"/"+token, byREST(), "")
			a.refused("PUT", "/me", byToken(token), `{}`, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
		}, andrew, "nobody", map[string]any{"code": "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", "reason": "unknown or revoked"}},
		{"no token", "", func(a *api) {
			a.refused("PUT", "/me", headers{}, `{}`, "AUTH_ERR_EMPTY_AUTH_TOKEN", 401)
		}, nil, "nobody", map[string]any{"code": "AUTH_ERR_EMPTY_AUTH_TOKEN"}},
		{"a token on another device", `{"bindTokensToDevice":true}`, func(a *api) {
			token := a.issue(andrew, byREST())
			a.must("PUT", "/me", byToken(token), `{"platform":"WEB","deviceId":"first"}`)
			a.refused("PUT", "/me", byToken(token), `{"platform":"WEB","deviceId":"second"}`, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
		}, andrew, "token:2", map[string]any{"code": "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", "reason": "bound to another device"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			if test.change != "" {
				a.must("PUT", "/apps/"+appID, headers{"key": managementKey, "secret": managementSecret}, test.change)
			}
			test.login(a)
			events := a.failed()
			if len(events) != 1 {
				t.Fatalf("%d events: %v", len(events), events)
			}
			event := events[0]
			delete(event, "id")
			want := map[string]any{
				"kind": "sign_in_failed", "actor": test.actor, "address": "127.0.0.1", "userAgent": "Go-http-client/1.1",
				"at": float64(noon.Unix()), "detail": test.detail,
			}
			if test.uid != nil {
				want["uid"] = test.uid
			}
			if difference := cmp.Diff(want, event); difference != "" {
				t.Error(difference)
			}
			count, codes := a.counted()
			code, _ := test.detail["code"].(string)
			if difference := cmp.Diff([]identity.FailureCount{{Code: fault.Code(code), Count: 1}}, codes); difference != "" || count.Failures != 1 {
				t.Errorf("counted %d failures; by code: %s", count.Failures, difference)
			}
			// Whatever credential was sent stands nowhere in the log of events.
			whole := a.must("GET", "/events?limit=1000", byREST(), "").text
			for secret := range a.secrets {
				if strings.Contains(whole, secret) {
					t.Errorf("the events hold the credential %q", secret)
				}
			}
		})
	}
}

func TestWhatIsNoFailedLoginIsNoEvent(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	a.must("PUT", "/me", byToken(token), `{}`)
	for _, refused := range []struct {
		name, method, path string
		by                 headers
		body, code         string
		status             int
	}{
		{"a back end that asks for nobody's token", "POST", "/users/nobody/auth_tokens", byREST(), `{}`, "ERR_UID_NOT_FOUND", 404},
		{"an app that is not there", "POST", "/users/" + andrew + "/auth_tokens", byAuthKey().with("Host", "nowhere.api-us.example.com"), `{}`, "AUTH_ERR_INVALID_APPID", 404},
		{"a token for an app that is not there", "PUT", "/me", byToken("wrong").with("Host", "nowhere.api-us.example.com"), `{}`, "AUTH_ERR_INVALID_APPID", 404},
		{"a change of the profile", "PUT", "/me", byToken(token), `{"name":""}`, "ERR_BAD_REQUEST", 400},
		{"a call with a token that is no good", "GET", "/me", byToken("wrong"), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401},
		{"a key that may not list", "GET", "/users", byAuthKey(), "", "AUTH_ERR_NO_ACCESS", 403},
	} {
		a.refused(refused.method, refused.path, refused.by, refused.body, refused.code, refused.status)
		if events := a.failed(); len(events) > 0 {
			t.Errorf("%s is the event %v", refused.name, events[0])
		}
	}
	if got, _ := a.counted(); got != (identity.ActivityBucket{At: noon, SignIns: 1}) {
		t.Errorf("counted %+v, want the one sign-in", got)
	}
}

func TestACredentialInPlaceOfAUIDIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	const key = "0123456789abcdef0123456789abcdef01234567"
	for _, credential := range []string{token, strings.ToUpper(token), key} {
		a.refused("POST", "/users/"+credential+"/auth_tokens", byAuthKey(), `{}`, "ERR_UID_NOT_FOUND", 404)
	}
	events := a.failed()
	if len(events) != 3 {
		t.Fatalf("%d events", len(events))
	}
	for _, event := range events {
		if event["uid"] != nil {
			t.Errorf("the uid is %v", event["uid"])
		}
	}
	if stolen := a.copyOfDatabase(); strings.Contains(stolen, token) || strings.Contains(stolen, key) {
		t.Error("the database holds a credential in clear")
	}
}

func TestAFloodOfFailedLoginsIsSummedUp(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const alone, sent = 30, 75
	for i := range sent {
		a.refused("POST", fmt.Sprintf("/users/nobody-%d/auth_tokens", i), byAuthKey(), `{}`, "ERR_UID_NOT_FOUND", 404)
		a.refused("PUT", "/me", byToken("wrong"), `{}`, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	}
	events := a.failed()
	if len(events) != alone+2 {
		t.Fatalf("%d events", len(events))
	}
	counts := map[any]float64{}
	for _, event := range events {
		detail, _ := event["detail"].(map[string]any)
		count, summed := detail["count"].(float64)
		if !summed {
			count = 1
		}
		counts[detail["code"]] += count
		if !summed {
			continue
		}
		// What all of them have in common stays: where they came from, and not for whom.
		if event["uid"] != nil || event["address"] != "127.0.0.1" || event["actor"] == "" {
			t.Errorf("the sum is %v", event)
		}
	}
	if difference := cmp.Diff(map[any]float64{"ERR_UID_NOT_FOUND": sent, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND": sent}, counts); difference != "" {
		t.Error(difference)
	}
	// Nobody is left out of the counts, nor counted again now that they are written.
	count, codes := a.counted()
	slices.SortFunc(codes, func(x, y identity.FailureCount) int { return strings.Compare(string(x.Code), string(y.Code)) })
	want := []identity.FailureCount{{Code: "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", Count: sent}, {Code: "ERR_UID_NOT_FOUND", Count: sent}}
	if difference := cmp.Diff(want, codes); difference != "" || count.Failures != 2*sent {
		t.Errorf("counted %d failures; by code: %s", count.Failures, difference)
	}
}

func TestRefusalsByLimitsAreCountedAndAreNoFailedLogins(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		limits rest.Limits
		method string
		path   string
		by     headers
	}{
		{"of an app", rest.Limits{Core: perMinute}, "POST", "/users/" + andrew + "/auth_tokens", byREST()},
		{"of an address with an API key", rest.Limits{Address: perMinute}, "POST", "/users/" + andrew + "/auth_tokens", byAuthKey()},
		// Before the app was looked up.
		{"of an address without one", rest.Limits{Address: perMinute}, "PUT", "/me", byToken("wrong")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clock, withLimits := limited(test.limits)
			a := newAPI(t, withLimits)
			a.callMany(burst, test.method, test.path, test.by, `{}`)
			before := len(a.failed())
			for range 3 {
				a.limitedNow(clock, test.method, test.path, test.by, `{}`)
			}
			// Nobody has met that app: it must not be looked up, nor be kept.
			a.call(test.method, test.path, test.by.with("Host", "nowhere.api-us.example.com"), `{}`)
			if events := a.failed(); len(events) != before {
				t.Errorf("they are the events %v", events[before:])
			}
			if count, _ := a.counted(); count.Refused != 3 {
				t.Errorf("counted %d", count.Refused)
			}
		})
	}
}
