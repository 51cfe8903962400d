package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/realtime"
	"github.com/usherhq/usher/internal/server"
)

// withManagement lets a test make apps.
func withManagement(config *server.Config) {
	config.ManagementKey, config.ManagementSecret = "management-key", "management-secret"
}

var manager = []string{"key", "management-key", "secret", "management-secret"}

// event is what a test looks at of one.
type event struct{ Kind, UID string }

func (b *bench) events() []event {
	b.t.Helper()
	return read[[]event](b.t, b.do("GET", "/v3/events", "", backEnd...))
}

func TestAResetLeavesNothingOfATest(t *testing.T) {
	t.Parallel()
	b := newBench(t, withManagement)
	atStart := b.do("GET", "/dev/export", "")
	eventsAtStart := b.events()

	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(receiver.Close)
	b.do("POST", "/v3/users", `{"uid":"made","name":"Made"}`, backEnd...)
	b.do("DELETE", "/v3/users/cometchat-uid-5", `{"permanent":true}`, backEnd...)
	b.do("PUT", "/v3/users/cometchat-uid-1", `{"name":"Renamed","tags":["x"]}`, backEnd...)
	b.do("POST", "/v3/roles", `{"role":"vip","name":"VIP"}`, backEnd...)
	b.do("POST", "/v3/users/cometchat-uid-1/blockedusers", `{"blockedUids":["cometchat-uid-2"]}`, backEnd...)
	b.do("POST", "/v3/webhooks", `{"id":"hook","name":"Hook","webhookURL":"`+receiver.URL+`","triggers":["user_created"]}`, backEnd...)
	key := read[struct{ APIKey string }](t, b.do("POST", "/v3/apikeys", `{"name":"Another","scope":"fullAccess"}`, backEnd...)).APIKey
	b.do("POST", "/v3/apps", `{"id":"second","name":"Second"}`, manager...)
	b.do("PUT", "/v3/apps/usher-dev", `{"authTokenLifetime":3600}`, manager...)
	token := b.token("cometchat-uid-1", "")
	ended := b.socket(token)
	b.do("POST", "/dev/clock", `{"advance":"24h"}`)
	b.do("POST", "/dev/faults", `{"path":"/users","status":500}`)

	b.do("POST", "/dev/reset", "")
	if code := ended(); code != websocket.StatusCode(realtime.Revoked) {
		t.Errorf("the socket ended with %d", code)
	}
	if b.works(token) {
		t.Error("a token from before works")
	}
	if answer := b.call("GET", "/v3/users", "", "apikey", key); answer.status != http.StatusUnauthorized {
		t.Errorf("a key from before: %d", answer.status)
	}
	withoutTimes := func(text []byte) any { return timeless(read[any](t, text)) }
	wantEqual(t, "the data", withoutTimes(b.do("GET", "/dev/export", "")), withoutTimes(atStart))
	wantEqual(t, "the webhooks", len(read[[]any](t, b.do("GET", "/v3/webhooks", "", backEnd...))), 0)
	wantEqual(t, "the clock", read[struct{ Ahead string }](t, b.do("GET", "/dev/clock", "")).Ahead, "0s")
	wantEqual(t, "the faults", len(read[[]any](t, b.do("GET", "/dev/faults", ""))), 0)
	wantEqual(t, "the events", b.events(), eventsAtStart)
	// And everything works: the next test can log in at once.
	fresh := b.token("cometchat-uid-1", "")
	_ = b.socket(fresh)
}

// What ends with a reset happened to users of before, and is told of none of now.
func TestTheEndOfSocketsIsNoEventAfterAReset(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token := b.token("cometchat-uid-1", "")
	var ended []func() websocket.StatusCode
	for range 5 {
		ended = append(ended, b.socket(token))
	}
	b.do("POST", "/dev/reset", "")
	for _, one := range ended {
		one()
	}
	// Once this one is written down, so is what was before it.
	_ = b.socket(b.token("cometchat-uid-2", ""))
	deadline := time.Now().Add(30 * time.Second)
	for !slices.Contains(b.events(), event{"user_connected", "cometchat-uid-2"}) {
		if time.Now().After(deadline) {
			t.Fatal("the new socket is not in the log")
		}
	}
	for _, one := range b.events() {
		if one.Kind == "user_disconnected" {
			t.Errorf("the log tells of %v", one)
		}
	}
}

