package realtime

import (
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lxzan/gws"

	"github.com/usherhq/usher/internal/identity"
)

// mostQueued is how many frames may wait for a client to read them. Each takes some hundred bytes beside
// its text, which all who get it share: at the limit of presence, everybody in an app may come at once,
// and go again.
const mostQueued = 2048

// closeTimeLimit is how long the farewell to a client may take that does not read.
const closeTimeLimit = time.Second

// socket is one connection. There are many thousands: every byte here counts.
type socket struct {
	gateway  *Gateway
	conn     *gws.Conn
	line     line
	address  string
	openedAt int64 // unix milliseconds
	// heardAt is when something came in last, and stuckSince when what is queued began to wait, both in
	// unix milliseconds.
	heardAt, stuckSince atomic.Int64
	// queued is how many frames wait.
	queued atomic.Int32
	// ending is the close code that the gateway gave, or 0.
	ending atomic.Int32

	// cause is what ended the reading.
	cause error

	// proven says that the socket has told whose it is.
	proven atomic.Bool
	// member is set once, by the reading goroutine, before the socket is in the roster.
	member *member
}

// member is what a socket is once it has told whose it is.
type member struct {
	app   identity.AppID
	uid   identity.UID
	token string
	// signer is the key that signed the socket's JWT.
	signer string
	// issuer is the API key that issued the auth token; 0 while that is not known.
	issuer atomic.Int64
	wants  subscription
	// connection is what the tracker knows it as; nil until then.
	connection *identity.Connection
	// expiry ends the socket with its auth token; nil where that lives for ever.
	expiry atomic.Pointer[time.Timer]
	// listening says that presence may be sent: the client has its answer to the auth frame.
	listening atomic.Bool
}

// subscription is whose presence a socket hears.
type subscription struct {
	all   bool
	roles []string
}

func (s subscription) includes(role string) bool {
	return s.all || slices.Contains(s.roles, role)
}

// subscribe reads a subscription (wire.md 16): several SDKs say ROLES without naming any and mean all
// users. Nobody has friends here, so who asks for theirs hears nothing.
func subscribe(kind string, roles []string) subscription {
	switch {
	case kind == "ALL_USERS", kind == "ROLES" && len(roles) == 0:
		return subscription{all: true}
	case kind == "ROLES":
		return subscription{roles: roles[:min(len(roles), identity.MaxRoles)]}
	}
	return subscription{}
}

// send queues a frame of text, in the order of the calls.
func (s *socket) send(payload []byte) { s.queue(gws.OpcodeText, payload) }

// queue queues a frame. It never waits: who does not read is dropped.
func (s *socket) queue(opcode gws.Opcode, payload []byte) {
	if s.ending.Load() != 0 {
		return
	}
	queued := s.queued.Add(1)
	if queued == 1 {
		s.stuckSince.Store(s.gateway.now())
	}
	if queued > mostQueued {
		s.end(TooSlow)
		return
	}
	s.conn.WriteAsync(opcode, payload, func(error) {
		s.queued.Add(-1)
		s.stuckSince.Store(s.gateway.now())
	})
}

// end closes the socket with a code, once, without waiting for it.
func (s *socket) end(code CloseCode) {
	if !s.ending.CompareAndSwap(0, int32(code)) {
		return
	}
	go func() {
		// What is being written to a client that does not read ends here, and the farewell with it.
		_ = s.line.SetWriteDeadline(time.Now().Add(closeTimeLimit))
		// A client that is gone needs none.
		_ = s.conn.WriteClose(uint16(code), []byte(code.String()))
	}()
}

// read takes what comes in until the socket ends, and forgets it then.
func (s *socket) read() {
	defer s.line.hangUp()
	s.readFrames()
	s.gateway.closed(s)
}

// readFrames reads until the library gives the cause of the end. A frame with a negative length makes it
// panic instead.
func (s *socket) readFrames() {
	defer func() {
		if cause := recover(); cause != nil {
			s.gateway.config.Log.Warn("a socket could not be read", slog.String("cause", fmt.Sprint(cause)), slog.String("address", s.address))
			s.ending.CompareAndSwap(0, int32(Malformed))
			_ = s.line.SetWriteDeadline(time.Now().Add(closeTimeLimit))
			_ = s.conn.WriteClose(uint16(Malformed), []byte(Malformed.String()))
		}
	}()
	s.conn.ReadLoop()
}

// endedWith is the code that the gateway gave, or 0.
func (s *socket) endedWith() CloseCode {
	return CloseCode(s.ending.Load()) //nolint:gosec // only end sets it, from a CloseCode
}

// endAfter ends the socket when all that was queued has been written.
func (s *socket) endAfter(code CloseCode) {
	s.conn.Async(func() { s.end(code) })
}

// slot is how the library gives back the socket of a connection. It would rather keep a map for each.
type slot struct{ socket *socket }

func newSlot() gws.SessionStorage { return &slot{} }

func socketOf(conn *gws.Conn) *socket { return conn.Session().(*slot).socket }

// Len, Load, Delete, Store and Range make a slot a gws.SessionStorage in which there is nothing.
func (*slot) Len() int                     { return 0 }
func (*slot) Load(string) (any, bool)      { return nil, false }
func (*slot) Delete(string)                {}
func (*slot) Store(string, any)            {}
func (*slot) Range(func(string, any) bool) {}
