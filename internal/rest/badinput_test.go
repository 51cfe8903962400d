package rest_test

import (
	"net/http"
	"strings"
	"testing"
)

// proofs are what an endpoint needs of its caller.
type proofs int

const (
	open       proofs = iota // an app that exists
	anyKey                   // a key of either scope
	restOnly                 // a fullAccess key
	tokenOnly                // an auth token
	restOrUser               // a fullAccess key or an auth token
	manager                  // the management credentials
)

// endpoints are all of them, with a request to each that is good but for what a test breaks.
var endpoints = []struct {
	method, path string
	needs        proofs
	body         string // empty: it takes none
}{
	{http.MethodPost, "/users", anyKey, `{"uid":"mina","name":"Mina"}`},
	{http.MethodGet, "/users", restOrUser, ""},
	{http.MethodPut, "/users", restOnly, `{"uidsToActivate":["cometchat-uid-3"]}`},
	{http.MethodDelete, "/users", restOnly, `{"uidsToDeactivate":["cometchat-uid-3"]}`},
	{http.MethodGet, "/users/" + andrew, restOrUser, ""},
	{http.MethodPut, "/users/" + andrew, anyKey, `{"name":"Mina"}`},
	{http.MethodDelete, "/users/" + andrew, restOnly, `{"permanent":true}`},
	{http.MethodPost, "/data_import/users", restOnly, `{"users":{"ana":{"uid":"ana","name":"Ana"}}}`},
	{http.MethodPost, "/users/" + andrew + "/auth_tokens", anyKey, `{"force":true}`},
	{http.MethodGet, "/users/" + andrew + "/auth_tokens", restOnly, ""},
	{http.MethodDelete, "/users/" + andrew + "/auth_tokens", restOnly, ""},
	{http.MethodGet, "/users/" + andrew + "/auth_tokens/{authToken}", restOnly, ""},
	{http.MethodPut, "/users/" + andrew + "/auth_tokens/{authToken}", restOnly, `{"platform":"WEB"}`},
	{http.MethodDelete, "/users/" + andrew + "/auth_tokens/{authToken}", restOnly, ""},
	{http.MethodPost, "/users/" + andrew + "/blockedusers", restOnly, `{"blockedUids":["cometchat-uid-4"]}`},
	{http.MethodGet, "/users/" + andrew + "/blockedusers", restOnly, ""},
	{http.MethodDelete, "/users/" + andrew + "/blockedusers", restOnly, `{"blockedUids":["cometchat-uid-4"]}`},
	{http.MethodPost, "/blockedusers", tokenOnly, `{"blockedUids":["cometchat-uid-2"]}`},
	{http.MethodGet, "/blockedusers", tokenOnly, ""},
	{http.MethodDelete, "/blockedusers", tokenOnly, `{"blockedUids":["cometchat-uid-2"]}`},
	{http.MethodPost, "/roles", restOnly, `{"role":"nurse","name":"Nurse"}`},
	{http.MethodGet, "/roles", restOnly, ""},
	{http.MethodGet, "/roles/{role}", restOnly, ""},
	{http.MethodPut, "/roles/{role}", restOnly, `{"name":"Teacher"}`},
	{http.MethodDelete, "/roles/{role}", restOnly, ""},
	{http.MethodPost, "/apikeys", restOnly, `{"name":"Billing"}`},
	{http.MethodGet, "/apikeys", restOnly, ""},
	{http.MethodGet, "/apikeys/{apiKey}", restOnly, ""},
	{http.MethodPut, "/apikeys/{apiKey}", restOnly, `{"name":"Billing"}`},
	{http.MethodDelete, "/apikeys/{apiKey}", restOnly, ""},
	{http.MethodGet, "/events", restOnly, ""},
	{http.MethodPut, "/me", tokenOnly, `{"platform":"WEB"}`},
	{http.MethodGet, "/me", tokenOnly, ""},
	{http.MethodDelete, "/me", tokenOnly, ""},
	{http.MethodGet, "/settings", open, ""},
	{http.MethodPost, "/user_sessions", open, `{"sessionId":"1"}`},
	{http.MethodPost, "/apps", manager, `{"name":"Clinic"}`},
	{http.MethodGet, "/apps", manager, ""},
	{http.MethodGet, "/apps/" + appID, manager, ""},
	{http.MethodPut, "/apps/" + appID, manager, `{"name":"Clinic"}`},
	{http.MethodDelete, "/apps/" + appID, manager, ""},
	{http.MethodPost, "/apps/" + appID + "/restore", manager, ""},
}

