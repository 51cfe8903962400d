package transport

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

const version = "v3.0"

// scheme is what a host begins with when it names its scheme.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// hosts gives the base URLs, without a trailing slash, of the calls that carry an API key and of
// those that carry an auth token. The host serves both, unless a host for one of them is named.
func (s Settings) hosts() (keyBase, tokenBase string, err error) {
	if keyBase, err = s.base(s.AdminHost, "api"); err != nil {
		return "", "", err
	}
	tokenBase, err = s.base(s.ClientHost, "apiclient")
	return keyBase, tokenBase, err
}

// base gives where one kind of call goes: to its own host, else to the host for all, else to the
// documented one of a service.
func (s Settings) base(own, service string) (string, error) {
	if host := cmp.Or(own, s.Host); host != "" {
		return parseHost(host)
	}
	region := strings.ToLower(s.Region)
	if region == "private" {
		region = s.AppID
	}
	switch {
	case region == "":
		return "", errors.New("usher: the configuration names neither a host nor a region")
	case !isLabel(s.AppID) || !isLabel(region):
		return "", errors.New("usher: the app id and the region cannot be parts of a host name; name the host")
	}
	return fmt.Sprintf("https://%s.%s-%s.cometchat.io/%s", s.AppID, service, region, version), nil
}

// parseHost never repeats the host in its error: it may hold a password.
func parseHost(host string) (string, error) {
	if !scheme.MatchString(host) {
		host = "https://" + host
	}
	parsed, err := url.Parse(host)
	if err != nil || parsed.Hostname() == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") ||
		strings.ContainsFunc(host, notInHeader) {
		return "", errors.New("usher: the host is not a URL such as https://auth.example.com/v3")
	}
	if parsed.User != nil || parsed.RawQuery != "" || parsed.ForceQuery || strings.Contains(host, "#") {
		return "", errors.New("usher: the host may hold a scheme, a name, a port and a path, nothing else")
	}
	parsed.Host = strings.ToLower(parsed.Host)
	return strings.TrimRight(parsed.String(), "/"), nil
}

// isLabel reports whether text may stand in one label of a host name.
func isLabel(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		digit := '0' <= r && r <= '9'
		return !letter && !digit && r != '-'
	})
}
