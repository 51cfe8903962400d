package realtime_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
	"github.com/usherhq/usher/internal/realtime"
)

func TestAUserMayHaveSoManySockets(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(config *realtime.Config, _ *presence.Config) { config.Limits.SocketsPerUser = 2 })
	jwt, _ := h.login(andrew)
	other, _ := h.login(andrew)
	first, second := h.enter(jwt, ""), h.enter(other, "")
	late := h.dial()
	late.write(authFrame(jwt, ""))
	late.wantEnd(realtime.TooMany)
	h.wantCount(ended("4429"), 1)
	// Others are not concerned, and who closes one may open one.
	georges, _ := h.login(george)
	h.enter(georges, "").wantQuiet()
	_ = first.Close(websocket.StatusNormalClosure, "")
	h.wantCount("usher_sockets_open", 2)
	h.enter(jwt, "").wantQuiet()
	second.wantQuiet()
}

func TestAnAddressMayHaveSoManySockets(t *testing.T) {
	t.Parallel()
	const most = 5
	h := newHouse(t, func(config *realtime.Config, _ *presence.Config) {
		config.Limits.SocketsPerAddress = most
		config.Address = func(r *http.Request) string { return r.Header.Get("X-From") }
	})
	dial := func(from string) (conn *websocket.Conn, status int, body string) {
		conn, answer, err := websocket.Dial(t.Context(), h.url, &websocket.DialOptions{HTTPHeader: http.Header{"X-From": {from}}})
		if answer == nil {
			t.Fatal(err)
		}
		if err == nil {
			t.Cleanup(func() { _ = conn.CloseNow() })
			return conn, answer.StatusCode, ""
		}
		refusal, err := io.ReadAll(answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			t.Fatal(err)
		}
		return nil, answer.StatusCode, string(refusal)
	}
	var first *websocket.Conn
	for range most {
		conn, status, body := dial("203.0.113.7")
		if status != http.StatusSwitchingProtocols {
			t.Fatalf("the answer is %d %s", status, body)
		}
		first = conn
	}
	for range 3 {
		if _, status, body := dial("203.0.113.7"); status != http.StatusTooManyRequests || !strings.Contains(body, `"code":"ERR_TOO_MANY_REQUESTS"`) {
			t.Fatalf("one more: %d %s", status, body)
		}
	}
	h.wantCount("usher_sockets_refused_total", 3)
	if _, status, body := dial("203.0.113.8"); status != http.StatusSwitchingProtocols {
		t.Errorf("from another address: %d %s", status, body)
	}
	// Requests that become no socket don't count as one.
	for range 2 * most {
		answer, err := http.Get("http" + strings.TrimPrefix(h.url, "ws"))
		if err != nil || answer.StatusCode != http.StatusBadRequest {
			t.Fatalf("a request for no socket: %v, %v", answer, err)
		}
		_ = answer.Body.Close()
	}
	_ = first.Close(websocket.StatusNormalClosure, "")
	h.wantCount("usher_sockets_open", most)
	if _, status, body := dial("203.0.113.7"); status != http.StatusSwitchingProtocols {
		t.Errorf("after one was closed: %d %s", status, body)
	}
}

// A client that reads nothing is dropped, and neither it nor what it is sent fills the memory.
func TestAReaderThatNeverReadsIsDropped(t *testing.T) {
	t.Parallel()
	for name, flood := range map[string][]byte{
		"for pings of the SDKs":    bytes.Repeat(text(`{"action":"ping","ack":"true"}`), 500),
		"for pings of WebSocket's": bytes.Repeat(encode(final|opPing, bytes.Repeat([]byte("p"), 125)), 200),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			jwt, _ := h.login(andrew)
			neighbour := h.enter(jwt, "ALL_USERS")
			s := h.connect(t)
			s.enter(jwt)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			sent := 0
			for sent < 64<<20 {
				n, err := s.Write(flood)
				sent += n
				if err != nil {
					break
				}
			}
			h.wantCount(ended("4413"), 1)
			runtime.ReadMemStats(&after)
			// Other tests run beside this one; what is bounded here would else be as much as was sent.
			t.Logf("it was dropped after %d KB, and the heap grew by %d KB", sent>>10, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>10)
			if sent >= 64<<20 {
				t.Error("it was let go on")
			}
			neighbour.wantQuiet()
			h.wantCount("usher_sockets_open", 1)
		})
	}
}

