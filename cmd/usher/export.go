package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

type exportCommand struct {
	Users exportUsersCommand `cmd:"" help:"Write all users of an app to a file of JSON Lines."`
}

type exportUsersCommand struct {
	appData

	File string `arg:"" help:"Where to; - for standard output. A file that exists is replaced once the export is complete."`
}

// Help says what is in the file.
func (*exportUsersCommand) Help() string {
	return `Each line is one user, with all its fields and times, in the order of the uids; deactivated users
and private metadata are included, so only the owner may read the file. Auth tokens are not in it.

The users are those of one moment: the export reads them in one statement, and changes that a server
makes meanwhile are not seen.`
}

// Run writes the file, or leaves the one that was there as it was.
func (c *exportUsersCommand) Run(ctx context.Context) (err error) {
	desk, release, err := openDesk(ctx, c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	shown := newProgress(os.Stderr)
	if c.File == "-" && isTerminal(os.Stdout) {
		// The lines go where the bar would be.
		shown.out = nil
	}
	users := 0
	write := func(out io.Writer) (err error) {
		users, err = desk.ExportUsers(ctx, c.AppID, out, func(users, all int) {
			shown.whole = int64(all)
			shown.at(int64(users), users)
		})
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