// goodPath fills in what a path names, after making it.
func goodPath(a *api, path string) string {
	a.t.Helper()
	switch {
	case strings.Contains(path, "{authToken}"):
		return strings.Replace(path, "{authToken}", a.issue(andrew, byREST()), 1)
	case strings.Contains(path, "{role}"):
		a.must(http.MethodPost, "/roles", byREST(), `{"role":"tutor","name":"Tutor"}`)
		return strings.Replace(path, "{role}", "tutor", 1)
	case strings.Contains(path, "{apiKey}"):
		key, _ := a.must(http.MethodPost, "/apikeys", byREST(), `{"name":"Spare"}`).data()["apiKey"].(string)
		return strings.Replace(path, "{apiKey}", key, 1)
	}
	return path
}

// unknownToken has the form of a token and was never issued.
const unknownToken = andrew + "_1700000000102030405060708090a0b0c0d0e0f0"

// goodCaller gives the headers of a caller who may do it.
func goodCaller(a *api, needs proofs) headers {
	switch needs {
	case open:
		return headers{}
	case tokenOnly:
		return byToken(a.issue(andrew, byREST()))
	case manager:
		return byManager()
	case anyKey, restOnly, restOrUser:
	}
	return byREST()
}

func byManager() headers { return headers{"key": managementKey, "secret": managementSecret} }

// unchanged runs a refused request and checks that it left nothing in the database.
func unchanged(t *testing.T, a *api, request func()) {
	t.Helper()
	before := a.stored()
	request()
	if after := a.stored(); after != before {
		t.Errorf("the refused request changed the database from\n%s\nto\n%s", before, after)
	}
}

