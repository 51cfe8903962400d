package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	// healthTimeLimit bounds one question.
	healthTimeLimit = 5 * time.Second
	// healthInterval is how soon a server is asked again that is not ready.
	healthInterval = 100 * time.Millisecond
)

// healthCommand asks a running server whether it is ready: for a container without a shell, and for CI.
type healthCommand struct {
	URL      string        `arg:"" optional:"" default:"http://127.0.0.1:8080" placeholder:"URL" help:"Where the server is. Default: ${default}."`
	Wait     time.Duration `placeholder:"DURATION" help:"How long to go on asking until it is ready. Default: ask once."`
	Insecure bool          `help:"Trust any certificate, such as one of --tls-self-signed."`
}

// Run fails unless the server is ready, or gets ready in time.
func (c *healthCommand) Run(ctx context.Context) error {
	transport := &http.Transport{}
	if c.Insecure {
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // it was asked for, and nothing secret is sent
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: healthTimeLimit}
	deadline := time.Now().Add(c.Wait)
	for {
		err := c.ask(ctx, client)
		if err == nil {
			_, err = fmt.Fprintln(os.Stdout, "ready")
			return err
		}
		if ctx.Err() != nil || time.Until(deadline) <= 0 {
			return fmt.Errorf("%s is not ready: %w", c.URL, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(healthInterval, time.Until(deadline))):
		}
	}
}

func (c *healthCommand) ask(ctx context.Context, client *http.Client) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.URL, "/")+"/readyz", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return errors.Unwrap(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, 500))
	return errors.Join(fmt.Errorf("it answered %s: %s", answer.Status, text), err)
}
