package realtime

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lxzan/gws"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
)

// Paths are where sockets are opened: with the versions of the API and without (wire.md 1).
var Paths = []string{"/", "/v3", "/v3/", "/v3.0", "/v3.0/"}

// Limits bound what clients may take. 0 is no limit.
type Limits struct {
	// SocketsPerUser is how many sockets one user may have open.
	SocketsPerUser int
	// SocketsPerAddress is how many sockets may come from one network address.
	SocketsPerAddress int
	// PresenceUsers is up to how many users of an app may be online for others to be told who comes and
	// goes: beyond, each change would cost a frame to all of them (contract 3).
	PresenceUsers int
}

// Config is what a Gateway needs to know.
type Config struct {
	Limits Limits
	// AuthTime is how long a socket may take to tell whose it is.
	AuthTime time.Duration
	// SilenceTime is how long nothing may be heard of a client; from half of it on, it is asked.
	SilenceTime time.Duration
	// Address is where a request came from, past trusted proxies.
	Address func(*http.Request) string
	// Clock tells how long a client is silent; time.Now unless said. When sessions end is the service's to say.
	Clock func() time.Time
	// Metrics counts what happens; nil for nobody.
	Metrics *Metrics
	Log     *slog.Logger
}

// The times of wire.md 8: official SDKs ping every 15 seconds, and browsers slow that down to once a
// minute in pages that nobody sees, but answer a ping of ours at once.
const (
	DefaultAuthTime    = 5 * time.Second
	DefaultSilenceTime = 40 * time.Second
)

// readBuffer is small because an idle socket keeps it: what comes in is mostly a ping of 30 bytes.
const readBuffer = 128

// workTimeLimit bounds what one frame may take of the server.
const workTimeLimit = 10 * time.Second

// Gateway holds the sockets of this server. Make one with Start; it is safe for concurrent use.
type Gateway struct {
	service  *identity.Service
	tracker  *presence.Tracker
	config   Config
	upgrader *gws.Upgrader
	roster   *roster

	// connections numbers them within this process, whose name is before the number.
	process     string
	connections atomic.Uint64

	closing  atomic.Bool
	ending   context.CancelFunc
	group    sync.WaitGroup
	unproven queue
}

// Start makes a gateway that reads the event log until it is closed. process names this process among
// those of its database.
func Start(ctx context.Context, service *identity.Service, tracker *presence.Tracker, process string, config Config) (*Gateway, error) {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	feed, err := service.NewFeed(ctx, followed...)
	if err != nil {
		return nil, err
	}
	running, ending := context.WithCancel(context.WithoutCancel(ctx))
	g := &Gateway{service: service, tracker: tracker, config: config, roster: newRoster(), process: process, ending: ending}
	g.upgrader = gws.NewUpgrader(events{g}, &gws.ServerOption{
		ReadMaxPayloadSize: MaxFrameBytes, CheckUtf8Enabled: true,
		NewSession: newSlot,
		Logger:     gwsLog{config.Log},
	})
	config.Metrics.observe(g)
	g.group.Go(func() { g.follow(running, feed) })
	g.group.Go(func() { g.sweep(running) })
	return g, nil
}

// Opens says whether a request is one for a socket.
func Opens(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") && slices.Contains(Paths, r.URL.Path)
}

// ServeHTTP opens a socket. A request that can't get one is answered like any other of the API.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.closing.Load() {
		refuse(w, fault.NotReady())
		return
	}
	address := g.config.Address(r)
	if !g.roster.reserve(address, g.config.Limits.SocketsPerAddress) {
		g.config.Metrics.refuse()
		refuse(w, fault.TooManyRequests())
		return
	}
	s := &socket{gateway: g, address: address, openedAt: g.now()}
	s.heardAt.Store(s.openedAt)
	if err := g.upgrade(s, w, r); err != nil {
		g.roster.release(address)
		g.config.Log.Debug("no socket was opened", slog.Any("error", err), slog.String("address", address))
		return
	}
	if !g.roster.open(s) {
		g.roster.release(address)
		_ = s.conn.WriteClose(uint16(GoingAway), []byte(GoingAway.String()))
		s.line.hangUp()
		return
	}
	g.unproven.push(s)
}

// upgrade takes the connection of a request over.
func (g *Gateway) upgrade(s *socket, w http.ResponseWriter, r *http.Request) error {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		refuse(w, fault.NotReady())
		return err
	}
	s.line.Conn = conn
	// The buffers of the request are large, and go with it; what a hasty client has sent already stays.
	var source io.Reader = &s.line
	if early := buffered.Reader.Buffered(); early > 0 {
		sent, _ := buffered.Peek(early)
		source = io.MultiReader(bytes.NewReader(slices.Clone(sent)), source)
	}
	if s.conn, err = g.upgrader.UpgradeFromConn(&s.line, bufio.NewReaderSize(source, readBuffer), r); err != nil {
		s.line.hangUp()
		return err
	}
	s.conn.Session().(*slot).socket = s
	return nil
}

// refuse answers as the API does. Whoever is sent away is told to wait, for clients come back at once.
func refuse(w http.ResponseWriter, failure *fault.Error) {
	text, err := json.Marshal(map[string]any{"error": map[string]any{"code": failure.Code, "message": failure.Message}})
	if err != nil {
		text = nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "5")
	w.WriteHeader(failure.Code.Status())
	// Whoever does not read the answer has gone.
	_, _ = w.Write(text)
}

// Sockets is how many there are, authenticated or not.
func (g *Gateway) Sockets() int { return g.roster.count() }

func (g *Gateway) now() int64 { return g.config.Clock().UnixMilli() }

// Close ends every socket and waits for them, at most for a few seconds. Their users count as on the
// way to another server.
func (g *Gateway) Close() {
	g.closing.Store(true)
	g.ending()
	g.group.Wait()
	for _, s := range g.roster.close() {
		s.end(GoingAway)
	}
	g.roster.reading.Wait()
}

// guard turns a panic into the end of one socket.
func (g *Gateway) guard(s *socket) {
	if cause := recover(); cause != nil {
		g.config.Log.Error("a socket failed", slog.String("cause", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))
		s.end(Failed)
	}
}

// gwsLog takes what the library has to say.
type gwsLog struct{ log *slog.Logger }

// Error logs.
func (l gwsLog) Error(values ...any) {
	l.log.Error("socket", slog.String("error", fmt.Sprint(values...)))
}
