package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/usherhq/usher/internal/apidocs"
	"github.com/usherhq/usher/internal/control"
	"github.com/usherhq/usher/internal/dashboard"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
	"github.com/usherhq/usher/internal/realtime"
	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/webhook"
)

// The bounds of a connection. A request has at most 10 KB of body and a handler at most 10 s, so
// whoever needs longer than this is not a client but an attack, or gone.
const (
	readHeaderTimeLimit = 10 * time.Second
	readTimeLimit       = 20 * time.Second
	writeTimeLimit      = 30 * time.Second
	idleTimeLimit       = 2 * time.Minute
	maxHeaderBytes      = 32 << 10
	startTimeLimit      = time.Minute
	// drainTimeLimit leaves two of the ten seconds that a service manager grants at least.
	drainTimeLimit = 8 * time.Second
)

// Server is a running server.
type Server struct {
	config   Config
	setUp    identity.SetUpResult
	handler  *rest.Handler
	http     *http.Server
	listener net.Listener
	store    *sqlstore.Store
	metrics  *metrics
	tracing  *tracing
	cleanUp  func() error
	served   chan error
	chores   *chores
	tracker  *presence.Tracker
	gateway  *realtime.Gateway
	webhooks *webhook.Dispatcher
	// console is nil where it is switched off.
	console *dashboard.Dashboard
	// invitation is the code of the first operator; empty when there is one.
	invitation identity.Secret
	// clock is the server's time; it is the machine's but in development.
	clock func() time.Time
	// development is nil for a server in production.
	development *development
	control     *controlSocket
}

// Run serves until ctx ends, then drains: it stops taking requests, answers those it has, and
// returns. What a person needs next is printed on out; log gets the rest.
func Run(ctx context.Context, config Config, out io.Writer, log *slog.Logger) error {
	server, err := Start(ctx, config, log)
	if err != nil {
		return err
	}
	if err := server.announce(out); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case <-ctx.Done():
		log.Info("stopping", slog.Duration("at most", drainTimeLimit))
		return server.Close()
	case err := <-server.served:
		return errors.Join(fmt.Errorf("serve: %w", err), server.Close())
	}
}

// Start opens the database, makes the first app when there is none, and begins to serve.
func Start(ctx context.Context, config Config, log *slog.Logger) (_ *Server, err error) {
	config, cleanUp, err := config.resolve()
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, cleanUp: cleanUp, served: make(chan error, 1), clock: time.Now}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release())
		}
	}()
	if s.development, err = config.prepareDevelopment(); err != nil {
		return nil, err
	}
	if s.development != nil {
		s.clock = s.development.clock.Now
	}
	// The address first: a second server by mistake must not touch the data of the first.
	if s.listener, err = listen(ctx, config.Listen); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeLimit)
	defer cancel()
	if s.store, err = config.OpenStore(ctx, log); err != nil {
		return nil, err
	}
	service := identity.NewService(s.store, s.clock, rand.Reader)
	if s.setUp, err = service.SetUp(ctx, config.firstApp()); err != nil {
		return nil, startFailure(err)
	}
	restConfig := rest.Config{
		PublicURL: config.PublicURL, Region: config.Region,
		Management: rest.Management{Key: identity.Secret(config.ManagementKey), Secret: identity.Secret(config.ManagementSecret)},
		Limits:     config.limits(), WebhooksAllowPrivate: config.WebhooksAllowPrivate, Clock: s.clock, Log: log,
	}
	if restConfig.TrustedProxies, err = config.trustedProxies(); err != nil {
		return nil, err
	}
	if config.MetricsListen != "" {
		if s.metrics, err = startMetrics(ctx, config.MetricsListen, log); err != nil {
			return nil, err
		}
		s.store.Observe(s.metrics.store)
		restConfig.Metrics = s.metrics.requests
	}
	if s.tracing, err = startTracing(ctx, log); err != nil {
		return nil, err
	}
	restConfig.Tracer = s.tracing.tracer()
	if s.handler, err = rest.NewHandler(service, restConfig); err != nil {
		return nil, err
	}
	if err = s.startRealtime(ctx, service, log); err != nil {
		return nil, err
	}
	if err = s.startConsole(ctx, service, log); err != nil {
		return nil, err
	}
	handler := s.rooms()
	if s.development != nil {
		if handler, err = s.startDevelopment(ctx, service, handler, log); err != nil {
			return nil, err
		}
	}
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeLimit, ReadTimeout: readTimeLimit, WriteTimeout: writeTimeLimit,
		IdleTimeout: idleTimeLimit, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	if config.useTLS() {
		if s.http.TLSConfig, err = tlsConfig(config, s.setUp.App); err != nil {
			return nil, err
		}
	}
	go s.serve()
	s.control = startControl(ctx, config, s.operator(service, log), log)
	s.startWebhooks(service, log)
	s.chores = startChores(service, config.EventRetention, s.metrics, log)
	return s, nil
}

