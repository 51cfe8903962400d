package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Link is a realtime connection of an SDK through the proxy.
type Link struct {
	stage *Stage
	wire  *wire
	sdk   *websocket.Conn
	taken bool // guarded by the channel

	ended chan struct{}
	code  int // how the SDK ended it; read it when ended is closed
	// order of the connections of a channel: this one had ended when the one after it was asked for.
	endedFirst bool // guarded by the channel
}

// NoAnswer makes RefuseSockets leave requests unanswered.
const NoAnswer = -1

// RefuseSockets answers every request for a connection with an HTTP status from now on; 0 lets them
// through again.
func (c *Channel) RefuseSockets(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.socketStatus = status
}

// Attempts gives when requests for a connection came, refused ones included.
func (c *Channel) Attempts() []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Time{}, c.attempts...)
}

// Link waits for a connection that no earlier call was about.
func (s *Stage) Link() *Link {
	s.t.Helper()
	var found *Link
	s.untilChanged("there was no connection", func() bool {
		for _, link := range s.links {
			if !link.taken {
				link.taken, link.stage, found = true, s, link
				return true
			}
		}
		return false
	})
	return found
}

// WantAttempts waits until a number of requests for a connection have come.
func (s *Stage) WantAttempts(number int) []time.Time {
	s.t.Helper()
	s.untilChanged(fmt.Sprintf("there were no %d attempts to connect", number), func() bool { return len(s.attempts) >= number })
	return s.Attempts()
}

// untilChanged waits for something that is guarded by the channel.
func (s *Stage) untilChanged(otherwise string, reached func() bool) {
	s.t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	for {
		s.mu.Lock()
		done, changed := reached(), s.changed
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			s.t.Fatalf("%s", otherwise)
		}
	}
}

// Cut breaks the connection without a word, as a network does.
func (l *Link) Cut() { _ = l.wire.Close() }

// End closes the connection as the server would, with a close code.
func (l *Link) End(code int) {
	go func() { _ = l.sdk.Close(websocket.StatusCode(code), "the scenario wants it") }()
}

// Deafen holds back everything that the SDK sends from now on: pings stay unanswered, and a farewell
// unheard, for as long as the scenario lasts.
func (l *Link) Deafen() { l.wire.held.Store(true) }

// Say sends the SDK a frame, as if it came from the server.
func (l *Link) Say(frame any) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if text, err := json.Marshal(frame); err == nil {
		_ = l.sdk.Write(ctx, websocket.MessageText, text) // it may be closed by now
	}
}

// Ended waits until the SDK has ended the connection, and gives the close code that it sent; -1 for
// none.
func (l *Link) Ended() int {
	l.stage.t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	select {
	case <-l.ended:
	case code := <-l.wire.said:
		return code
	case <-late.C:
		l.stage.t.Fatalf("the connection never ended")
	}
	return l.code
}

// EndedFirst says whether the SDK had ended the connection when it asked for the next one.
func (l *Link) EndedFirst() bool {
	l.stage.mu.Lock()
	defer l.stage.mu.Unlock()
	return l.endedFirst
}

// Presence is the frame by which the server says that a user is online.
func Presence(uid string) any {
	return map[string]any{"type": "presence", "sender": uid, "body": map[string]any{
		"action": "online", "timestamp": 1700000000, "user": map[string]any{"uid": uid, "name": uid, "status": "available"},
	}}
}

// link passes a connection on between an SDK and the server.
func (p *proxy) link(channel *Channel, path string, w http.ResponseWriter, r *http.Request) {
	channel.mu.Lock()
	status := channel.socketStatus
	channel.attempts = append(channel.attempts, time.Now())
	for _, earlier := range channel.links {
		earlier.endedFirst = earlier.wire.farewell.Load()
	}
	channel.tell()
	channel.mu.Unlock()
	switch status {
	case 0:
	case NoAnswer:
		select {
		case <-r.Context().Done():
		case <-channel.closed:
		}
		return
	default:
		w.WriteHeader(status)
		return
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	go func() {
		select {
		case <-channel.closed:
			cancel()
		case <-ctx.Done():
		}
	}()
	server, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(p.server, "http")+path, nil) //nolint:bodyclose // the library closes it
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = server.CloseNow() }()
	wire, err := hijack(w)
	if err != nil {
		return
	}
	defer wire.Close()
	sdk, err := websocket.Accept(wire, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	link := &Link{wire: wire, sdk: sdk, ended: make(chan struct{})}
	channel.mu.Lock()
	channel.links = append(channel.links, link)
	channel.tell()
	channel.mu.Unlock()
	var ways sync.WaitGroup
	ways.Go(func() {
		relay(ctx, server, sdk)
	})
	link.code = relay(ctx, sdk, server)
	wire.farewell.Store(true)
	close(link.ended)
	ways.Wait()
}

// relay passes on what comes from one side until that side ends, then ends the other in the same way.
func relay(ctx context.Context, from, to *websocket.Conn) (code int) {
	for {
		kind, frame, err := from.Read(ctx)
		if err == nil {
			err = to.Write(ctx, kind, frame)
		}
		if err == nil {
			continue
		}
		status := websocket.CloseStatus(err)
		if status > 0 && status != websocket.StatusNoStatusRcvd {
			_ = to.Close(status, "")
		}
		_ = to.CloseNow()
		return int(status)
	}
}

// closeFrame is the first byte of a close frame. An SDK sends frames one at a time, so that it is also
// the first byte of what is read.
const closeFrame = 0x88

// wire is a hijacked connection to an SDK that can be held. net/http would answer an upgrade with
// Connection: close here, since the proxy keeps no connection alive.
type wire struct {
	net.Conn
	buffered *bufio.ReadWriter
	header   http.Header

	held atomic.Bool
	// farewell is that the SDK has said goodbye, or was heard to be gone.
	farewell atomic.Bool
	// said has the code of a farewell that was held back: its browser waits a minute for the answer.
	said chan int
}

func hijack(w http.ResponseWriter) (*wire, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	made := &wire{Conn: conn, header: make(http.Header), said: make(chan int, 1)}
	made.buffered = bufio.NewReadWriter(bufio.NewReader(made), buffered.Writer)
	return made, nil
}

// Header is for the library.
func (w *wire) Header() http.Header { return w.header }

// WriteHeader writes the answer.
func (w *wire) WriteHeader(status int) {
	_, _ = fmt.Fprintf(w.buffered, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	_ = w.header.Write(w.buffered)
	_, _ = w.buffered.WriteString("\r\n")
	_ = w.buffered.Flush()
}

// Hijack gives the connection to the library.
func (w *wire) Hijack() (net.Conn, *bufio.ReadWriter, error) { return w, w.buffered, nil }

// Read gives what the SDK sent, unless that is held: then it waits for the SDK to be gone.
func (w *wire) Read(into []byte) (n int, err error) {
	for {
		n, err = w.Conn.Read(into)
		held := w.held.Load()
		if err != nil || n > 0 && into[0] == closeFrame && !held {
			w.farewell.Store(true)
		}
		if err != nil || !held {
			return n, err
		}
		if code := closeCode(into[:n]); code > 0 {
			select {
			case w.said <- code:
			default: // one is enough
			}
		}
	}
}

// closeCode gives the code of a client's close frame, which is masked (RFC 6455, 5.2), or 0.
func closeCode(frame []byte) int {
	const header, mask = 2, 4
	if len(frame) < header+mask+2 || frame[0] != closeFrame {
		return 0
	}
	key, payload := frame[header:], frame[header+mask:]
	return int(payload[0]^key[0])<<8 | int(payload[1]^key[1])
}
