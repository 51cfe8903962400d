package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/internal/vault"
)

// keysetCommand looks after the keyset that seals keys and tokens in the database.
type keysetCommand struct {
	Rotate rotateCommand `cmd:"" help:"Give the keyset new keys for what is stored from now on; the old ones stay for what is stored already."`
	Reseal resealCommand `cmd:"" help:"Write what is stored anew with the newest keys of the keyset."`
}

// keysetFlags say which keyset and which database.
type keysetFlags struct {
	Database string `placeholder:"ADDRESS" help:"Database that the keyset belongs to. Default: sqlite:usher-data/usher.db."`
	Keyset   string `placeholder:"FILE" help:"Keyset. Default: keyset.json beside the data."`
}

func (f keysetFlags) config() server.Config {
	config := server.Config{Database: f.Database, Keyset: f.Keyset}
	if config.Database == "" {
		config.Database = server.DefaultDatabase
	}
	return config
}

type rotateCommand struct{ keysetFlags }

// Run rotates the keyset's file.
func (c *rotateCommand) Run() error {
	path := c.config().KeysetPath()
	if _, err := os.Stat(path); err != nil {
		// Rotate would make one, and a new keyset opens nothing that is stored.
		return fmt.Errorf("there is no keyset to rotate: %w", err)
	}
	if err := vault.Rotate(path); err != nil {
		return err
	}
	_, err := fmt.Fprintf(os.Stdout, "The keyset %s has new keys. Keep a copy of it, restart every server that uses it, "+
		"and then run usher keyset reseal.\n", path)
	return err
}

type resealCommand struct {
	keysetFlags

	KeysetText string `name:"keyset-text" hidden:"" help:"Content of a keyset; from the environment only."`
}

// Run reseals every credential; on SQLite the server has to be stopped for it.
func (c *resealCommand) Run(ctx context.Context) error {
	data := server.Data{Database: c.Database, Keyset: c.Keyset, KeysetText: c.KeysetText}
	resealed, err := data.Reseal(ctx, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "%d credentials were sealed anew; the rest already had the newest keys.\n", resealed)
	return err
}
