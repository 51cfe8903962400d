package rest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// nested is arrays in arrays.
func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

// ofSize is a body for a new user of so many bytes.
func ofSize(size int) string {
	const start, end = `{"uid":"mina","name":"Mina","unknown":"`, `"}`
	return start + strings.Repeat("a", size-len(start)-len(end)) + end
}

// Contract 9.25, 9.29.
func TestOddBodiesAreRefusedAndLeaveNothing(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, a *api) {
		t.Helper()
		token := a.issue(andrew, byREST())
		for _, odd := range []struct {
			name         string
			method, path string
			body         string
			by           headers
		}{
			{"a uid in Cyrillic letters", http.MethodPost, "/users", `{"uid":"cоmetchat-uid-1","name":"Mina"}`, nil},
			{"a uid in full-width letters", http.MethodPost, "/users", `{"uid":"ｍｉｎａ","name":"Mina"}`, nil},
			{"a uid with a letter that folds to k", http.MethodPost, "/users", `{"uid":"\u212Aevin","name":"Mina"}`, nil},
			{"a uid with an invisible character", http.MethodPost, "/users", `{"uid":"mi\u200bna","name":"Mina"}`, nil},
			{"a uid with NUL", http.MethodPost, "/users", `{"uid":"mina\u0000","name":"Mina"}`, nil},
			{"101 emoji in a name", http.MethodPost, "/users", `{"uid":"mina","name":"` + strings.Repeat("👍", 101) + `"}`, nil},
			{"51 emoji in the name of a key", http.MethodPost, "/apikeys", `{"name":"` + strings.Repeat("👍", 51) + `"}`, nil},
			{"101 emoji in the name of a role", http.MethodPost, "/roles", `{"role":"tutor","name":"` + strings.Repeat("👍", 101) + `"}`, nil},
			{"101 emoji in the name of an app", http.MethodPost, "/apps", `{"name":"` + strings.Repeat("👍", 101) + `"}`, byManager()},
			{"NUL in a name", http.MethodPut, "/users/" + andrew, `{"name":"a\u0000"}`, nil},
			{"NUL in a status message", http.MethodPut, "/users/" + andrew, `{"statusMessage":"\u0000"}`, nil},
			{"NUL in a tag", http.MethodPut, "/users/" + andrew, `{"tags":["\u0000"]}`, nil},
			{"NUL in an avatar", http.MethodPut, "/users/" + andrew, `{"avatar":"https://a.example/\u0000"}`, nil},
			{"NUL in a role", http.MethodPut, "/users/" + andrew, `{"role":"\u0000"}`, nil},
			{"NUL in the description of a role", http.MethodPost, "/roles", `{"role":"tutor","name":"Tutor","description":"\u0000"}`, nil},
			{"NUL in a setting", http.MethodPost, "/roles", `{"role":"tutor","name":"Tutor","settings":{"listUsers":"\u0000"}}`, nil},
			{"NUL in the id of an app", http.MethodPost, "/apps", `{"name":"A","id":"a\u0000"}`, byManager()},
			{"a control character in a name", http.MethodPut, "/users/" + andrew, `{"name":"a\u0007"}`, nil},
			{"a control character of the second kind", http.MethodPut, "/users/" + andrew, `{"name":"a\u0085"}`, nil},
			{"a raw control character", http.MethodPut, "/users/" + andrew, "{\"name\":\"a\x01\"}", nil},
			{"no UTF-8 in a name", http.MethodPut, "/users/" + andrew, "{\"name\":\"a\xff\"}", nil},
			{"no UTF-8 in metadata", http.MethodPut, "/users/" + andrew, "{\"metadata\":{\"a\":\"\xc3\x28\"}}", nil},
			{"no UTF-8 in what nobody reads", http.MethodPut, "/users/" + andrew, "{\"name\":\"A\",\"x\":\"\xed\xa0\x80\"}", nil},
			{"no UTF-8 in the device of a token", http.MethodPut, "/users/" + andrew + "/auth_tokens/" + token, "{\"userAgent\":\"\xff\"}", nil},
			{"no UTF-8 in a sign-in", http.MethodPut, "/me", "{\"platform\":\"\xff\"}", byToken(token)},
			{"half a surrogate pair in a name", http.MethodPut, "/users/" + andrew, `{"name":"\ud83d"}`, nil},
			{"half a surrogate pair in metadata", http.MethodPut, "/users/" + andrew, `{"metadata":{"a":"\ud83d"}}`, nil},
			{"UTF-16", http.MethodPut, "/users/" + andrew, "\xff\xfe{\x00}\x00", nil},
			{"a mark before UTF-8", http.MethodPut, "/users/" + andrew, "\xef\xbb\xbf{\"name\":\"A\"}", nil},
			{"a body of 10 KB and a byte", http.MethodPost, "/users", ofSize(10<<10 + 1), nil},
			{"10,000 arrays at the top", http.MethodPost, "/users", nested(5000), nil},
			{"arrays without an end", http.MethodPost, "/users", strings.Repeat("[", 10_000), nil},
			{"deep arrays in metadata", http.MethodPut, "/users/" + andrew, `{"metadata":{"a":` + nested(2000) + `}}`, nil},
			{"deep objects in metadata", http.MethodPut, "/users/" + andrew, `{"metadata":` + strings.Repeat(`{"a":`, 1500) + "1" + strings.Repeat("}", 1500) + `}`, nil},
			{"deep arrays in what nobody reads", http.MethodPut, "/users/" + andrew, `{"name":"A","x":` + nested(4000) + `}`, nil},
			{"deep metadata of a role", http.MethodPost, "/roles", `{"role":"tutor","name":"Tutor","metadata":{"a":` + nested(100) + `}}`, nil},
			{"deep appInfo in a text", http.MethodPut, "/users/" + andrew + "/auth_tokens/" + token, `{"appInfo":"{\"a\":` + nested(101) + `}"}`, nil},
			{"appInfo with a name twice in a text", http.MethodPut, "/users/" + andrew + "/auth_tokens/" + token, `{"appInfo":"{\"a\":1,\"a\":2}"}`, nil},
			{"a name twice", http.MethodPost, "/users", `{"uid":"mina","name":"Mina","uid":"eve"}`, nil},
			{"a name in two letter cases", http.MethodPost, "/users", `{"uid":"mina","name":"Mina","Role":"default","role":"default"}`, nil},
			{"a name twice, once escaped", http.MethodDelete, "/users/" + andrew, `{"permanent":false,"perm\u0061nent":true}`, nil},
			{"private metadata twice", http.MethodPut, "/users/" + andrew, `{"metadata":{"@private":{},"\u0040private":{}}}`, byAuthKey()},
			{"a user twice in an import", http.MethodPost, "/data_import/users", `{"users":{"ana":{"uid":"ana","name":"A"},"ana":{"uid":"ana","name":"B"}}}`, nil},
		} {
			by := odd.by
			if by == nil {
				by = byREST()
			}
			t.Run(odd.name, func(t *testing.T) {
				unchanged(t, a, func() {
					t.Helper()
					got := a.call(odd.method, odd.path, by, odd.body)
					if got.code() != "ERR_BAD_REQUEST" || got.status != http.StatusBadRequest {
						t.Errorf("got %d %s, want 400 ERR_BAD_REQUEST", got.status, got.text)
					}
				})
			})
		}
	})
}

