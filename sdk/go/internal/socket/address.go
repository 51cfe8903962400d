package socket

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
)

// Address gives where the connection is to be opened. base is the URL of the API, settings what the
// server said of its hosts in the answer to a login, or nothing (wire.md 1 and 6).
//
// A server that is reached without TLS is one at hand, and its socket is where its API is: the
// settings, made for official SDKs, know only of TLS. Settings that cannot be used count as none.
func Address(base string, settings json.RawMessage) string {
	if named := named(settings); named != "" && strings.HasPrefix(base, "https:") {
		return named
	}
	return "ws" + strings.TrimPrefix(base, "http")
}

func named(settings json.RawMessage) string {
	var hosts struct {
		Override string          `json:"CHAT_HOST_OVERRIDE"`
		OfApp    string          `json:"CHAT_HOST_APP_SPECIFIC"`
		Host     string          `json:"CHAT_HOST"`
		Port     json.RawMessage `json:"CHAT_WSS_PORT"`
	}
	if json.Unmarshal(settings, &hosts) != nil {
		return ""
	}
	host := cmp.Or(hosts.Override, hosts.OfApp, hosts.Host)
	port := strings.Trim(string(hosts.Port), `"`) // text or a number, and it may carry a path
	if host == "" || port == "" {
		return ""
	}
	address := "wss://" + host + ":" + port
	parsed, err := url.Parse(address)
	if err != nil || parsed.Hostname() == "" || parsed.User != nil || strings.ContainsAny(address, "?#") ||
		strings.ContainsFunc(address, unicode.IsSpace) {
		return ""
	}
	return address
}
