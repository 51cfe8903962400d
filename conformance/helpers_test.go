package conformance_test

import (
	"slices"
	"strings"
)

// wantAll holds that a listener heard these things, in whatever order: where a listener acts inside
// its callback, the order of what it does and what it hears of it differs between platforms.
func wantAll(c *Client, listener string, want ...string) {
	heard := c.HeardNow(listener)
	slices.Sort(heard)
	slices.Sort(want)
	if !slices.Equal(heard, want) {
		c.WantHeard(listener, want...)
	}
}

// entryWith gives the name of the stored entry that holds a text.
func entryWith(c *Client, text string) (name, value string) {
	for name, value := range c.Entries() {
		if strings.Contains(value, text) {
			return name, value
		}
	}
	return "", ""
}
