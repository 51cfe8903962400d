package server_test

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/server"
)

func TestLimitsAreAsConfigured(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		config server.Config
		limit  string
	}{
		{"an address's", server.Config{RateLimitAddress: 30, RateLimitStandard: 300}, "30"},
		{"switched off", server.Config{RateLimitAddress: 30, NoRateLimit: true}, ""},
		{"development", server.Config{RateLimitAddress: 30, Dev: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if !test.config.Dev {
				test.config.Database = "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
			}
			answer := ask(t, "GET", start(t, test.config).URL()+"/v3/settings", nil, "")
			if got := answer.header.Get("X-Rate-Limit"); answer.status != http.StatusOK || got != test.limit {
				t.Errorf("status %d, limit %q, want %q: %s", answer.status, got, test.limit, answer.text)
			}
		})
	}
}

func TestTrustedProxiesShareNoLimit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		trusted []string
		shared  bool
	}{
		{"a network", []string{"10.0.0.0/8", " 127.0.0.0/8"}, false},
		{"an address", []string{"127.0.0.1"}, false},
		{"another's", []string{"10.0.0.0/8"}, true},
		{"none", nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			running := start(t, server.Config{
				Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"), RateLimitAddress: 300, TrustedProxies: test.trusted,
			})
			var left string
			for _, address := range []string{"203.0.113.1", "203.0.113.2"} {
				left = ask(t, "GET", running.URL()+"/v3/settings", map[string]string{"X-Forwarded-For": address}, "").header.Get("X-Rate-Limit-Remaining")
			}
			if want := map[bool]string{false: "29", true: "28"}[test.shared]; left != want {
				t.Errorf("the second client has %s left, want %s", left, want)
			}
		})
	}
}

func TestSenselessLimitsAreRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		config server.Config
		says   string
	}{
		{server.Config{RateLimitCore: -1}, "--rate-limit-core"},
		{server.Config{TrustedProxies: []string{"proxy.example.org"}}, "--trusted-proxies"},
		{server.Config{MetricsListen: "nowhere"}, "--metrics-listen"},
	} {
		test.config.Dev, test.config.Listen, test.config.Region = true, "127.0.0.1:0", "us"
		_, err := server.Start(t.Context(), test.config, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("got %v, want something of %s", err, test.says)
		}
	}
}
