// Package socket is one realtime connection: it opens it, says whose it is, keeps it alive, and reads
// what comes. What to do when it ends is the business of package session.
package socket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/sdk/go/internal/transport"
)

const (
	// frameLimit is the size of the longest frame that is read, in bytes.
	frameLimit = 1 << 20
	// pingInterval and pongTimeLimit are those of the official SDKs (wire.md 8).
	pingInterval  = 15 * time.Second
	pongTimeLimit = 3 * time.Second
	// farewellTimeLimit is how long the server may take to answer a farewell.
	farewellTimeLimit = time.Second
)

// ErrRefused is that the server does not take the JWT, or not any more. Whether the session has ended
// only the API says.
var ErrRefused = errors.New("the server does not take the JWT")

var errLost = errors.New("the server did not answer a ping")

// The close codes by which a server refuses: the JWT is not good, and the session has ended.
const (
	closeRefused websocket.StatusCode = 4401
	closeRevoked websocket.StatusCode = 4403
)

// LaterError is a server's wish to be left alone for a while.
type LaterError struct {
	// After is how long.
	After time.Duration
	cause error
}

func (e *LaterError) Error() string { return e.cause.Error() }

// Unwrap gives why.
func (e *LaterError) Unwrap() error { return e.cause }

// FarewellError is the cause of a context that ends because the connection is not wanted any more.
type FarewellError struct {
	code   websocket.StatusCode
	reason string
}

func (f *FarewellError) Error() string { return f.reason }

// The farewells. The server takes the user offline at once after the first, and waits a little after
// the second: the program may be back.
var (
	ErrLoggedOut = &FarewellError{websocket.StatusNormalClosure, "User logged out"}
	ErrGoingAway = &FarewellError{websocket.StatusGoingAway, "the client is closed"}
)

// Place is where a connection is to be opened, and how.
type Place struct {
	URL    string
	Client *http.Client
	// TimeLimit is for all that happens until the server says that the client is in.
	TimeLimit time.Duration
}

// Socket is an open connection of a user. Serve must be called.
type Socket struct {
	conn     *websocket.Conn
	resource string
}

// Open opens a connection and gives it once the server knows whose it is. Its errors are [ErrRefused],
// a [*LaterError], or that it did not work.
func Open(ctx context.Context, place Place, hello Hello) (*Socket, error) {
	ctx, cancel := context.WithTimeout(ctx, place.TimeLimit)
	defer cancel()
	options := websocket.DialOptions{HTTPClient: place.Client, HTTPHeader: http.Header{"User-Agent": {hello.UserAgent}}}
	conn, answer, err := websocket.Dial(ctx, place.URL, &options) //nolint:bodyclose // the library closes it
	if err != nil {
		if answer != nil {
			return nil, &LaterError{After: transport.RetryAfter(answer.Header), cause: err}
		}
		return nil, err
	}
	conn.SetReadLimit(frameLimit)
	s := &Socket{conn: conn, resource: hello.Resource}
	if err := s.introduce(ctx, hello); err != nil {
		_ = conn.CloseNow()
		return nil, err
	}
	return s, nil
}

// introduce says whose connection it is and waits for the server's word on that.
func (s *Socket) introduce(ctx context.Context, hello Hello) error {
	text, err := hello.frame()
	if err == nil {
		err = s.conn.Write(ctx, websocket.MessageText, text)
	}
	if err != nil {
		return ended(err)
	}
	for {
		_, text, err := s.conn.Read(ctx)
		if err != nil {
			return ended(err)
		}
		received := parse(text)
		if received.Type != typeAuth {
			continue
		}
		switch code := received.verdict(); {
		case code == strconv.Itoa(http.StatusOK):
			return nil
		case strings.HasPrefix(code, "4"):
			return ErrRefused
		default:
			return fmt.Errorf("the server answers the connection with code %q", code)
		}
	}
}

// ended says why a connection ended.
func ended(err error) error {
	switch websocket.CloseStatus(err) {
	case closeRefused, closeRevoked:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	default:
		return err
	}
}

// Serve keeps the connection until it ends, and says why it did; it ends it, with a [FarewellError] if that
// is the cause, when the context ends. hear must not wait.
func (s *Socket) Serve(ctx context.Context, hear func(Presence)) error {
	// The end of ctx must not break the connection before the farewell.
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	pongs := make(chan struct{}, 1)
	broken := make(chan error, 1)
	var reader sync.WaitGroup
	reader.Go(func() { broken <- s.read(reading, pongs, hear) })
	defer reader.Wait()
	err := s.keepAlive(ctx, pongs, broken)
	var farewell *FarewellError
	if ctx.Err() == nil || !errors.As(context.Cause(ctx), &farewell) {
		stop()
		_ = s.conn.CloseNow()
		return err
	}
	late := time.AfterFunc(farewellTimeLimit, stop)
	defer late.Stop()
	_ = s.conn.Close(farewell.code, farewell.reason)
	return farewell
}

// keepAlive pings until the connection is lost, broken or not wanted any more.
func (s *Socket) keepAlive(ctx context.Context, pongs <-chan struct{}, broken <-chan error) error {
	pings := time.NewTicker(pingInterval)
	defer pings.Stop()
	late := time.NewTimer(pongTimeLimit)
	late.Stop()
	defer late.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case err := <-broken:
			return ended(err)
		case <-pongs:
			late.Stop()
		case <-late.C:
			return errLost
		case <-pings.C:
			late.Reset(pongTimeLimit)
			if err := s.ping(ctx); err != nil {
				return ended(err)
			}
		}
	}
}

func (s *Socket) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pongTimeLimit)
	defer cancel()
	return s.conn.Write(ctx, websocket.MessageText, ping)
}

// read takes frames until the connection ends.
func (s *Socket) read(ctx context.Context, pongs chan<- struct{}, hear func(Presence)) error {
	for {
		_, text, err := s.conn.Read(ctx)
		if err != nil {
			return err
		}
		received := parse(text)
		if received.Action == actionPong {
			select {
			case pongs <- struct{}{}:
			default: // one is enough
			}
			continue
		}
		if received.DeviceID != "" && received.DeviceID == s.resource {
			continue // it is this client's own doing (wire.md 8)
		}
		if presence, usable := received.presence(); usable {
			hear(presence)
		}
	}
}
