package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/usherhq/usher/internal/server"
)

// place says where a command works: on any server by its URL, else on the one that runs on this
// machine, else on the data of one that is stopped.
type place struct {
	URL              string `name:"url" group:"where" placeholder:"URL" help:"Work on the server at this URL, with credentials of your own. Default: the server on this machine, or its data when it is stopped."`
	Key              string `group:"where" placeholder:"KEY" help:"API key of the app with the scope fullAccess, for --url; - reads it from standard input."`
	ManagementKey    string `group:"where" placeholder:"KEY" help:"Key of the management API, for apps and jwt-keys with --url."`
	ManagementSecret string `group:"where" placeholder:"SECRET" help:"Secret of the management API; - reads it from standard input."`
	TrustCert        string `name:"trust-cert" group:"where" placeholder:"FILE" help:"Certificate to trust besides the system's, PEM: usher-data/self-signed.pem, for one."`
	AppID            string `name:"app-id" group:"where" placeholder:"ID" help:"Id of the app. Needed only where there are several."`
	Database         string `group:"where" placeholder:"ADDRESS" help:"Where the data is kept, as for serve. Default: sqlite:usher-data/usher.db."`
	Keyset           string `group:"where" placeholder:"FILE" help:"Keyset of the database, as for serve. Default: keyset.json beside the data."`
	KeysetText       string `name:"keyset-text" group:"where" hidden:"" help:"Content of a keyset; from the environment only."`

	WebhooksAllowPrivate bool `name:"webhooks-allow-private" group:"where" hidden:"" help:"As for serve, which has the say while it runs."`

	JSON  bool `name:"json" group:"output" help:"Print the data of the REST API as one JSON document, for scripts."`
	Quiet bool `group:"output" short:"q" help:"Don't say on standard error where the command works."`
}

// AfterApply gives the place to the command below it that was chosen.
func (p *place) AfterApply(chosen *kong.Context) error { //nolint:unparam // kong wants an error
	chosen.Bind(p)
	return nil
}

// requestTimeLimit is a little more than a server takes for any request.
const requestTimeLimit = 15 * time.Second

// with reaches the API for as long as it takes to do something.
func (p *place) with(ctx context.Context, do func(*client) error) error {
	c, where, err := p.reach(ctx)
	if err != nil {
		return err
	}
	if !p.Quiet && !p.JSON {
		fmt.Fprintln(os.Stderr, where)
	}
	return errors.Join(do(c), c.close())
}

// reach finds the API, and says where in the words for a person.
func (p *place) reach(ctx context.Context) (c *client, where string, err error) {
	if p.URL != "" {
		c, err := p.remote()
		return c, "on " + p.URL, err
	}
	if p.Key != "" {
		return nil, "", usageError("--key goes with --url; on this machine no key is needed")
	}
	socket := server.Config{Database: p.Database}.ControlSocket()
	if socket != "" && answers(ctx, socket) {
		return p.running(socket), onRunningServer, nil
	}
	return p.stopped(ctx)
}

// remote is the API of a server at a URL.
func (p *place) remote() (*client, error) {
	base, err := url.Parse(strings.TrimSuffix(p.URL, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" || base.RawQuery != "" || base.User != nil {
		return nil, usageError("--url must be like https://auth.example.com")
	}
	if base.Path == "" {
		base.Path = "/v3"
	}
	key, err := given(p.Key, "the API key")
	if err != nil {
		return nil, err
	}
	secret, err := given(p.ManagementSecret, "the secret of the management API")
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if p.TrustCert != "" {
		trusted, err := trust(p.TrustCert)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted}
	}
	return &client{
		base: base, app: p.AppID, key: key, managementKey: p.ManagementKey, managementSecret: secret, remote: true,
		http:  direct(transport),
		close: func() error { transport.CloseIdleConnections(); return nil },
	}, nil
}

// direct sends requests where they are meant to go: a redirect would carry the key to others.
func direct(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: requestTimeLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func trust(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--trust-cert: %w", err)
	}
	trusted, err := x509.SystemCertPool()
	if err != nil {
		trusted = x509.NewCertPool()
	}
	if !trusted.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--trust-cert: %s holds no certificate in the form of PEM", path)
	}
	return trusted, nil
}

// local is the base of URLs of an API that is not reached by its host's name.
var local = &url.URL{Scheme: "http", Host: "usher"}

// answers says whether a server listens on its control socket. What a killed one left behind does not
// answer.
func answers(ctx context.Context, socket string) bool {
	connection, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return false
	}
	return connection.Close() == nil
}

// running is the API of the server on this machine.
func (p *place) running(socket string) *client {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	return &client{base: local, app: p.AppID, http: direct(transport), close: func() error { transport.CloseIdleConnections(); return nil }}
}

// stopped is the API on the data itself.
func (p *place) stopped(ctx context.Context) (c *client, where string, err error) {
	place := server.Data{Database: p.Database, Keyset: p.Keyset, KeysetText: p.KeysetText}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	data, err := place.Open(ctx, log)
	if err != nil {
		return nil, "", unreachable(err)
	}
	api, err := data.API(p.WebhooksAllowPrivate, log)
	if err != nil {
		return nil, "", errors.Join(err, data.Close())
	}
	c = &client{base: local, app: p.AppID, http: direct(inProcess{api}), close: data.Close}
	c.alone = isFile(p.Database)
	return c, directlyOn(p.Database), nil
}

// onRunningServer says that a command works on the server of this machine.
const onRunningServer = "on the running server"

// directlyOn says that a command works on a database, in words for a person.
func directlyOn(database string) string {
	if !isFile(database) {
		return "directly on the PostgreSQL database"
	}
	if database == "" {
		database = server.DefaultDatabase
	}
	return "directly on " + strings.TrimPrefix(database, "sqlite:") + "; the server is stopped"
}

// isFile says whether the data is a file, which one process has for itself.
func isFile(database string) bool { return database == "" || strings.HasPrefix(database, "sqlite:") }

// unreachable says what to do when the data can't be opened.
func unreachable(err error) error {
	switch {
	case errors.Is(err, server.ErrNoDatabase):
		return fmt.Errorf("%w. For a server elsewhere, give --url and --key; for usher serve --dev, --url http://127.0.0.1:8080 --key dev-rest-key", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: run this as the user that the server runs as, or give --url and --key", err)
	case errors.Is(err, server.ErrInUse):
		return errors.New("a server runs on this database, and does not answer at its control socket (its log says why): give --url and --key")
	}
	return err
}
