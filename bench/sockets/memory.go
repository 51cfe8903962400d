package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// mostPerClient is how many sockets a client process has.
const mostPerClient = 10_000

// pingInterval is that of the official SDKs.
const pingInterval = 15 * time.Second

// held is sockets that other processes hold open, and what each takes of the server's memory.
type held struct {
	clients []*exec.Cmd
	ends    []io.Closer
	each    int64
}

func (h *held) close() {
	for i, client := range h.clients {
		_ = h.ends[i].Close()
		// It has done what it was for.
		_ = client.Wait()
	}
}

// measureMemory opens idle sockets from other processes.
func (b *bench) measureMemory(ctx context.Context, server *server, jwts []string) (*held, error) {
	before, err := server.resident()
	if err != nil {
		return nil, err
	}
	h := &held{}
	started := time.Now()
	for first := 0; first < len(jwts); first += mostPerClient {
		if err := h.open(ctx, server.url, jwts[first:min(first+mostPerClient, len(jwts))]); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(b.out, "%d idle authenticated sockets from %d other processes, opened in %s\n", len(jwts), len(h.clients), time.Since(started).Round(time.Millisecond))
	report := func(when string) error {
		after, err := server.resident()
		h.each = (after - before) / int64(len(jwts))
		fmt.Fprintf(b.out, "resident memory of the server: %d KiB before, %d KiB %s: %.1f KiB a socket (at most %d)\n",
			before>>10, after>>10, when, float64(h.each)/1024, mostPerSocket>>10)
		return err
	}
	if err := report("when all are open"); err != nil || b.settle == 0 {
		return h, err
	}
	select {
	case <-ctx.Done():
		return h, context.Cause(ctx)
	case <-time.After(b.settle):
	}
	return h, report("after " + b.settle.String())
}

// open lets another process open sockets, and waits until it has.
func (h *held) open(ctx context.Context, url string, jwts []string) error {
	program, err := self()
	if err != nil {
		return err
	}
	client := exec.CommandContext(ctx, program, "-idle", url)
	client.Stderr = os.Stderr
	in, err := client.StdinPipe()
	if err != nil {
		return err
	}
	out, err := client.StdoutPipe()
	if err != nil {
		return err
	}
	if err := client.Start(); err != nil {
		return err
	}
	h.clients, h.ends = append(h.clients, client), append(h.ends, in)
	if _, err := io.WriteString(in, strings.Join(jwts, "\n")+"\n\n"); err != nil {
		return err
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "open\n" {
		return errors.Join(errors.New("a client could not open its sockets"), err)
	}
	return nil
}

// stayIdle is what a client process does: it opens sockets, says so, and pings until there is no more to
// read.
func stayIdle(ctx context.Context, url string, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var jwts []string
	lines := bufio.NewScanner(in)
	for lines.Scan() && lines.Text() != "" {
		jwts = append(jwts, lines.Text())
	}
	go func() {
		defer stop()
		_ = lines.Scan()
	}()
	clients, err := enterAll(ctx, url, jwts, "NONE")
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, "open\n"); err != nil {
		return err
	}
	<-ctx.Done()
	for _, c := range clients {
		c.leave()
	}
	return nil
}

// enterAll opens a socket for each JWT, some at a time.
func enterAll(ctx context.Context, url string, jwts []string, subscription string) ([]*client, error) {
	const atOnce = 32
	clients := make([]*client, len(jwts))
	failures := make([]error, atOnce)
	var group sync.WaitGroup
	for worker := range atOnce {
		group.Go(func() {
			for number := worker; number < len(jwts) && failures[worker] == nil; number += atOnce {
				clients[number], failures[worker] = enter(ctx, url, jwts[number], subscription)
			}
		})
	}
	group.Wait()
	return clients, errors.Join(failures...)
}
