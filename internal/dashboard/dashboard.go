package dashboard

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/limit"
)

// Prefix is where the console lies.
const Prefix = "/console"

// Config is what a Dashboard needs to know.
type Config struct {
	// PublicURL is where clients reach this server; empty for the Host of each request.
	PublicURL string
	// Version is that of the server, as people are told it.
	Version string
	// Development opens the console to everybody as the operator identity.DevelopmentOperator, an owner. It is for a
	// server on loopback only: requests that name another host are refused.
	Development bool
	// Address finds out where a request came from, past trusted proxies.
	Address func(*http.Request) string
	// NoAttemptLimit lets an address try to sign in as often as it likes.
	NoAttemptLimit bool
	// Clock is time.Now unless said.
	Clock func() time.Time
	Log   *slog.Logger
}

// Dashboard serves the console. Make one with New, and Close it before the server shuts down.
type Dashboard struct {
	service     *identity.Service
	config      Config
	pages       *pages
	mux         *http.ServeMux
	crossOrigin *http.CrossOriginProtection
	strikes     *limit.Strikes
	streams     *streams
	numbers     recentNumbers
	imports     runningImports
	// Request ids are a random part per process and a number per request.
	process  string
	requests counter
}

// mostAddresses bounds what is remembered of who tries to sign in; an entry takes some 300 bytes.
const mostAddresses = 1 << 14

// New makes the console on the use cases.
func New(service *identity.Service, config Config) (*Dashboard, error) {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	d := &Dashboard{
		service: service, config: config, crossOrigin: http.NewCrossOriginProtection(),
		strikes: limit.NewStrikes(mostAddresses), streams: newStreams(), process: "c" + strings.ToLower(rand.Text()[:7]),
	}
	if config.PublicURL != "" {
		// A proxy may call this server by another name than browsers call the proxy.
		if err := d.crossOrigin.AddTrustedOrigin(originOf(config.PublicURL)); err != nil {
			return nil, errors.Join(errors.New("the public URL is no origin of a browser"), err)
		}
	}
	var err error
	if d.pages, err = parsePages(config.Clock); err != nil {
		return nil, err
	}
	d.mux = d.newMux()
	return d, nil
}

// Serves says whether a request is for the console.
func Serves(r *http.Request) bool {
	return r.URL.Path == Prefix || strings.HasPrefix(r.URL.Path, Prefix+"/")
}

// Close ends the live views, which would keep a server from shutting down.
func (d *Dashboard) Close() { d.streams.close() }

// contentSecurityPolicy lets a page run and show what this server gives, and nothing of another host: so a
// text that slips through unescaped can neither run nor tell anybody. Authenticators' QR codes are data.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// ServeHTTP answers what Serves says is for the console.
func (d *Dashboard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", contentSecurityPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
	d.mux.ServeHTTP(w, r)
}

func originOf(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}
