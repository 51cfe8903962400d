// Package testlog keeps what is logged in memory, for tests that look at it: for what must be told, and
// for secrets that must not.
package testlog

import (
	"log/slog"
	"strings"
	"sync"
)

// Log is what was logged so far. The zero value is empty and can be used by several goroutines.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

// Logger writes into the log, in the form of [slog.TextHandler], whatever the level.
func (l *Log) Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Write appends text.
func (l *Log) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

// String is the whole text.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
