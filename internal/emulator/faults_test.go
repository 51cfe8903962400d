package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/server"
)

func TestAFaultIsForTheNextRequestOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.do("POST", "/dev/faults", `{"method":"get","path":"/v3/users","status":503}`)
	answer := b.call("GET", "/v3/users", "", backEnd...)
	if answer.status != http.StatusServiceUnavailable || answer.Error.Code != "ERR_NOT_READY" || answer.Error.Message == "" {
		t.Errorf("the next one: %d %s", answer.status, answer.text)
	}
	// What a page needs to read the answer, and an SDK to wait.
	wantEqual(t, "the origins", answer.header.Get("Access-Control-Allow-Origin"), "*")
	wantEqual(t, "the wait", answer.header.Get("Retry-After"), "1")
	b.do("GET", "/v3/users", "", backEnd...)
}

func TestAFaultSaysWhatTheTestWants(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for body, want := range map[string]reply{
		`"status":401,"code":"AUTH_ERR_AUTH_TOKEN_NOT_FOUND"`:              {status: 401},
		`"status":500,"code":"ERR_NEVER_SEEN","message":"Never seen that"`: {status: 500, text: "Never seen that"},
		`"status":418`: {status: 418, text: "ERR_BAD_REQUEST"},
		`"status":429`: {status: 429, text: "ERR_TOO_MANY_REQUESTS"},
		`"status":502`: {status: 502, text: "ERR_EXCEPTION"},
	} {
		b.do("POST", "/dev/faults", `{"path":"/me",`+body+`}`)
		if answer := b.call("GET", "/v3/me", ""); answer.status != want.status || !strings.Contains(answer.text, want.text) {
			t.Errorf("%s: %d %s", body, answer.status, answer.text)
		}
	}
}

func TestAFaultFindsItsRequests(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for name, test := range map[string]struct {
		fault, method, path string
		hits                bool
	}{
		"the path of another version":   {`"path":"/v3/me"`, "GET", "/v3.0/me", true},
		"the path without one":          {`"path":"/v3.0/me"`, "GET", "/me", true},
		"a path without one":            {`"path":"/me"`, "GET", "/v3/me", true},
		"any method":                    {`"path":"/me"`, "DELETE", "/v3/me", true},
		"its method":                    {`"path":"/me","method":"DELETE"`, "DELETE", "/v3/me", true},
		"another method":                {`"path":"/me","method":"DELETE"`, "GET", "/v3/me", false},
		"a browser's question first":    {`"path":"/me"`, "OPTIONS", "/v3/me", false},
		"that question, where it is so": {`"path":"/me","method":"OPTIONS"`, "OPTIONS", "/v3/me", true},
		"a part that may be anything":   {`"path":"/users/{uid}/auth_tokens"`, "POST", "/v3/users/ada/auth_tokens", true},
		"a part that is nothing":        {`"path":"/users/{uid}"`, "GET", "/v3/users/", false},
		"a longer path":                 {`"path":"/users/{uid}"`, "GET", "/v3/users/ada/auth_tokens", false},
		"a shorter path":                {`"path":"/users/{uid}"`, "GET", "/v3/users", false},
		"another path":                  {`"path":"/users/ada"`, "GET", "/v3/users/bob", false},
		"a query":                       {`"path":"/users"`, "GET", "/v3/users?limit=1", true},
		"what is no API":                {`"path":"/readyz"`, "GET", "/readyz", true},
		"a word that begins as v3":      {`"path":"/4"`, "GET", "/v34", false},
	} {
		b.do("POST", "/dev/faults", `{"status":507,`+test.fault+`}`)
		if answer := b.call(test.method, test.path, ""); (answer.status == http.StatusInsufficientStorage) != test.hits {
			t.Errorf("%s: %d", name, answer.status)
		}
		b.do("DELETE", "/dev/faults", "")
	}
	// However wide a fault is: whoever made it can get rid of it.
	b.do("POST", "/dev/faults", `{"path":"/{any}/{thing}","status":500,"times":100}`)
	b.do("GET", "/dev/clock", "")
	b.do("POST", "/dev/reset", "")
}

