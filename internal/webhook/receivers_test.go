package webhook_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// one makes a webhook and an event for it, and gives what came of the delivery.
func (h *house) one(url string, allowPrivate bool) identity.Delivery {
	h.t.Helper()
	h.hook("audit", url, identity.WebhookChange{Retries: new(false)}, "user_created")
	h.serve(allowPrivate)
	h.add("mina")
	return h.settled("audit", 1)[0]
}

// listen takes connections and hands each to serve, if there is one.
func listen(t *testing.T, serve func(net.Conn)) (port string, accepted *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted = &atomic.Int64{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			if serve != nil {
				serve(conn)
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, accepted
}

func TestPrivateAddressesAreNotCalled(t *testing.T) {
	t.Parallel()
	port, accepted := listen(t, nil)
	h := newHouse(t)
	hosts := []string{
		"127.0.0.1", "127.9.8.7", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "localhost",
		"10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fe80::1%25lo]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
		"255.255.255.255", "224.0.0.1",
		// Ways to write 127.0.0.1, which some resolvers know and others don't.
		"2130706433", "0x7f000001", "0177.0.0.1", "127.1",
	}
	const sure = 19
	for number, host := range hosts {
		h.hook(fmt.Sprintf("hook%d", number), "https://"+host+":"+port+"/hook", identity.WebhookChange{Retries: new(false)}, "user_created")
	}
	h.serve(false)
	h.add("mina")
	for number, host := range hosts {
		got := h.settled(fmt.Sprintf("hook%d", number), 1)[0].Failure
		unknown := number >= sure && (got == identity.FailureDNS || got == identity.FailureTimeout)
		if got != identity.FailureAddress && !unknown {
			t.Errorf("%s failed by %q", host, got)
		}
	}
	if accepted.Load() != 0 {
		t.Error("this machine was called")
	}
	if strings.Contains(h.log.String(), "/hook\"") || strings.Contains(h.log.String(), "https:") {
		t.Errorf("the log has a URL:\n%s", h.log)
	}
}

func TestWithoutTLSNothingIsSentUnlessAllowed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(nil)
	wantEqual(t, "what failed", h.one(to.URL, false).Failure, identity.FailureAddress)
	wantEqual(t, "the calls", len(to.got()), 0)
}

func TestANameThatStandsForThisMachineIsCalledWhereAllowed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(nil)
	got := h.one(strings.Replace(to.URL, "127.0.0.1", "localhost", 1), true)
	wantEqual(t, "how it ended", got.State, identity.DeliveryDone)
}

func TestNobodyFollowsARedirect(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	elsewhere := h.newReceiver(nil)
	to := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(to.Close)
	got := h.one(to.URL, true)
	wantEqual(t, "what failed", got.Failure, identity.FailureRedirect)
	wantEqual(t, "the status", got.Status, http.StatusTemporaryRedirect)
	wantEqual(t, "the calls elsewhere", len(elsewhere.got()), 0)
}

func TestReceiversThatMisbehave(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	asked := func(conn net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err == nil {
			_, _ = io.Copy(io.Discard, request.Body)
		}
	}
	// endless writes until nobody listens any more.
	endless := func(conn net.Conn, head, text string) {
		asked(conn)
		for _, err := io.WriteString(conn, head); err == nil; {
			_, err = io.WriteString(conn, text)
		}
	}
	for _, test := range []struct {
		name    string
		serve   func(conn net.Conn)
		failure identity.DeliveryFailure
		status  int
	}{
		{"a body without an end", func(conn net.Conn) {
			endless(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "400\r\n"+strings.Repeat("x", 1024)+"\r\n")
		}, "", 200},
		{"headers without an end", func(conn net.Conn) { endless(conn, "HTTP/1.1 200 OK\r\n", "X-More: "+strings.Repeat("x", 1000)+"\r\n") }, identity.FailureConnection, 0},
		{"a body that never comes", func(conn net.Conn) {
			asked(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
			_, _ = conn.Read(make([]byte, 1))
		}, "", 200},
		{"headers that never end", func(conn net.Conn) {
			asked(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-Slow: ")
			_, _ = conn.Read(make([]byte, 1))
		}, identity.FailureTimeout, 0},
		{"no answer", func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1<<16)); _, _ = io.Copy(io.Discard, conn) }, identity.FailureTimeout, 0},
		{"an answer that is none", func(conn net.Conn) { asked(conn); _, _ = io.WriteString(conn, "hello\r\n") }, identity.FailureConnection, 0},
		{"a connection that is closed", func(net.Conn) {}, identity.FailureConnection, 0},
		{"success of another sort", func(conn net.Conn) {
			asked(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
		}, "", 202},
		{"gone", func(conn net.Conn) {
			asked(conn)
			_, _ = io.WriteString(conn, "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
		}, identity.FailureStatus, 410},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			port, _ := listen(t, test.serve)
			got := newHouse(t).one("http://127.0.0.1:"+port, true)
			wantEqual(t, "what failed", got.Failure, test.failure)
			wantEqual(t, "the status", got.Status, test.status)
		})
	}
}

func TestABadCertificateIsRefused(t *testing.T) {
	t.Parallel()
	to := httptest.NewUnstartedServer(http.NotFoundHandler())
	to.Config.ErrorLog = nil
	to.StartTLS()
	t.Cleanup(to.Close)
	wantEqual(t, "what failed", newHouse(t).one(to.URL, true).Failure, identity.FailureTLS)
	port, _ := listen(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1))
		_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
	})
	wantEqual(t, "what failed without TLS", newHouse(t).one("https://127.0.0.1:"+port, true).Failure, identity.FailureTLS)
}
