package emulator_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/internal/realtime"
)

// now is the server's time as it tells it.
func (b *bench) now() time.Time {
	b.t.Helper()
	return read[struct{ Now time.Time }](b.t, b.do("GET", "/dev/clock", "")).Now
}

func TestAMovedClockEndsATokenAndItsSocketAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	short, long, forever := b.token("cometchat-uid-1", `{"expiresIn":3600}`), b.token("cometchat-uid-1", `{"expiresIn":864000}`), b.token("cometchat-uid-2", "")
	shortEnded, longEnded, foreverEnded := b.socket(short), b.socket(long), b.socket(forever)
	b.do("POST", "/dev/clock", `{"advance":"3600s"}`)
	if b.works(short) || !b.works(long) || !b.works(forever) {
		t.Error("another token than the one whose time is over was refused, or that one was not")
	}
	if code := shortEnded(); code != websocket.StatusCode(realtime.Revoked) {
		t.Errorf("its socket ended with %d", code)
	}
	b.do("POST", "/dev/clock", `{"advance":"240h"}`)
	if code := longEnded(); code != websocket.StatusCode(realtime.Revoked) {
		t.Errorf("the socket of the longer one ended with %d", code)
	}
	if b.works(long) || !b.works(forever) {
		t.Error("after ten days, another token than the longer one was refused, or that one was not")
	}
	// It is in the middle of all that, and not silent for days.
	b.do("DELETE", "/v3/users/cometchat-uid-2/auth_tokens", "", backEnd...)
	if code := foreverEnded(); code != websocket.StatusCode(realtime.Revoked) {
		t.Errorf("the socket of a token that lives for ever ended with %d", code)
	}
}

// A socket that was opened at one time ends when its token does, wherever the clock went meanwhile.
func TestASocketEndsByTheClockAsItIs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.do("POST", "/dev/clock", `{"advance":"-24h"}`)
	token := b.token("cometchat-uid-1", `{"expiresIn":86400}`)
	ended := b.socket(token)
	b.do("POST", "/dev/clock", `{"advance":"86399700ms"}`)
	if code := ended(); code != websocket.StatusCode(realtime.Revoked) {
		t.Errorf("the socket ended with %d", code)
	}
	if b.works(token) {
		t.Error("the token works after its time")
	}
}

func TestTheClockIsMovedSetAndPutBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	near := func(what string, got, want time.Time) {
		t.Helper()
		if got.Sub(want).Abs() > time.Minute {
			t.Errorf("%s: it is %v, want %v", what, got, want)
		}
	}
	near("at first", b.now(), time.Now())
	b.do("POST", "/dev/clock", `{"advance":"48h"}`)
	b.do("POST", "/dev/clock", `{"advance":"-24h"}`)
	near("a day ahead", b.now(), time.Now().Add(24*time.Hour))
	b.do("POST", "/dev/clock", `{"set":"2031-05-06T09:08:09+02:00"}`)
	set := time.Date(2031, time.May, 6, 7, 8, 9, 0, time.UTC)
	near("set", b.now(), set)
	user := read[struct{ CreatedAt int64 }](t, b.do("POST", "/v3/users", `{"uid":"made","name":"Made"}`, backEnd...))
	near("what is made then", time.Unix(user.CreatedAt, 0), set)
	// SDKs go by the server's time.
	answer := b.call("GET", "/v3/settings", "", backEnd...)
	date, err := http.ParseTime(answer.header.Get("Date"))
	if err != nil {
		t.Error(err)
	}
	near("the date of an answer", date, set)
	b.do("POST", "/dev/clock", `{"reset":true}`)
	near("put back", b.now(), time.Now())
}

// claimsOf reads a JWT without proving it.
func claimsOf(t *testing.T, jwt string) (claims struct{ Iat, Exp int64 }) {
	t.Helper()
	parts := strings.Split(jwt, ".")
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return read[struct{ Iat, Exp int64 }](t, text)
}

func TestJWTsGoByTheClock(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token := b.token("cometchat-uid-1", "")
	jwt := func() string {
		return read[struct{ JWT string }](t, b.do("GET", "/v3/me", "", holding(token)...)).JWT
	}
	accepted := func(jwt string) bool {
		// RFC 7662 has the say about the answer's form.
		answer := b.call("POST", "/v3/introspect", `{"token":"`+jwt+`"}`, backEnd...)
		return read[struct{ Active bool }](t, []byte(answer.text)).Active
	}
	first := jwt()
	if !accepted(first) {
		t.Fatal("a new JWT is refused")
	}
	b.do("POST", "/dev/clock", `{"advance":"1440h"}`)
	if accepted(first) {
		t.Error("the JWT is accepted after its 60 days")
	}
	second := jwt()
	if got := claimsOf(t, second).Iat - claimsOf(t, first).Iat; got < 59*24*3600 {
		t.Errorf("the next one was signed %d seconds later", got)
	}
	_ = b.socket(token)
	// Back again: the one from the future is none now, and there is another.
	b.do("POST", "/dev/clock", `{"reset":true}`)
	if accepted(second) || !accepted(first) || !accepted(jwt()) {
		t.Error("after the clock was put back, the JWT from the future is accepted, or one of the present is not")
	}
	_ = b.socket(token)
}

func TestTheClockTakesWhatHasHadItsTime(t *testing.T) {
	t.Parallel()
	b := newBench(t, withManagement)
	b.do("POST", "/v3/apps", `{"id":"second","name":"Second"}`, manager...)
	b.do("DELETE", "/v3/apps/second", "", manager...)
	b.do("POST", "/dev/clock", `{"advance":"719h"}`)
	b.do("GET", "/v3/apps/second", "", manager...)
	b.do("POST", "/dev/clock", `{"advance":"2h"}`)
	if answer := b.call("GET", "/v3/apps/second", "", manager...); answer.status != http.StatusNotFound {
		t.Errorf("a deleted app after its 30 days: %d", answer.status)
	}
	if len(b.events()) == 0 {
		t.Error("the events are gone before their 90 days")
	}
	b.do("POST", "/dev/clock", `{"advance":"2160h"}`)
	for _, left := range b.events() {
		if left.Kind == "user_created" {
			t.Errorf("an event is left after its 90 days: %v", left)
		}
	}
}

// A delivery that failed is tried again when its time has come, by the server's clock.
func TestAMovedClockBringsTheNextAttemptOfADelivery(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	attempts := make(chan struct{}, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		attempts <- struct{}{}
	}))
	t.Cleanup(receiver.Close)
	b.do("POST", "/v3/webhooks", `{"id":"hook","name":"Hook","webhookURL":"`+receiver.URL+`","triggers":["user_created"]}`, backEnd...)
	b.do("POST", "/v3/users", `{"uid":"made","name":"Made"}`, backEnd...)
	// The clock is moved again where an attempt was still being written down: its pause began after that.
	for number, moves := 0, 0; number < 4; {
		select {
		case <-attempts:
			number++
		case <-time.After(time.Second):
			if moves++; moves > 20 {
				t.Fatalf("only %d attempts", number)
			}
			b.do("POST", "/dev/clock", `{"advance":"1h"}`)
		}
	}
}
