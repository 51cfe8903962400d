package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const testKey = "rest-key-of-the-test"

// process is the command, running.
type process struct {
	t       *testing.T
	command *exec.Cmd
	url     string
	// printed is its standard output up to when it was ready.
	printed string
	log     *bytes.Buffer
	exited  chan error
}

var readyLine = regexp.MustCompile(`Usher is ready at (\S+)`)

// start runs usher serve in a folder and waits until it says that it is ready.
func start(t *testing.T, folder string, flags ...string) *process {
	t.Helper()
	return startWith(t, folder, asUsher+"=1", flags...)
}

// startWith is start with one more environment variable.
func startWith(t *testing.T, folder, variable string, flags ...string) *process {
	t.Helper()
	p := &process{t: t, log: &bytes.Buffer{}, exited: make(chan error, 1)}
	p.command = exec.Command(os.Args[0], append([]string{"serve", "--listen=127.0.0.1:0"}, flags...)...)
	p.command.Dir = folder
	p.command.Env = append(os.Environ(), asUsher+"=1", variable)
	p.command.Stderr = p.log
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// After a test that ended it this finds nothing to do.
		_ = p.command.Process.Kill()
	})
	ready := make(chan bool, 1)
	go func() {
		p.readUntilReady(bufio.NewReader(out), ready)
		p.exited <- p.command.Wait()
	}()
	select {
	case ok := <-ready:
		if !ok {
			t.Fatalf("usher did not get ready: %v\n%s", <-p.exited, p.log)
		}
	case <-time.After(time.Minute):
		t.Fatal("usher did not get ready within a minute")
	}
	return p
}

func (p *process) readUntilReady(out *bufio.Reader, ready chan<- bool) {
	var printed strings.Builder
	for {
		line, err := out.ReadString('\n')
		printed.WriteString(line)
		if found := readyLine.FindStringSubmatch(line); found != nil {
			p.url = found[1]
		}
		// The curl line is the last one.
		if strings.Contains(line, "curl ") {
			p.printed = printed.String()
			ready <- true
			// What else it prints must not fill the pipe.
			_, _ = io.Copy(io.Discard, out)
			return
		}
		if err != nil {
			ready <- false
			return
		}
	}
}

// kill ends it as a power cut does, as far as a process can be.
func (p *process) kill() {
	p.t.Helper()
	if err := p.command.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	// It was killed: how it exited is known.
	<-p.exited //nolint:errcheck // see above
}

// terminate asks it to stop, and gives how it ended.
func (p *process) terminate() error {
	p.t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.exited:
		return err
	case <-time.After(10 * time.Second):
		return errors.New("still there ten seconds after SIGTERM")
	}
}

// call sends a request with the REST key and reads its data.
func (p *process) call(ctx context.Context, method, path, body string, data any) error {
	request, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("apikey", testKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %s", response.StatusCode, text)
	}
	return json.Unmarshal(text, &struct {
		Data any `json:"data"`
	}{data})
}

// issued is the tokens that the server has answered with, by user.
type issued struct {
	mu     sync.Mutex
	tokens map[string][]string
	count  int
	// enough is closed when count reaches the wanted number.
	enough chan struct{}
	wanted int
}

func (i *issued) add(uid, token string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.tokens[uid] = append(i.tokens[uid], token)
	if i.count++; i.count == i.wanted {
		close(i.enough)
	}
}

// writeAtOnce lets 64 writers issue tokens, each for a user of its own, until the server is gone or
// each has as many as a user may have.
func (p *process) writeAtOnce(round, wanted int) (answered *issued, finished *sync.WaitGroup) {
	p.t.Helper()
	const writers = 64
	answered = &issued{tokens: map[string][]string{}, enough: make(chan struct{}), wanted: wanted}
	finished = &sync.WaitGroup{}
	for writer := range writers {
		uid := fmt.Sprintf("round-%d-writer-%d", round, writer)
		finished.Go(func() {
			var ignored any
			if p.call(p.t.Context(), http.MethodPost, "/v3/users", `{"uid":"`+uid+`","name":"Writer"}`, &ignored) != nil {
				return
			}
			for range 100 {
				var token struct{ AuthToken string }
				if p.call(p.t.Context(), http.MethodPost, "/v3/users/"+uid+"/auth_tokens", `{"force":true}`, &token) != nil {
					return
				}
				answered.add(uid, token.AuthToken)
			}
		})
	}
	return answered, finished
}

