package realtime_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/realtime"
)

// Whatever a client sends, with its request or before or after it has told who it is: the server goes
// on, and when it ends the socket, then with a code that is documented.
func FuzzFramesOfAnySort(f *testing.F) {
	h := newHouse(f)
	jwt, _ := h.login(andrew)
	for _, seed := range [][]byte{
		nil, text(`{}`), text(`{"action":"ping"}`), text(authFrame(jwt, "ALL_USERS")), encode(final|opBinary, []byte{0}),
		encode(final|opPing, []byte("ping")), encode(final|opClose, []byte{3, 232, 'b', 'y', 'e'}), encode(final|opClose, []byte{3}),
		{final | opText, 0x80 | 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4},
		{final | opText, 0x80 | 126, 0xff, 0xff, 1, 2, 3, 4},
		append(encode(opText, []byte("{")), encode(final|opContinuation, []byte("}"))...),
	} {
		f.Add(seed, byte(0))
		f.Add(seed, byte(1))
		f.Add(seed, byte(2))
	}
	f.Fuzz(func(t *testing.T, raw []byte, when byte) {
		var w *wire
		if when%3 == 0 {
			w = h.connect(t, raw...)
		} else {
			w = h.connect(t)
			if when%3 == 1 {
				w.enter(jwt)
			}
			_, _ = w.Write(raw)
		}
		// What this ends, if it is heard at all, has to be ended already or by one of us.
		_, _ = w.Write(encode(final|opClose, []byte{3, 232}))
		_ = w.SetReadDeadline(time.Now().Add(2 * time.Second))
		code, err := w.closeCode()
		late, isNet := errors.AsType[net.Error](err)
		switch {
		case err == nil && code != 1000 && realtime.EveryCloseCode[code] == "":
			t.Errorf("%x ended it with %d", raw, code)
		case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) && (!isNet || !late.Timeout()):
			t.Errorf("%x: %v", raw, err)
		}
		_ = w.Close()
	})
}

func FuzzParseFrame(f *testing.F) {
	for _, seed := range []string{``, `{`, `{}`, `null`, `[]`, `{"type":"auth"}`, `{"type":"auth","body":{}}`, `{"TYPE":"auth","body":{"auth":1}}`, `{"type":"auth","body":{"roles":[null]}}`, `{"type":7}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		isAuth, err := realtime.ParseFrame(text)
		var object map[string]any
		isObject := json.Unmarshal(text, &object) == nil && object != nil
		if err == nil && !isObject {
			t.Errorf("%q is taken for an object", text)
		}
		if err != nil && isObject && !isAuth && object["type"] != "auth" && object["body"] == nil {
			t.Errorf("%q is refused: %v", text, err)
		}
	})
}
