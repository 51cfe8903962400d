package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/usherhq/usher/internal/fault"
)

// certificateMargin is how long before its end a certificate should have been renewed.
const certificateMargin = 21 * 24 * time.Hour

// visitor looks at a server as a client does.
type visitor struct {
	config Config
	base   string // without a slash at its end
	client *http.Client
	trust  *x509.CertPool // nil: the system's
}

// checkNetwork goes the way of an SDK: to the server, its settings, the hosts that these name, and the
// socket.
func (c Config) checkNetwork(ctx context.Context, found *findings, inUse bool) {
	v := c.visitor()
	defer v.client.CloseIdleConnections()
	const what = "server"
	for _, path := range []string{"/healthz", "/readyz"} {
		asked := time.Now()
		answer, err := v.get(ctx, path, "")
		if err != nil {
			v.unreachable(found, err, inUse)
			return
		}
		if answer.status != http.StatusOK {
			found.fail(what, fmt.Sprintf("%s%s answers with the status %d", v.base, path, answer.status), "Look into the log of the server, and of a proxy before it.")
			return
		}
		if there, err := http.ParseTime(answer.date); err == nil && path == "/healthz" {
			// It is written in whole seconds.
			judgeClock(found, "that of "+v.base, asked.Sub(there)-time.Second/2)
		}
	}
	found.ok(what, v.base+" is ready")
	v.checkSettings(ctx, found)
}

func (c Config) visitor() *visitor {
	v := &visitor{config: c, base: strings.TrimSuffix(c.PublicURL, "/")}
	if v.base == "" {
		scheme := "http"
		if c.useTLS() {
			scheme = "https"
		}
		host, port, err := net.SplitHostPort(c.Listen)
		if err != nil {
			host, port = c.Listen, ""
		}
		if address := net.ParseIP(host); host == "" || address != nil && address.IsUnspecified() {
			host = "localhost"
		}
		v.base = scheme + "://" + net.JoinHostPort(host, port)
	}
	v.trust = c.selfSigned()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: v.trust}
	v.client = &http.Client{
		Transport: transport, Timeout: checkTimeLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return v
}

// selfSigned is the certificate that the server made for itself, or nil.
func (c Config) selfSigned() *x509.CertPool {
	if !c.TLSSelfSigned || c.dataFolder() == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(c.dataFolder(), selfSignedFile))
	if err != nil {
		return nil
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(text)
	return trusted
}

// get asks for a path.
func (v *visitor) get(ctx context.Context, path, app string) (visited, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+path, http.NoBody)
	if err != nil {
		return visited{}, err
	}
	if app != "" {
		request.Header.Set("appId", app)
	}
	response, err := v.client.Do(request)
	if err != nil {
		return visited{}, err
	}
	defer response.Body.Close()
	answer := visited{status: response.StatusCode, date: response.Header.Get("Date")}
	// What is not JSON has no data; the status tells the rest.
	_ = json.NewDecoder(io.LimitReader(response.Body, megabyte)).Decode(&answer.body)
	return answer, nil
}

// visited is what an answer says.
type visited struct {
	status int
	date   string
	body   struct {
		Data  json.RawMessage `json:"data"`
		Error struct {
			Code fault.Code `json:"code"`
		} `json:"error"`
	}
}

// unreachable says why a server was not reached, and how bad that is.
func (v *visitor) unreachable(found *findings, err error, inUse bool) {
	if untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		found.fail("certificate", v.base+": "+untrusted.Err.Error(), "Get one for this name that clients trust; for a self-signed one, give usher doctor --tls-self-signed too.")
		return
	}
	text := v.base + " does not answer: " + cause(err)
	switch {
	case inUse:
		found.fail("server", text, "Give usher doctor the flags of the server, --listen above all, and look into its log.")
	case v.config.PublicURL != "":
		found.fail("server", text, "Start usher serve, and check the DNS entry, the proxy and the firewall before it.")
	default:
		found.warn("server", text, "Start usher serve.")
	}
}

// cause is an error without the URL in front of it.
func cause(err error) string {
	if operation, ok := errors.AsType[*net.OpError](err); ok {
		return operation.Error()
	}
	return err.Error()
}

