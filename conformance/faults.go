package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Fault is what becomes of a request.
type Fault func(*Exchange)

// Pass lets the server answer.
func Pass(x *Exchange) { x.Pass() }

// Unreached breaks the connection; the server never sees the request.
func Unreached(*Exchange) { panic(http.ErrAbortHandler) }

// LostAnswer lets the server do it, then breaks the connection.
func LostAnswer(x *Exchange) {
	x.ask()
	panic(http.ErrAbortHandler)
}

// CutAfterHeaders breaks the connection where the body should begin.
func CutAfterHeaders(x *Exchange) {
	x.head(x.ask())
	x.flush()
	panic(http.ErrAbortHandler)
}

// CutInBody breaks the connection in the middle of the body.
func CutInBody(x *Exchange) {
	x.half()
	panic(http.ErrAbortHandler)
}

// Silent never answers.
func Silent(x *Exchange) { x.untilGone() }

// SilentInBody stops in the middle of the body.
func SilentInBody(x *Exchange) {
	x.half()
	x.untilGone()
}

func (x *Exchange) half() {
	answer := x.ask()
	x.head(answer)
	_, _ = x.w.Write(answer.body[:len(answer.body)/2])
	x.flush()
}

func (x *Exchange) flush() { _ = http.NewResponseController(x.w).Flush() }

// Raw answers with a body as it is; the server never sees the request.
func Raw(status int, contentType, body string) Fault {
	return func(x *Exchange) {
		x.give(reply{status: status, header: http.Header{"Content-Type": {contentType}}, body: []byte(body)})
	}
}

// JSON answers with a value in place of the server.
func JSON(status int, value any) Fault {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return Raw(status, "application/json", string(body))
}

// Refuse answers with an error of the server.
func Refuse(status int, code string) Fault {
	return JSON(status, map[string]any{"error": map[string]any{"code": code, "message": fmt.Sprintf("Refused with %s.", code)}})
}

// Redirect sends the SDK to another address.
func Redirect(address string) Fault {
	return func(x *Exchange) {
		x.give(reply{status: http.StatusTemporaryRedirect, header: http.Header{"Location": {address}}})
	}
}

// Changed lets the server answer and changes the data of its answer.
func Changed(change func(data map[string]any)) Fault {
	return func(x *Exchange) { x.give(x.change(x.ask(), change)) }
}

// WithStatus lets the server answer and changes the status of its answer.
func WithStatus(status int) Fault {
	return func(x *Exchange) {
		answer := x.ask()
		answer.status = status
		x.give(answer)
	}
}

// Held waits for the gate, then does the other fault.
func Held(gate *Gate, then Fault) Fault {
	return func(x *Exchange) {
		select {
		case <-gate.opened:
			then(x)
		case <-x.channel.closed:
			panic(http.ErrAbortHandler)
		}
	}
}

// HeldAnswer lets the server answer at once and holds the answer back until the gate opens.
func HeldAnswer(gate *Gate) Fault {
	return func(x *Exchange) {
		answer := x.ask()
		Held(gate, func(x *Exchange) { x.give(answer) })(x)
	}
}

// Once does the first fault at the first request and the second at all others.
func Once(first, others Fault) Fault {
	done := make(chan struct{}, 1)
	return func(x *Exchange) {
		select {
		case done <- struct{}{}:
			first(x)
		default:
			others(x)
		}
	}
}

// Gate holds requests back until it is opened.
type Gate struct{ opened chan struct{} }

// NewGate gives a closed one.
func NewGate() *Gate { return &Gate{opened: make(chan struct{})} }

// Open lets everybody through, once.
func (g *Gate) Open() { close(g.opened) }

// AnotherTime lets the server answer as if its clock showed another time than the client's: every
// time of the answer is shifted, and it holds a JWT that is of then.
func AnotherTime(shift time.Duration) Fault {
	return func(x *Exchange) {
		answer := x.ask()
		then := time.Now().Add(shift)
		answer.header.Set("Date", then.UTC().Format(http.TimeFormat))
		x.give(x.change(answer, func(data map[string]any) {
			for _, field := range []string{"createdAt", "updatedAt", "lastActiveAt"} {
				data[field] = then.Unix()
			}
			payload := fmt.Sprintf(`{"iat":%d,"exp":%d}`, then.Unix(), then.Add(time.Hour).Unix())
			encode := base64.RawURLEncoding.EncodeToString
			data["jwt"] = encode([]byte(`{"alg":"ES256"}`)) + "." + encode([]byte(payload)) + ".c2ln"
		}))
	}
}

// Quoting refuses with an error that repeats the request's credentials wherever it can.
func Quoting(x *Exchange) {
	secret := x.Token + x.Key
	JSON(http.StatusUnauthorized, map[string]any{"error": map[string]any{
		"code": "ERR_QUOTING", "message": secret + " is wrong", "devMessage": secret, "name": secret,
		"details": map[string][]string{"authToken": {secret}},
	}})(x)
}
