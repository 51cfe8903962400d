package specified

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// listener is a test that only notes how it failed.
type listener struct {
	testing.TB
	failures []string
}

func (l *listener) Helper() {}
func (l *listener) Errorf(form string, values ...any) {
	l.failures = append(l.failures, fmt.Sprintf(form, values...))
}

// canned is an answer that a server gives whatever it is asked.
type canned struct {
	status int
	kind   string
	body   string
	header map[string]string
}

// send passes one request through a Transport and gives what it says of it.
func send(t *testing.T, method, path string, headers map[string]string, body string, answer canned) []string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", answer.kind)
		for name, value := range answer.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write([]byte(answer.body))
	}))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	heard := &listener{TB: t}
	client := http.Client{Transport: Transport(heard)}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return heard.failures
}

const (
	mina   = `{"uid":"mina","name":"Mina","role":"default","status":"offline","createdAt":1717000000}`
	token  = "mina_1717000111b0f1e2d3c4b5a69788796a5b4c3d2e"
	asJSON = "application/json"
)

func byKey() map[string]string { return map[string]string{"apikey": "rest-key"} }

// data is a success.
func data(text string) canned {
	return canned{status: 200, kind: asJSON, body: `{"data":` + text + `}`}
}

func failure(status int, code string) canned {
	return canned{status: status, kind: asJSON, body: `{"error":{"code":"` + code + `","message":"No."}}`}
}

func TestWhatIsSpecifiedPasses(t *testing.T) {
	t.Parallel()
	limited := failure(429, "ERR_TOO_MANY_REQUESTS")
	limited.header = map[string]string{"Retry-After": "15", "X-Rate-Limit": "700"}
	for _, test := range []struct {
		name, method, path string
		headers            map[string]string
		body               string
		answer             canned
	}{
		{"a user", "POST", "/users", byKey(), `{"uid":"Mina","name":"Mina","avatar":null,"stray":1}`, data(mina)},
		{"under v3", "POST", "/v3/users", byKey(), `{"uid":"mina","name":"Mina"}`, data(mina)},
		{"under v3.0", "GET", "/v3.0/users/mina", byKey(), "", data(mina)},
		{"no body where none is needed", "PUT", "/users/mina", byKey(), "", data(mina)},
		{"a list", "GET", "/users?perPage=1&tags=a,b&searchIn=uid&withTags=1", byKey(), "", canned{
			status: 200, kind: asJSON,
			body: `{"data":[` + mina + `],"meta":{"pagination":{"total":1,"count":1,"per_page":1,"current_page":1,"total_pages":1}}}`,
		}},
		{"a count", "GET", "/users?count=true", byKey(), "", data(`{"count":3}`)},
		{"a refused request", "POST", "/users", nil, `[]`, failure(400, "ERR_BAD_REQUEST")},
		{"an unknown path", "GET", "/nothing", nil, "", failure(404, "ERR_API_NOT_FOUND")},
		{"a path that is not clean", "GET", "//users", nil, "", failure(404, "ERR_API_NOT_FOUND")},
		{"an escaped path value", "GET", "/users/a%2Fb", byKey(), "", failure(404, "ERR_UID_NOT_FOUND")},
		{"a preflight", "OPTIONS", "/users", nil, "", canned{status: 204}},
		{"a rate limit", "GET", "/me", nil, "", limited},
		{"basic management credentials", "DELETE", "/apps/clinic", map[string]string{"Authorization": "Basic YTpi"}, "", data(`{"success":true,"scheduledToDeleteAt":1}`)},
		{"health outside of versions", "GET", "/healthz", nil, "", data(`{"status":"ok"}`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if failures := send(t, test.method, test.path, test.headers, test.body, test.answer); len(failures) != 0 {
				t.Errorf("was refused: %s", failures)
			}
		})
	}
}

