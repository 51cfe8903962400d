package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// client is one socket, as lean as can be: there are many, and they are not what is measured.
type client struct {
	net.Conn
	in   *bufio.Reader
	ping *time.Timer
}

// keep pings the server now and then.
func (c *client) keep() {
	c.ping = time.AfterFunc(pingInterval, func() {
		// A socket that has ended is noticed by who reads it.
		if _, err := c.Write(ping); err == nil {
			c.ping.Reset(pingInterval)
		}
	})
}

func (c *client) leave() {
	c.ping.Stop()
	_ = c.Close()
}

// dial opens a socket that has said nothing yet.
func dial(ctx context.Context, url string) (*client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return nil, err
	}
	c := &client{Conn: conn, in: bufio.NewReaderSize(conn, 512)}
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	for line := []byte("HTTP"); err == nil && len(bytes.TrimSpace(line)) > 0; {
		line, err = c.in.ReadSlice('\n')
		if bytes.HasPrefix(line, []byte("HTTP/")) && !bytes.Contains(line, []byte(" 101 ")) {
			err = fmt.Errorf("the server answered %s", bytes.TrimSpace(line))
		}
	}
	return c, err
}

// frame makes a frame that is masked with zeros, which leave the text as it is.
func frame(first byte, text string) []byte {
	out := []byte{first, 0x80 | byte(len(text))}
	if len(text) > 125 {
		out = binary.BigEndian.AppendUint16([]byte{first, 0x80 | 126}, uint16(len(text)))
	}
	return append(append(out, 0, 0, 0, 0), text...)
}

var (
	ping     = frame(0x81, `{"action":"ping","ack":"true"}`)
	farewell = frame(0x88, "\x03\xe8User logged out")
)

// authFrame is what an official SDK sends first.
func authFrame(jwt, subscription string) []byte {
	return frame(0x81, `{"appId":"bench","deviceId":"WEB-4_2_0-page-1","type":"auth","sender":"whoever","body":{"auth":"`+jwt+
		`","deviceId":"WEB-4_2_0-page-1","presenceSubscription":"`+subscription+`","params":{"appInfo":{"version":"4.2.0","apiVersion":"v3.0",`+
		`"origin":"https://page.example.com","uts":1700000000000},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)`+
		` Chrome/156.0.0.0 Safari/537.36","deviceId":"bench_5b1e6b0c-7f6f-4f6c-9a44-0d9c4c9a7f10_1700000000000","platform":"javascript"}}}`)
}

// enter opens a socket and authenticates it.
func enter(ctx context.Context, url, jwt, subscription string) (*client, error) {
	c, err := dial(ctx, url)
	if err != nil {
		return nil, err
	}
	if _, err := c.Write(authFrame(jwt, subscription)); err != nil {
		return nil, err
	}
	reply, err := c.next(nil)
	if err == nil && !bytes.Contains(reply, []byte(`"code":"200"`)) {
		err = fmt.Errorf("the answer to auth is %s", reply)
	}
	c.keep()
	return c, err
}

var errEnded = errors.New("the server ended a socket")

// next reads the payload of the next frame into a buffer that may be used again.
func (c *client) next(buffer []byte) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(c.in, head[:2]); err != nil {
		return nil, err
	}
	size := int(head[1])
	if size == 126 {
		if _, err := io.ReadFull(c.in, head[2:]); err != nil {
			return nil, err
		}
		size = int(binary.BigEndian.Uint16(head[2:]))
	}
	if cap(buffer) < size {
		buffer = make([]byte, size)
	}
	_, err := io.ReadFull(c.in, buffer[:size])
	if err == nil && head[0]&0xf == 8 {
		err = fmt.Errorf("%w: %d", errEnded, binary.BigEndian.Uint16(buffer))
	}
	return buffer[:size], err
}
