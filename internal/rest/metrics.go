package rest

import (
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what a Handler does. Its labels are routes, codes and other words of this program:
// never anything that a caller wrote. A nil one counts nothing.
type Metrics struct {
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	inFlight prometheus.Gauge
	refused  *prometheus.CounterVec
}

// NewMetrics makes the metrics of the Handlers that get them, and registers them.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usher_http_requests_total", Help: "Answered requests, by route, HTTP status and error code.",
		}, []string{"method", "route", "status", "code"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "usher_http_request_duration_seconds", Help: "How long requests took to be answered.",
			// From a read that is in memory to the time limit of a request.
			Buckets:                     []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
			NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
		}, []string{"method", "route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "usher_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usher_limited_requests_total", Help: "Requests that a limit refused, by the limit.",
		}, []string{"limit"}),
	}
	registry.MustRegister(m.requests, m.took, m.inFlight, m.refused)
	for _, reason := range []string{refusedAddress, refusedKey, refusedApp, refusedImport, refusedCredentials} {
		m.refused.WithLabelValues(reason)
	}
	return m
}

func (m *Metrics) begin() {
	if m != nil {
		m.inFlight.Inc()
	}
}

// end counts a request by the pattern that it matched.
func (m *Metrics) end(pattern string, status int, body any, took time.Duration) {
	if m == nil {
		return
	}
	m.inFlight.Dec()
	method, route := labels(pattern)
	code := ""
	if failed, ok := body.(failure); ok {
		code = string(failed.Error.Code)
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status), code).Inc()
	m.took.WithLabelValues(method, route).Observe(took.Seconds())
}

// labels names an endpoint, whichever version of the API it was called under. The method is the
// pattern's: a caller may send any word as one.
func labels(pattern string) (method, route string) {
	method, route, ok := strings.Cut(pattern, " ")
	if !ok {
		return "other", "unknown"
	}
	for _, prefix := range prefixes {
		if within, ok := strings.CutPrefix(route, prefix+"/"); ok {
			return method, "/" + within
		}
	}
	return method, route
}

// refuse counts a request that a limit refused.
func (m *Metrics) refuse(reason string) {
	if m != nil {
		m.refused.WithLabelValues(reason).Inc()
	}
}