// Contract 9.3, 9.25.
func TestEveryEndpointRefusesCallersThatProveNothing(t *testing.T) {
	t.Parallel()
	for _, endpoint := range endpoints {
		t.Run(endpoint.method+" "+endpoint.path, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			revoked := a.issue(andrew, byREST())
			a.must(http.MethodDelete, "/users/"+andrew+"/auth_tokens/"+revoked, byREST(), "")
			deactivated := a.issue("cometchat-uid-5", byREST())
			a.deactivate("cometchat-uid-5")

			type attempt struct {
				name   string
				sent   headers
				code   string
				status int
			}
			path, good := goodPath(a, endpoint.path), goodCaller(a, endpoint.needs)
			attempts := []attempt{
				{"unknown app", good.with("appId", "nowhere"), "AUTH_ERR_INVALID_APPID", 404},
				{"unknown app by host", good.with("Host", "nowhere.api-us.example.com"), "AUTH_ERR_INVALID_APPID", 404},
				{"impossible app", good.with("appId", "no app"), "AUTH_ERR_INVALID_APPID", 404},
			}
			if endpoint.needs == manager {
				attempts = []attempt{
					{"missing credentials", headers{}, "AUTH_ERR_EMPTY_AUTH_HEADER", 401},
					{"missing secret", headers{"key": managementKey}, "AUTH_ERR_EMPTY_AUTH_HEADER", 401},
					{"wrong key", headers{"key": "other", "secret": managementSecret}, "AUTH_ERR_INVALID_AUTH_HEADER", 401},
					{"wrong secret", headers{"key": managementKey, "secret": "other"}, "AUTH_ERR_INVALID_AUTH_HEADER", 401},
					{"an API key", byREST(), "AUTH_ERR_EMPTY_AUTH_HEADER", 401},
				}
			}
			if endpoint.needs == anyKey || endpoint.needs == restOnly || endpoint.needs == restOrUser {
				attempts = append(
					attempts,
					attempt{"missing key", headers{}, "AUTH_ERR_EMPTY_APIKEY", 401},
					attempt{"unknown key", headers{"apikey": "0123456789012345678901234567890123456789"}, "AUTH_ERR_APIKEY_NOT_FOUND", 401},
					attempt{"impossible key", headers{"apikey": "' OR 1=1 --"}, "AUTH_ERR_APIKEY_NOT_FOUND", 401},
				)
			}
			if endpoint.needs == restOnly || endpoint.needs == restOrUser {
				attempts = append(attempts, attempt{"scope too small", byAuthKey(), "AUTH_ERR_NO_ACCESS", 403})
			}
			if endpoint.needs == tokenOnly {
				attempts = append(attempts, attempt{"missing token", headers{}, "AUTH_ERR_EMPTY_AUTH_TOKEN", 401})
			}
			if endpoint.needs == tokenOnly || endpoint.needs == restOrUser {
				attempts = append(
					attempts,
					attempt{"unknown token", byToken(unknownToken), "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401},
					attempt{"impossible token", byToken("x"), "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401},
					attempt{"revoked token", byToken(revoked), "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401},
					attempt{"token of a deactivated user", byToken(deactivated), "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401},
				)
			}
			for _, attempt := range attempts {
				unchanged(t, a, func() {
					t.Helper()
					got := a.call(endpoint.method, path, attempt.sent, endpoint.body)
					if got.code() != attempt.code || got.status != attempt.status {
						t.Errorf("%s: got %d %s, want %d %s", attempt.name, got.status, got.code(), attempt.status, attempt.code)
					}
				})
			}
		})
	}
}

// Contract 9.25, 9.29.
func TestEveryEndpointThatTakesABodyRefusesOneThatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, endpoint := range endpoints {
		if endpoint.body == "" {
			continue
		}
		t.Run(endpoint.method+" "+endpoint.path, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			path, sent := goodPath(a, endpoint.path), goodCaller(a, endpoint.needs)
			for name, body := range map[string]string{
				"not JSON":        `{"uid":`,
				"two values":      `{} {}`,
				"an array":        `[]`,
				"null":            `null`,
				"a number":        `1`,
				"white space":     `   `,
				"not UTF-8 at":    "{\"uid\": \xff}",
				"over 10 KB":      `{"uid":"` + strings.Repeat("a", 10<<10) + `"}`,
				"far over 10 KB":  strings.Repeat("[", 1<<20),
				"deep":            strings.Repeat("[", 10_000),
				"a wrong type":    `{"uid":1,"name":[],"force":"yes","platform":{},"sessionId":{},"permanent":1,"uidsToActivate":1,"uidsToDeactivate":{},"blockedUids":"x"}`,
				"a wrong element": `{"uid":{},"name":{},"tags":[1],"force":[],"platform":[],"sessionId":[],"permanent":"x","uidsToActivate":[1],"uidsToDeactivate":[{}],"blockedUids":[[]]}`,
			} {
				unchanged(t, a, func() {
					t.Helper()
					got := a.call(endpoint.method, path, sent, body)
					if got.code() != "ERR_BAD_REQUEST" || got.status != 400 {
						t.Errorf("%s: got %d %s, want 400 ERR_BAD_REQUEST", name, got.status, got.text)
					}
					if failure, _ := got.body["error"].(map[string]any); failure["details"] == nil {
						t.Errorf("%s: no details say what is wrong: %s", name, got.text)
					}
				})
			}
		})
	}
}

func TestUnknownFieldsAreIgnored(t *testing.T) {
	t.Parallel()
	for _, endpoint := range endpoints {
		if endpoint.body == "" {
			continue
		}
		t.Run(endpoint.method+" "+endpoint.path, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			body := strings.TrimSuffix(endpoint.body, "}") + `,"nobody":{"knows":["this"]},"hasBlockedMe":false,"deactivatedAt":0}`
			a.must(endpoint.method, goodPath(a, endpoint.path), goodCaller(a, endpoint.needs), body)
		})
	}
}

// Contract 9.14.
func TestEveryEndpointOfAUserRefusesOneThatDoesNotExist(t *testing.T) {
	t.Parallel()
	for _, endpoint := range endpoints {
		if !strings.Contains(endpoint.path, andrew) || endpoint.needs == manager {
			continue
		}
		t.Run(endpoint.method+" "+endpoint.path, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			a.deactivate("cometchat-uid-2")
			good := goodPath(a, endpoint.path)
			for _, uid := range []string{
				"nobody", "a%20b", "a.b", "%C3%BC", "a%2Fb", "%00", "%F0%9F%92%A9", "'--", strings.Repeat("a", 101), "cometchat-uid-2",
			} {
				path := strings.Replace(good, "/users/"+andrew, "/users/"+uid, 1)
				if endpoint.method == http.MethodDelete && uid == "cometchat-uid-2" && strings.HasSuffix(path, uid) {
					// Removing for good is for deactivated users too.
					continue
				}
				unchanged(t, a, func() {
					t.Helper()
					a.refused(endpoint.method, path, goodCaller(a, endpoint.needs), endpoint.body, "ERR_UID_NOT_FOUND", 404)
				})
			}
		})
	}
}

