package rest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/usherhq/usher/internal/identity"
)

// requestTimeLimit bounds what one request may take of the server, waiting for the database included.
const requestTimeLimit = 10 * time.Second

// Handler answers the REST API. Make one with NewHandler.
type Handler struct {
	service    *identity.Service
	hosts      hosts
	management Management
	region     string
	// webhooksAllowPrivate is what Config says of it.
	webhooksAllowPrivate bool
	proxies              proxies
	limiter              *limiter
	metrics              *Metrics
	tracer               trace.Tracer
	log                  *slog.Logger
	mux                  *http.ServeMux
	// draining is set when the server is about to stop: readyz then sends traffic elsewhere.
	draining atomic.Bool
	// Request ids are a random part per process and a number per request.
	process  string
	requests atomic.Uint64
}

// Config is what a Handler needs to know.
type Config struct {
	// PublicURL is where clients reach this server, for the settings that SDKs take their host names
	// from. Empty: the Host of each request.
	PublicURL  string
	Management Management
	// Region is that of apps which are created without one.
	Region string
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// WebhooksAllowPrivate says that webhooks may have URLs of private addresses, and of http.
	WebhooksAllowPrivate bool
	Limits               Limits
	// Clock is time.Now unless said.
	Clock func() time.Time
	// Metrics counts what the Handler does; nil for nobody.
	Metrics *Metrics
	// Tracer records a span for each request; nil for none.
	Tracer trace.Tracer
	Log    *slog.Logger
}

// NewHandler makes the API on the use cases. It fails on a public URL that clients could not use.
func NewHandler(service *identity.Service, config Config) (*Handler, error) {
	hosts, err := newHosts(config.PublicURL)
	if err != nil {
		return nil, err
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	h := &Handler{
		service: service, hosts: hosts, management: config.Management, region: config.Region,
		webhooksAllowPrivate: config.WebhooksAllowPrivate,
		proxies:              proxies{trusted: config.TrustedProxies, log: config.Log},
		limiter:              newLimiter(config.Limits, config.Clock, config.Metrics.refuse), metrics: config.Metrics, tracer: config.Tracer,
		log: config.Log, process: strings.ToLower(rand.Text()[:8]),
	}
	h.mux = h.routes()
	return h, nil
}

// Drain makes readyz answer ERR_NOT_READY from now on, while everything else goes on working.
func (h *Handler) Drain() { h.draining.Store(true) }

// Address is where a request came from, past trusted proxies.
func (h *Handler) Address(r *http.Request) string { return h.proxies.client(r) }

// ServeHTTP answers every request with {"data": …} or {"error": {"code": …}}, whatever happens.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	allowOrigins(w.Header())
	switch {
	case r.Method == http.MethodOptions:
		answerPreflight(w)
	case path.Clean(r.URL.EscapedPath()) != r.URL.EscapedPath():
		// The mux would redirect a path like //users with a page of HTML; here it is just unknown. An
		// escaped slash is part of a name, as it is for the mux.
		h.adapt(unknownPath)(w, r)
	default:
		h.mux.ServeHTTP(w, r)
	}
}

// call is one request with what is known about it so far.
type call struct {
	*http.Request
	id string
	// address is where it came from, past trusted proxies.
	address string
	caller  identity.Caller
	// claims is what the call token says, where one was needed.
	claims identity.Claims
	// reply is the headers of the answer.
	reply http.Header
}

// from notes where the call came from. An operator is on the machine itself.
func (c *call) from() {
	if c.byOperator() {
		c.caller.Operator = operatorName
		return
	}
	c.caller.Address, c.caller.UserAgent = c.address, c.UserAgent()
}

// uid is the user that the path names, or else the caller itself.
func (c *call) uid() (identity.UID, error) {
	if c.caller.Session != nil {
		return c.caller.Session.User.UID, nil
	}
	return identity.ParsePathUID(c.PathValue("uid"))
}

// endpoint is what a route does once its caller is proven.
type endpoint func(c *call) (answer, error)

// answer is the body of every success.
type answer struct {
	Data any   `json:"data"`
	Meta *meta `json:"meta,omitempty"`
	// bare is the whole body where a standard has the say about it.
	bare any
}

func (a answer) body() any {
	if a.bare != nil {
		return a.bare
	}
	return a
}

// done is the documented answer of an action that has nothing to show (contract 0.4).
func done(message string) answer {
	return answer{Data: struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
	}{true, message}}
}

// adapt gives an endpoint its time limit, its body limit and its request id, and writes what it
// answers. A panic is an error like any other.
func (h *Handler) adapt(run endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeLimit)
		defer cancel()
		ctx, span := h.startSpan(ctx, r)
		h.metrics.begin()
		c := &call{Request: r.WithContext(ctx), address: h.proxies.client(r), reply: w.Header(), id: h.process + "-" + strconv.FormatUint(h.requests.Add(1), 10)}
		c.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r.Pattern))
		w.Header()[requestIDHeader] = []string{c.id}
		result, err := guarded(run, c)
		status, body := http.StatusOK, result.body()
		if err != nil {
			status, body = h.refuse(c, err)
		}
		h.write(w, status, body)
		h.metrics.end(r.Pattern, status, body, time.Since(started))
		endSpan(span, c.id, status, body)
		// The route, never the path: a path may hold a token.
		h.log.LogAttrs(ctx, slog.LevelDebug, "request", slog.String("method", r.Method), slog.String("route", r.Pattern),
			slog.Int("status", status), slog.Duration("took", time.Since(started)), slog.String("request", c.id))
	}
}

func guarded(run endpoint, c *call) (result answer, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return run(c)
}

// Header names and values that every answer shares, in canonical form. Answers hold tokens: nothing
// on the way may store them.
var (
	jsonContent = []string{"application/json"}
	notStored   = []string{"no-store"}
)

const requestIDHeader = "X-Request-Id"

// write sends a body. One that can't be encoded is a defect of ours: the status is not sent before
// the body is known.
func (h *Handler) write(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		h.log.Error("answer could not be encoded", slog.Any("error", err))
		status, text = http.StatusInternalServerError, []byte(`{"error":{"code":"ERR_EXCEPTION","message":"The answer could not be encoded."}}`)
	}
	header := w.Header()
	header["Content-Type"] = jsonContent
	if header["Cache-Control"] == nil || status != http.StatusOK {
		header["Cache-Control"] = notStored
	}
	header["Content-Length"] = []string{strconv.Itoa(len(text))}
	w.WriteHeader(status)
	// Whoever does not read the answer has gone; there is nobody to tell.
	_, _ = w.Write(text)
}
