package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/server"
)

func TestACheckUpSeesThatAClockIsWrong(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		ahead time.Duration
		want  server.Verdict
	}{{0, server.Healthy}, {-time.Hour, server.Broken}, {time.Hour, server.Broken}} {
		wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(one.ahead).UTC().Format(http.TimeFormat))
		}))
		config := server.Config{PublicURL: wrong.URL, Dev: true, Listen: strings.TrimPrefix(wrong.URL, "http://")}
		var seen []server.Finding
		for _, found := range config.CheckUp(t.Context()) {
			if found.What == "clock" {
				seen = append(seen, found)
			}
		}
		wrong.Close()
		if len(seen) != 1 || seen[0].Verdict != one.want {
			t.Errorf("with a clock that is %v ahead: %v", one.ahead, seen)
		}
	}
}

func TestACheckUpSeesThatADiskIsNearlyFull(t *testing.T) {
	t.Parallel()
	const megabyte = 1 << 20
	for _, one := range []struct {
		free, size int64
		want       server.Verdict
		text       string
	}{
		{256 * megabyte, 0, server.Healthy, "256 MB are free, and the database has 1 MB"},
		{256*megabyte - 1, 0, server.Doubtful, "255 MB are free, and the database has 1 MB"},
		{0, 7 * megabyte, server.Doubtful, "0 MB are free"},
		// A large database takes as much again for a backup beside it.
		{2000 * megabyte, 2000 * megabyte, server.Healthy, "2000 MB are free, and the database has 2001 MB"},
		{2000*megabyte - 1, 2000 * megabyte, server.Doubtful, "1999 MB are free, and the database has 2001 MB"},
	} {
		found := server.JudgeDisk(one.free, one.size)
		if found.What != "disk" || found.Verdict != one.want || !strings.Contains(found.Text, one.text) {
			t.Errorf("with %d bytes free beside %d: %v", one.free, one.size, found)
		}
		if told := found.Advice != ""; told != (one.want == server.Doubtful) {
			t.Errorf("with %d bytes free beside %d, the advice is %q", one.free, one.size, found.Advice)
		}
	}
}

// serveWithCertificate answers every request with the settings that lead back here, by a certificate for 127.0.0.1
// that ends at a time, and gives a configuration that trusts it.
func serveWithCertificate(t *testing.T, end time.Time) (server.Config, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: end.Add(-90 * 24 * time.Hour), NotAfter: end, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		BasicConstraintsValid: true, IsCA: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	var here string
	fake := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		host, port, _ := net.SplitHostPort(here)
		_, _ = fmt.Fprintf(w, `{"data":{"ADMIN_API_HOST":%[1]q,"CLIENT_API_HOST":%[1]q,"CHAT_HOST":%[2]q,"CHAT_WSS_PORT":%[3]q}}`, here, host, port)
	}))
	here = fake.Listener.Addr().String()
	// Visitors who break off because of the certificate are what is tested, and no news.
	fake.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	fake.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}}}
	fake.StartTLS()
	t.Cleanup(fake.Close)
	folder := t.TempDir()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	if err := os.WriteFile(filepath.Join(folder, "self-signed.pem"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return server.Config{PublicURL: fake.URL, Listen: "127.0.0.1:0", TLSSelfSigned: true, Database: "sqlite:" + filepath.Join(folder, "usher.db")}, here
}

func TestACheckUpSeesThatACertificateEndsSoon(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, one := range []struct {
		left time.Duration
		want server.Verdict
		text string
		// advice is a part of it, or empty where nothing is to be done.
		advice string
	}{
		{22 * day, server.Healthy, "that of HERE names it, and is good until DAY", ""},
		{20 * day, server.Doubtful, "that of HERE is good only until DAY", "Renew it"},
		{time.Hour, server.Doubtful, "that of HERE is good only until DAY", "Renew it"},
		{-time.Hour, server.Broken, "certificate has expired", "Get one"},
	} {
		end := time.Now().Add(one.left)
		config, here := serveWithCertificate(t, end)
		var seen []server.Finding
		for _, found := range config.CheckUp(t.Context()) {
			if found.What == "certificate" {
				seen = append(seen, found)
			}
		}
		text := strings.NewReplacer("HERE", here, "DAY", end.UTC().Format(time.DateOnly)).Replace(one.text)
		if len(seen) != 1 || seen[0].Verdict != one.want || !strings.Contains(seen[0].Text, text) ||
			!strings.Contains(seen[0].Advice, one.advice) || one.advice == "" && seen[0].Advice != "" {
			t.Errorf("with a certificate that is good for %v: %v", one.left, seen)
		}
	}
}

func TestACheckUpGoesTheWayOfAnSDK(t *testing.T) {
	t.Parallel()
	var settings string
	fake := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":`+settings+`}`)
	}))
	defer fake.Close()
	// What a server has made for itself is trusted.
	folder := t.TempDir()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: fake.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(folder, "self-signed.pem"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	config := server.Config{PublicURL: fake.URL, Listen: "127.0.0.1:0", TLSSelfSigned: true, Database: "sqlite:" + filepath.Join(folder, "usher.db")}
	here := strings.TrimPrefix(fake.URL, "https://")
	_, port, err := net.SplitHostPort(here)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct{ admin, what, text, advice string }{
		{"127.0.0.1:1", "certificate", "SDKs are sent to 127.0.0.1:1, which does not answer", "DNS entry"},
		{"localhost:" + port, "certificate", "SDKs are sent to localhost:" + port + ", and its certificate does not do", "one that names this host"},
		{here, "socket", "wss://" + here + "/ opens no socket", "Let the proxy pass on Upgrade"},
	} {
		settings = fmt.Sprintf(`{"ADMIN_API_HOST":%q,"CLIENT_API_HOST":%q,"CHAT_HOST":"127.0.0.1","CHAT_WSS_PORT":%q}`, one.admin, here, port)
		var broken []server.Finding
		for _, found := range config.CheckUp(t.Context()) {
			if found.Verdict == server.Broken {
				broken = append(broken, found)
			}
		}
		if len(broken) != 1 || broken[0].What != one.what || !strings.Contains(broken[0].Text, one.text) || !strings.Contains(broken[0].Advice, one.advice) {
			t.Errorf("with %s in the settings: %v", one.admin, broken)
		}
	}
}
