package server

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/usherhq/usher/internal/dashboard"
	"github.com/usherhq/usher/internal/identity"
)

// startConsole makes the console, and an invitation for the first operator while there is none.
func (s *Server) startConsole(ctx context.Context, service *identity.Service, log *slog.Logger) (err error) {
	if s.config.NoConsole {
		return nil
	}
	if !s.config.Dev {
		if s.invitation, err = service.InviteFirstOperator(ctx); err != nil {
			return err
		}
	}
	s.console, err = dashboard.New(service, dashboard.Config{
		PublicURL: s.config.PublicURL, Version: Version, Development: s.config.Dev, Address: s.handler.Address,
		Region: s.config.Region, WebhooksAllowPrivate: s.config.WebhooksAllowPrivate,
		NoAttemptLimit: s.config.NoRateLimit || s.config.Dev, Clock: s.clock, Log: log,
	})
	return err
}

// isForConsole says whether the console answers a request.
func (s *Server) isForConsole(r *http.Request) bool { return s.console != nil && dashboard.Serves(r) }

// closeConsole ends the live views, which would keep the server from shutting down.
func (s *Server) closeConsole() {
	if s.console != nil {
		s.console.Close()
	}
}

// ConsoleURL is where people find the console, or empty where it is switched off. While there is no
// operator, it is the link that makes the first one, once.
func (s *Server) ConsoleURL() string {
	switch {
	case s.console == nil:
		return ""
	case s.invitation != "":
		return s.publicURL() + dashboard.WelcomePath + "#" + string(s.invitation)
	}
	return s.publicURL() + dashboard.Prefix
}
