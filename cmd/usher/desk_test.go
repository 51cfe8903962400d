package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/userfile"
)

func TestUsersAreMovedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	running := start(t, folder, "--rest-key="+testKey)
	usher := func(arguments ...string) (string, error) { return run(t, folder, arguments...) }
	var text bytes.Buffer
	manyUsers(&text, 2*userfile.LargestBatch+1)
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("users.jsonl", text.String())
	wants := func(out string, err error, fails bool, words ...string) {
		t.Helper()
		if (err != nil) != fails {
			t.Errorf("%v, %s", err, out)
		}
		for _, word := range append(words, "on the running server") {
			if !strings.Contains(out, word) {
				t.Errorf("%q is missing in:\n%s", word, out)
			}
		}
	}
	out, err := usher("import", "users", "users.jsonl", "--create-roles")
	wants(out, err, false, fmt.Sprintf("Imported %d users", 2*userfile.LargestBatch+1))
	out, err = usher("import", "users", "users.jsonl", "--skip-existing")
	wants(out, err, false, "Imported 0 users", fmt.Sprintf("passed over %d", 2*userfile.LargestBatch+1))
	write("odd.jsonl", `{"uid":"ana","name":"Ana"}`+"\n"+`{"uid":"eve","name":"Eve","shoeSize":40}`+"\n")
	out, err = usher("import", "users", "odd.jsonl")
	wants(out, err, true, "Imported 1 user ", "refused 1", `line 2: The line is not the JSON object of a user: unknown field "shoeSize".`)
	out, err = usher("import", "users", "odd.jsonl", "--app-id=another")
	wants(out, err, true, "the database has no app another")

	out, err = usher("export", "users", "out.jsonl")
	wants(out, err, false, "Exported ")
	exported, err := os.ReadFile(filepath.Join(folder, "out.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	// The app has sample users of its own, and ana.
	var moved []string
	for line := range strings.Lines(string(exported)) {
		if strings.HasPrefix(line, `{"uid":"user-`) {
			moved = append(moved, line)
		}
	}
	if got := strings.Join(moved, ""); got != text.String() {
		t.Errorf("%d lines came back of %d, or others", len(moved), 2*userfile.LargestBatch+1)
	}
	write("out.jsonl", "what was there")
	out, err = usher("export", "users", "out.jsonl", "--app-id=another")
	wants(out, err, true, "the database has no app another")
	if text, err := os.ReadFile(filepath.Join(folder, "out.jsonl")); err != nil || string(text) != "what was there" {
		t.Errorf("the refused export changed the file: %v, %s", err, text)
	}
	if err := running.terminate(); err != nil {
		t.Error(err)
	}
}
