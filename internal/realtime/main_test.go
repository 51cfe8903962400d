package realtime_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
	"github.com/usherhq/usher/internal/realtime"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var keys = vault.Ephemeral()

// The users that every app starts with.
const (
	andrew = identity.UID("cometchat-uid-1")
	george = identity.UID("cometchat-uid-2")
	nancy  = identity.UID("cometchat-uid-3")
)

// patience is how long a test waits for what must come. Nothing waits this long that works.
const patience = 10 * time.Second

// house is a gateway on a database of its own.
type house struct {
	*identity.Service
	t       testing.TB
	app     identity.App
	url     string
	tracker *presence.Tracker
	gateway *realtime.Gateway
	metrics *prometheus.Registry
	store   *fragile
	// ahead is how far the clock of the house is ahead.
	ahead *atomic.Int64
	close func()
}

// option changes how a house is made.
type option func(*realtime.Config, *presence.Config)

func newHouse(tb testing.TB, options ...option) *house {
	tb.Helper()
	return openHouse(tb, "sqlite:"+filepath.Join(tb.TempDir(), "usher.db"), options...)
}

// openHouse makes a gateway on a database that others may use too.
func openHouse(tb testing.TB, database string, options ...option) *house {
	tb.Helper()
	store, err := sqlstore.Open(tb.Context(), database, keys)
	if err != nil {
		tb.Fatal(err)
	}
	ahead := &atomic.Int64{}
	clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	breakable := &fragile{Store: store}
	service := identity.NewService(breakable, clock, rand.Reader)
	made, err := service.SetUp(tb.Context(), identity.FirstApp{ID: "acme", Region: "eu", SampleUsers: true})
	if err != nil {
		tb.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	process := strings.ToLower(rand.Text()[:12])
	registry := prometheus.NewRegistry()
	config := realtime.Config{
		AuthTime: realtime.DefaultAuthTime, SilenceTime: realtime.DefaultSilenceTime, Clock: clock, Log: log,
		Metrics: realtime.NewMetrics(registry),
		Address: func(r *http.Request) string {
			host, _, _ := net.SplitHostPort(r.RemoteAddr)
			return host
		},
	}
	tracking := presence.Config{Node: process, Log: log}
	for _, change := range options {
		change(&config, &tracking)
	}
	h := &house{Service: service, t: tb, app: made.App, metrics: registry, store: breakable, ahead: ahead}
	if h.tracker, err = presence.Start(tb.Context(), service, tracking); err != nil {
		tb.Fatal(err)
	}
	if h.gateway, err = realtime.Start(tb.Context(), service, h.tracker, process, config); err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h.gateway)
	server.Listener = smallBuffers{server.Listener}
	server.Start()
	h.url = "ws" + strings.TrimPrefix(server.URL, "http")
	h.close = sync.OnceFunc(func() {
		h.gateway.Close()
		server.Close()
		if err := errors.Join(h.tracker.Close(), store.Close()); err != nil {
			tb.Error(err)
		}
	})
	tb.Cleanup(h.close)
	return h
}

// fragile is a store that can't find sessions while it is broken.
type fragile struct {
	identity.Store
	broken atomic.Bool
}

var errBroken = errors.New("the database does not answer")

func (f *fragile) SessionOfToken(ctx context.Context, id int64) (identity.Session, error) {
	if f.broken.Load() {
		return identity.Session{}, errBroken
	}
	return f.Store.SessionOfToken(ctx, id)
}

// smallBuffers lets a server notice soon that a client does not read.
type smallBuffers struct{ net.Listener }

func (l smallBuffers) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		err = conn.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	return conn, err
}

// count gives a metric of the house: usher_sockets_ended_total{by="server",code="1009"}.
func (h *house) count(metric string) float64 {
	h.t.Helper()
	families, err := h.metrics.Gather()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, family := range families {
		for _, one := range family.GetMetric() {
			var labels []string
			for _, label := range one.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", label.GetName(), label.GetValue()))
			}
			name := family.GetName()
			if len(labels) > 0 {
				name += "{" + strings.Join(labels, ",") + "}"
			}
			if name == metric {
				return one.GetCounter().GetValue() + one.GetGauge().GetValue()
			}
		}
	}
	return 0
}

// wantCount waits until a metric has a value.
func (h *house) wantCount(metric string, want float64) {
	h.t.Helper()
	h.eventually(fmt.Sprintf("%s is %v", metric, want), func() bool { return h.count(metric) == want })
}

// ended is the metric of sockets that the server ended.
func ended(code string) string {
	return fmt.Sprintf(`usher_sockets_ended_total{by="server",code=%q}`, code)
}

// operator is who changes things in a test.
func (h *house) operator() identity.Caller { return identity.Caller{App: h.app} }

// login gives a user's JWT with the auth token it belongs to.
func (h *house) login(uid identity.UID) (jwt string, token identity.AuthToken) {
	h.t.Helper()
	token, err := h.IssueToken(h.t.Context(), h.operator(), uid, identity.TokenRequest{Force: true})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.jwt(token), token
}

func (h *house) jwt(token identity.AuthToken) string {
	h.t.Helper()
	session, err := h.FindSession(h.t.Context(), "", token.Value)
	if err != nil {
		h.t.Fatal(err)
	}
	jwt, err := h.IssueJWT(h.t.Context(), session, "https://auth.example.com", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return jwt
}

// online says what lists of users say of one.
func (h *house) online(uid identity.UID) bool {
	h.t.Helper()
	user, err := h.KnownUser(h.t.Context(), h.app.ID, uid)
	if err != nil {
		h.t.Fatal(err)
	}
	return user.Online
}

// eventually waits for what another goroutine is about to do.
func (h *house) eventually(what string, holds func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			h.t.Fatalf("it never came to this: %s", what)
		}
		<-time.After(time.Millisecond)
	}
}
