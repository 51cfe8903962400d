package rest_test

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
)

// FuzzBodies sends bodies to every endpoint that takes one.
func FuzzBodies(f *testing.F) {
	server := newFuzzed(f)
	var takers []int
	for i, endpoint := range endpoints {
		if endpoint.body == "" {
			continue
		}
		f.Add(uint8(len(takers)), []byte(endpoint.body))
		takers = append(takers, i)
	}
	for i := range takers {
		for _, body := range []string{
			``, `null`, `{}`, `{"uid":1}`, `{"name":"` + strings.Repeat("👍", 100) + `","statusMessage":"\u0000"}`,
			`{"uid":"Ann-1","name":"Ann","avatar":"https://a.example/","link":"http://b.example","role":"tutor","metadata":{"@private":{"a":1}},"tags":["a","b"],"withAuthToken":true,"unset":["avatar"]}`,
			`{"permanent":true,"force":true,"expiresIn":60,"platform":"WEB","deviceId":"d","userAgent":"u","appInfo":"{\"a\":1}"}`,
			`{"blockedUids":["cometchat-uid-2",""],"uidsToActivate":["A"],"uidsToDeactivate":["cometchat-uid-5"]}`,
			`{"role":"nurse","name":"Nurse","description":"d","settings":{"listUsers":"all","sendMessagesTo":"friendsOnly"},"unset":["settings"],"scope":"fullAccess","disabled":true}`,
			`{"id":"clinic","name":"Clinic","region":"eu","version":"3","skipSampleData":true,"logoutRevokes":"always","authOnlyAccess":"none","authTokenLifetime":60}`,
			`{"users":{"ana":{"uid":"ANA","name":"Ana","createdAt":"1609459200","lastActiveAt":1.5},"b":[],"c":{"name":null}}}`,
			`{"Name":"A","name":"B"}`, "{\"name\":\"\xff\"}", nested(200), strings.Repeat(" ", 10<<10+1),
		} {
			f.Add(uint8(i), []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		endpoint := endpoints[takers[int(which)%len(takers)]]
		request := httptest.NewRequest(endpoint.method, server.paths.Replace(endpoint.path), strings.NewReader(string(body)))
		server.send(t, request, server.caller(endpoint.needs))
	})
}

// FuzzQueries sends queries to every endpoint that takes one.
func FuzzQueries(f *testing.F) {
	server := newFuzzed(f)
	var lists []int
	for i, endpoint := range endpoints {
		if endpoint.method != http.MethodGet {
			continue
		}
		for _, query := range []string{
			"", "page=2&perPage=1", "per_page=1000&page=1000000000", "page=-1", "page=%zz", "a;b",
			"searchKey=an&searchIn=uid,name&status=online&role=Tutor&roles=a,b&tags=x,y&withTags=true&count=1",
			"uids=a,B,%C3%BC&sortBy=name&sortOrder=desc&onlyDeactivated=1&withDeactivated=true&hideBlockedUsers=1", "searchKey=%00%ff",
			"after=9223372036854775807&limit=1000&kind=user_created&uid=A", "after=-1", "direction=hasBlockedMe", "scope=authOnly&searchKey=%25", "state=archived",
		} {
			f.Add(uint8(len(lists)), query)
		}
		lists = append(lists, i)
	}
	f.Fuzz(func(t *testing.T, which uint8, query string) {
		endpoint := endpoints[lists[int(which)%len(lists)]]
		request := httptest.NewRequest(endpoint.method, server.paths.Replace(endpoint.path), nil)
		request.URL.RawQuery = query
		server.send(t, request, server.caller(endpoint.needs))
	})
}

// FuzzPaths sends requests with every method to paths.
func FuzzPaths(f *testing.F) {
	server := newFuzzed(f)
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead, http.MethodOptions, "ODD"}
	for _, endpoint := range endpoints {
		f.Add(uint8(0), "/v3"+server.paths.Replace(endpoint.path))
	}
	for _, path := range []string{
		"/", "//", "/v4/users", "/v3.0", "/users/%2F", "/users/%00", "/users/%ff/auth_tokens", "/users/a%2Fb", "/users/../apps", "/users/%2e%2e/apps",
		"/users/" + andrew + "/", "/healthz", "/readyz", "/roles/%C3%BC", "/apikeys/a%20b", "/events?after=1",
	} {
		for i := range methods {
			f.Add(uint8(i), path)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, path string) {
		// What net/http itself refuses never gets here.
		address, err := url.ParseRequestURI(path)
		if err != nil || address.Host != "" || !strings.HasPrefix(address.Path, "/") {
			return
		}
		request := httptest.NewRequest(methods[int(which)%len(methods)], "/", nil)
		request.URL, request.RequestURI = address, path
		server.send(t, request, byREST().with("key", managementKey).with("secret", managementSecret))
	})
}

