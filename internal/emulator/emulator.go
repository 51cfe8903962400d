package emulator

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/loopback"
)

// Path is below which the controls are.
const Path = "/dev/"

// workTimeLimit bounds what one control may take, loading the largest document included.
const workTimeLimit = time.Minute

// Sockets are what has to look again at who is logged in: realtime.Gateway.
type Sockets interface{ Recheck(ctx context.Context) }

// Config says what the emulator goes back to.
type Config struct {
	// App is the app of a fresh start.
	App identity.FirstApp
	// Seed is a document that is loaded over the fresh start; nil for none.
	Seed *Document
	// Retention is how long events are kept; 0 for ever.
	Retention time.Duration
	Log       *slog.Logger
}

// Emulator is the controls. Make one with New; it is safe for concurrent use.
type Emulator struct {
	service *identity.Service
	clock   *Clock
	sockets Sockets
	config  Config
	mux     *http.ServeMux
	origins *http.CrossOriginProtection
	faults  queue
	// turn keeps two controls from changing everything at once.
	turn sync.Mutex
	// closing ends delays.
	closing chan struct{}
	once    sync.Once
}

// New makes the controls of a server whose service has the clock.
func New(service *identity.Service, clock *Clock, sockets Sockets, config Config) *Emulator {
	e := &Emulator{
		service: service, clock: clock, sockets: sockets, config: config,
		origins: http.NewCrossOriginProtection(), closing: make(chan struct{}),
	}
	e.mux = e.routes()
	return e
}

// control is one of the things that can be asked for.
type control struct {
	pattern string
	does    string
	run     func(c *call) (any, error)
}

// controls is all of them, in the order in which they are listed.
func (e *Emulator) controls() []control {
	return []control{
		{"GET /dev/{$}", "Lists the controls.", e.list},
		{"POST /dev/reset", "Puts everything back to the state after the start: data, clock and faults.", e.reset},
		{"POST /dev/seed", "Replaces all data by what the JSON document in the body says.", e.seed},
		{"GET /dev/export", "Gives all data as a document for POST /dev/seed.", e.export},
		{"GET /dev/clock", "Tells the server's time and how far it is from the machine's.", e.showClock},
		{"POST /dev/clock", `Moves the server's time: {"advance": "720h"}, {"set": "2027-01-01T00:00:00Z"} or {"reset": true}.`, e.moveClock},
		{"GET /dev/faults", "Lists the faults that wait for a request.", e.listFaults},
		{"POST /dev/faults", `Makes the next requests fail: {"method": "PUT", "path": "/me", "status": 503}; also "delay", "drop", "times".`, e.addFault},
		{"DELETE /dev/faults", "Forgets the faults that wait.", e.clearFaults},
	}
}

func (e *Emulator) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, one := range e.controls() {
		mux.HandleFunc(one.pattern, e.adapt(one.run))
	}
	mux.HandleFunc("/", e.adapt(func(c *call) (any, error) { return nil, fault.UnknownEndpoint(c.Method) }))
	return mux
}

// Around puts the controls before a server, and faults and the server's time on everything else.
func (e *Emulator) Around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// SDKs take the server's time from here, to be right where a machine's clock is wrong.
		w.Header().Set("Date", e.clock.Now().UTC().Format(http.TimeFormat))
		if r.URL.Path+"/" == Path || strings.HasPrefix(r.URL.Path, Path) {
			e.ServeHTTP(w, r)
			return
		}
		if injected, ok := e.faults.take(r); ok && e.strike(w, r, injected) {
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP answers the controls.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := e.admit(r); err != nil {
		e.refuse(w, r, err)
		return
	}
	if r.URL.Path+"/" == Path {
		r.URL.Path = Path
	}
	e.mux.ServeHTTP(w, r)
}

// admit keeps out web pages of other origins, whose browser runs on the machine of the server. One whose
// own name was made to stand for this machine passes for the same origin; so the name has to be one that
// nobody else can have.
func (e *Emulator) admit(r *http.Request) error {
	if !loopback.Names(r.Host) {
		return refused("The controls answer to localhost, 127.0.0.1 and [::1] only, not to the host of this request.")
	}
	if err := e.origins.Check(r); err != nil {
		return refused("A web page of another origin may not use the controls. Call them from the test's own process.").Because(err)
	}
	return nil
}

func refused(message string) *fault.Error {
	return &fault.Error{Code: fault.CodeNoAccess, Message: message}
}

// Close ends the delays of faults.
func (e *Emulator) Close() { e.once.Do(func() { close(e.closing) }) }

// list tells what there is.
func (e *Emulator) list(*call) (any, error) {
	type listed struct {
		Request string `json:"request"`
		Does    string `json:"does"`
	}
	var all []listed
	for _, one := range e.controls() {
		all = append(all, listed{strings.TrimSuffix(one.pattern, "{$}"), one.does})
	}
	return all, nil
}

// done is the answer of a control that has nothing to show, as the API gives it.
func done(format string, values ...any) any {
	return struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
	}{true, fmt.Sprintf(format, values...)}
}