// Contract 9.7, 9.29.
func TestUsersAreRefusedFieldByField(t *testing.T) {
	t.Parallel()
	long := func(count int) string { return strings.Repeat("a", count) }
	manyTags := `["` + strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyz", ""), `","`) + `"]`
	for _, test := range []struct {
		name, field, body string
		onlyCreate        bool
	}{
		{"no uid", "uid", `{"name":"Mina"}`, true},
		{"empty uid", "uid", `{"uid":"","name":"Mina"}`, true},
		{"uid with a space", "uid", `{"uid":"mi na","name":"Mina"}`, true},
		{"uid with space around", "uid", `{"uid":" mina ","name":"Mina"}`, true},
		{"uid with punctuation", "uid", `{"uid":"mina@example.org","name":"Mina"}`, true},
		{"uid in another script", "uid", `{"uid":"мина","name":"Mina"}`, true},
		{"uid with a Kelvin sign", "uid", `{"uid":"\u212Aevin","name":"Mina"}`, true},
		{"uid over 100", "uid", `{"uid":"` + long(101) + `","name":"Mina"}`, true},
		{"no name", "name", `{"uid":"mina"}`, true},
		{"null name", "name", `{"uid":"mina","name":null}`, true},
		{"empty name", "name", `{"uid":"mina","name":""}`, false},
		{"blank name", "name", `{"uid":"mina","name":" \t "}`, false},
		{"name over 100", "name", `{"uid":"mina","name":"` + long(101) + `"}`, false},
		{"name with NUL", "name", `{"uid":"mina","name":"a\u0000b"}`, false},
		{"avatar that is no URL", "avatar", `{"uid":"mina","name":"Mina","avatar":"me.png"}`, false},
		{"avatar that is a script", "avatar", `{"uid":"mina","name":"Mina","avatar":"javascript:alert(1)"}`, false},
		{"avatar over 3000", "avatar", `{"uid":"mina","name":"Mina","avatar":"https://a.example/` + long(3000) + `"}`, false},
		{"link that is no URL", "link", `{"uid":"mina","name":"Mina","link":"//host"}`, false},
		{"unknown role", "role", `{"uid":"mina","name":"Mina","role":"king"}`, false},
		{"status message with NUL", "statusMessage", `{"uid":"mina","name":"Mina","statusMessage":"\u0000"}`, false},
		{"status message too long", "statusMessage", `{"uid":"mina","name":"Mina","statusMessage":"` + long(3001) + `"}`, false},
		{"metadata that is text", "metadata", `{"uid":"mina","name":"Mina","metadata":"x"}`, false},
		{"metadata that is an array", "metadata", `{"uid":"mina","name":"Mina","metadata":[]}`, false},
		{"metadata over 5 KB", "metadata", `{"uid":"mina","name":"Mina","metadata":{"a":"` + long(5<<10) + `"}}`, false},
		{"26 tags", "tags", `{"uid":"mina","name":"Mina","tags":` + manyTags + `}`, false},
		{"empty tag", "tags", `{"uid":"mina","name":"Mina","tags":[""]}`, false},
		{"tag over 100", "tags", `{"uid":"mina","name":"Mina","tags":["` + long(101) + `"]}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			requests := [][2]string{{http.MethodPost, "/users"}, {http.MethodPut, "/users/" + andrew}}
			if test.onlyCreate {
				requests = requests[:1]
			}
			for _, request := range requests {
				unchanged(t, a, func() {
					t.Helper()
					got := a.refused(request[0], request[1], byREST(), test.body, "ERR_BAD_REQUEST", 400)
					failure, _ := got.body["error"].(map[string]any)
					details, _ := failure["details"].(map[string]any)
					if len(details) != 1 || details[test.field] == nil {
						t.Errorf("details are %v, want just the field %s", details, test.field)
					}
				})
			}
		})
	}
}

// Contract 9.28.
func TestPagesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, path := range []string{"/users", "/users/" + andrew + "/auth_tokens"} {
		for _, query := range []string{
			"page=0", "page=-1", "page=x", "page=1.5", "page=99999999999999999999", "perPage=0", "perPage=1001", "per_page=0", "per_page=%00",
		} {
			a.refused(http.MethodGet, path+"?"+query, byREST(), "", "ERR_BAD_REQUEST", 400)
		}
	}
}
