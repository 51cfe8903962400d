// Package loopback tells the names of this machine that nobody else can have. Whoever asks for a server
// by another name may be a web page whose own name was pointed at this machine.
package loopback

import (
	"net"
	"net/netip"
	"strings"
)

// Names says whether a Host header, with a port or without, is such a name: localhost, what lies below
// it, or a loopback address.
func Names(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