func TestFaultsWaitInOrderAndAreCounted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.do("POST", "/dev/faults", `{"path":"/me","status":500,"times":2}`)
	b.do("POST", "/dev/faults", `{"path":"/me","status":502}`)
	b.do("POST", "/dev/faults", `{"path":"/users","status":504,"times":3}`)
	var statuses []int
	for range 4 {
		statuses = append(statuses, b.call("GET", "/v3/me", "").status)
	}
	wantEqual(t, "the answers", statuses, []int{500, 500, 502, http.StatusUnauthorized})
	b.call("GET", "/v3/users", "", backEnd...)
	waiting := read[[]struct {
		Path          string
		Status, Times int
	}](t, b.do("GET", "/dev/faults", ""))
	if len(waiting) != 1 || waiting[0].Path != "/users" || waiting[0].Status != 504 || waiting[0].Times != 2 {
		t.Errorf("there wait %v", waiting)
	}
	b.do("DELETE", "/dev/faults", "")
	b.do("GET", "/v3/users", "", backEnd...)
}

func TestOfManyAtOnceAFaultTakesAsManyAsItSays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const callers, times = 16, 5
	b.do("POST", "/dev/faults", `{"path":"/settings","status":503,"times":5}`)
	failed := make(chan bool, callers)
	for range callers {
		go func() {
			answer, err := b.try("GET", "/v3/settings", "")
			failed <- err != nil || answer.status == http.StatusServiceUnavailable
		}()
	}
	count := 0
	for range callers {
		if <-failed {
			count++
		}
	}
	wantEqual(t, "how many failed", count, times)
}

func TestADelayComesBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const delay = 300 * time.Millisecond
	for body, status := range map[string]int{`"delay":"300ms"`: http.StatusOK, `"delay":"300ms","status":500`: http.StatusInternalServerError} {
		b.do("POST", "/dev/faults", `{"path":"/users",`+body+`}`)
		began := time.Now()
		answer := b.call("GET", "/v3/users", "", backEnd...)
		if took := time.Since(began); answer.status != status || took < delay {
			t.Errorf("%s: %d after %v", body, answer.status, took)
		}
	}
}

func TestADelayDoesNotKeepTheServerFromStopping(t *testing.T) {
	t.Parallel()
	running, err := server.Start(t.Context(), server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	connections := &http.Transport{}
	defer connections.CloseIdleConnections()
	b := &bench{t: t, url: running.URL(), client: &http.Client{Transport: connections}}
	b.do("POST", "/dev/faults", `{"path":"/settings","delay":"20s"}`)
	answered := make(chan error, 1)
	go func() {
		_, err := b.try("GET", "/v3/settings", "")
		answered <- err
	}()
	for len(read[[]any](t, b.do("GET", "/dev/faults", ""))) > 0 {
		// Until the request has come.
		continue
	}
	began := time.Now()
	if err := running.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 7*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if err := <-answered; err != nil {
		t.Errorf("the delayed request: %v", err)
	}
}

func TestADroppedConnectionHasNoAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.do("POST", "/dev/faults", `{"method":"PUT","path":"/v3/users/{uid}","drop":true}`)
	if answer, err := b.try("PUT", "/v3/users/cometchat-uid-1", `{"name":"Changed"}`, backEnd...); err == nil {
		t.Errorf("it was answered: %d %s", answer.status, answer.text)
	}
	user := read[struct{ Name string }](t, b.do("GET", "/v3/users/cometchat-uid-1", "", backEnd...))
	wantEqual(t, "the name", user.Name, "Andrew Joseph")
	b.do("PUT", "/v3/users/cometchat-uid-1", `{"name":"Changed"}`, backEnd...)
}

func TestASocketIsRefusedOrDropped(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.do("POST", "/dev/faults", `{"path":"/","status":503}`)
	if _, err := b.dial(); err == nil || !strings.Contains(err.Error(), "ERR_NOT_READY") {
		t.Errorf("refused: %v", err)
	}
	b.do("POST", "/dev/faults", `{"path":"/v3","drop":true}`)
	if _, err := b.dial(); err == nil || strings.Contains(err.Error(), "status code") {
		t.Errorf("dropped: %v", err)
	}
	_ = b.socket(b.token("cometchat-uid-1", ""))
}