// checkSettings looks at the hosts to which SDKs are sent.
func (v *visitor) checkSettings(ctx context.Context, found *findings) {
	const what = "settings"
	app := v.config.AppID
	if v.config.Dev {
		app = devAppID
	}
	answer, err := v.get(ctx, "/v3/settings", app)
	switch {
	case err != nil:
		found.fail(what, "they can't be read: "+cause(err), "Look into the log of the server.")
		return
	case answer.body.Error.Code == fault.CodeEmptyAppID:
		found.warn(what, "the server has several apps, or none", "Name one with --app-id to have its settings checked.")
		return
	case answer.status != http.StatusOK:
		found.fail(what, fmt.Sprintf("they are refused with %s", answer.body.Error.Code), "Check --app-id; usher apps list shows which there are.")
		return
	}
	var settings struct {
		Admin  string `json:"ADMIN_API_HOST"`
		Client string `json:"CLIENT_API_HOST"`
		Chat   string `json:"CHAT_HOST"`
		Port   string `json:"CHAT_WSS_PORT"`
	}
	if err := json.Unmarshal(answer.body.Data, &settings); err != nil {
		found.fail(what, "they are not those of Usher: "+err.Error(), "Check --public-url.")
		return
	}
	socket := net.JoinHostPort(strings.Trim(settings.Chat, "[]"), settings.Port)
	if !strings.HasPrefix(v.base, "https:") {
		found.warn(what, "SDKs are sent to https://"+settings.Client+", and the server was reached by http: official SDKs can't log in",
			"Serve https with --tls-cert and --tls-key, or by a proxy and --public-url. Usher's own SDKs take http too.")
		v.checkSocket(ctx, found, "ws"+strings.TrimPrefix(v.base, "http")+"/")
		return
	}
	hosts := []string{withPort443(settings.Admin), withPort443(settings.Client), socket}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	reached := true
	for _, host := range hosts {
		reached = v.checkHost(ctx, found, host) && reached
	}
	if reached {
		found.ok(what, "SDKs are sent to hosts that answer: "+strings.Join(hosts, ", "))
		v.checkSocket(ctx, found, "wss://"+socket+"/")
	}
}

func withPort443(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "443")
}

// checkHost shakes hands with a host as a client does, and looks at its certificate.
func (v *visitor) checkHost(ctx context.Context, found *findings, host string) bool {
	const what = "certificate"
	ctx, cancel := context.WithTimeout(ctx, checkTimeLimit)
	defer cancel()
	connection, err := (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: v.trust}}).DialContext(ctx, "tcp", host)
	if untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		found.fail(what, "SDKs are sent to "+host+", and its certificate does not do: "+untrusted.Err.Error(), "Get one that names this host, or give --public-url a name that the certificate has.")
		return false
	}
	if err != nil {
		found.fail(what, "SDKs are sent to "+host+", which does not answer: "+cause(err), "Point its DNS entry here, or give --public-url the name and port by which clients come.")
		return false
	}
	defer connection.Close()
	leaf := connection.(*tls.Conn).ConnectionState().PeerCertificates[0]
	if time.Until(leaf.NotAfter) < certificateMargin {
		found.warn(what, fmt.Sprintf("that of %s is good only until %s", host, leaf.NotAfter.UTC().Format(time.DateOnly)), "Renew it, and see why that has not happened by itself.")
		return true
	}
	found.ok(what, fmt.Sprintf("that of %s names it, and is good until %s", host, leaf.NotAfter.UTC().Format(time.DateOnly)))
	return true
}

// checkSocket opens a socket, which proxies have to be told to let through.
func (v *visitor) checkSocket(ctx context.Context, found *findings, address string) {
	const what = "socket"
	ctx, cancel := context.WithTimeout(ctx, checkTimeLimit)
	defer cancel()
	socket, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: v.client}) //nolint:bodyclose // the library closes it
	if err != nil {
		found.fail(what, address+" opens no socket: "+err.Error(), "Let the proxy pass on Upgrade: docs/operations.md says how under Sockets.")
		return
	}
	// It was only to be opened.
	_ = socket.CloseNow()
	found.ok(what, address+" opens")
}
