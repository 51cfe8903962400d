package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	barWidth = 30
	// drawInterval is short enough to look alive, and long enough to cost nothing.
	drawInterval = 100 * time.Millisecond
)

// progress shows on a terminal how far a long piece of work is; elsewhere it shows nothing.
type progress struct {
	out   io.Writer // nil: nothing is drawn
	clock func() time.Time
	// whole is how much there is to do; 0 when nobody knows.
	whole          int64
	started, drawn time.Time
}

func newProgress(out *os.File) *progress {
	p := &progress{clock: time.Now, started: time.Now()}
	if isTerminal(out) {
		p.out = out
	}
	return p
}

// isTerminal says whether a person may be looking. The null device is a character device as well.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// at says how much of the whole is done, which is so many users.
func (p *progress) at(done int64, users int) {
	p.draw(done, func() string { return countUsers(users) + ", " + p.speed(users) })
}

// draw shows how much of the whole is done, and a word about it.
func (p *progress) draw(done int64, word func() string) {
	now := p.clock()
	if p.out == nil || now.Sub(p.drawn) < drawInterval {
		return
	}
	p.drawn = now
	bar := ""
	if p.whole > 0 {
		part := min(float64(done)/float64(p.whole), 1)
		full := int(part * barWidth)
		bar = fmt.Sprintf("[%s%s] %3.0f %%  ", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), part*100)
	}
	fmt.Fprintf(p.out, "\r%s%s\x1b[K", bar, word())
}

// end takes the bar away, for the line that says how it ended.
func (p *progress) end() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// speed is how many users a second it has been so far.
func (p *progress) speed(users int) string {
	return fmt.Sprintf("%.0f users/s", float64(users)/max(p.clock().Sub(p.started).Seconds(), 0.001))
}

func countUsers(count int) string {
	if count == 1 {
		return "1 user"
	}
	return fmt.Sprintf("%d users", count)
}
