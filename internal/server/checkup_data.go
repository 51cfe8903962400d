package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/sqlstore"
)

// mostClockError is how far the clocks of two machines may be apart: leases of presence and the times
// in tokens bear so much.
const mostClockError = 5 * time.Second

// leastFree is how many bytes should be free on the disk of the data, and at least as many as the
// database has: a backup beside it, or the rewriting of it, takes so much.
const leastFree = 256 * megabyte

// checkData looks at what the server keeps, and says whether a server has it open.
func (c Config) checkData(ctx context.Context, found *findings) (inUse bool) {
	if err := sqlstore.CheckAddress(c.Database); err != nil {
		found.fail("database", err.Error(), "Correct --database.")
		return false
	}
	path, isSQLite := strings.CutPrefix(c.Database, "sqlite:")
	if isSQLite {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			found.warn("database", "there is no database "+path+" yet", "usher serve makes it; if there should be one, name it with --database.")
			return false
		}
		c.checkAccess(found, path)
	}
	data := Data{Database: c.Database, Keyset: c.Keyset, KeysetText: c.KeysetText}
	keys, err := data.openKeys()
	if err != nil {
		found.fail("keyset", err.Error(), "Do that; without its keyset, no key and no token of the database works.")
		return false
	}
	known, err := sqlstore.Examine(ctx, c.Database, keys)
	c.judgeDatabase(found, known, err)
	if isSQLite {
		checkDisk(found, path)
	}
	if !known.Clock.IsZero() {
		judgeClock(found, "the database's", time.Since(known.Clock))
	}
	return known.InUse
}

// checkAccess looks at who may read what only the server's user should.
func (c Config) checkAccess(found *findings, path string) {
	const what = "permissions"
	for _, file := range []struct {
		path string
		most fs.FileMode
	}{{c.dataFolder(), 0o700}, {path, 0o600}} {
		info, err := os.Stat(file.path)
		switch {
		case err != nil:
			found.fail(what, err.Error(), "Run this as the user that the server runs as.")
			return
		case info.Mode().Perm()&^file.most != 0:
			found.warn(what, fmt.Sprintf("%s is open to others than its owner (mode %04o)", file.path, info.Mode().Perm()),
				fmt.Sprintf("chmod %o %s", file.most, file.path))
			return
		}
	}
	found.ok(what, "only their owner may read the data")
}

// judgeDatabase tells what Examine has found. A server that starts brings older tables up to date.
func (c Config) judgeDatabase(found *findings, known sqlstore.Examined, err error) {
	const what = "database"
	switch {
	case errors.Is(err, sqlstore.ErrOtherKeyset):
		found.fail("keyset", "the keyset is not the one that this database was sealed with", "Put the right one at "+Data{Database: c.Database, Keyset: c.Keyset}.keysetPlace()+", or name it with --keyset.")
		return
	case errors.Is(err, sqlstore.ErrNotDatabase):
		found.warn(what, "there are no tables of Usher's in it", "usher serve makes them; if there should be some, check --database.")
		return
	case errors.Is(err, sqlstore.ErrDamaged):
		found.fail(what, err.Error(), "Stop the server, and put a backup in its place with usher restore.")
		return
	case err != nil:
		found.fail(what, err.Error(), "Check --database, and whether the database can be reached from here by this user.")
		return
	case known.Version > known.Newest:
		found.fail(what, fmt.Sprintf("its tables have the version %d, and this program knows %d", known.Version, known.Newest), "Install the version of Usher that wrote them, or a newer one.")
		return
	}
	found.ok("keyset", "it opens what is sealed in the database")
	state := "no server has it open"
	switch {
	case !strings.HasPrefix(c.Database, "sqlite:"):
		state = "PostgreSQL answers"
	case known.InUse:
		state = "a server has it open"
	}
	if known.Version < known.Newest {
		found.warn(what, fmt.Sprintf("%s; its tables have the version %d, and this program makes %d", state, known.Version, known.Newest), "Make a backup; the next start of usher serve brings them up to date.")
		return
	}
	found.ok(what, fmt.Sprintf("%s; its pages are whole, its tables have the version %d", state, known.Version))
}

// checkDisk looks at the room that is left for the database, where the system tells.
func checkDisk(found *findings, path string) {
	info, err := os.Stat(path)
	free := int64(0)
	if err == nil {
		free, err = freeBytes(filepath.Dir(path))
	}
	switch {
	case errors.Is(err, errors.ErrUnsupported):
	case err != nil:
		found.warn("disk", "how much is free is not known: "+err.Error(), "")
	default:
		judgeDisk(found, free, info.Size())
	}
}

// judgeDisk compares the bytes that are free with those of the database.
func judgeDisk(found *findings, free, size int64) {
	const what = "disk"
	text := fmt.Sprintf("%d MB are free, and the database has %d MB", free/megabyte, size/megabyte+1)
	if free < max(leastFree, size) {
		found.warn(what, text, "Make room: a full disk keeps the server from writing.")
		return
	}
	found.ok(what, text)
}

// judgeClock compares the clock of this machine with another one.
func judgeClock(found *findings, whose string, ahead time.Duration) {
	const what = "clock"
	if ahead.Abs() > mostClockError {
		found.fail(what, fmt.Sprintf("the clock of this machine and %s are %v apart", whose, ahead.Abs().Round(time.Second)), "Let both follow a time server (chrony, systemd-timesyncd): tokens expire by them.")
		return
	}
	found.ok(what, "agrees with "+whose)
}
