package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/server"
)

type exportCommand struct {
	Users exportUsersCommand `cmd:"" help:"Write all users of an app to a file of JSON Lines."`
}

type exportUsersCommand struct {
	server.Data

	File string `arg:"" help:"Where to; - for standard output. A file that exists is replaced once the export is complete."`
}

// Help says what is in the file.
func (*exportUsersCommand) Help() string {
	return `Each line is one user, with all its fields and times, in the order of the uids; deactivated users
and private metadata are included, so only the owner may read the file. Auth tokens are not in it.

The users are those of one moment: the export reads them in one statement, and changes that a server
on PostgreSQL makes meanwhile are not seen. A SQLite database can't be read while a server uses it:
stop the server first.`
}

// Run writes the file, or leaves the one that was there as it was.
func (c *exportUsersCommand) Run(ctx context.Context) (err error) {
	data, err := c.Open(ctx, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	shown := newProgress(os.Stderr)
	if c.File == "-" && isTerminal(os.Stdout) {
		// The lines go where the bar would be.
		shown.out = nil
	}
	if shown.out != nil {
		all := identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}, Activity: identity.AnyActivity}
		_, total, err := data.Service.ListUsers(ctx, data.Caller, all)
		if err != nil {
			return err
		}
		shown.whole = int64(total)
	}
	users := 0
	write := func(out io.Writer) (err error) {
		users, err = exportUsers(ctx, data, out, shown)
		return err
	}
	if c.File == "-" {
		err = write(os.Stdout)
	} else {
		err = writeWhole(c.File, write)
	}
	shown.end()
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted: the export is not complete")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "Exported %s (%s).\n", countUsers(users), shown.speed(users))
	return nil
}

// exportUsers writes all users of an app and says how many they are.
func exportUsers(ctx context.Context, data *server.OpenData, out io.Writer, shown *progress) (users int, err error) {
	buffered := bufio.NewWriterSize(out, 64<<10)
	lines := json.NewEncoder(buffered)
	// What is written is what was stored, not what is safe inside HTML.
	lines.SetEscapeHTML(false)
	for user, err := range data.Service.AllUsers(ctx, data.Caller) {
		if err != nil {
			return users, err
		}
		if err := lines.Encode(lineOf(user)); err != nil {
			return users, err
		}
		users++
		shown.at(int64(users), users)
	}
	return users, buffered.Flush()
}

// profile is what a line says of a user besides times, in the words of the user object.
type profile struct {
	UID           string          `json:"uid"`
	Name          string          `json:"name"`
	Avatar        string          `json:"avatar,omitempty"`
	Link          string          `json:"link,omitempty"`
	Role          string          `json:"role,omitempty"`
	StatusMessage string          `json:"statusMessage,omitempty"`
	Metadata      json.RawMessage `json:"metadata,omitempty"`
	Tags          []string        `json:"tags,omitempty"`
}

// exportedLine is a user as it is written.
type exportedLine struct {
	profile

	CreatedAt     int64 `json:"createdAt"`
	UpdatedAt     int64 `json:"updatedAt,omitempty"`
	LastActiveAt  int64 `json:"lastActiveAt,omitempty"`
	DeactivatedAt int64 `json:"deactivatedAt,omitempty"`
}

func lineOf(user identity.User) exportedLine {
	return exportedLine{
		profile: profile{
			UID: string(user.UID), Name: user.Name, Avatar: user.Avatar, Link: user.Link, Role: user.Role,
			StatusMessage: user.StatusMessage, Metadata: user.Metadata, Tags: user.Tags,
		},
		CreatedAt: unix(user.CreatedAt), UpdatedAt: unix(user.UpdatedAt),
		LastActiveAt: unix(user.LastActiveAt), DeactivatedAt: unix(user.DeactivatedAt),
	}
}

func unix(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}

// writeWhole makes a file that only its owner may read, and puts it in its place once all is written.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	// A device or a link would be replaced by a file, not written to.
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file: name another one, or - for standard output", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
