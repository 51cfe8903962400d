package servertest

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// StartInMemory makes a server that only the given client reaches, without a network: it can be used
// with testing/synctest.
func StartInMemory() (*Server, *http.Client) {
	pipes := &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})}
	return startOn(pipes), &http.Client{Transport: &http.Transport{DialContext: pipes.dial}}
}

// pipes is a listener for connections that are pipes.
type pipes struct {
	dialled chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.dialled <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept gives the next connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.dialled:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close ends the waiting for connections.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is an address that nobody has.
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }
