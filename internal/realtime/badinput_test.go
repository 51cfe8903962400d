package realtime_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
	"github.com/usherhq/usher/internal/realtime"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

const nested = 20_000

// What no client should send, before it has told who it is and after. Every socket ends with the code
// that is documented, is counted, and takes no other one with it.
func TestBadFramesEndTheirSocketOnly(t *testing.T) {
	t.Parallel()
	const both, before, after = "before and after", "before", "after"
	for _, test := range []struct {
		name string
		when string
		send []byte
		code realtime.CloseCode
	}{
		{"a binary frame", both, encode(final|opBinary, []byte(`{"type":"auth"}`)), realtime.BadFrame},
		{"no JSON", both, text("hello"), realtime.BadFrame},
		{"nothing", both, text(""), realtime.BadFrame},
		{"half of an object", both, text(`{"type":`), realtime.BadFrame},
		{"two objects", both, text(`{} {}`), realtime.BadFrame},
		{"a list", both, text(`[{"type":"auth"}]`), realtime.BadFrame},
		{"null", both, text(`null`), realtime.BadFrame},
		{"more brackets than anybody needs", both, text(`{"a":` + strings.Repeat("[", nested/2-100)), realtime.BadFrame},
		{"auth without a body", both, text(`{"type":"auth"}`), realtime.BadFrame},
		{"auth with a body of another form", both, text(`{"type":"auth","body":[1]}`), realtime.BadFrame},
		{"auth that is a number", both, text(`{"type":"auth","body":{"auth":7}}`), realtime.BadFrame},
		{"a ping before auth", before, text(`{"action":"ping"}`), realtime.BadFrame},
		{"a chat before auth", before, text(`{"type":"message","body":{}}`), realtime.BadFrame},
		{"auth again", after, text(`{"type":"auth","body":{"auth":"x"}}`), realtime.SecondAuth},
		{"a megabyte", both, text(`{"a":"` + strings.Repeat("x", 1<<20) + `"}`), realtime.TooLarge},
		{"a byte too much", both, text(`{"a":"` + strings.Repeat("x", realtime.MaxFrameBytes-7) + `"}`), realtime.TooLarge},
		{"a megabyte in small parts", both, slices.Concat(encode(opText, []byte("{")), slices.Repeat(encode(opContinuation, []byte(strings.Repeat(" ", 1000))), 1000)), realtime.TooLarge},
		{"a size that is announced only", both, []byte{final | opText, 0x80 | 127, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4}, realtime.TooLarge},
		{"a negative size", both, []byte{final | opText, 0x80 | 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4}, realtime.Malformed},
		{"the most negative size, in parts", both, []byte{opText, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}, realtime.Malformed},
		{"no mask", both, []byte{final | opText, 2, '{', '}'}, realtime.Malformed},
		{"reserved bits", both, encode(final|0x70|opText, []byte("{}")), realtime.Malformed},
		{"an opcode that means nothing", both, encode(final|0x3, nil), realtime.Malformed},
		{"a control opcode that means nothing", both, encode(final|0xb, nil), realtime.Malformed},
		{"a ping that is too large", both, encode(final|opPing, make([]byte, 126)), realtime.Malformed},
		{"half of a ping", both, encode(opPing, nil), realtime.Malformed},
		{"the rest of nothing", both, encode(final|opContinuation, []byte("{}")), realtime.Malformed},
		{"a text within a text", both, slices.Concat(encode(opText, []byte("{")), text("{}")), realtime.Malformed},
		{"what is no UTF-8", both, encode(final|opText, []byte{'{', 0xff, '}'}), realtime.NotText},
	} {
		for _, proven := range []bool{false, true} {
			if proven && test.when == before || !proven && test.when == after {
				continue
			}
			name := test.name + ", before auth"
			if proven {
				name = test.name + ", after auth"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t)
				jwt, _ := h.login(andrew)
				neighbour := h.enter(jwt, "ALL_USERS")
				bad := h.connect(t)
				if proven {
					bad.enter(jwt)
				}
				bad.send(test.send)
				bad.wantEnd(test.code)
				h.wantCount(ended(strconv.Itoa(int(test.code))), 1)
				neighbour.wantQuiet()
				h.wantCount("usher_sockets_open", 1)
			})
		}
	}
}

// What a frame may hold that does not concern us.
func TestFramesOfAChatAreIgnored(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, _ := h.login(andrew)
	s := h.enter(jwt, "ALL_USERS")
	for _, frame := range []string{
		`{}`, `{"type":"message","body":"hello"}`, `{"type":"receipts","body":null}`, `{"type":7,"deviceId":[],"action":{}}`,
		` {"type":"typing_indicator"}`, `{"action":"pong"}`, `{"type":"AUTH2"}`, `{"type":"x","body":{"a":"` + strings.Repeat("x", 10_000) + `"}}`,
	} {
		s.write(frame)
		s.wantQuiet()
	}
}

func segment(value any) string {
	encoded, _ := json.Marshal(value)
	return base64.RawURLEncoding.EncodeToString(encoded)
}

// signedWith makes a JWT by hand, with the claims of a good one.
func signedWith(header map[string]any, claims string, sign func(input string) []byte) string {
	input := segment(header) + "." + claims
	return input + "." + base64.RawURLEncoding.EncodeToString(sign(input))
}

func hs256(key []byte) func(string) []byte {
	return func(input string) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(input))
		return mac.Sum(nil)
	}
}

