package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/internal/userfile"
)

type importCommand struct {
	Users importUsersCommand `cmd:"" help:"Add users from a file of JSON Lines to an app."`
}

type importUsersCommand struct {
	server.Data

	File         string `arg:"" help:"Where from; - for standard input."`
	SkipExisting bool   `env:"-" help:"Pass over users whose uid is there already, instead of reporting them."`
	CreateRoles  bool   `env:"-" help:"Make roles that do not exist, instead of refusing their users."`
}

// Help says what the file has to be like.
func (*importUsersCommand) Help() string {
	return `Each line is one user: a JSON object with the fields of the user object, as usher export users and
GET /users write them. Only uid and name are required. The times createdAt, updatedAt, lastActiveAt
and deactivatedAt are kept; they are unix seconds. What a viewer sees of a user, such as its status,
is passed over; a field that no user has is an error.

A line that is wrong adds nothing, and the others are imported all the same. The first problems are
reported with their lines, and the command then ends with status 1. After an interruption, run it again
with --skip-existing. A server that uses the same SQLite database must be stopped first.`
}

// Run imports what can be imported and fails when that was not all.
func (c *importUsersCommand) Run(ctx context.Context) (err error) {
	in := os.Stdin
	if c.File != "-" {
		if in, err = os.Open(c.File); err != nil {
			return err
		}
		defer in.Close()
	}
	data, err := c.Open(ctx, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	shown := newProgress(os.Stderr)
	if info, err := in.Stat(); err == nil && info.Mode().IsRegular() {
		shown.whole = info.Size()
	}
	work := &userfile.Import{Service: data.Service, Caller: data.Caller, SkipExisting: c.SkipExisting, CreateRoles: c.CreateRoles, MostProblems: mostProblems}
	work.Progress = func(read int64) error {
		shown.at(read, work.Lines())
		return nil
	}
	err = work.Run(ctx, in)
	shown.end()
	reportImport(os.Stderr, work.Report, shown)
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted: what is imported stays; go on with --skip-existing")
	case err != nil:
		return err
	case work.Refused > 0:
		return fmt.Errorf("%s could not be imported", countUsers(work.Refused))
	}
	return nil
}

// mostProblems is how many are reported one by one.
const mostProblems = 10

func reportImport(out io.Writer, report userfile.Report, shown *progress) {
	var text strings.Builder
	fmt.Fprintf(&text, "Imported %s (%s)", countUsers(report.Imported), shown.speed(report.Imported))
	if report.Skipped > 0 {
		fmt.Fprintf(&text, ", passed over %d that were there already", report.Skipped)
	}
	if report.Refused > 0 {
		fmt.Fprintf(&text, ", refused %d", report.Refused)
	}
	text.WriteString(".\n")
	for _, problem := range report.Problems {
		fmt.Fprintf(&text, "  %s\n", problem)
	}
	if more := report.Refused - len(report.Problems); more > 0 {
		fmt.Fprintf(&text, "  and %d more\n", more)
	}
	fmt.Fprint(out, text.String())
}