// Contract 9.7, 9.29.
func TestUnusualBodiesAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, a *api) {
		t.Helper()
		thumbs := strings.Repeat("👍", 100)
		got := a.must(http.MethodPut, "/users/"+andrew, byREST(), `{"name":"`+thumbs+`","statusMessage":"a\n\t\u0007","tags":["`+thumbs+`"],`+
			`"metadata":{"a\u0000":"\u0000","A\u0000":"\ud83d\ude00","deep":`+nested(98)+`}}`).data()
		if got["name"] != thumbs || got["statusMessage"] != "a\n\t\u0007" {
			t.Errorf("answered %v, %v", got["name"], got["statusMessage"])
		}
		metadata, _ := a.must(http.MethodGet, "/users/"+andrew, byREST(), "").data()["metadata"].(map[string]any)
		if metadata["a\x00"] != "\x00" || metadata["A\x00"] != "😀" || metadata["deep"] == nil {
			t.Errorf("the metadata is kept as %v", metadata)
		}
		a.must(http.MethodPost, "/users", byREST(), ofSize(10<<10))
		a.must(http.MethodPost, "/apikeys", byREST(), `{"name":"`+thumbs[:len(thumbs)/2]+`"}`)
		a.must(http.MethodPost, "/roles", byREST(), `{"role":"tutor","name":"`+thumbs+`","description":"a\nb"}`)
		// What a client says of itself is cut, never refused.
		token := a.issue(andrew, byREST())
		a.must(http.MethodPut, "/me", byToken(token), `{"platform":"W\u0000EB","deviceId":"\u0000","appInfo":{"a":"\u0000","userAgent":"\u0000x"}}`)
		a.must(http.MethodPut, "/users/"+andrew+"/auth_tokens/"+token, byREST(), `{"platform":"\u0000\u0001","userAgent":"\u0000","appInfo":{"\u0000":1}}`)
		// The content type says nothing that the text doesn't say better.
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "nothing/at/all;;"} {
			a.must(http.MethodPut, "/users/"+andrew, byREST().with("Content-Type", kind), `{"name":"Andy"}`)
			unchanged(t, a, func() {
				t.Helper()
				a.refused(http.MethodPut, "/users/"+andrew, byREST().with("Content-Type", kind), "name=Andy", "ERR_BAD_REQUEST", 400)
			})
		}
		// Bytes that no database holds as text arrive in headers too.
		odd := byREST().with("User-Agent", "caf\xe9\xff").with("X-Forwarded-For", "\xff, caf\xe9")
		a.must(http.MethodPost, "/users", odd, `{"uid":"odd","name":"Odd"}`)
		// Looked back at, because PostgreSQL holds back the newest of GET /events while others write.
		events, err := a.service.ListEvents(t.Context(), identity.Caller{App: identity.App{ID: appID}},
			identity.EventFilter{UID: "odd", NewestFirst: true, Limit: 10})
		if err != nil || len(events) != 1 || events[0].UserAgent != "caf" {
			t.Errorf("the events are %v, %v", events, err)
		}
	})
}

