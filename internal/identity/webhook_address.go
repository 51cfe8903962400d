package identity

import (
	"net/netip"
	"strings"
)

// notPublic are networks that netip does not name: those of RFC 6890 that lead nowhere or into
// somebody's own network, and those of IPv6 that hold an IPv4 address.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this host
	netip.MustParsePrefix("100.64.0.0/10"),   // behind a carrier's NAT
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
	netip.MustParsePrefix("2001::/23"),       // protocol assignments, Teredo among them
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4
	netip.MustParsePrefix("3fff::/20"),       // documentation
}

// globalIPv6 is where all public IPv6 addresses are; what maps or translates IPv4 lies outside.
var globalIPv6 = netip.MustParsePrefix("2000::/3")

// PublicAddress says whether an address is one that everybody can reach. What is not may be this
// machine or its neighbours, which trust whoever comes from here.
func PublicAddress(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	if !address.IsValid() || !address.IsGlobalUnicast() || address.IsPrivate() {
		return false
	}
	if address.Is6() && !globalIPv6.Contains(address) {
		return false
	}
	for _, network := range notPublic {
		if network.Contains(address) {
			return false
		}
	}
	return true
}

// namesPrivate says of a host whether it is plainly none that everybody can reach.
func namesPrivate(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return !PublicAddress(address)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	last := host[strings.LastIndexByte(host, '.')+1:]
	// No top-level domain begins with a digit: 2130706433, 0x7f.1 and 127.1 are ways to write addresses,
	// which some resolvers understand.
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || last == "" || last[0] >= '0' && last[0] <= '9'
}
