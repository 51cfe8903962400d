package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// tracesTimeLimit bounds sending what is left when the server stops.
const tracesTimeLimit = 2 * time.Second

// tracing sends traces to a collector; nil sends none.
type tracing struct {
	provider *sdktrace.TracerProvider
	log      *slog.Logger
}

// startTracing reads the variables that OpenTelemetry defines (OTEL_EXPORTER_OTLP_ENDPOINT,
// OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER and the like); without an endpoint there are no traces.
func startTracing(ctx context.Context, log *slog.Logger) (*tracing, error) {
	endpoint := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") + os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
	if endpoint == "" || strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return nil, nil //nolint:nilnil // nil is who sends no traces
	}
	switch exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter {
	case "none":
		return nil, nil //nolint:nilnil // as above
	case "", "otlp":
	default:
		return nil, fmt.Errorf("OTEL_TRACES_EXPORTER: only otlp and none are spoken here, not %s", exporter)
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"} {
		if protocol := os.Getenv(name); protocol != "" && protocol != "http/protobuf" {
			return nil, fmt.Errorf("%s: only http/protobuf is spoken here, not %s", name, protocol)
		}
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("send traces: %w", err)
	}
	// What the environment says of the service counts more than the default.
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "usher")),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err), exporter.Shutdown(ctx))
	}
	handleTraceErrors(log)
	log.Info("traces are sent by OpenTelemetry")
	return &tracing{sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about)), log}, nil
}

// handleTraceErrors makes a collector that can't be reached a line in the log, once a run: OpenTelemetry
// has one place for all its errors in a process.
var handleTraceErrors = func() func(*slog.Logger) {
	var once sync.Once
	return func(log *slog.Logger) {
		once.Do(func() {
			otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
				log.Warn("traces could not be sent", slog.Any("error", err))
			}))
		})
	}
}()

func (t *tracing) tracer() trace.Tracer {
	if t == nil {
		return nil
	}
	return t.provider.Tracer("github.com/usherhq/usher/internal/rest")
}

// close sends what is left. A collector that is away is no reason why a server could not stop.
func (t *tracing) close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), tracesTimeLimit)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.log.Warn("the last traces could not be sent", slog.Any("error", err))
	}
}
