package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/usherhq/usher/internal/server"
)

// backupFlags say which database it is.
type backupFlags struct {
	Database   string `placeholder:"ADDRESS" help:"Where the data is kept, as for serve. Default: sqlite:usher-data/usher.db."`
	Keyset     string `placeholder:"FILE" help:"Keyset of the database, as for serve. Default: keyset.json beside the data."`
	KeysetText string `name:"keyset-text" hidden:"" help:"Content of a keyset; from the environment only."`
	JSON       bool   `name:"json" env:"-" help:"Print the outcome as one JSON document, for scripts."`
}

func (f backupFlags) data() server.Data {
	return server.Data{Database: f.Database, Keyset: f.Keyset, KeysetText: f.KeysetText}
}

type backupCommand struct {
	backupFlags

	File  string `arg:"" help:"Where to."`
	Force bool   `env:"-" help:"Replace a file that is there already, once the backup is good."`
}

// Help says what is in the file.
func (*backupCommand) Help() string {
	return `The backup is the database as it is at one moment. The server may be running: it goes on writing
meanwhile, and everything that it had answered when the backup began is in it. The copy is read back
before it gets its name, so that a file with that name is always a good backup.

The keyset is not in it. A backup is worth nothing without the keyset, and whoever has both has
every key and token: keep a copy of the keyset, and keep it somewhere else.

A database of PostgreSQL has its own program for this, pg_dump.`
}

// Run makes the backup.
func (c *backupCommand) Run(ctx context.Context) error {
	shown := newProgress(os.Stderr)
	var at server.BackupStage
	made, err := c.data().Backup(ctx, c.File, c.Force, func(stage server.BackupStage, done, whole int) {
		if stage != at {
			// Each stage is shown from its first moment.
			at, shown.drawn = stage, time.Time{}
		}
		shown.whole = int64(whole)
		shown.draw(int64(done), func() string { return string(stage) })
	})
	shown.end()
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted: no backup was made")
	case err != nil:
		return err
	case c.JSON:
		return printValue(made)
	}
	return printLine(fmt.Sprintf("%s: %s, %s, read back and good.\nThe keyset is not in it: keep a copy of %s somewhere else.",
		c.File, content(made.Rows), size(made.Bytes), made.Keyset))
}

type restoreCommand struct {
	backupFlags
	confirmed

	File string `arg:"" help:"The backup."`
}

// Help says what is kept.
func (*restoreCommand) Help() string {
	return `The server must be stopped. A file that is damaged, from a newer version, or sealed with another
keyset is refused, and everything stays as it was. The database that is replaced stays beside the
new one, as usher.db.before-restore- and the time; remove it when it is not needed any more.

What stands in a log beside the file, which is called as the file and -wal, is restored with it.`
}

// Run restores the backup.
func (c *restoreCommand) Run(ctx context.Context) error {
	if err := c.ask("Replace the database by " + c.File + "?"); err != nil {
		return err
	}
	done, err := c.data().Restore(ctx, c.File)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return printValue(done)
	}
	text := "Restored " + content(done.Rows) + "."
	if done.Kept != "" {
		text += "\nThe database that was there is kept as " + done.Kept + "."
	}
	return printLine(text)
}

// content names what a person knows of a database.
func content(rows map[string]int64) string {
	return fmt.Sprintf("%s, %s, %s and %s",
		counted(rows["apps"], "app"), counted(rows["users"], "user"), counted(rows["auth_tokens"], "auth token"), counted(rows["events"], "event"))
}

func counted(count int64, what string) string {
	if count == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", count, what)
}

// size is a number of bytes in the unit in which it has one to three digits, as a rule.
func size(bytes int64) string {
	const thousand = 1000
	value, unit := float64(bytes), 0
	units := []string{"B", "kB", "MB", "GB", "TB"}
	for value >= thousand && unit < len(units)-1 {
		value, unit = value/thousand, unit+1
	}
	return fmt.Sprintf("%.3g %s", value, units[unit])
}

func printValue(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return printJSON(text)
}
