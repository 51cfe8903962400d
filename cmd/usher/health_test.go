package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// health runs usher health, and gives what it printed and whether it succeeded.
func health(t *testing.T, arguments ...string) (printed string, ok bool) {
	t.Helper()
	command := exec.Command(os.Args[0], append([]string{"health"}, arguments...)...)
	command.Env = append(os.Environ(), asUsher+"=1")
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	return out.String(), err == nil
}

func TestAServerIsAskedForItsHealth(t *testing.T) {
	t.Parallel()
	running := start(t, t.TempDir(), "--dev")
	if printed, ok := health(t, running.url+"/"); !ok || printed != "ready\n" {
		t.Errorf("a running server: %s", printed)
	}
	var questions atomic.Int32
	starting := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" || questions.Add(1)%3 != 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(starting.Close)
	if printed, ok := health(t, starting.URL); ok || !strings.Contains(printed, "503") {
		t.Errorf("one that starts: %s", printed)
	}
	if printed, ok := health(t, starting.URL, "--wait=1m"); !ok {
		t.Errorf("one that is ready at the third question: %s", printed)
	}
}
