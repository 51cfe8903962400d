package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/server"
)

// reply is an answer as it came in.
type reply struct {
	status int
	header http.Header
	text   string
}

// ask sends a request.
func ask(t *testing.T, method, url string, headers map[string]string, body string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

func TestMetricsTellWhatHappenedAndNoSecret(t *testing.T) {
	t.Parallel()
	running := start(t, server.Config{
		Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"), MetricsListen: "127.0.0.1:0", RateLimitStandard: 1,
	})
	key := string(running.App().RESTKey)
	byKey := map[string]string{"apikey": key}
	issued := ask(t, "POST", running.URL()+"/v3/users/cometchat-uid-1/auth_tokens", byKey, `{}`)
	var login struct{ Data struct{ AuthToken string } }
	if err := json.Unmarshal([]byte(issued.text), &login); err != nil || login.Data.AuthToken == "" {
		t.Fatalf("no token was issued: %s", issued.text)
	}
	// A limit of one a minute allows 20 at once.
	for range 21 {
		ask(t, "GET", running.URL()+"/users/cometchat-uid-2?searchKey=pear", byKey, "")
	}
	ask(t, "GET", running.URL()+"/v3.0/me", map[string]string{"authToken": login.Data.AuthToken + "0"}, "")
	ask(t, "BREW", running.URL()+"/secret/path", nil, "")

	got := ask(t, "GET", running.MetricsURL(), nil, "")
	if got.status != http.StatusOK {
		t.Fatalf("status %d: %s", got.status, got.text)
	}
	for _, line := range []string{
		`usher_http_requests_total{code="",method="POST",route="/users/{uid}/auth_tokens",status="200"} 1`,
		`usher_http_requests_total{code="",method="GET",route="/users/{uid}",status="200"} 20`,
		`usher_http_requests_total{code="ERR_TOO_MANY_REQUESTS",method="GET",route="/users/{uid}",status="429"} 1`,
		`usher_http_requests_total{code="AUTH_ERR_AUTH_TOKEN_NOT_FOUND",method="GET",route="/me",status="401"} 1`,
		`usher_http_requests_total{code="ERR_API_NOT_FOUND",method="other",route="unknown",status="404"} 1`,
		`usher_http_request_duration_seconds_bucket{method="GET",route="/users/{uid}",le="+Inf"} 21`,
		`usher_http_requests_in_flight 0`,
		`usher_limited_requests_total{limit="app"} 1`,
		`usher_limited_requests_total{limit="credentials"} 0`,
		// The server writes for itself too: how often is a matter of time.
		`usher_store_change_duration_seconds_count{outcome="made"} `,
		`usher_store_group_size_count `,
		`usher_sockets_open 0`,
		`usher_auth_tokens_live `,
		`usher_build_info{`,
		`go_goroutines `,
		`process_start_time_seconds `,
	} {
		if !strings.Contains(got.text, line) {
			t.Errorf("%s is missing", line)
		}
	}
	for _, secret := range []string{key, string(running.App().AuthKey), login.Data.AuthToken, "cometchat-uid", "pear", "secret", "BREW", string(running.App().App.ID)} {
		if strings.Contains(got.text, secret) {
			t.Errorf("the metrics hold %q", secret)
		}
	}
	if open := ask(t, "GET", running.URL()+"/metrics", nil, ""); open.status != http.StatusNotFound {
		t.Errorf("clients get the metrics: status %d", open.status)
	}
	if t.Failed() {
		t.Log(got.text)
	}
}

func TestMetricsHaveNativeHistograms(t *testing.T) {
	t.Parallel()
	running := start(t, server.Config{Dev: true, MetricsListen: "127.0.0.1:0"})
	ask(t, "GET", running.URL()+"/healthz", nil, "")
	// Only this form has them.
	got := ask(t, "GET", running.MetricsURL(), map[string]string{
		"Accept": "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
	}, "")
	if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/vnd.google.protobuf") {
		t.Errorf("the Content-Type is %s", kind)
	}
	if !strings.Contains(got.text, "usher_http_request_duration_seconds") {
		t.Error("the latency is missing")
	}
}

func TestNoMetricsUnlessAskedFor(t *testing.T) {
	t.Parallel()
	if running := start(t, server.Config{Dev: true}); running.MetricsURL() != "" {
		t.Errorf("metrics are served at %s", running.MetricsURL())
	}
}
