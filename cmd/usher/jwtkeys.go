package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/server"
)

// jwtKeysCommand looks after the keys that sign JWTs.
type jwtKeysCommand struct {
	List     listJWTKeysCommand    `cmd:"" help:"List the keys in the order in which they sign."`
	Rotate   rotateJWTKeysCommand  `cmd:"" help:"Make a key that takes over from the one that signs."`
	Withdraw withdrawJWTKeyCommand `cmd:"" help:"Remove a key that is in wrong hands, with all that it signed."`
}

// Help says what to do beside a running server.
func (*jwtKeysCommand) Help() string {
	return `Servers rotate the key every 30 days by themselves; this is for a key that may be in wrong hands,
or to see that it works.

On PostgreSQL, running servers follow within a minute. A SQLite database can't be opened while a server
uses it: stop the server first, or ask it, with the management key and secret:

  curl -X POST https://HOST/v3/signing_keys -H 'key: KEY' -H 'secret: SECRET' -d '{"now":true}'
  curl -X DELETE https://HOST/v3/signing_keys/KID -H 'key: KEY' -H 'secret: SECRET'`
}

// jwtKeysFlags say which database has the keys.
type jwtKeysFlags struct {
	Database   string `placeholder:"ADDRESS" help:"Where the data is kept, as for serve. Default: sqlite:usher-data/usher.db."`
	Keyset     string `placeholder:"FILE" help:"Keyset of the database, as for serve. Default: keyset.json beside the data."`
	KeysetText string `name:"keyset-text" hidden:"" help:"Content of a keyset; from the environment only."`
}

// with opens the database for as long as it takes to do something.
func (f jwtKeysFlags) with(ctx context.Context, do func(data *server.OpenData) error) (err error) {
	place := server.Data{Database: f.Database, Keyset: f.Keyset, KeysetText: f.KeysetText}
	data, err := place.OpenWhole(ctx, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	return do(data)
}

type listJWTKeysCommand struct{ jwtKeysFlags }

// Run prints the keys, without what signs.
func (c *listJWTKeysCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(data *server.OpenData) error {
		keys, err := data.Service.ListSigningKeys(ctx)
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			return errors.New("the database has no keys yet: usher serve makes the first one")
		}
		table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "KEY\tSTATE\tCREATED\tSIGNS FROM\tREMOVED")
		for _, key := range keys {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", key.Key.ID(), key.State, shownTime(key.CreatedAt), shownTime(key.SignsFrom), shownTime(key.RemovedAt))
		}
		return table.Flush()
	})
}

func shownTime(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.UTC().Format(time.RFC3339)
}

type rotateJWTKeysCommand struct {
	jwtKeysFlags

	Now bool `env:"-" help:"Take over at once, not after the 15 minutes in which every verifier gets to know the key."`
}

// Run makes the key and says when it signs.
func (c *rotateJWTKeysCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(data *server.OpenData) error {
		key, err := data.Service.RotateSigningKey(ctx, data.Caller, c.Now)
		if errors.Is(err, identity.ErrRotatedAlready) {
			return fmt.Errorf("%w; --now makes one that takes over at once", err)
		}
		if err != nil {
			return err
		}
		text := "The new key %s takes over at %s, when every verifier knows it. What older keys signed stays good.\n"
		if c.Now {
			text = "The new key %s signs from now on, %s; running servers follow within a minute. What older keys signed stays good.\n"
		}
		_, err = fmt.Fprintf(os.Stdout, text, key.Key.ID(), shownTime(key.SignsFrom))
		return err
	})
}

type withdrawJWTKeyCommand struct {
	jwtKeysFlags

	KID string `arg:"" help:"The key, as list shows it."`
}

// Help says what it costs.
func (*withdrawJWTKeyCommand) Help() string {
	return `No JWT that the key signed is taken from then on: not by servers, which close the sockets that were
opened with one, and not by others once they fetch the published keys again. Nobody is logged out; clients
take another JWT, the vendor's own SDKs with their next login. A key that signs is replaced at once.`
}

// Run removes the key and says what follows.
func (c *withdrawJWTKeyCommand) Run(ctx context.Context) error {
	return c.with(ctx, func(data *server.OpenData) error {
		if err := data.Service.WithdrawSigningKey(ctx, data.Caller, c.KID); err != nil {
			return err
		}
		_, err := fmt.Fprintf(os.Stdout, "The key %s is withdrawn: nothing that it signed is good any more. Whoever keeps the published keys takes it for up to 15 minutes more.\n", c.KID)
		return err
	})
}
