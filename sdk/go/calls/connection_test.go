package calls_test

import (
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// The app of a real server.
const (
	realApp = "clinic"
	realKey = "ffeeddccbbaa99887766554433221100ffeeddcc"
	andrew  = "cometchat-uid-1"
	george  = "cometchat-uid-2"
)

func realConfig(t *testing.T) server.Config {
	t.Helper()
	folder := t.TempDir()
	return server.Config{
		Listen: "127.0.0.1:0", Region: "us", AppID: realApp, AuthKey: realKey, NoRateLimit: true,
		Database: "sqlite:" + filepath.Join(folder, "usher.db"), Keyset: filepath.Join(folder, "keyset.json"),
	}
}

// startReal starts a real server and gives what stops it, once.
func startReal(t *testing.T, config server.Config) (url string, stop func()) {
	t.Helper()
	running, err := server.Start(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return running.URL(), stop
}

func realClient(t *testing.T, url, uid string, options ...calls.Option) *calls.Client {
	t.Helper()
	options = append([]calls.Option{calls.WithStorage(usher.MemoryStorage()), calls.WithPresence(usher.SubscribeAllUsers)}, options...)
	client, err := calls.New(calls.Config{AppID: realApp, Host: url + "/v3"}, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if _, err := client.Login(t.Context(), uid, realKey); err != nil {
		t.Fatal(err)
	}
	return client
}

func wantStatus(t *testing.T, client *calls.Client, want usher.ConnectionStatus) {
	t.Helper()
	servertest.Await(t, "the connection is "+string(want), func() bool { return client.ConnectionStatus() == want })
}

func TestConnectionOutlivesARestartOfTheServer(t *testing.T) {
	t.Parallel()
	config := realConfig(t)
	url, stop := startReal(t, config)
	client, witness := realClient(t, url, andrew), realClient(t, url, george)
	wantStatus(t, client, usher.Connected)
	wantStatus(t, witness, usher.Connected)
	token := client.UserAuthToken()
	for range 2 {
		stop()
		wantStatus(t, client, usher.Connecting)
		config.Listen = strings.TrimPrefix(url, "http://")
		_, stop = startReal(t, config)
		wantStatus(t, client, usher.Connected)
		wantStatus(t, witness, usher.Connected)
	}
	if user := client.LoggedInUser(); user == nil || user.UID != andrew || client.UserAuthToken() != token {
		t.Errorf("after the restarts: %+v", user)
	}
	// And it is heard of as before.
	heard := make(chan string, 100)
	witness.AddUserListener("contacts", usher.UserListener{UserOffline: func(user *usher.User) { heard <- user.UID }})
	if _, err := client.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	if uid := <-heard; uid != andrew {
		t.Errorf("%s went offline", uid)
	}
}

// The settings of a server with TLS say where its sockets are.
func TestConnectionOverTLS(t *testing.T) {
	t.Parallel()
	config := realConfig(t)
	config.TLSSelfSigned = true
	url, _ := startReal(t, config)
	connections := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // a certificate of the test's own
	t.Cleanup(connections.CloseIdleConnections)
	client := realClient(t, url, andrew, calls.WithHTTPClient(&http.Client{Transport: connections, Timeout: time.Minute}))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := client.Connect(ctx); err != nil {
		t.Fatal(err)
	}
}

// Whatever happens at the same time, in the end exactly who is in is online.
func TestStormOfLoginsAndLogouts(t *testing.T) {
	t.Parallel()
	server := servertest.Start()
	t.Cleanup(server.Close)
	client, err := calls.New(calls.Config{AppID: servertest.AppID, Host: server.Host()},
		calls.WithStorage(usher.MemoryStorage()), calls.WithPresence(usher.SubscribeAllUsers))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	client.AddConnectionListener("slow", usher.ConnectionListener{Connected: func() { <-t.Context().Done() }})
	client.AddConnectionListener("asks", usher.ConnectionListener{Disconnected: func() { client.ConnectionStatus() }})
	ctx := t.Context()
	deeds := []func(){
		func() { _, _ = client.Login(ctx, "ann", servertest.APIKey) },
		func() { _, _ = client.Login(ctx, "bob", servertest.APIKey) },
		func() { _, _ = client.LoginWithAuthToken(ctx, servertest.Token) },
		func() { _, _ = client.Logout(ctx) },
		func() { _, _ = client.CheckSession(ctx) },
		func() { client.Disconnect() },
		func() {
			soon, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
			defer cancel()
			_ = client.Connect(soon)
		},
		func() { server.Cut() },
		func() {
			if token := client.UserAuthToken(); token != "" && token != servertest.Token {
				server.End(token)
			}
		},
	}
	for range 5 {
		var everybody sync.WaitGroup
		for range 4 {
			everybody.Go(func() {
				for range 50 {
					deeds[rand.IntN(len(deeds))]()
				}
			})
		}
		everybody.Wait()
		_, _ = client.Logout(ctx)
		servertest.Await(t, "nobody is online", func() bool {
			return len(server.Online()) == 0 && client.ConnectionStatus() == usher.Disconnected
		})
		login(t, client, "bob")
		servertest.Await(t, "bob is online", func() bool {
			return slices.Equal(server.Online(), []string{"bob"}) && client.ConnectionStatus() == usher.Connected
		})
	}
}

func TestSharedSessionIsFollowedByTheConnection(t *testing.T) {
	t.Parallel()
	server := servertest.Start()
	t.Cleanup(server.Close)
	storage := usher.FileStorage(t.TempDir())
	open := func() *calls.Client {
		return newClient(t, server, calls.WithStorage(storage), calls.WithAutoConnect(true))
	}
	one, other := open(), open()
	login(t, one, "ann")
	servertest.Await(t, "both are connected", func() bool { return slices.Equal(server.Online(), []string{"ann", "ann"}) })
	login(t, other, "bob")
	servertest.Await(t, "both have changed over", func() bool { return slices.Equal(server.Online(), []string{"bob", "bob"}) })
	if _, err := one.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	servertest.Await(t, "nobody is connected", func() bool { return len(server.Online()) == 0 })
}
