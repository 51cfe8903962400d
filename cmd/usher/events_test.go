package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestEventsAreFollowedUntilInterrupted(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	start(t, folder)
	for _, form := range []struct{ flag, want string }{{"--json", `"kind":"user_updated"`}, {"--quiet", "user_updated"}} {
		follower := exec.Command(os.Args[0], "events", "list", "--follow", "--uid=cometchat-uid-1", form.flag)
		follower.Dir, follower.Env = folder, append(os.Environ(), asUsher+"=1")
		out, err := follower.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := follower.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		// What there is already comes first: the user's creation, and what the round before has changed.
		if !lines.Scan() || !strings.Contains(lines.Text(), "user_created") {
			t.Fatalf("%s: the first line is %q", form.flag, lines.Text())
		}
		name := "Named with " + form.flag
		if out, err := run(t, folder, "users", "update", "cometchat-uid-1", "--name", name); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for lines.Scan() && !strings.Contains(lines.Text(), form.want) {
			t.Errorf("%s: a line is %q", form.flag, lines.Text())
		}
		if !strings.Contains(lines.Text(), form.want) {
			t.Errorf("%s: the last line is %q", form.flag, lines.Text())
		}
		if err := follower.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := follower.Wait(); err != nil {
			t.Errorf("%s, interrupted: %v", form.flag, err)
		}
	}
}