// missing gives how many of the answered tokens the server does not have.
func (p *process) missing(answered *issued) int {
	p.t.Helper()
	missing := 0
	for uid, tokens := range answered.tokens {
		var listed []struct{ AuthToken string }
		if err := p.call(p.t.Context(), http.MethodGet, "/v3/users/"+uid+"/auth_tokens?perPage=1000", "", &listed); err != nil {
			p.t.Errorf("list tokens of %s: %v", uid, err)
		}
		there := map[string]bool{}
		for _, token := range listed {
			there[token.AuthToken] = true
		}
		for _, token := range tokens {
			if !there[token] {
				missing++
			}
		}
	}
	return missing
}

func TestEveryAnsweredTokenSurvivesKill9(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	server := start(t, folder, "--rest-key="+testKey)
	for round := range 10 {
		answered, finished := server.writeAtOnce(round, 500)
		<-answered.enough
		server.kill()
		finished.Wait()
		server = start(t, folder)
		if missing := server.missing(answered); missing > 0 {
			t.Fatalf("round %d: of %d answered tokens, %d are not there after kill -9", round, answered.count, missing)
		}
		t.Logf("round %d: %d answered tokens, all there after kill -9", round, answered.count)
	}
}

func TestSIGTERMDrainsAndLosesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	server := start(t, folder, "--rest-key="+testKey)
	answered, finished := server.writeAtOnce(0, 500)
	<-answered.enough
	if err := server.terminate(); err != nil {
		t.Fatalf("after SIGTERM: %v\n%s", err, server.log)
	}
	finished.Wait()
	server = start(t, folder)
	if missing := server.missing(answered); missing > 0 {
		t.Fatalf("of %d answered tokens, %d are not there after SIGTERM", answered.count, missing)
	}
}

func TestStartSaysWhatAPersonNeedsNext(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := start(t, folder, "--rest-key="+testKey, "--app-id=my-app", "--region=eu")
	for _, needed := range []string{"my-app", "eu", testKey, "Auth Key", "cometchat-uid-1", "curl -X POST " + first.url} {
		if !strings.Contains(first.printed, needed) {
			t.Errorf("%q is not in what it printed:\n%s", needed, first.printed)
		}
	}
	second := exec.Command(os.Args[0], "serve", "--listen=127.0.0.1:0")
	second.Dir, second.Env = folder, append(os.Environ(), asUsher+"=1")
	if out, err := second.CombinedOutput(); err == nil || !strings.Contains(string(out), "another usher uses the database") {
		t.Errorf("a second server on the same data: %v, %s", err, out)
	}
	if err := first.terminate(); err != nil {
		t.Fatal(err)
	}
	// Named again with another key: accepted, changes nothing, and shows no key.
	again := start(t, folder, "--app-id=MY-APP", "--rest-key=another-key-this-time")
	if strings.Contains(again.printed, testKey) || strings.Contains(again.printed, "another-key") || !strings.Contains(again.printed, "changed nothing") {
		t.Errorf("the second start printed:\n%s", again.printed)
	}
	var ignored any
	if err := again.call(t.Context(), http.MethodGet, "/v3/users", "", &ignored); err != nil {
		t.Errorf("the first key works no more: %v", err)
	}
	if err := again.terminate(); err != nil {
		t.Fatal(err)
	}
	other := exec.Command(os.Args[0], "serve", "--listen=127.0.0.1:0", "--app-id=another-app")
	other.Dir, other.Env = folder, append(os.Environ(), asUsher+"=1")
	if out, err := other.CombinedOutput(); err == nil || !strings.Contains(string(out), "--app-id") {
		t.Errorf("an app that is not there: %v, %s", err, out)
	}
}

func TestWhatAStartSaysToTryWorks(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	for name, flags := range map[string][]string{"with sample users": nil, "without": {"--no-sample-users"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			running := start(t, t.TempDir(), flags...)
			command := regexp.MustCompile(`(?m)^  curl .*$`).FindString(running.printed)
			out, err := exec.CommandContext(t.Context(), "sh", "-c", command+" --silent").CombinedOutput()
			if err != nil || !strings.Contains(string(out), `"authToken"`) {
				t.Errorf("%v, %s", err, out)
			}
			if err := running.terminate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDevLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	temporary := t.TempDir()
	p := startWith(t, temporary, "TMPDIR="+temporary, "--dev")
	if entries, err := os.ReadDir(temporary); err != nil || len(entries) != 1 {
		t.Fatalf("while it runs: %v, %v", entries, err)
	}
	if err := p.terminate(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(temporary); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