// Contract 9.28.
func TestOddQueriesAreRefused(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, a *api) {
		t.Helper()
		lists := []string{"/users", "/users/" + andrew + "/auth_tokens", "/users/" + andrew + "/blockedusers", "/roles", "/apikeys", "/apps"}
		for _, list := range lists {
			by := byREST()
			if list == "/apps" {
				by = byManager()
			}
			for _, query := range []string{
				"page=0", "page=-1", "page=+", "page=x", "page=1e3", "page=0x10", "page=1.0", "page=%D9%A1", "page=1000000001",
				"page=18446744073709551617", "page=%00", "page=%ff", "page=%201", "perPage=0", "perPage=-1", "perPage=1001", "per_page=1001",
				"page=%zz", "page=%", "page=1;perPage=2",
			} {
				a.refused(http.MethodGet, list+"?"+query, by, "", "ERR_BAD_REQUEST", 400)
			}
			a.must(http.MethodGet, list+"?page=1000000000&perPage=1000", by, "")
		}
		for _, query := range []string{
			"searchKey=%00", "searchKey=%ff", "searchKey=%C3%28", "searchKey=a%07", "tags=%00", "tags=%ff", "role=%00", "roles=default,%ff",
			"uids=%00", "uids=%ff", "status=%00", "sortBy=%00", "sortOrder=%ff", "searchIn=%00",
		} {
			a.refused(http.MethodGet, "/users?"+query, byREST(), "", "ERR_BAD_REQUEST", 400)
		}
		for _, query := range []string{
			"after=-1", "after=x", "after=1.5", "after=9223372036854775808", "after=%00", "after=%zz", "limit=0", "limit=-1", "limit=1001",
			"limit=x", "uid=%00", "uid=%ff", "uid=a%2Fb", "kind=%00", "kind=%ff",
		} {
			a.refused(http.MethodGet, "/events?"+query, byREST(), "", "ERR_BAD_REQUEST", 400)
		}
		if got := a.must(http.MethodGet, "/events?after=9223372036854775807", byREST(), "").list(); len(got) != 0 {
			t.Errorf("behind the last cursor there are %v", got)
		}
		for _, path := range []string{"/apikeys?searchKey=%00", "/apikeys?searchKey=%ff", "/apikeys?scope=%00"} {
			a.refused(http.MethodGet, path, byREST(), "", "ERR_BAD_REQUEST", 400)
		}
		for _, path := range []string{"/apps?searchKey=%00", "/apps?searchKey=%ff", "/apps?state=%00"} {
			a.refused(http.MethodGet, path, byManager(), "", "ERR_BAD_REQUEST", 400)
		}
		// LIKE's own signs, and what else SQL would read, are letters as any others.
		for _, key := range []string{"%25", "_", "%5C", "%5C%25", "'", "''--", "%22", "$1", "%3F"} {
			if got := a.must(http.MethodGet, "/users?searchKey="+key, byREST(), "").list(); len(got) != 0 {
				t.Errorf("%s finds %d users", key, len(got))
			}
		}
	})
}

