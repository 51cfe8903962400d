package session_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// It is what a realtime connection will sign in with, also after a restart without a network.
func TestJWTIsStoredWithTheSession(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ answered, want string }{
		"text":     {`"h.p.s"`, "h.p.s"},
		"null":     {`null`, ""},
		"a number": {`17`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := servertest.Start()
			t.Cleanup(server.Close)
			server.Before(func(w http.ResponseWriter, _ *http.Request) bool {
				servertest.Give(w, map[string]any{"uid": "ann", "name": "Ann", "jwt": json.RawMessage(test.answered)})
				return true
			})
			storage := usher.MemoryStorage()
			client, err := session.New(transport.Settings{AppID: servertest.AppID, Host: server.Host()},
				func(chosen *session.Settings) error { return chosen.SetStorage(storage) })
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(client.Close)
			if _, err := client.LoginWithAuthToken(t.Context(), servertest.Token, nil); err != nil {
				t.Fatal(err)
			}
			value, err := storage.Load("session " + servertest.AppID + "@" + server.Host())
			if err != nil {
				t.Fatal(err)
			}
			var stored struct{ JWT string }
			if err := json.Unmarshal(value, &stored); err != nil || stored.JWT != test.want {
				t.Errorf("stored: %s, %v", value, err)
			}
		})
	}
}
