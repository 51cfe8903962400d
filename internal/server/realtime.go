package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
	"github.com/usherhq/usher/internal/realtime"
)

// startRealtime starts the gateway and what follows its connections.
func (s *Server) startRealtime(ctx context.Context, service *identity.Service, log *slog.Logger) (err error) {
	// A new name for every run: what a run that was killed has left behind is not taken for this one's.
	process := strings.ToLower(rand.Text()[:12])
	if s.tracker, err = presence.Start(ctx, service, presence.Config{Node: process, Grace: s.config.PresenceGrace, Clock: s.clock, Log: log}); err != nil {
		return err
	}
	config := realtime.Config{
		AuthTime: realtime.DefaultAuthTime, SilenceTime: realtime.DefaultSilenceTime, Address: s.handler.Address, Log: log,
		Limits: realtime.Limits{
			SocketsPerUser: s.config.SocketsPerUser, SocketsPerAddress: s.config.SocketsPerAddress, PresenceUsers: s.config.PresenceUsers,
		},
	}
	if s.metrics != nil {
		config.Metrics = s.metrics.sockets
	}
	s.gateway, err = realtime.Start(ctx, service, s.tracker, process, config)
	return err
}
