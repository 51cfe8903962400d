// Command usher is a self-hosted authentication server for chat and calling apps.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/usherhq/usher/internal/server"
)

// commands is the command line.
type commands struct {
	Serve   serveCommand     `cmd:"" help:"Serve. Keeps its data under ./usher-data unless told otherwise."`
	Demo    demoCommand      `cmd:"" help:"Play a login story against a temporary server and print it."`
	Import  importCommand    `cmd:"" help:"Add to an app's data from a file."`
	Export  exportCommand    `cmd:"" help:"Write an app's data to a file."`
	Keyset  keysetCommand    `cmd:"" help:"Look after the keyset that seals keys and tokens in the database."`
	JWTKeys jwtKeysCommand   `cmd:"" name:"jwt-keys" help:"Look after the keys that sign JWTs."`
	Health  healthCommand    `cmd:"" help:"Ask a running server whether it is ready; succeeds when it is."`
	Version kong.VersionFlag `env:"-" help:"Print the version and exit."`

	Operators operatorsCommand `cmd:"" help:"Look after the people who use the console."`
}

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

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	var chosen commands
	parsed := kong.Parse(&chosen,
		kong.Name("usher"), kong.Description("Usher checks people in before a conversation: authentication for chat and calling apps."),
		kong.DefaultEnvars("USHER"), kong.Vars{"version": server.Version}, kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "usher: "+err.Error())
		os.Exit(1)
	}
}
