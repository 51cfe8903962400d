package admin_test

import (
	"context"
	"log"
	"log/slog"
	"os"
	"testing"

	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/sdk/go/admin"
)

// The credentials of the real server's management API.
const (
	managementKey    = "manage"
	managementSecret = "0123456789abcdef"
)

// host is the base URL of a real server, for the examples and for the tests that hold the client
// against one.
var host string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	running, err := server.Start(context.Background(), server.Config{
		Dev: true, Listen: "127.0.0.1:0", Region: "us", ManagementKey: managementKey, ManagementSecret: managementSecret,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		log.Print(err)
		return 1
	}
	host = running.URL() + "/v3"
	code := m.Run()
	if err := running.Close(); err != nil {
		log.Print(err)
		return 1
	}
	return code
}

// newManagement works on the apps of the real server.
func newManagement(options ...admin.Option) *admin.Management {
	management, err := admin.NewManagement(admin.ManagementConfig{Host: host, Key: managementKey, Secret: managementSecret}, options...)
	if err != nil {
		log.Panic(err)
	}
	return management
}

// newClient works on an app of its own on the real server, with the five sample users.
func newClient(options ...admin.Option) *admin.Client {
	app, err := newManagement().Apps.Create(context.Background(), admin.NewApp{Name: "Clinic"})
	if err != nil {
		log.Panic(err)
	}
	for _, key := range app.APIKeys {
		if key.Scope == admin.ScopeFullAccess {
			client, err := admin.New(admin.Config{AppID: app.ID, Host: host, APIKey: key.Key}, options...)
			if err != nil {
				log.Panic(err)
			}
			return client
		}
	}
	log.Panic("the app has no key of the scope fullAccess")
	return nil
}
