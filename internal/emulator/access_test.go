package emulator_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/server"
)

func TestTheControlsAreListed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, path := range []string{"/dev/", "/dev"} {
		listed := read[[]struct{ Request, Does string }](t, b.do("GET", path, ""))
		if len(listed) != 9 || listed[1].Request != "POST /dev/reset" || listed[1].Does == "" {
			t.Errorf("GET %s lists %v", path, listed)
		}
	}
}

func TestOnlyAServerInDevelopmentHasControls(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *server.Config) {
		*c = server.Config{
			Listen: c.Listen, Region: "us", Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"),
			AppID: "usher-dev", AuthKey: "dev-auth-key", RESTKey: "dev-rest-key",
		}
	})
	b.do("POST", "/v3/users", `{"uid":"kept","name":"Kept"}`, backEnd...)
	unknown := b.call("POST", "/nonsense", "")
	for _, path := range []string{"/dev/reset", "/dev/seed", "/dev/clock", "/dev/faults", "/dev/", "/dev"} {
		answer := b.call("POST", path, `{"reset":true,"path":"/me","status":500}`, backEnd...)
		if answer.status != http.StatusNotFound || answer.text != unknown.text {
			t.Errorf("POST %s: %d %s", path, answer.status, answer.text)
		}
	}
	b.do("GET", "/v3/users/kept", "", backEnd...)
}

// Every page in the developer's browser can reach a server on this machine.
func TestWebPagesOfOthersCannotUseTheControls(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	own := strings.TrimPrefix(b.url, "http://")
	for name, test := range map[string]struct {
		headers []string
		status  int
	}{
		"a tool, which names no origin":           {nil, http.StatusOK},
		"the server's own page":                   {[]string{"Origin", b.url, "Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		"a page elsewhere":                        {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"a page elsewhere in an old browser":      {[]string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"a form in a page without an origin":      {[]string{"Origin", "null", "Content-Type", "application/x-www-form-urlencoded"}, http.StatusForbidden},
		"a page of another port of this machine":  {[]string{"Origin", "http://127.0.0.1:3000", "Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"a page whose name was made to mean this": {[]string{"Origin", "http://evil.example", "Host", "evil.example", "Sec-Fetch-Site", "same-origin"}, http.StatusForbidden},
		"a name that only begins as ours does":    {[]string{"Host", "localhost.evil.example"}, http.StatusForbidden},
		"an address that others can have":         {[]string{"Host", "192.0.2.1"}, http.StatusForbidden},
		"localhost":                               {[]string{"Host", "localhost:8080"}, http.StatusOK},
		"a name below localhost":                  {[]string{"Host", "usher-dev.api-us.localhost:8080"}, http.StatusOK},
		"the IPv6 address":                        {[]string{"Host", "[::1]:8080"}, http.StatusOK},
		"the address that it listens on":          {[]string{"Host", own}, http.StatusOK},
	} {
		for _, path := range []string{"/dev/reset", "/dev/seed"} {
			answer := b.call("POST", path, "{}", test.headers...)
			if answer.status != test.status {
				t.Errorf("%s: POST %s answered %d %s", name, path, answer.status, answer.text)
			}
			if got := answer.header.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("%s: pages of %s may read the answer", name, got)
			}
		}
	}
	// What is only read must not be told to such a page either.
	if answer := b.call("GET", "/dev/export", "", "Host", "evil.example"); answer.status != http.StatusForbidden {
		t.Errorf("the export was told to another name: %d", answer.status)
	}
}

func TestBadInputIsRefusedInASentence(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for name, test := range map[string]struct {
		path, body, place, says string
	}{
		"a clock that does nothing":        {"clock", `{}`, "body", "one of advance, set and reset"},
		"an empty clock":                   {"clock", ``, "body", "JSON object"},
		"a clock that does two things":     {"clock", `{"advance":"1h","reset":true}`, "body", "one of"},
		"no duration":                      {"clock", `{"advance":"tomorrow"}`, "advance", "such as 90s"},
		"a number for a duration":          {"clock", `{"advance":3600}`, "advance", "number"},
		"a duration out of the world":      {"clock", `{"advance":"2500000h"}`, "advance", "2000 to 2199"},
		"a time that is none":              {"clock", `{"set":"yesterday"}`, "set", "such as 2027"},
		"a time before computers":          {"clock", `{"set":"1969-01-01T00:00:00Z"}`, "set", "2000 to 2199"},
		"a slip in a field":                {"clock", `{"advanec":"1h"}`, "advanec", "no such field"},
		"a field twice":                    {"clock", `{"advance":"1h","advance":"2h"}`, "body", "twice"},
		"a fault of nothing":               {"faults", `{"path":"/me"}`, "body", "needs a status"},
		"a fault without a path":           {"faults", `{"status":500}`, "path", "start with /"},
		"a fault that succeeds":            {"faults", `{"path":"/me","status":200}`, "status", "400 to 599"},
		"a fault of a status and a drop":   {"faults", `{"path":"/me","status":500,"drop":true}`, "drop", "one of the two"},
		"a fault that lasts":               {"faults", `{"path":"/me","delay":"1h"}`, "delay", "at most 20s"},
		"a fault of the controls":          {"faults", `{"path":"/dev/reset","status":500}`, "path", "never fail"},
		"a fault of the controls by v3":    {"faults", `{"path":"/v3/dev/reset","status":500}`, "path", "never fail"},
		"a fault with no times":            {"faults", `{"path":"/me","status":500,"times":-1}`, "times", "from 1"},
		"a code without a status":          {"faults", `{"path":"/me","delay":"1s","code":"ERR_X"}`, "status", "needs a status"},
		"a code that is no code":           {"faults", `{"path":"/me","status":500,"code":"no code"}`, "code", "A-Z"},
		"a method that is none":            {"faults", `{"path":"/me","status":500,"method":"DO IT"}`, "method", "HTTP"},
		"a document that is none":          {"seed", "{\n\"users\": [\n}", "body", "line 3"},
		"an array for a document":          {"seed", `[]`, "body", "object"},
		"nothing for a document":           {"seed", ``, "body", "object"},
		"two documents":                    {"seed", `{} {}`, "body", "more behind"},
		"a body that is too large":         {"clock", `{"advance":"` + strings.Repeat("x", 11<<10) + `"}`, "body", "larger than 10 KB"},
		"a document that is far too large": {"seed", strings.Repeat(" ", 17<<20), "body", "larger than 16384 KB"},
	} {
		answer := b.call("POST", "/dev/"+test.path, test.body)
		reasons := strings.Join(answer.Error.Details[test.place], " ")
		if answer.status != http.StatusBadRequest || answer.Error.Code != "ERR_BAD_REQUEST" || !strings.Contains(reasons, test.says) {
			t.Errorf("%s: %d %s", name, answer.status, answer.text)
		}
	}
	for _, request := range []string{"GET /dev/reset", "DELETE /dev/seed", "POST /dev/nonsense", "PUT /dev/"} {
		method, path, _ := strings.Cut(request, " ")
		if answer := b.call(method, path, ""); answer.status != http.StatusNotFound || answer.Error.Code != "ERR_API_NOT_FOUND" {
			t.Errorf("%s: %d %s", request, answer.status, answer.text)
		}
	}
	wantEqual(t, "the users after all that", b.uids(), sampleUIDs)
}
