//go:build darwin || freebsd || linux

package server

import "syscall"

// freeBytes is how much somebody who is not root can still write into a folder.
func freeBytes(folder string) (int64, error) {
	var disk syscall.Statfs_t
	err := syscall.Statfs(folder, &disk)
	return int64(disk.Bavail) * int64(disk.Bsize), err //nolint:gosec,unconvert // their types differ between systems
}
