package transport

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

const version = "v3.0"

// hosts gives the base URLs, without a trailing slash, of the calls that carry an API key and of
// those that carry an auth token. One given host serves both.
func hosts(appID, region, host string) (keyBase, tokenBase string, err error) {
	if host != "" {
		base, err := parseHost(host)
		return base, base, err
	}
	if region == "" {
		return "", "", errors.New("usher: the configuration names neither a host nor a region")
	}
	if !isLabel(appID) || !isLabel(region) {
		return "", "", errors.New("usher: the app id and the region cannot be parts of a host name; name the host")
	}
	region = strings.ToLower(region)
	keyBase = fmt.Sprintf("https://%s.api-%s.cometchat.io/%s", appID, region, version)
	tokenBase = fmt.Sprintf("https://%s.apiclient-%s.cometchat.io/%s", appID, region, version)
	return keyBase, tokenBase, nil
}

// parseHost never repeats the host in its error: it may hold a password.
func parseHost(host string) (string, error) {
	parsed, err := url.Parse(host)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return "", errors.New("usher: the host is not a URL such as https://auth.example.com/v3")
	}
	if parsed.User != nil || parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "" {
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
