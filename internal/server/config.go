package server

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// Config is what an operator says; the tags are for the command line. Each flag is also an
// environment variable: USHER_ and its name.
type Config struct {
	Listen               string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen. Port 0 takes a free one. Default: ${default}."`
	Database             string        `placeholder:"ADDRESS" help:"Where the data is kept: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME. Default: sqlite:usher-data/usher.db."`
	Keyset               string        `placeholder:"FILE" help:"Keyset that seals the keys and tokens in the database. Made when absent. Default: keyset.json beside the data. USHER_KEYSET_TEXT may hold its content instead."`
	KeysetText           string        `name:"keyset-text" hidden:"" help:"Content of a keyset; from the environment only."`
	PublicURL            string        `name:"public-url" placeholder:"URL" help:"Where clients reach this server, for the host names it gives to SDKs. Default: the host of each request."`
	AppID                string        `name:"app-id" placeholder:"ID" help:"Id of the first app, made when the database is empty. Default: a random one."`
	Region               string        `default:"us" placeholder:"NAME" help:"Region of the first app. Default: ${default}."`
	AuthKey              string        `placeholder:"KEY" help:"Auth Key of the first app (scope authOnly). Default: a random one, printed once."`
	RESTKey              string        `name:"rest-key" placeholder:"KEY" help:"REST API Key of the first app (scope fullAccess). Default: a random one, printed once."`
	NoSampleUsers        bool          `help:"Make the first app without the sample users cometchat-uid-1 to cometchat-uid-5."`
	TLSCert              string        `name:"tls-cert" placeholder:"FILE" help:"Certificate to serve https with, PEM."`
	TLSKey               string        `name:"tls-key" placeholder:"FILE" help:"Private key of the certificate, PEM."`
	TLSSelfSigned        bool          `name:"tls-self-signed" help:"Serve https with a certificate made here; clients have to be told to trust it."`
	ManagementKey        string        `placeholder:"KEY" help:"Key of the management API, which makes and removes apps. Off unless it and its secret are given."`
	ManagementSecret     string        `placeholder:"SECRET" help:"Secret of the management API."`
	EventRetention       time.Duration `default:"2160h" placeholder:"DURATION" help:"How long events are kept; 0 for ever. Default: ${default}, 90 days."`
	NoRateLimit          bool          `name:"no-rate-limit" help:"Refuse nobody for calling often, or for wrong credentials."`
	RateLimitCore        int           `name:"rate-limit-core" default:"10000" placeholder:"COUNT" help:"Logins, new and deleted users that an app may have in a minute; 0 is no limit. Default: ${default}."`
	RateLimitStandard    int           `name:"rate-limit-standard" default:"20000" placeholder:"COUNT" help:"Other requests that an app may make in a minute; 0 is no limit. Default: ${default}."`
	RateLimitAddress     int           `name:"rate-limit-address" default:"1200" placeholder:"COUNT" help:"Requests that clients at one network address may make in a minute; 0 is no limit. Default: ${default}."`
	TrustedProxies       []string      `name:"trusted-proxies" placeholder:"NETWORK" help:"Networks of the proxies before this server, such as 10.0.0.0/8, separated by commas. Only their X-Forwarded-For is believed."`
	SocketsPerUser       int           `name:"sockets-per-user" default:"100" placeholder:"COUNT" help:"Sockets that a user may have open; 0 is no limit. Default: ${default}."`
	SocketsPerAddress    int           `name:"sockets-per-address" default:"1000" placeholder:"COUNT" help:"Sockets that may come from one network address; 0 is no limit. Default: ${default}."`
	PresenceGrace        time.Duration `name:"presence-grace" default:"3s" placeholder:"DURATION" help:"How long users stay online after their last connection was lost; 0 for not at all. Default: ${default}."`
	PresenceUsers        int           `name:"presence-users" default:"1000" placeholder:"COUNT" help:"Up to how many online users of an app are told of each other; 0 is no limit. Default: ${default}."`
	WebhooksAllowPrivate bool          `name:"webhooks-allow-private" help:"Let webhooks call private addresses, and http. --dev does too."`
	MetricsListen        string        `name:"metrics-listen" placeholder:"HOST:PORT" help:"Where to serve /metrics for Prometheus, to anybody who can reach it. Off unless given."`
	NoConsole            bool          `name:"no-console" help:"Serve no console at /console, and print no link to it."`
	Dev                  bool          `help:"For a laptop or CI: temporary database, app usher-dev, keys dev-auth-key and dev-rest-key, controls for tests under /dev/, loopback only."`
	Seed                 string        `placeholder:"FILE" help:"JSON document of users, roles, keys and apps to start with, and to go back to at POST /dev/reset. For --dev only."`
}