func TestOnlyAGoodJWTOpensASocket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, token := h.login(andrew)
	parts := strings.Split(jwt, ".")
	session, err := h.FindSession(t.Context(), "", token.Value)
	if err != nil {
		t.Fatal(err)
	}
	call, err := h.IssueCallToken(t.Context(), session, "https://auth.example.com", "call-1")
	if err != nil {
		t.Fatal(err)
	}
	var header map[string]any
	decoded, _ := base64.RawURLEncoding.DecodeString(parts[0])
	if err := json.Unmarshal(decoded, &header); err != nil {
		t.Fatal(err)
	}
	public, err := h.PublicKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(public, &set); err != nil {
		t.Fatal(err)
	}
	as := func(algorithm string) map[string]any {
		return map[string]any{"alg": algorithm, "typ": "JWT", "kid": header["kid"]}
	}
	unsigned := func(string) []byte { return nil }
	var claims map[string]any
	decoded, _ = base64.RawURLEncoding.DecodeString(parts[1])
	if err := json.Unmarshal(decoded, &claims); err != nil {
		t.Fatal(err)
	}
	claims["sub"] = "[acme]" + string(george)
	others := newHouse(t)
	foreign, _ := others.login(andrew)
	neighbour := h.enter(jwt, "")

	refused := 0.0
	for name, bad := range map[string]string{
		"none": "", "no JWT": "x", "two dots": "..", "the auth token": string(token.Value), "for a call": call, "another server's": foreign,
		"none as algorithm":              signedWith(as("none"), parts[1], unsigned),
		"nOnE as algorithm":              signedWith(as("nOnE"), parts[1], unsigned),
		"no algorithm":                   signedWith(map[string]any{"kid": header["kid"]}, parts[1], unsigned),
		"HS256 with the published set":   signedWith(as("HS256"), parts[1], hs256(public)),
		"HS256 with the published key":   signedWith(as("HS256"), parts[1], hs256(set.Keys[0])),
		"HS256 with nothing":             signedWith(as("HS256"), parts[1], hs256(nil)),
		"a key of its own in the header": signedWith(map[string]any{"alg": "ES256", "jwk": set.Keys[0]}, parts[1], unsigned),
		"another user in it":             parts[0] + "." + segment(claims) + "." + parts[2],
		"a signature of zeros":           parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64)),
		"half of the signature":          jwt[:len(jwt)-40],
		"no signature":                   parts[0] + "." + parts[1] + ".",
		"seven kilobytes":                jwt + strings.Repeat("A", 7<<10),
		"ten kilobytes":                  jwt + strings.Repeat("A", 10<<10),
	} {
		s := h.dial()
		s.write(authFrame(bad, "ALL_USERS"))
		if body, _ := s.read()["body"].(map[string]any); body["code"] != "401" || body["status"] != "ERROR" {
			t.Errorf("%s: the answer is %v", name, body)
		}
		s.wantEnd(realtime.Refused)
		refused++
	}
	// The app that the frame names has to be the JWT's.
	s := h.dial()
	s.write(strings.Replace(authFrame(jwt, ""), `"appId":"acme"`, `"appId":"other"`, 1))
	s.wantEnd(realtime.Refused)
	h.wantCount(`usher_socket_authentications_total{outcome="refused"}`, refused+1)
	h.wantCount(ended("4401"), refused+1)
	h.wantCount(`usher_socket_authentications_total{outcome="accepted"}`, 1)
	neighbour.wantQuiet()

	h.ahead.Store(int64(identity.MaxJWTLife))
	s = h.dial()
	s.write(authFrame(jwt, ""))
	s.wantEnd(realtime.Refused)
}

// What a client tells of itself is stored, so it may hold nothing that a database does not take: it
// would keep everybody's presence waiting.
func TestAClientsOwnWordsHoldNothingUp(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		t.Helper()
		h := openHouse(t, address)
		jwt, _ := h.login(andrew)
		for _, params := range []string{
			`{"platform":"a\u0000b","userAgent":"\u0000","deviceId":"\ud800","appInfo":{"a":"\u0000\ud800"}}`,
			`{"platform":"` + strings.Repeat("ä", 4000) + `","appInfo":[1]}`,
			`{"appInfo":{"a":"` + strings.Repeat("x", 9000) + `"}}`,
			`{"appInfo":"text"}`, `{"appInfo":null}`, `null`,
		} {
			s := h.dial()
			s.write(`{"appId":"acme","type":"auth","body":{"auth":"` + jwt + `","params":` + params + `}}`)
			if frame := s.read(); frame["type"] != "auth" {
				t.Fatalf("got %v", frame)
			}
			_ = s.Close(1000, "")
		}
		h.eventually("all of it is written", func() bool { return h.gateway.Sockets() == 0 && h.tracker.Waiting() == 0 })
		if h.online(andrew) {
			t.Error("Andrew is online without a socket")
		}
	})
}

func TestASocketThatNeverTellsWhoItIsEnds(t *testing.T) {
	t.Parallel()
	const many = 300
	h := newHouse(t, func(config *realtime.Config, _ *presence.Config) { config.AuthTime = 200 * time.Millisecond })
	jwt, _ := h.login(andrew)
	neighbour := h.enter(jwt, "")
	silent := make([]*wire, many)
	for i := range silent {
		silent[i] = h.connect(t)
		if i%3 == 1 {
			// Half of a frame is none.
			silent[i].send([]byte{final | opText, 0x80 | 126, 0x20, 0, 1, 2, 3, 4, '{'})
		}
	}
	for _, s := range silent {
		s.wantEnd(realtime.NotAuthenticated)
	}
	h.wantCount(ended("4408"), many)
	h.wantCount("usher_sockets_open", 1)
	neighbour.wantQuiet()
}
