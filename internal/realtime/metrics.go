package realtime

import (
	"errors"
	"io"
	"net"
	"strconv"

	"github.com/lxzan/gws"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what a Gateway does. Its labels are words of this program. A nil one counts nothing.
type Metrics struct {
	registry prometheus.Registerer
	auth     *prometheus.CounterVec
	ended    *prometheus.CounterVec
	frames   *prometheus.CounterVec
	refused  prometheus.Counter
}

// NewMetrics makes the metrics of the Gateway that gets them, and registers them.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		registry: registry,
		auth: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usher_socket_authentications_total", Help: "Auth frames of sockets, by outcome.",
		}, []string{"outcome"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usher_sockets_ended_total", Help: "Sockets that ended, by who ended them and the close code; none where a connection just broke, other for a code of the client's own.",
		}, []string{"by", "code"}),
		frames: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "usher_presence_frames_total", Help: "Frames that told of a user's presence, and those that the presence limit kept back.",
		}, []string{"outcome"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "usher_sockets_refused_total", Help: "Sockets that were not opened, for too many of their address.",
		}),
	}
	registry.MustRegister(m.auth, m.ended, m.frames, m.refused)
	for _, outcome := range []string{"accepted", "refused", "failed"} {
		m.auth.WithLabelValues(outcome)
	}
	return m
}

// observe adds what a gateway knows by itself.
func (m *Metrics) observe(g *Gateway) {
	if m == nil {
		return
	}
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "usher_sockets_open", Help: "Sockets that are open, authenticated or not."},
			func() float64 { return float64(g.roster.count()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "usher_presence_changes_waiting", Help: "Changes of connections that are yet to be written to the database.",
		}, func() float64 { return float64(g.tracker.Waiting()) }),
	)
}

func (m *Metrics) authenticated(outcome string) {
	if m != nil {
		m.auth.WithLabelValues(outcome).Inc()
	}
}

func (m *Metrics) refuse() {
	if m != nil {
		m.refused.Inc()
	}
}

func (m *Metrics) told(frames int) {
	if m != nil {
		m.frames.WithLabelValues("sent").Add(float64(frames))
	}
}

func (m *Metrics) untold(frames int) {
	if m != nil {
		m.frames.WithLabelValues("kept back").Add(float64(frames))
	}
}

// closed counts the end of a socket.
func (m *Metrics) closed(s *socket, cause error) {
	if m == nil {
		return
	}
	by, code := "server", strconv.Itoa(int(s.endedWith()))
	if s.endedWith() == 0 {
		by, code = whoEnded(cause)
	}
	m.ended.WithLabelValues(by, code).Inc()
}

// whoEnded tells of a socket that the gateway did not end with a code of its own. A library's refusal
// of a frame, for its size or its form, is the server's. Codes that a client makes up share a label.
func whoEnded(cause error) (by, code string) {
	if closed, ok := errors.AsType[*gws.CloseError](cause); ok {
		if closed.Code < 1000 || closed.Code > 1015 {
			return "client", "other"
		}
		return "client", strconv.Itoa(int(closed.Code))
	}
	if refusal, ok := cause.(interface{ Uint16() uint16 }); ok {
		return "server", strconv.Itoa(int(refusal.Uint16()))
	}
	if errors.Is(cause, gws.ErrTextEncoding) {
		return "server", strconv.Itoa(int(NotText))
	}
	if _, ok := errors.AsType[net.Error](cause); ok || errors.Is(cause, io.EOF) || errors.Is(cause, io.ErrUnexpectedEOF) {
		return "client", "none"
	}
	return "server", strconv.Itoa(int(Malformed))
}
