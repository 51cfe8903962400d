package realtime

import (
	"crypto/tls"
	"io"
	"net"
	"time"
)

// What is still taken from a client after the farewell, so that it gets to read that: closed with
// something unread, a connection is reset, and the client may lose what was sent to it last.
const (
	lingerTime  = time.Second
	mostIgnored = 4 << 20
)

// line is the connection of a socket. Closed by the library, from any goroutine, it only says no more;
// hangUp ends it.
type line struct{ net.Conn }

// Close ends what is sent and what is read.
func (l *line) Close() error {
	if half, ok := l.Conn.(interface{ CloseWrite() error }); ok {
		// Who is gone needs no end.
		_ = half.CloseWrite()
	}
	return l.SetReadDeadline(time.Unix(1, 0))
}

// hangUp waits for the client to close its end, for a short time, and closes the connection.
func (l *line) hangUp() {
	bare := l.Conn
	if secured, ok := bare.(*tls.Conn); ok {
		bare = secured.NetConn()
	}
	if bare.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
		_, _ = io.CopyN(io.Discard, bare, mostIgnored)
	}
	_ = l.Conn.Close()
}
