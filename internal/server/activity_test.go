package server_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/server"
)

// What a server has in memory only when it is told to stop, the next one on its database has.
func TestAFailedLoginJustBeforeTheEndIsInTheEventLog(t *testing.T) {
	t.Parallel()
	config := server.Config{
		Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"), AppID: "acme", AuthKey: "auth-key-of-the-test", RESTKey: "rest-key-of-the-test",
	}
	first := start(t, config)
	if login := ask(t, "POST", first.URL()+"/users/nobody/auth_tokens", map[string]string{"apikey": config.AuthKey}, `{}`); login.status != http.StatusNotFound {
		t.Fatalf("the login: status %d, %s", login.status, login.text)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	config.AuthKey, config.RESTKey = "", ""
	events := ask(t, "GET", start(t, config).URL()+"/events?kind=sign_in_failed", map[string]string{"apikey": "rest-key-of-the-test"}, "")
	if !strings.Contains(events.text, `"uid":"nobody"`) || !strings.Contains(events.text, `"detail":{"code":"ERR_UID_NOT_FOUND"}`) {
		t.Errorf("status %d, %s", events.status, events.text)
	}
}
