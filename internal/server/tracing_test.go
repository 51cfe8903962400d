package server_test

import (
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/usherhq/usher/internal/server"
)

// traces is a collector of OpenTelemetry.
type traces struct {
	mu    sync.Mutex
	text  strings.Builder
	spans map[string]*spans.Span // by id
}

func (c *traces) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, err := io.ReadAll(r.Body)
	var sent collector.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(text, &sent) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.text.Write(text)
	for _, resource := range sent.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				c.spans[hex.EncodeToString(span.GetSpanId())] = span
			}
		}
	}
}

// chain names a span and those that it is part of, the outermost first.
func (c *traces) chain(span *spans.Span) []string {
	var names []string
	for ; span != nil; span = c.spans[hex.EncodeToString(span.GetParentSpanId())] {
		names = append([]string{span.GetName()}, names...)
	}
	return names
}

func attribute(span *spans.Span, key string) string {
	for _, one := range span.GetAttributes() {
		if one.GetKey() == key {
			return one.GetValue().GetStringValue()
		}
	}
	return ""
}

// The variables of OpenTelemetry are the process's: these tests run alone.
func TestATraceReachesFromTheRequestToTheStatement(t *testing.T) {
	found := &traces{spans: map[string]*spans.Span{}}
	receiver := httptest.NewServer(found)
	defer receiver.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.URL)
	running := start(t, server.Config{Listen: "127.0.0.1:0", Dev: true})
	const caller = "4bf92f3577b34da6a3ce929d0e0e4736"
	issued := ask(t, "POST", running.URL()+"/v3/users/cometchat-uid-1/auth_tokens", map[string]string{
		"apikey": "dev-rest-key", "traceparent": "00-" + caller + "-00f067aa0ba902b7-01",
	}, "{}")
	if issued.status != http.StatusOK {
		t.Fatalf("status %d: %s", issued.status, issued.text)
	}
	token := issued.text[strings.Index(issued.text, "cometchat-uid-1_"):]
	token = token[:strings.IndexByte(token, '"')]
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	want := "POST /users/{uid}/auth_tokens > change > SQL"
	inserted := false
	for _, span := range found.spans {
		if !strings.HasPrefix(attribute(span, "db.query.text"), "INSERT INTO auth_tokens") {
			continue
		}
		inserted = true
		if got := strings.Join(found.chain(span), " > "); got != want {
			t.Errorf("the statement is at %q, want %q", got, want)
		}
		if got := hex.EncodeToString(span.GetTraceId()); got != caller {
			t.Errorf("the trace is %s, not the caller's", got)
		}
	}
	if !inserted {
		t.Errorf("no span has the statement among %d", len(found.spans))
	}
	for _, secret := range []string{token, "dev-rest-key", "dev-auth-key"} {
		if strings.Contains(found.text.String(), secret) {
			t.Errorf("the traces hold %q", secret)
		}
	}
}

func TestWhatTracesCanNotBeIsSaid(t *testing.T) {
	for name, text := range map[string]string{"OTEL_TRACES_EXPORTER": "zipkin", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
			t.Setenv(name, text)
			_, err := server.Start(t.Context(), server.Config{Listen: "127.0.0.1:0", Region: "us", Dev: true}, slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), text) {
				t.Errorf("the refusal is %v", err)
			}
		})
	}
}
