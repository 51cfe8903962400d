package server

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/usherhq/usher/internal/rest"
)

// checkLimits says which flag of the limits makes no sense.
func (c Config) checkLimits() error {
	if min(c.RateLimitCore, c.RateLimitStandard, c.RateLimitAddress) < 0 {
		return errors.New("--rate-limit-core, --rate-limit-standard and --rate-limit-address may not be negative; 0 is no limit")
	}
	_, err := c.trustedProxies()
	return err
}

// limits are none in development, where a test may call as fast as it can.
func (c Config) limits() rest.Limits {
	if c.NoRateLimit || c.Dev {
		return rest.Limits{}
	}
	limits := rest.DefaultLimits()
	limits.Core, limits.Standard, limits.Address = c.RateLimitCore, c.RateLimitStandard, c.RateLimitAddress
	return limits
}

// trustedProxies reads networks, and addresses that stand for themselves.
func (c Config) trustedProxies() ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range c.TrustedProxies {
		text = strings.TrimSpace(text)
		network, err := netip.ParsePrefix(text)
		if address, isAddress := netip.ParseAddr(text); isAddress == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxies: %q is no network such as 10.0.0.0/8 and no address", text)
		}
		networks = append(networks, network)
	}
	return networks, nil
}
