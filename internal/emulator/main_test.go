package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a server in development mode, and a client of it.
type bench struct {
	t      *testing.T
	url    string
	client *http.Client
}

func newBench(t *testing.T, change ...func(*server.Config)) *bench {
	t.Helper()
	config := server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us", EventRetention: 90 * 24 * time.Hour}
	for _, one := range change {
		one(&config)
	}
	running, err := server.Start(t.Context(), config, quiet)
	if err != nil {
		t.Fatal(err)
	}
	connections := &http.Transport{}
	t.Cleanup(func() {
		connections.CloseIdleConnections()
		if err := running.Close(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return &bench{t: t, url: running.URL(), client: &http.Client{Transport: connections}}
}

// reply is what was answered.
type reply struct {
	status int
	header http.Header
	text   string
	Data   json.RawMessage
	Error  struct {
		Code, Message string
		Details       map[string][]string
	}
}

// The headers of a caller, by name and value.
var (
	backEnd = []string{"appId", "usher-dev", "apikey", "dev-rest-key"}
)

func holding(token string) []string { return []string{"authToken", token} }

// try sends a request and gives the answer, or the failure of the connection.
func (b *bench) try(method, path, body string, headers ...string) (reply, error) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
			continue
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{}, err
	}
	answer := reply{status: response.StatusCode, header: response.Header, text: string(text)}
	if err := json.Unmarshal(text, &answer); err != nil && len(text) > 0 {
		b.t.Errorf("%s %s answered no JSON: %s", method, path, text)
	}
	return answer, nil
}

func (b *bench) call(method, path, body string, headers ...string) reply {
	b.t.Helper()
	answer, err := b.try(method, path, body, headers...)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// do is call for what has to succeed; it gives the data.
func (b *bench) do(method, path, body string, headers ...string) json.RawMessage {
	b.t.Helper()
	answer := b.call(method, path, body, headers...)
	if answer.status != http.StatusOK {
		b.t.Fatalf("%s %s: %d %s", method, path, answer.status, answer.text)
	}
	return answer.Data
}

func read[T any](t *testing.T, text []byte) (value T) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}

// uids lists the users.
func (b *bench) uids() []string {
	b.t.Helper()
	users := read[[]struct{ UID string }](b.t, b.do("GET", "/v3/users?sortBy=uid", "", backEnd...))
	uids := make([]string, len(users))
	for i, user := range users {
		uids[i] = user.UID
	}
	return uids
}

// token issues an auth token that lives as long as body says.
func (b *bench) token(uid, body string) string {
	b.t.Helper()
	return read[struct{ AuthToken string }](b.t, b.do("POST", "/v3/users/"+uid+"/auth_tokens", body, backEnd...)).AuthToken
}

// works says whether a token is good.
func (b *bench) works(token string) bool {
	b.t.Helper()
	return b.call("GET", "/v3/me", "", holding(token)...).status == http.StatusOK
}

// socket opens a socket and logs in; ended gives the code that it is closed with.
func (b *bench) socket(token string) (ended func() websocket.StatusCode) {
	b.t.Helper()
	jwt := read[struct{ JWT string }](b.t, b.do("GET", "/v3/me", "", holding(token)...)).JWT
	conn, err := b.dial()
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.CloseNow() })
	if err := conn.Write(b.t.Context(), websocket.MessageText, []byte(`{"type":"auth","body":{"auth":"`+jwt+`","presenceSubscription":"NONE"}}`)); err != nil {
		b.t.Fatal(err)
	}
	if _, welcome, err := conn.Read(b.t.Context()); err != nil || !strings.Contains(string(welcome), `"code":"200"`) {
		b.t.Fatalf("the socket: %s, %v", welcome, err)
	}
	return func() websocket.StatusCode {
		b.t.Helper()
		ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
		defer cancel()
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				return websocket.CloseStatus(err)
			}
		}
	}
}

// dial opens a socket on a connection of its own: on one that was in use, a client sends a GET again by
// itself when it is dropped.
func (b *bench) dial() (*websocket.Conn, error) {
	connections := &http.Transport{}
	b.t.Cleanup(connections.CloseIdleConnections)
	conn, answer, err := websocket.Dial(b.t.Context(), "ws"+strings.TrimPrefix(b.url, "http"),
		&websocket.DialOptions{HTTPClient: &http.Client{Transport: connections}})
	if answer != nil && answer.Body != nil {
		text, unread := io.ReadAll(answer.Body)
		unread = errors.Join(unread, answer.Body.Close())
		if err != nil {
			err = errors.Join(err, unread, errors.New(string(bytes.TrimSpace(text))))
		}
	}
	return conn, err
}

func wantEqual(t *testing.T, what string, got, want any) {
	t.Helper()
	if difference := cmp.Diff(want, got, cmpopts.EquateEmpty()); difference != "" {
		t.Errorf("%s (-want +got):\n%s", what, difference)
	}
}

// sampleUIDs are the users of a fresh start.
var sampleUIDs = []string{"cometchat-uid-1", "cometchat-uid-2", "cometchat-uid-3", "cometchat-uid-4", "cometchat-uid-5"}

// quiet hears no log.
var quiet = slog.New(slog.DiscardHandler)
