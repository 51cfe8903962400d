package servertest

import (
	"context"
	"time"
)

// Failing is a test, or a story of one.
type Failing interface {
	Helper()
	Fatalf(format string, arguments ...any)
	Context() context.Context
}

// Await waits for what happens in the background.
func Await(t Failing, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !happened() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("it never happened that %s", what)
		}
	}
}
