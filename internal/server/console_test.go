package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/server"
)

const password = "correct horse battery staple"

// comeIn makes an operator by the link of a server, in a browser of its own.
func comeIn(t *testing.T, link string) (browser *http.Client, status int) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser = &http.Client{Jar: jar}
	page, code, _ := strings.Cut(link, "#")
	answer, err := browser.PostForm(page, url.Values{"code": {code}, "name": {"ada"}, "password": {password}, "repeated": {password}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return browser, answer.StatusCode
}

func TestEveryStartWithoutOperatorsPrintsANewLink(t *testing.T) {
	t.Parallel()
	config := server.Config{Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db")}
	first := start(t, config)
	before := first.ConsoleURL()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, config)
	link := second.ConsoleURL()
	_, code, _ := strings.Cut(link, "#")
	if _, codeBefore, _ := strings.Cut(before, "#"); len(code) != 26 || code == codeBefore {
		t.Fatalf("the links are %s and %s", before, link)
	}
	if _, status := comeIn(t, link); status != http.StatusOK {
		t.Fatalf("come in: status %d", status)
	}
	if _, status := comeIn(t, link); status != http.StatusGone {
		t.Errorf("come in again: status %d", status)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if third := start(t, config); third.ConsoleURL() != third.URL()+"/console" {
		t.Errorf("with an operator there is the link %s", third.ConsoleURL())
	}
}

// shared is what a server prints while a test reads it.
type shared struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shared) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(text)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestTheLinkIsPrintedAndNotLogged(t *testing.T) {
	t.Parallel()
	var out, log shared
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- server.Run(ctx, server.Config{Listen: "127.0.0.1:0", Region: "us", Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"), PublicURL: "https://auth.example.com"},
			&out, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	}()
	link := regexp.MustCompile(`https://auth\.example\.com/console/welcome#([a-z2-7]{26})\n`)
	late := time.After(20 * time.Second)
	for found := []string(nil); found == nil; found = link.FindStringSubmatch(out.String()) {
		select {
		case <-late:
			t.Fatalf("printed: %s", out.String())
		case err := <-done:
			t.Fatalf("ended: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if code := link.FindStringSubmatch(out.String())[1]; strings.Contains(log.String(), code) {
		t.Error("the log has the code")
	}
}

func TestTheConsoleCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	running := start(t, server.Config{Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"), NoConsole: true})
	answer, err := http.Get(running.URL() + "/console")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound || running.ConsoleURL() != "" {
		t.Errorf("status %d, the console is at %s", answer.StatusCode, running.ConsoleURL())
	}
}

func TestInDevelopmentTheConsoleIsOpen(t *testing.T) {
	t.Parallel()
	running := start(t, server.Config{Dev: true})
	answer, err := http.Get(running.ConsoleURL())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || !strings.Contains(string(body), "Development mode") || answer.Request.URL.Path != "/console/apps/usher-dev" {
		t.Errorf("status %d at %s: %s", answer.StatusCode, answer.Request.URL.Path, body)
	}
}

func TestALiveViewDoesNotKeepTheServerFromStopping(t *testing.T) {
	t.Parallel()
	running := start(t, server.Config{Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"), AppID: "my-app"})
	browser, _ := comeIn(t, running.ConsoleURL())
	answer, err := browser.Get(running.URL() + "/console/apps/my-app/live")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadFull(answer.Body, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
}
