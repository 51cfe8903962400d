package rest

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// namedApp is the app that a request names: by the first label of its host, else by the appId
// header, else "".
func namedApp(r *http.Request) string {
	if named, ok := parseAppHost(r.Host); ok {
		return named.app
	}
	return r.Header.Get("Appid")
}

// appHost is a host name in the documented form, APPID.api-REGION.SUFFIX, or with apiclient or call in
// place of api.
type appHost struct{ app, region, suffix string }

// parseAppHost compares without regard to case, as host names are; one SDK sends the region as the
// app wrote it (wire.md 16).
func parseAppHost(host string) (appHost, bool) {
	app, rest, _ := strings.Cut(strings.ToLower(host), ".")
	service, suffix, ok := strings.Cut(rest, ".")
	if !ok || app == "" || suffix == "" {
		return appHost{}, false
	}
	for _, prefix := range []string{"api-", "apiclient-", "call-"} {
		if region, ok := strings.CutPrefix(service, prefix); ok && region != "" {
			return appHost{app: app, region: region, suffix: suffix}, true
		}
	}
	return appHost{}, false
}

// hosts knows where clients reach this server.
type hosts struct {
	// public is host[:port] of --public-url, or empty, and publicURL all of it.
	public, publicURL string
}

func newHosts(publicURL string) (hosts, error) {
	if publicURL == "" {
		return hosts{}, nil
	}
	parsed, err := url.Parse(publicURL)
	if err != nil || parsed.Hostname() == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") ||
		strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil {
		return hosts{}, errors.New("the public URL must be like https://auth.example.com or https://auth.example.com:8443, with no path")
	}
	return hosts{public: parsed.Host, publicURL: parsed.Scheme + "://" + parsed.Host}, nil
}

// reached is the set of host names that the settings give to a client.
type reached struct {
	admin, client string // host[:port]
	chat          string // host without port
	chatPort      string
}

// forRequest takes the names from the public URL, else from how the request came in: an app that
// reached us under its own documented host names goes on using those.
func (h hosts) forRequest(r *http.Request) reached {
	host := h.public
	if host == "" {
		host = r.Host
	}
	name, port := splitPort(host)
	if named, ok := parseAppHost(name); ok {
		return reached{
			admin:    named.app + ".api-" + named.region + "." + withPort(named.suffix, port),
			client:   named.app + ".apiclient-" + named.region + "." + withPort(named.suffix, port),
			chat:     named.app + ".websocket-" + named.region + "." + named.suffix,
			chatPort: portOr443(port),
		}
	}
	return reached{admin: host, client: host, chat: name, chatPort: portOr443(port)}
}

// issuer is the URL below which others find the keys for the JWTs made in answer to a request.
func (h hosts) issuer(r *http.Request) string {
	switch {
	case h.publicURL != "":
		return h.publicURL
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// splitPort keeps the brackets of an IPv6 address, which URLs need.
func splitPort(host string) (name, port string) {
	if _, port, err := net.SplitHostPort(host); err == nil {
		return strings.TrimSuffix(host, ":"+port), port
	}
	return host, ""
}

func withPort(name, port string) string {
	if port == "" {
		return name
	}
	return name + ":" + port
}

// portOr443: the official SDKs speak only https and wss.
func portOr443(port string) string {
	if port == "" {
		return "443"
	}
	return port
}

// remoteAddress is where a request came from, without the port.
func remoteAddress(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}
