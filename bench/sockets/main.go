// Command sockets measures what a socket costs: it starts a server, opens many authenticated sockets from
// other processes, and prints the resident memory of the server for each and how soon subscribers hear of a
// user who comes online. Run it with make bench-sockets.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// What is asked of a server.
const (
	mostPerSocket = 12 << 10
	mostDelay     = 50 * time.Millisecond
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := bench{out: os.Stdout}
	flag.StringVar(&b.usher, "usher", "bin/usher", "the server's program")
	flag.IntVar(&b.sockets, "sockets", 20_000, "how many sockets there are")
	flag.IntVar(&b.subscribers, "subscribers", 1000, "how many of them hear of everybody")
	flag.IntVar(&b.moves, "moves", 50, "how often a user comes online")
	flag.DurationVar(&b.settle, "settle", 130*time.Second, "how long the sockets are left alone before the memory is read again: the collector runs at least every two minutes")
	flag.BoolVar(&b.assert, "assert", false, "fail when the server needs more than it may")
	idle := flag.String("idle", "", "open sockets at this address, with the JWTs of standard input, until that ends")
	flag.Parse()
	run := b.run
	if *idle != "" {
		run = func(ctx context.Context) error { return stayIdle(ctx, *idle, os.Stdin, os.Stdout) }
	}
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sockets:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be undone
	}
}

// bench is one run.
type bench struct {
	usher                       string
	sockets, subscribers, moves int
	settle                      time.Duration
	assert                      bool
	out                         io.Writer
}

func (b *bench) run(ctx context.Context) error {
	b.fitLimit()
	folder, err := os.MkdirTemp("", "usher-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	fmt.Fprintf(b.out, "making %d users and logging them in …\n", b.sockets+1)
	jwts, err := b.prepare(ctx, folder)
	if err != nil {
		return err
	}
	// Another process than the one that logged everybody in: nothing of that is in its memory.
	server, err := startServer(ctx, b.usher, folder)
	if err != nil {
		return err
	}
	defer server.stop()
	memory, err := b.measureMemory(ctx, server, jwts[:b.sockets-b.subscribers])
	if err != nil {
		return err
	}
	defer memory.close()
	delays, err := measureDelay(ctx, server.url, jwts[b.sockets-b.subscribers:b.sockets], uidOf(b.sockets), jwts[b.sockets], b.moves)
	if err != nil {
		return err
	}
	p99 := delays.at(99)
	fmt.Fprintf(b.out, "presence to %d subscribers, %d times, beside %d idle sockets: median %s, p99 %s, longest %s (at most %s at p99)\n",
		b.subscribers, b.moves, b.sockets-b.subscribers, delays.at(50), p99, delays.at(100), mostDelay)
	if b.assert && (memory.each > mostPerSocket || p99 > mostDelay) {
		return errors.New("the server needs more than it may")
	}
	return nil
}

// fitLimit leaves out the sockets for which the server may not have files.
func (b *bench) fitLimit() {
	// The server's own files: the database's, standard ones, listeners.
	const others = 100
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Max >= uint64(b.sockets+others) {
		return
	}
	fmt.Fprintf(b.out, "this machine lets a process have %d open files (ulimit -Hn): %d sockets instead of %d\n", limit.Max, limit.Max-others, b.sockets)
	b.sockets = int(limit.Max) - others
}

// self is this program's file, to start it again.
func self() (string, error) {
	program, err := os.Executable()
	return filepath.Clean(program), err
}
