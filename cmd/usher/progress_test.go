package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// silent is a progress that nobody sees.
func silent() *progress { return &progress{clock: time.Now} }

func TestProgressIsForTerminals(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, out := range []*os.File{file, null} {
		if newProgress(out).out != nil {
			t.Errorf("%s is taken for a terminal", out.Name())
		}
	}
	shown := silent()
	shown.at(1, 1)
	shown.end()
}

func TestProgressShowsHowFarItIs(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	at := made
	p := &progress{out: &out, clock: func() time.Time { return at }, whole: 1000, started: made}
	for _, done := range []int64{0, 1, 500, 1000, math.MaxInt64} {
		at = at.Add(drawInterval)
		p.at(done, 42)
		// Too early for another one.
		p.at(999, 43)
	}
	p.whole = 0
	at = at.Add(drawInterval)
	p.at(500, 1)
	p.end()
	bar := func(full int) string {
		return "[" + strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full) + "]"
	}
	want := "\r" + bar(0) + "   0 %  42 users, 420 users/s\x1b[K" +
		"\r" + bar(0) + "   0 %  42 users, 210 users/s\x1b[K" +
		"\r" + bar(15) + "  50 %  42 users, 140 users/s\x1b[K" +
		"\r" + bar(30) + " 100 %  42 users, 105 users/s\x1b[K" +
		"\r" + bar(30) + " 100 %  42 users, 84 users/s\x1b[K" +
		"\r1 user, 2 users/s\x1b[K" +
		"\r\x1b[K"
	if difference := cmp.Diff(want, out.String()); difference != "" {
		t.Error(difference)
	}
}
