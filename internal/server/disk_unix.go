//go:build darwin || freebsd || linux

package server

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// leastFree is how many bytes should be free on the disk of the data, and at least as many as the
// database has: a backup beside it, or the rewriting of it, takes so much.
const leastFree = 256 * megabyte

// checkDisk looks at the room that is left for the database.
func checkDisk(found *findings, path string) {
	const what = "disk"
	var disk syscall.Statfs_t
	info, err := os.Stat(path)
	if err == nil {
		err = syscall.Statfs(filepath.Dir(path), &disk)
	}
	if err != nil {
		found.warn(what, "how much is free is not known: "+err.Error(), "")
		return
	}
	free := int64(disk.Bavail) * int64(disk.Bsize) //nolint:gosec,unconvert // their types differ between systems
	text := fmt.Sprintf("%d MB are free, and the database has %d MB", free/megabyte, info.Size()/megabyte+1)
	if free < max(leastFree, info.Size()) {
		found.warn(what, text, "Make room: a full disk keeps the server from writing.")
		return
	}
	found.ok(what, text)
}
