package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/usherhq/usher/internal/server"
)

type serveCommand struct{ server.Config }

// Run serves until the process is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	level := slog.LevelInfo
	if c.Dev {
		// On a laptop, every request is worth seeing.
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	return server.Run(ctx, c.Config, os.Stdout, log)
}
