package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/usherhq/usher/internal/realtime"
	"github.com/usherhq/usher/internal/rest"
	"github.com/usherhq/usher/internal/webhook"
)

// metrics is what Prometheus collects. It has a listener of its own: clients have no business there.
type metrics struct {
	listener net.Listener
	http     *http.Server
	served   chan struct{}
	// requests and store are where the numbers come from.
	requests *rest.Metrics
	store    *storeMetrics
	sockets  *realtime.Metrics
	webhooks *webhook.Metrics
	// liveTokens is set once a minute: counting takes too long to be done for every scrape.
	liveTokens prometheus.Gauge
}

// startMetrics serves /metrics until close.
func startMetrics(ctx context.Context, address string, log *slog.Logger) (*metrics, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--metrics-listen %s: %w", address, err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo())
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry, EnableOpenMetrics: true}))
	m := &metrics{
		listener: listener,
		http: &http.Server{
			Handler:           mux,
			ReadHeaderTimeout: readHeaderTimeLimit, ReadTimeout: readTimeLimit, WriteTimeout: writeTimeLimit,
			IdleTimeout: idleTimeLimit, MaxHeaderBytes: maxHeaderBytes,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
		served:   make(chan struct{}),
		requests: rest.NewMetrics(registry), store: newStoreMetrics(registry), sockets: realtime.NewMetrics(registry),
		webhooks: webhook.NewMetrics(registry),
	}
	m.liveTokens = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "usher_auth_tokens_live", Help: "Auth tokens of all apps that are good, as counted within the last minute.",
	})
	registry.MustRegister(m.liveTokens)
	go func() {
		defer close(m.served)
		if err := m.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics are served no more", slog.Any("error", err))
		}
	}()
	log.Info("metrics are served", slog.String("address", listener.Addr().String()))
	return m, nil
}

// close ends at once: a scrape that is cut off is made again.
func (m *metrics) close() error {
	if m == nil {
		return nil
	}
	err := m.http.Close()
	<-m.served
	return err
}

// buildInfo is always 1, with labels that say what is running.
func buildInfo() prometheus.Collector {
	labels := prometheus.Labels{"version": "", "revision": "", "goversion": ""}
	if info, ok := debug.ReadBuildInfo(); ok {
		labels["version"], labels["goversion"] = info.Main.Version, info.GoVersion
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				labels["revision"] = setting.Value
			}
		}
	}
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "usher_build_info", Help: "What is running, in the labels; always 1.", ConstLabels: labels,
	}, func() float64 { return 1 })
}

// storeMetrics is a sqlstore.Observer.
type storeMetrics struct {
	took   *prometheus.HistogramVec
	groups prometheus.Histogram
}

func newStoreMetrics(registry prometheus.Registerer) *storeMetrics {
	m := &storeMetrics{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "usher_store_change_duration_seconds", Help: "How long changes of the database took, waiting included, by whether they were made.",
			Buckets:                     []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
			NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour,
		}, []string{"outcome"}),
		groups: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "usher_store_group_size", Help: "How many changes went into one commit; SQLite only.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 8),
		}),
	}
	registry.MustRegister(m.took, m.groups)
	return m
}

// Changed counts a change; one that a use case gave up, for a name that is taken, was not made.
func (m *storeMetrics) Changed(took time.Duration, err error) {
	outcome := "made"
	if err != nil {
		outcome = "not made"
	}
	m.took.WithLabelValues(outcome).Observe(took.Seconds())
}

// Committed counts the changes of a commit.
func (m *storeMetrics) Committed(changes int) { m.groups.Observe(float64(changes)) }