// DefaultDatabase is where the data is kept when nothing is said.
const DefaultDatabase = "sqlite:usher-data/usher.db"

// The app of --dev. Everybody knows its keys, which is why it is served on loopback only.
const (
	devAppID   = "usher-dev"
	devAuthKey = "dev-auth-key"
	devRESTKey = "dev-rest-key"
)

// resolve checks the configuration as a whole and fills in what --dev implies. cleanUp removes what
// was made for this run only.
func (c Config) resolve() (resolved Config, cleanUp func() error, err error) {
	cleanUp = func() error { return nil }
	if err := c.check(); err != nil {
		return c, cleanUp, err
	}
	if !c.Dev {
		if c.Seed != "" {
			return c, cleanUp, errors.New("--seed replaces all data and is for --dev only; usher import users adds users to a server's data")
		}
		if c.Database == "" {
			c.Database = DefaultDatabase
		}
		return c, cleanUp, nil
	}
	folder, err := os.MkdirTemp("", "usher-dev-")
	if err != nil {
		return c, cleanUp, fmt.Errorf("make the temporary database: %w", err)
	}
	c.Database = "sqlite:" + filepath.Join(folder, "usher.db")
	c.AppID, c.AuthKey, c.RESTKey = devAppID, devAuthKey, devRESTKey
	c.WebhooksAllowPrivate = true
	return c, func() error { return os.RemoveAll(folder) }, nil
}

// check says what in the configuration as a whole makes no sense.
func (c Config) check() error {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("--tls-cert and --tls-key go together")
	case (c.ManagementKey == "") != (c.ManagementSecret == ""):
		return errors.New("--management-key and --management-secret go together")
	case c.PresenceGrace < 0:
		return errors.New("--presence-grace must not be negative; 0 lets nobody linger")
	case c.EventRetention < 0:
		return errors.New("--event-retention must not be negative; 0 keeps events for ever")
	case c.TLSCert != "" && c.TLSSelfSigned:
		return errors.New("--tls-self-signed makes its own certificate: leave out --tls-cert and --tls-key")
	}
	if err := c.checkLimits(); err != nil || !c.Dev {
		return err
	}
	if c.Database != "" || c.AppID != "" || c.AuthKey != "" || c.RESTKey != "" {
		return errors.New("--dev has a database, an app and keys of its own: leave out --database, --app-id, --auth-key and --rest-key")
	}
	return loopbackOnly(c.Listen)
}

// loopbackOnly refuses an address that others can reach.
func loopbackOnly(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("--listen %s: must be HOST:PORT", listen)
	}
	if host == "localhost" {
		return nil
	}
	if address, err := netip.ParseAddr(host); err == nil && address.IsLoopback() {
		return nil
	}
	return fmt.Errorf("--dev has keys that everybody knows and serves this machine only: --listen %s is refused, use 127.0.0.1 or localhost", listen)
}

func (c Config) firstApp() identity.FirstApp {
	return identity.FirstApp{
		ID: c.AppID, Region: c.Region, AuthKey: c.AuthKey, RESTKey: c.RESTKey, SampleUsers: !c.NoSampleUsers,
	}
}

// useTLS says whether the server speaks https itself.
func (c Config) useTLS() bool { return c.TLSCert != "" || c.TLSSelfSigned }

// dataFolder is the folder of a SQLite database, or "" where the data is elsewhere or temporary.
func (c Config) dataFolder() string {
	path, isSQLite := strings.CutPrefix(c.Database, "sqlite:")
	if !isSQLite || c.Dev {
		return ""
	}
	return filepath.Dir(path)
}

// publicHost is the host of the public URL without its port, or "".
func (c Config) publicHost() string {
	parsed, err := url.Parse(c.PublicURL)
	if err != nil {
		return ""
	}
	return parsed.Hostname()
}
