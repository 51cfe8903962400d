package server_test

import (
	"io"
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
	if status, text := call(t, first, http.MethodPost, "/users/nobody/auth_tokens", config.AuthKey); status != http.StatusNotFound {
		t.Fatalf("the login: status %d, %s", status, text)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	config.AuthKey, config.RESTKey = "", ""
	status, text := call(t, start(t, config), http.MethodGet, "/events?kind=sign_in_failed", "rest-key-of-the-test")
	if status != http.StatusOK || !strings.Contains(text, `"uid":"nobody"`) || !strings.Contains(text, `"detail":{"code":"ERR_UID_NOT_FOUND"}`) {
		t.Errorf("status %d, %s", status, text)
	}
}

// call sends a request to the app acme.
func call(t *testing.T, to *server.Server, method, path, key string) (status int, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, to.URL()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("appId", "acme")
	request.Header.Set("apikey", key)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