// timeless takes out of a document what depends on when it was made.
func timeless(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			if strings.HasSuffix(name, "At") && name != "expiresAt" {
				delete(value, name)
				continue
			}
			value[name] = timeless(field)
		}
	case []any:
		for i := range value {
			value[i] = timeless(value[i])
		}
	}
	return value
}

// A test that resets must not fail the requests that another is still making.
func TestResetsWhileOthersCall(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const callers, calls, resets = 4, 10, 10
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for number := range calls {
				uid := fmt.Sprintf("user-%d-%d", caller, number)
				for _, request := range [][2]string{
					{"POST /v3/users", `{"uid":"` + uid + `","name":"User"}`},
					{"POST /v3/users/cometchat-uid-1/auth_tokens", `{"force":true}`},
					{"PUT /v3/users/cometchat-uid-2", `{"statusMessage":"` + uid + `"}`},
					{"POST /v3/users/cometchat-uid-3/blockedusers", `{"blockedUids":["cometchat-uid-4"]}`},
					{"POST /v3/apikeys", `{"name":"Key","scope":"authOnly"}`},
					{"GET /v3/users", ""},
				} {
					method, path, _ := strings.Cut(request[0], " ")
					answer, err := b.try(method, path, request[1], backEnd...)
					if err != nil || answer.status >= http.StatusInternalServerError || answer.status == http.StatusUnauthorized {
						t.Errorf("%s: %d %s %v", request[0], answer.status, answer.text, err)
					}
				}
			}
		})
	}
	for range resets {
		group.Go(func() { b.do("POST", "/dev/reset", "") })
	}
	group.Wait()
	b.do("POST", "/dev/reset", "")
	wantEqual(t, "the users", b.uids(), sampleUIDs)
}

// BenchmarkReset is what a suite pays before each of its tests.
func BenchmarkReset(bb *testing.B) {
	for name, users := range map[string]int{"fresh": 0, "after 1000 users": 1000} {
		bb.Run(name, func(bb *testing.B) {
			running, err := server.Start(bb.Context(), server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}, quiet)
			if err != nil {
				bb.Fatal(err)
			}
			defer running.Close()
			post := func(path, body string) {
				response, err := http.Post(running.URL()+path, "application/json", strings.NewReader(body))
				if err != nil || response.StatusCode != http.StatusOK {
					bb.Fatal(response, err)
				}
				response.Body.Close()
			}
			document := manyUsers(users)
			for bb.Loop() {
				if users > 0 {
					bb.StopTimer()
					post("/dev/seed", document)
					bb.StartTimer()
				}
				post("/dev/reset", "")
			}
			http.DefaultClient.CloseIdleConnections()
		})
	}
}

// manyUsers is a document of so many users with a token each.
func manyUsers(count int) string {
	var users []string
	for number := range count {
		users = append(users, fmt.Sprintf(`{"uid":"user-%d","name":"User %d","authTokens":[{"authToken":"user-%d_%040x"}]}`, number, number, number, number))
	}
	return `{"users":[` + strings.Join(users, ",") + `]}`
}

func TestMoreUsersThanAPageHoldsAreSeededExportedAndReset(t *testing.T) {
	t.Parallel()
	const count = identity.DefaultPageSize + 20
	b := newBench(t)
	b.do("POST", "/dev/seed", manyUsers(count))
	wantEqual(t, "the users of a page", len(b.uids()), identity.DefaultPageSize)
	if !b.works(fmt.Sprintf("user-%d_%040x", count-1, count-1)) {
		t.Error("the last one's token does not work")
	}
	exported := read[struct{ Users []any }](t, b.do("GET", "/dev/export", ""))
	wantEqual(t, "how many users are exported", len(exported.Users), count)
	b.do("POST", "/dev/reset", "")
	wantEqual(t, "the users after a reset", b.uids(), sampleUIDs)
}