// rooms sends each request where it belongs: sockets to the gateway, people to the pages for them, and
// everything else to the API.
func (s *Server) rooms() http.Handler {
	docs := apidocs.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case realtime.Opens(r):
			s.gateway.ServeHTTP(w, r)
		case slices.Contains(apidocs.Paths, r.URL.Path):
			docs.ServeHTTP(w, r)
		case s.isForConsole(r):
			s.console.ServeHTTP(w, r)
		default:
			s.handler.ServeHTTP(w, r)
		}
	})
}

// operator answers the operator of the machine: the API, and what is beyond it.
func (s *Server) operator(service *identity.Service, log *slog.Logger) http.Handler {
	api, desk := s.handler.Operator(), control.Handler(control.Desk{Service: service}, log)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, control.Path) {
			desk.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

func (s *Server) serve() {
	if s.config.useTLS() {
		s.served <- s.http.ServeTLS(s.listener, "", "")
		return
	}
	s.served <- s.http.Serve(s.listener)
}

// URL is the address that the server listens on, with its scheme: http://127.0.0.1:8080.
func (s *Server) URL() string {
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return s.listener.Addr().String()
	}
	if address := net.ParseIP(host); address != nil && address.IsUnspecified() {
		host = "localhost"
	}
	scheme := "http"
	if s.config.useTLS() {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// MetricsURL is where Prometheus finds the metrics, or empty.
func (s *Server) MetricsURL() string {
	if s.metrics == nil {
		return ""
	}
	return "http://" + s.metrics.listener.Addr().String() + "/metrics"
}

// App is the app that the server started with, with its keys when it was made just now.
func (s *Server) App() identity.SetUpResult { return s.setUp }

// Close drains and stops. It takes at most about ten seconds, and less when clients are done.
func (s *Server) Close() error {
	s.handler.Drain()
	if s.development != nil {
		s.development.Close()
	}
	s.gateway.Close()
	s.closeConsole()
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeLimit)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		// Whoever is still connected has had its time.
		_ = s.http.Close()
	}
	s.control.drain(ctx)
	s.chores.stop()
	return s.release()
}

// release gives back what Start took, in reverse.
func (s *Server) release() error {
	var failures []error
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			failures = append(failures, err)
		}
	}
	if s.gateway != nil {
		s.gateway.Close()
	}
	if s.tracker != nil {
		failures = append(failures, s.tracker.Close())
		s.tracker = nil
	}
	if s.webhooks != nil {
		s.webhooks.Close()
	}
	if s.store != nil {
		failures = append(failures, s.store.Close())
	}
	failures = append(failures, s.metrics.close())
	s.tracing.close()
	s.tracing = nil
	return errors.Join(append(failures, s.cleanUp())...)
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("another program listens on %s already: stop it, or choose another --listen", address)
	case err != nil:
		return nil, fmt.Errorf("--listen %s: %w", address, err)
	}
	return listener, nil
}