// FuzzHeaders sends the headers that a caller writes: the host, who calls and for whom, from where.
func FuzzHeaders(f *testing.F) {
	server := newFuzzed(f)
	f.Add("testing.api-us.example.com", "", restKey, "", andrew, "key-1", "203.0.113.7", "billing/1.4", "")
	f.Add("192.0.2.1:80", appID, "", server.token, "", "", "203.0.113.7:80, [2001:db8::1]:443", "Mozilla/5.0 (caf\xe9)", "")
	f.Add("[::1]:8080", "TESTING", authKey, "", "%", "\x7f", "unknown, fe80::1%eth0, ::ffff:198.51.100.1", "", "Basic a2V5OnNlY3JldA==")
	f.Add("a.apiclient-.b", "\xff", "' OR 1=1 --", "x", "a b", strings.Repeat("k", 256), ",,,", "\xff", "Basic x")
	requests := [][2]string{{http.MethodPost, "/users"}, {http.MethodGet, "/users"}, {http.MethodGet, "/me"}, {http.MethodPut, "/me"}, {http.MethodGet, "/apps"}, {http.MethodGet, "/settings"}}
	f.Fuzz(func(t *testing.T, host, app, key, token, onBehalfOf, idempotencyKey, forwardedFor, userAgent, authorization string) {
		sent := headers{}
		for name, value := range map[string]string{
			"appId": app, "apikey": key, "authToken": token, "onBehalfOf": onBehalfOf, "Idempotency-Key": idempotencyKey,
			"X-Forwarded-For": forwardedFor, "User-Agent": userAgent, "Authorization": authorization,
		} {
			// What net/http itself refuses never gets here.
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return
			}
			if value != "" {
				sent[name] = value
			}
		}
		if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}/?#", r) }) {
			return
		}
		for _, line := range requests {
			body := ""
			if line[0] == http.MethodPost {
				body = `{"uid":"mina","name":"Mina"}`
			}
			request := httptest.NewRequest(line[0], line[1], strings.NewReader(body))
			request.Host = host
			server.send(t, request, sent)
		}
	})
}

// FuzzPublicURL holds the hosts that settings give to clients to what clients can use.
func FuzzPublicURL(f *testing.F) {
	for _, text := range []string{
		"https://auth.example.com", "http://[::1]:8080/", "https://acme.api-eu.example.com:8443", "https://user:secret@host", "ftp://a", "https://:443", "//a", "https://a?b#c",
	} {
		f.Add(text)
	}
	server := newFuzzed(f)
	service := identity.NewService(server.store, time.Now, rand.Reader)
	f.Fuzz(func(t *testing.T, text string) {
		handler, err := rest.NewHandler(service, rest.Config{PublicURL: text, Log: slog.New(slog.DiscardHandler)})
		if err != nil || text == "" {
			return
		}
		named := &fuzzed{handler: handler, store: server.store}
		request := httptest.NewRequest(http.MethodGet, "/settings", nil)
		request.Host = "testing.api-us.example.com"
		if status := named.send(t, request, headers{}); status != http.StatusOK {
			t.Errorf("%q was taken, and settings are answered with %d", text, status)
		}
		public, err := url.Parse(text)
		if err != nil || public.Hostname() == "" {
			t.Errorf("%q was taken, which names no host", text)
		}
	})
}