func TestWhatIsNotSpecifiedFailsTheTest(t *testing.T) {
	t.Parallel()
	good := `{"uid":"mina","name":"Mina"}`
	for _, test := range []struct {
		name, method, path string
		headers            map[string]string
		body               string
		answer             canned
		says               string
	}{
		{"a stray field", "POST", "/users", byKey(), good, data(strings.Replace(mina, `{`, `{"stray":1,`, 1)), "stray"},
		{"a token where none belongs", "GET", "/users/mina", byKey(), "", data(strings.Replace(mina, `{`, `{"authToken":"`+token+`",`, 1)), "authToken"},
		{"a missing field", "GET", "/users/mina", byKey(), "", data(`{"uid":"mina"}`), "name"},
		{"null for absent", "GET", "/users/mina", byKey(), "", data(strings.Replace(mina, `{`, `{"avatar":null,`, 1)), "avatar"},
		{"a list without pages", "GET", "/users", byKey(), "", data(`[]`), "meta"},
		{"an unspecified status", "POST", "/users", byKey(), good, canned{status: 201, kind: asJSON, body: `{"data":` + mina + `}`}, "201"},
		{"an error of another status", "GET", "/users/mina", byKey(), "", failure(404, "ERR_BAD_REQUEST"), "ERR_UID_NOT_FOUND"},
		{"an unknown code", "GET", "/me", nil, "", failure(401, "ERR_ODD"), "code"},
		{"no JSON", "GET", "/users/mina", byKey(), "", canned{status: 200, kind: asJSON, body: "<p>"}, "not JSON"},
		{"another type", "GET", "/users/mina", byKey(), "", canned{status: 200, kind: "text/html", body: `{"data":` + mina + `}`}, "Content-Type"},
		{"a rate limit without an end", "GET", "/me", nil, "", failure(429, "ERR_TOO_MANY_REQUESTS"), "Retry-After is missing"},
		{"a body that should be refused", "POST", "/users", byKey(), `{"uid":"mi na","name":"Mina"}`, data(mina), "/uid"},
		{"no body", "POST", "/users", byKey(), "", data(mina), "required"},
		{"a page that should be refused", "GET", "/users/mina/auth_tokens?page=0", byKey(), "", canned{
			status: 200, kind: asJSON, body: `{"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":1,"current_page":1,"total_pages":0}}}`,
		}, "query page"},
		{"a page that is no number", "GET", "/users/mina/auth_tokens?perPage=x", byKey(), "", canned{
			status: 200, kind: asJSON, body: `{"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":1,"current_page":1,"total_pages":0}}}`,
		}, "whole number"},
		{"a filter that should be refused", "GET", "/users?searchIn=uid,mail&count=1", byKey(), "", data(`{"count":1}`), "query searchIn"},
		{"a path that should be refused", "GET", "/users/a%20b", byKey(), "", data(mina), "path uid"},
		{"no credentials", "GET", "/users/mina", nil, "", data(mina), "credentials"},
		{"half of the credentials", "DELETE", "/apps/clinic", map[string]string{"key": "k"}, "", data(`{"success":true,"scheduledToDeleteAt":1}`), "credentials"},
		{"an unspecified endpoint", "GET", "/secrets", byKey(), "", data(`{}`), "not in openapi.yaml"},
		{"an unspecified method", "PATCH", "/users", byKey(), "", data(`{}`), "not in openapi.yaml"},
		{"health under a version", "GET", "/v3/healthz", nil, "", data(`{"status":"ok"}`), "not in openapi.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			failures := send(t, test.method, test.path, test.headers, test.body, test.answer)
			if len(failures) == 0 || !strings.Contains(strings.Join(failures, "\n"), test.says) {
				t.Errorf("said %q, want something of %q", failures, test.says)
			}
		})
	}
}

func TestTheReportNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	c := &contract{operations: []*operation{
		{id: "reportedA", method: "GET", path: "/a"}, {id: "reportedB", method: "GET", path: "/b"},
	}}
	exercised.Store("reportedA", true)
	for _, test := range []struct {
		served []string
		want   string
		whole  bool
	}{
		{[]string{"GET /a", "GET /b"}, "GET /b is specified, and no test got a success from it\n2 endpoints specified, 1 exercised\n", false},
		{[]string{"GET /b", "GET /c"}, "GET /a is specified and not served\n" +
			"GET /b is specified, and no test got a success from it\n" +
			"GET /c is served and not specified in openapi.yaml\n2 endpoints specified, 1 exercised\n", false},
	} {
		var out strings.Builder
		if whole := c.report(&out, test.served); whole != test.whole || out.String() != test.want {
			t.Errorf("reported %v and %q, want %v and %q", whole, out.String(), test.whole, test.want)
		}
	}
	var out strings.Builder
	c.operations = c.operations[:1]
	if !c.report(&out, []string{"GET /a"}) || out.String() != "1 endpoints specified, 1 exercised\n" {
		t.Errorf("a whole report says %q", out.String())
	}
}

// passing is a run of tests with the exit code it is made of.
type passing int

func (p passing) Run() int { return int(p) }

func TestMainKeepsTheCodeOfFailedTests(t *testing.T) {
	t.Parallel()
	if code := Main(passing(3), nil); code != 3 {
		t.Errorf("gave %d, want 3", code)
	}
}

func BenchmarkCheck(b *testing.B) {
	c, err := document()
	if err != nil {
		b.Fatal(err)
	}
	request := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/v3/users", http.NoBody)
	request.Header.Set("Apikey", "rest-key")
	answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {asJSON}}}
	for b.Loop() {
		if problems := c.find(request).check(exchange{request, []byte(`{"uid":"mina","name":"Mina"}`), answer, []byte(`{"data":` + mina + `}`)}); problems != nil {
			b.Fatal(problems)
		}
	}
}
