package realtime_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/realtime"
)

// The opcodes of RFC 6455, and the bit of a frame that is the last one of its message.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	final          = 0x80
)

// encode makes a frame as a client sends it, masked with zeros, which leave the payload as it is.
func encode(first byte, payload []byte) []byte {
	out := []byte{first}
	switch size := len(payload); {
	case size < 126:
		out = append(out, 0x80|byte(size))
	case size <= 0xffff:
		out = binary.BigEndian.AppendUint16(append(out, 0x80|126), uint16(size))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 0x80|127), uint64(size))
	}
	return append(append(out, 0, 0, 0, 0), payload...)
}

func text(payload string) []byte { return encode(final|opText, []byte(payload)) }

// wire is a client that may send anything.
type wire struct {
	net.Conn
	in *bufio.Reader
	t  testing.TB
}

// connect opens a socket and sends early with its request, as no client should.
func (h *house) connect(tb testing.TB, early ...byte) *wire {
	tb.Helper()
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(tb.Context(), "tcp", strings.TrimPrefix(h.url, "ws://"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	// What the kernel takes on behalf of a client that does not read.
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	_ = conn.SetDeadline(time.Now().Add(patience))
	w := &wire{conn, bufio.NewReader(conn), tb}
	w.send(append([]byte("GET / HTTP/1.1\r\nHost: acme\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), early...))
	answer, err := http.ReadResponse(w.in, nil)
	if err != nil {
		tb.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusSwitchingProtocols {
		tb.Fatalf("the answer is %s", answer.Status)
	}
	return w
}

func (w *wire) send(raw []byte) {
	w.t.Helper()
	if _, err := w.Write(raw); err != nil {
		w.t.Fatalf("send: %v", err)
	}
}

// frame gives the next frame.
func (w *wire) frame() (opcode byte, payload []byte, err error) {
	var head [4]byte
	if _, err := io.ReadFull(w.in, head[:2]); err != nil {
		return 0, nil, err
	}
	size := int(head[1])
	if size == 126 {
		if _, err := io.ReadFull(w.in, head[2:]); err != nil {
			return 0, nil, err
		}
		size = int(binary.BigEndian.Uint16(head[2:]))
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(w.in, payload)
	return head[0] & 0xf, payload, err
}

// closeCode reads up to the end and gives its code.
func (w *wire) closeCode() (realtime.CloseCode, error) {
	for {
		opcode, payload, err := w.frame()
		if err != nil {
			return 0, err
		}
		if opcode == opClose && len(payload) >= 2 {
			// The end of what is sent has to follow at once.
			if _, _, err := w.frame(); !errors.Is(err, io.EOF) {
				return 0, errors.Join(errors.New("something came after the close frame"), err)
			}
			return realtime.CloseCode(binary.BigEndian.Uint16(payload)), nil
		}
	}
}

func (w *wire) wantEnd(code realtime.CloseCode) {
	w.t.Helper()
	got, err := w.closeCode()
	if err != nil || got != code {
		w.t.Errorf("the socket ended with %d, %v; want %d", got, err, code)
	}
}

// enter authenticates the socket.
func (w *wire) enter(jwt string) {
	w.t.Helper()
	w.send(text(authFrame(jwt, "")))
	if _, payload, err := w.frame(); err != nil || !bytes.Contains(payload, []byte(`"code":"200"`)) {
		w.t.Fatalf("the answer to auth is %q, %v", payload, err)
	}
}
