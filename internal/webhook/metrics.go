package webhook

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/usherhq/usher/internal/identity"
)

// Metrics counts what a Dispatcher does. Its labels are words of this program. A nil one counts nothing.
type Metrics struct {
	attempts   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	waiting    prometheus.Gauge
}

// NewMetrics makes the metrics and registers them.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usher_webhook_attempts_total", Help: "Attempts to deliver to webhooks, by delivered or what went wrong.",
		}, []string{"outcome"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usher_webhook_deliveries_total", Help: "Deliveries to webhooks that ended, by outcome.",
		}, []string{"outcome"}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "usher_webhook_deliveries_waiting", Help: "Deliveries to webhooks that are not finished, of all servers of the database; some seconds old.",
		}),
	}
	registry.MustRegister(m.attempts, m.deliveries, m.waiting)
	for _, outcome := range []identity.DeliveryState{identity.DeliveryDone, identity.DeliveryGivenUp} {
		m.deliveries.WithLabelValues(string(outcome))
	}
	return m
}

// attempted counts an attempt, and the delivery if it is over.
func (m *Metrics) attempted(outcome identity.Outcome, delivery identity.Delivery) {
	if m == nil {
		return
	}
	word := string(outcome.Failure)
	if word == "" {
		word = string(identity.DeliveryDone)
	}
	m.attempts.WithLabelValues(word).Inc()
	if delivery.Finished() {
		m.deliveries.WithLabelValues(string(delivery.State)).Inc()
	}
}

func (m *Metrics) wait(deliveries int) {
	if m != nil {
		m.waiting.Set(float64(deliveries))
	}
}
