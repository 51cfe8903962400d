package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/limit"
	"github.com/usherhq/usher/internal/loopback"
)

const (
	// requestTimeLimit bounds what a page may take, waiting for the database included.
	requestTimeLimit = 10 * time.Second
	// formLimit bounds a form. That of a user is the largest: with every field full of what forms send as
	// three bytes each, it has some 120 KB.
	formLimit = 256 << 10
)

type counter struct{ atomic.Uint64 }

// call is one request with what is known about it so far.
type call struct {
	*http.Request
	id string
	// gone ends when the browser does.
	gone context.Context //nolint:containedctx // it is that of the connection
	// connection is what a handler needs that takes longer than others.
	connection *http.ResponseController
	// upload is the body without the bound of forms, for the handler that takes files.
	upload io.ReadCloser
	// operator is who asks; its name is empty for somebody who has not signed in.
	operator identity.Operator
	// session is nil in development, where nobody signs in.
	session *identity.OperatorSession
	// app is the one that the path names.
	app identity.App
	// caller is the operator at work on the app, as the use cases take it.
	caller identity.Caller
}

// handler does what a route is for.
type handler func(c *call) (reply, error)

// adapt finds out who asks and whether they may, runs a handler and sends what it replies. Whatever goes
// wrong goes out by the one door, refuse.
func (d *Dashboard) adapt(needs identity.Capability, run handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeLimit)
		defer cancel()
		c := &call{Request: r.WithContext(ctx), gone: r.Context(), connection: http.NewResponseController(w), id: d.process + "-" + strconv.FormatUint(d.requests.Add(1), 10)}
		w.Header().Set("X-Request-Id", c.id)
		answer, err := d.answer(w, c, needs, run)
		if err != nil {
			answer = d.refuse(c, err)
		}
		status := d.send(w, c, answer)
		// The route, never the path: what a path holds is for nobody who reads logs.
		d.config.Log.LogAttrs(r.Context(), slog.LevelDebug, "console", slog.String("method", r.Method), slog.String("route", r.Pattern),
			slog.Int("status", status), slog.Duration("took", time.Since(started)), slog.String("request", c.id))
	}
}

func (d *Dashboard) answer(w http.ResponseWriter, c *call, needs identity.Capability, run handler) (result reply, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	// Another site must not make a browser do anything, and a name that somebody points to this machine is
	// another site.
	if d.config.Development && !loopback.Names(c.Host) {
		return reply{}, errForeignHost
	}
	if err := d.crossOrigin.Check(c.Request); err != nil {
		return reply{}, errors.Join(errCrossOrigin, err)
	}
	if err := d.findOperator(c); err != nil && (needs != open || !errors.Is(err, identity.ErrNotSignedIn)) {
		return reply{}, err
	}
	if needs != open && needs != signedIn && !c.operator.Role.Has(needs) {
		return reply{}, errNotAllowed
	}
	c.caller = identity.Caller{Operator: c.operator.Name, Address: d.config.Address(c.Request), UserAgent: c.UserAgent()}
	if named := c.PathValue("appId"); named != "" {
		if c.app, err = d.service.GetApp(c.Context(), named); err != nil {
			return reply{}, err
		}
		c.caller.App = c.app
	}
	if c.Method == http.MethodPost {
		c.upload = c.Body
		c.Body = http.MaxBytesReader(w, c.Body, formLimit)
		if err := c.ParseForm(); err != nil {
			return reply{}, errors.Join(errBadForm, err)
		}
	}
	return run(c)
}

// network is what counts as one address for those who try to sign in.
func (c *call) network() netip.Prefix {
	address, err := netip.ParseAddr(c.caller.Address)
	if err != nil {
		// Who has no address shares the one of all who have none.
		return netip.PrefixFrom(netip.IPv4Unspecified(), 32)
	}
	return limit.Network(address)
}
