package server

import (
	"log/slog"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/webhook"
)

// startWebhooks starts what tells apps' back ends of events.
func (s *Server) startWebhooks(service *identity.Service, log *slog.Logger) {
	config := webhook.Config{AllowPrivate: s.config.WebhooksAllowPrivate, Clock: s.clock, Log: log}
	if s.metrics != nil {
		config.Metrics = s.metrics.webhooks
	}
	s.webhooks = webhook.Start(service, config)
}
