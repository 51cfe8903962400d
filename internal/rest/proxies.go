package rest

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
)

const forwardedFor = "X-Forwarded-For"

// proxies finds out which address a request came from when others stand before this server.
type proxies struct {
	trusted []netip.Prefix
	log     *slog.Logger
	warned  sync.Once
}

// client is the address that a request came from: the peer's, or, where the peer is a trusted proxy,
// the rightmost one of X-Forwarded-For that is none. What stands further to the left was written by
// whoever called, and may say anything.
func (p *proxies) client(r *http.Request) string {
	peer := remoteAddress(r)
	forwarded := r.Header[forwardedFor]
	if len(forwarded) == 0 {
		return peer
	}
	nearest, ok := parseHop(peer)
	if !ok {
		return peer
	}
	if !p.trusts(nearest) {
		p.warn(nearest)
		return peer
	}
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trusts(nearest); i-- {
		hop, ok := parseHop(strings.TrimSpace(hops[i]))
		if !ok {
			// The last one that a trusted proxy vouches for.
			break
		}
		nearest = hop
	}
	return nearest.String()
}

func (p *proxies) trusts(address netip.Addr) bool {
	for _, network := range p.trusted {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// warn says once that a proxy seems to stand before this server which it was not told of: all who
// come through it count as one address, and share its limits.
func (p *proxies) warn(peer netip.Addr) {
	if !peer.IsLoopback() && !peer.IsPrivate() {
		return
	}
	p.warned.Do(func() {
		p.log.Warn("requests come through a proxy that --trusted-proxies does not name: all of them count as one client", slog.String("address", peer.String()))
	})
}

// parseHop reads an address, which some proxies write with a port. An IPv4 address that is written
// as one of IPv6 is what it stands for; a zone means nothing to anybody else.
func parseHop(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}, false
		}
		address = withPort.Addr()
	}
	return address.Unmap().WithZone(""), true
}