// A client that is slow but reads gets everything, in order.
func TestABurstIsNoReasonToDropAClient(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, _ := h.login(andrew)
	s := h.connect(t)
	s.enter(jwt)
	const many = 1000
	go func() {
		for number := range many {
			_, _ = s.Write(encode(final|opPing, fmt.Append(nil, number)))
		}
	}()
	for number := range many {
		if _, payload, err := s.frame(); err != nil || string(payload) != strconv.Itoa(number) {
			t.Fatalf("number %d is %q, %v", number, payload, err)
		}
	}
}

func TestWhoIsSilentIsAskedAndThenDropped(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(config *realtime.Config, tracking *presence.Config) {
		config.SilenceTime = 400 * time.Millisecond
		tracking.Grace = patience
	})
	jwt, _ := h.login(andrew)
	// This client answers pings of the protocol, as browsers do; the other one does not.
	h.enter(jwt, "").CloseRead(t.Context())
	georges, _ := h.login(george)
	silent := h.connect(t)
	silent.enter(georges)
	h.eventually("George is online", func() bool { return h.online(george) })
	if opcode, _, err := silent.frame(); err != nil || opcode != opPing {
		t.Fatalf("it is not asked: %d, %v", opcode, err)
	}
	silent.wantEnd(realtime.Lost)
	// It was waited for already: no grace.
	h.eventually("George is offline", func() bool { return !h.online(george) })
	h.wantCount(ended("4410"), 1)
	h.wantCount("usher_sockets_open", 1)
}

// Beyond the limit of presence nobody is told, and everything else goes on.
func TestPresenceIsToldUpToALimit(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(config *realtime.Config, _ *presence.Config) { config.Limits.PresenceUsers = 2 })
	jwt, _ := h.login(andrew)
	listener := h.enter(jwt, "ALL_USERS")
	h.eventually("Andrew is online", func() bool { return h.online(andrew) })
	georges, _ := h.login(george)
	h.enter(georges, "")
	listener.wantPresence(george, "online")
	nancys, _ := h.login(nancy)
	third := h.enter(nancys, "")
	h.wantCount(`usher_presence_frames_total{outcome="kept back"}`, 1)
	listener.wantQuiet()
	if !h.online(nancy) {
		t.Error("lists don't know of Nancy")
	}
	_ = third.Close(websocket.StatusNormalClosure, "")
	listener.wantPresence(nancy, "offline")
}

// An answer to auth comes before anybody's presence, and a user's comings and goings in their order.
func TestFramesComeInOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, _ := h.login(andrew)
	listener := h.enter(jwt, "ALL_USERS")
	h.eventually("Andrew is online", func() bool { return h.online(andrew) })
	georges, _ := h.login(george)
	nancys, _ := h.login(nancy)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20 {
			// Whoever enters meanwhile has its answer first: enter fails otherwise.
			_ = h.enter(nancys, "ALL_USERS").Close(websocket.StatusNormalClosure, "")
		}
	}()
	for range 20 {
		_ = h.enter(georges, "").Close(websocket.StatusNormalClosure, "")
	}
	<-done
	h.eventually("all have left", func() bool { return h.gateway.Sockets() == 1 && h.tracker.Waiting() == 0 })
	h.eventually("both are offline", func() bool { return !h.online(george) && !h.online(nancy) })
	// Whoever comes now is the last of whom the listener hears.
	last, _ := h.login("cometchat-uid-4")
	h.enter(last, "")
	states := map[string]string{}
	for states["cometchat-uid-4"] == "" {
		body := listener.read()["body"].(map[string]any)
		uid := body["user"].(map[string]any)["uid"].(string)
		if states[uid] == body["action"] {
			t.Fatalf("%s is told to be %s twice", uid, body["action"])
		}
		states[uid] = body["action"].(string)
	}
	for _, uid := range []identity.UID{george, nancy} {
		if states[string(uid)] != "offline" {
			t.Errorf("the last that was heard of %s is %q", uid, states[string(uid)])
		}
	}
}
