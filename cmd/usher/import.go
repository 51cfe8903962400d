package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/usherhq/usher/internal/control"
	"github.com/usherhq/usher/internal/userfile"
)

type importCommand struct {
	Users importUsersCommand `cmd:"" help:"Add users from a file of JSON Lines to an app."`
}

type importUsersCommand struct {
	appData

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
with --skip-existing. A server that runs goes on meanwhile.`
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
	desk, release, err := openDesk(ctx, c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	shown := newProgress(os.Stderr)
	if info, err := in.Stat(); err == nil && info.Mode().IsRegular() {
		shown.whole = info.Size()
	}
	report, err := desk.ImportUsers(ctx, &watched{in: in, shown: shown}, control.ImportOptions{
		AppID: c.AppID, SkipExisting: c.SkipExisting, CreateRoles: c.CreateRoles, MostProblems: mostProblems,
	})
	shown.end()
	if err == nil || report.Lines() > 0 {
		reportImport(os.Stderr, report, shown)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted: what is imported stays; go on with --skip-existing")
	case err != nil:
		return err
	case report.Refused > 0:
		return fmt.Errorf("%s could not be imported", countUsers(report.Refused))
	}
	return nil
}

// watched shows how much of a file has been read.
type watched struct {
	in    io.Reader
	shown *progress
	read  int64
	lines int
}

// Read reads on.
func (w *watched) Read(into []byte) (int, error) {
	n, err := w.in.Read(into)
	w.read += int64(n)
	w.lines += bytes.Count(into[:n], []byte("\n"))
	w.shown.at(w.read, w.lines)
	return n, err
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
