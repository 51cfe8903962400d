package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnExportIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	text := func(what string) func(io.Writer) error {
		return func(out io.Writer) error {
			_, err := io.WriteString(out, what)
			return err
		}
	}
	broken := errors.New("broken")
	folder := t.TempDir()
	path := filepath.Join(folder, "users.jsonl")
	fail := func(out io.Writer) error { return errors.Join(text("a part")(out), broken) }
	if err := writeWhole(path, fail); !errors.Is(err, broken) {
		t.Errorf("a failure was answered with %v", err)
	}
	if err := os.WriteFile(path, []byte("what was there"), 0o644); err != nil {
		t.Fatal(err)
	}
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("the file holds %q, %v; want %q", got, err, want)
		}
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
			t.Errorf("the folder holds %v, %v", entries, err)
		}
	}
	if err := writeWhole(path, fail); !errors.Is(err, broken) {
		t.Errorf("a failure was answered with %v", err)
	}
	holds("what was there")
	if err := writeWhole(path, text("everything")); err != nil {
		t.Fatal(err)
	}
	holds("everything")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is for %v, %v", info.Mode(), err)
	}
}

func TestAnExportReplacesNothingButAFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	link := filepath.Join(folder, "link")
	if err := os.Symlink("elsewhere", link); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{folder, link, os.DevNull} {
		err := writeWhole(path, func(io.Writer) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "is not a file") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := writeWhole(filepath.Join(folder, "missing", "users.jsonl"), func(io.Writer) error { return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
}