// Contract 9.14, 9.26.
func TestOddPathsAreRefused(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, a *api) {
		t.Helper()
		const noUser, nothing = "ERR_UID_NOT_FOUND", "ERR_API_NOT_FOUND"
		for path, code := range map[string]string{
			"/users/%2F":                              nothing,
			"/users/a%2Fb":                            noUser,
			"/users/" + andrew + "%2Fauth_tokens":     noUser,
			"/users/%00":                              noUser,
			"/users/%ff":                              noUser,
			"/users/" + andrew + "%00":                noUser,
			"/users/%E2%84%AAevin":                    noUser,
			"/users/" + strings.Repeat("a", 10_000):   noUser,
			"/users/%C3%BC/auth_tokens":               noUser,
			"/users/" + andrew + "%20/blockedusers":   noUser,
			"/users/..%2F":                            noUser,
			"/users/%2e%2e/apps":                      nothing,
			"/users/" + andrew + "%2F..%2F..":         noUser,
			"//users":                                 nothing,
			"/users//" + andrew:                       nothing,
			"/users/" + andrew + "//auth_tokens":      nothing,
			"/users/./" + andrew:                      nothing,
			"/v3//users":                              nothing,
			"/v3/v3/users":                            nothing,
			"/%76%33/nothing":                         nothing,
			"/users/" + andrew + "/":                  nothing,
			"/users/" + andrew + "/auth_tokens/":      nothing,
			"/" + strings.Repeat("a/", 5000):          nothing,
			"/roles/%00":                              "ERR_ROLE_NOT_FOUND",
			"/roles/%ff":                              "ERR_ROLE_NOT_FOUND",
			"/roles/a%2Fb":                            "ERR_ROLE_NOT_FOUND",
			"/apikeys/%00":                            "ERR_APIKEY_NOT_FOUND",
			"/apikeys/%ff%fe%fd%fc%fb%fa%f9%f8":       "ERR_APIKEY_NOT_FOUND",
			"/apikeys/" + strings.Repeat("a", 10_000): "ERR_APIKEY_NOT_FOUND",
			"/users/" + andrew + "/auth_tokens/%00":   "ERR_AUTH_TOKEN_NOT_FOUND",
			"/users/" + andrew + "/auth_tokens/a%2Fb": "ERR_AUTH_TOKEN_NOT_FOUND",
		} {
			a.refused(http.MethodGet, path, byREST(), "", code, 404)
		}
		for _, id := range []string{"%00", "%ff", "a%2Fb", strings.Repeat("a", 10_000)} {
			a.refused(http.MethodGet, "/apps/"+id, byManager(), "", "ERR_APP_NOT_FOUND", 404)
		}
		for _, id := range []string{"\xff", "a b", strings.Repeat("a", 10_000)} {
			a.refused(http.MethodGet, "/users", byREST().with("appId", id), "", "AUTH_ERR_INVALID_APPID", 404)
		}
		for _, uid := range []string{"\xff", "nobody", strings.Repeat("a", 10_000)} {
			a.refused(http.MethodGet, "/users", byREST().with("onBehalfOf", uid), "", noUser, 404)
		}
		a.refused(http.MethodGet, "/users", headers{"apikey": "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8"}, "", "AUTH_ERR_APIKEY_NOT_FOUND", 401)
		a.refused(http.MethodGet, "/me", byToken(strings.Repeat("\xff", 200)), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	})
}
