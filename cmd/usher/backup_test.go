package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// soFar is what was answered up to now.
func (i *issued) soFar() *issued {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := &issued{tokens: maps.Clone(i.tokens), count: i.count}
	for uid, tokens := range now.tokens {
		now.tokens[uid] = slices.Clone(tokens)
	}
	return now
}

func TestABackupUnderLoadHoldsAllThatWasAnsweredBefore(t *testing.T) {
	t.Parallel()
	folder, elsewhere := t.TempDir(), t.TempDir()
	busy := start(t, folder, "--rest-key="+testKey, "--no-rate-limit")
	answered, finished := busy.writeAtOnce(0, 500)
	<-answered.enough
	before := answered.soFar()
	if out, err := run(t, folder, "backup", "backup.db"); err != nil {
		t.Fatalf("backup: %v, %s", err, out)
	}
	meanwhile := answered.soFar().count - before.count
	busy.kill()
	finished.Wait()
	if meanwhile == 0 {
		t.Error("nothing was written while the backup was made: it proves nothing")
	}
	restoreInto(t, elsewhere, folder, "backup.db")
	if missing := start(t, elsewhere).missing(before); missing > 0 {
		t.Errorf("of %d tokens that were answered before the backup, %d are not in it", before.count, missing)
	}
	t.Logf("%d tokens were answered before, %d meanwhile", before.count, meanwhile)
}

// restoreInto restores a backup of another folder's server into a folder, with a copy of its keyset.
func restoreInto(t *testing.T, place, folder, name string) {
	t.Helper()
	keyset, err := os.ReadFile(filepath.Join(folder, "usher-data", "keyset.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(place, "usher-data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "usher-data", "keyset.json"), keyset, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, place, "restore", "--yes", filepath.Join(folder, name)); err != nil {
		t.Fatalf("restore: %v, %s", err, out)
	}
}
