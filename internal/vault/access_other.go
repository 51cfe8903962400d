//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package vault

import "io/fs"

// isOpenToOthers can't tell: this system does not keep permissions in a file's mode.
func isOpenToOthers(fs.FileInfo) bool { return false }

// lockFile can't keep others away: two rotations at once may end with the keys of one.
func lockFile(string) (release func() error, err error) {
	return func() error { return nil }, nil
}

// KeepOwner has nobody to give the draft to.
func KeepOwner(_, _ string) error { return nil }

// SyncFolder can't do anything about names here.
func SyncFolder(string) error { return nil }
