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
	"strconv"
	"strings"
	"sync"
	"syscall"
)

const restKey = "rest-key-of-the-bench"

// server is a running usher.
type server struct {
	command *exec.Cmd
	url     string
}

var readyLine = regexp.MustCompile(`Usher is ready at (\S+)`)

func startServer(ctx context.Context, program, folder string) (*server, error) {
	command := exec.CommandContext(ctx, program, "serve", "--listen=127.0.0.1:0", "--database=sqlite:"+folder+"/usher.db",
		"--rest-key="+restKey, "--app-id=bench", "--no-sample-users", "--no-rate-limit", "--sockets-per-address=0", "--presence-users=0")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	s := &server{command: command}
	lines := bufio.NewScanner(out)
	for s.url == "" && lines.Scan() {
		if found := readyLine.FindStringSubmatch(lines.Text()); found != nil {
			s.url = found[1]
		}
	}
	if s.url == "" {
		return nil, errors.Join(errors.New("the server did not get ready"), command.Wait())
	}
	go func() {
		// What else it says must not fill the pipe.
		_, _ = io.Copy(io.Discard, out)
	}()
	return s, nil
}

func (s *server) stop() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	// It was told to: how it ends is not what is measured.
	_ = s.command.Wait()
}

// resident is the memory of the server that is in RAM, in bytes.
func (s *server) resident() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if kilobytes, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			size, err := strconv.ParseInt(strings.Fields(kilobytes)[0], 10, 64)
			return size << 10, err
		}
	}
	return 0, errors.New("the system does not say how much memory a process has")
}

// call sends a request and reads the data of its answer.
func (s *server) call(ctx context.Context, method, path, header, credential string, body, data any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set(header, credential)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s %s", method, path, answer.Status, content)
	}
	return json.Unmarshal(content, &struct{ Data any }{data})
}

// uidOf is the user with a number.
func uidOf(number int) string { return fmt.Sprintf("user-%d", number) }

// prepare makes a user for every socket and one more, and gives their JWTs. The server that does so ends.
func (b *bench) prepare(ctx context.Context, folder string) ([]string, error) {
	server, err := startServer(ctx, b.usher, folder)
	if err != nil {
		return nil, err
	}
	defer server.stop()
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 32
	jwts := make([]string, b.sockets+1)
	numbers := make(chan int)
	failures := make(chan error, 32)
	var workers sync.WaitGroup
	for range cap(failures) {
		workers.Go(func() {
			for number := range numbers {
				jwt, err := server.login(ctx, uidOf(number))
				if jwts[number] = jwt; err != nil {
					failures <- err
					return
				}
			}
		})
	}
	for number := range jwts {
		select {
		case numbers <- number:
		case err := <-failures:
			return nil, err
		}
	}
	close(numbers)
	workers.Wait()
	select {
	case err := <-failures:
		return nil, err
	default:
		return jwts, nil
	}
}

// login makes a user and gives its JWT.
func (s *server) login(ctx context.Context, uid string) (string, error) {
	var user struct{ AuthToken string }
	err := s.call(ctx, http.MethodPost, "/v3/users", "apikey", restKey, map[string]any{"uid": uid, "name": "User", "withAuthToken": true}, &user)
	if err != nil {
		return "", err
	}
	var me struct{ JWT string }
	err = s.call(ctx, http.MethodGet, "/v3/me", "authToken", user.AuthToken, nil, &me)
	return me.JWT, err
}
