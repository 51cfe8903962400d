package rest

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// startSpan begins the span of a request, as part of its caller's trace when it names one. It is named
// after the route, never after the path, which may hold a token.
func (h *Handler) startSpan(ctx context.Context, r *http.Request) (context.Context, trace.Span) {
	if h.tracer == nil {
		return ctx, nil
	}
	method, route := labels(r.Pattern)
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	return h.tracer.Start(ctx, method+" "+route, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", method), attribute.String("http.route", route)))
}

func endSpan(span trace.Span, request string, status int, body any) {
	if span == nil {
		return
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status), attribute.String("usher.request_id", request))
	if failed, ok := body.(failure); ok {
		span.SetAttributes(attribute.String("error.type", string(failed.Error.Code)))
	}
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
