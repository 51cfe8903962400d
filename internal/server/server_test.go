package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves until the test ends, and checks that it stops in good order.
func start(t *testing.T, config server.Config) *server.Server {
	t.Helper()
	config.Listen, config.Region = "127.0.0.1:0", "us"
	running, err := server.Start(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return running
}

// certificate asks for a page over TLS, trusting anything, and gives the certificate that it saw.
func certificate(t *testing.T, running *server.Server) *x509.Certificate {
	t.Helper()
	address, err := url.Parse(running.URL())
	if err != nil {
		t.Fatal(err)
	}
	if address.Scheme != "https" {
		t.Fatalf("the URL is %s", running.URL())
	}
	conn, err := tls.Dial("tcp", address.Host, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0]
}

func TestASelfSignedCertificateNamesTheServerAndStaysTheSame(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	config := server.Config{
		Database: "sqlite:" + filepath.Join(folder, "usher.db"), AppID: "my-app", TLSSelfSigned: true, PublicURL: "https://auth.example.com",
	}
	first := start(t, config)
	seen := certificate(t, first)
	for _, name := range []string{
		"localhost", "127.0.0.1", "::1", "auth.example.com",
		"my-app.api-us.cometchat.io", "my-app.apiclient-us.cometchat.io", "my-app.websocket-us.cometchat.io", "my-app.api-us.localhost",
	} {
		if err := seen.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	if left := time.Until(seen.NotAfter); left > 825*24*time.Hour {
		t.Errorf("good for %v: browsers refuse more than 825 days", left)
	}
	// Whoever trusts it gets an answer without a warning.
	trusted := x509.NewCertPool()
	trusted.AddCert(seen)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	response, err := client.Get(first.URL() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	response.Body.Close()
	client.CloseIdleConnections()

	info, err := os.Stat(filepath.Join(folder, "self-signed.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the kept certificate: %v, %v", info, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if again := certificate(t, start(t, config)); !again.Equal(seen) {
		t.Error("another start made another certificate")
	}
}

func TestANewPublicURLGetsACertificateThatNamesIt(t *testing.T) {
	t.Parallel()
	config := server.Config{Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"), TLSSelfSigned: true}
	first := start(t, config)
	seen := certificate(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	config.PublicURL = "https://chat.example.org:8443"
	next := certificate(t, start(t, config))
	if next.Equal(seen) || next.VerifyHostname("chat.example.org") != nil {
		t.Errorf("the certificate names %v", next.DNSNames)
	}
}

func TestACertificateOfTheOperatorIsServed(t *testing.T) {
	t.Parallel()
	// A kept self-signed one is as good as any for a file with both parts.
	folder := t.TempDir()
	made := start(t, server.Config{Database: "sqlite:" + filepath.Join(folder, "usher.db"), TLSSelfSigned: true})
	file := filepath.Join(folder, "self-signed.pem")
	running := start(t, server.Config{Dev: true, TLSCert: file, TLSKey: file})
	if !certificate(t, running).Equal(certificate(t, made)) {
		t.Error("another certificate was served")
	}
	_, err := server.Start(t.Context(), server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us", TLSCert: "none", TLSKey: "none"}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "--tls-cert") {
		t.Errorf("a certificate that is not there: %v", err)
	}
}

func TestAnAddressInUseIsSaidBeforeAnyDataIsTouched(t *testing.T) {
	t.Parallel()
	running := start(t, server.Config{Dev: true})
	address, err := url.Parse(running.URL())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "usher.db")
	_, err = server.Start(t.Context(), server.Config{Listen: address.Host, Region: "us", Database: "sqlite:" + path}, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "another program listens on "+address.Host) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the database was made all the same")
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &notifying{wrote: make(chan struct{}, 16)}
	ended := make(chan error, 1)
	go func() {
		ended <- server.Run(ctx, server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}, out, slog.New(slog.DiscardHandler))
	}()
	<-out.wrote
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if text := out.text.String(); !strings.Contains(text, "dev-rest-key") || !strings.Contains(text, "Development mode") {
		t.Errorf("it printed %s", text)
	}
}

// notifying tells when it was written to.
type notifying struct {
	text  bytes.Buffer
	wrote chan struct{}
}

func (n *notifying) Write(text []byte) (int, error) {
	defer func() { n.wrote <- struct{}{} }()
	return n.text.Write(text)
}
