package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/rest"
)

// Verdict is how something stands.
type Verdict string

// The verdicts.
const (
	Healthy Verdict = "ok"
	// Doubtful works, and is worth a look.
	Doubtful Verdict = "warn"
	// Broken keeps somebody from working.
	Broken Verdict = "fail"
)

// Finding is what a check-up has found of one thing.
type Finding struct {
	What    string  `json:"what"`
	Verdict Verdict `json:"verdict"`
	Text    string  `json:"text"`
	// Advice is what to do about it; empty where there is nothing to do.
	Advice string `json:"advice,omitempty"`
}

const megabyte = 1 << 20

// checkTimeLimit bounds each look over the network.
const checkTimeLimit = 5 * time.Second

// CheckUp looks at everything that a server with this configuration needs, whether or not one runs,
// and changes nothing.
func (c Config) CheckUp(ctx context.Context) []Finding {
	found := &findings{}
	if !c.checkFlags(found) {
		// Nothing else can be judged by a configuration that is not taken.
		return found.all
	}
	inUse := c.Dev
	if !c.Dev {
		if c.Database == "" {
			c.Database = DefaultDatabase
		}
		inUse = c.checkData(ctx, found)
	}
	c.checkNetwork(ctx, found, inUse)
	return found.all
}

// findings grow by one for each look.
type findings struct{ all []Finding }

func (f *findings) ok(what, text string) {
	f.all = append(f.all, Finding{What: what, Verdict: Healthy, Text: text})
}

func (f *findings) warn(what, text, advice string) {
	f.all = append(f.all, Finding{what, Doubtful, text, advice})
}

func (f *findings) fail(what, text, advice string) {
	f.all = append(f.all, Finding{what, Broken, text, advice})
}

// checkFlags says whether the configuration is one that serve takes.
func (c Config) checkFlags(found *findings) bool {
	const what = "configuration"
	_, err := rest.NewHandler(nil, rest.Config{PublicURL: c.PublicURL, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = c.check()
	}
	if _, _, splitErr := net.SplitHostPort(c.Listen); err == nil && splitErr != nil {
		err = fmt.Errorf("--listen %s: must be HOST:PORT", c.Listen)
	}
	if err != nil {
		found.fail(what, err.Error(), "Correct the flag, or the environment variable of its name; usher serve refuses to start like this.")
		return false
	}
	switch {
	case c.Dev:
		found.ok(what, "development mode, for this machine only")
	case c.PublicURL == "":
		found.warn(what, "there is no --public-url: SDKs are sent back to whichever host name they came by",
			"Give --public-url the URL by which clients reach this server; tokens then have one issuer too.")
	case strings.HasPrefix(c.PublicURL, "http:"):
		found.warn(what, "the --public-url is http: official SDKs speak only https and wss",
			"Serve https with --tls-cert and --tls-key, or by a proxy, and give --public-url its https URL.")
	default:
		found.ok(what, "the flags and the environment go together")
	}
	return true
}
