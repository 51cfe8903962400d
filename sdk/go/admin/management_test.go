package admin_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/internal/servertest"
	"github.com/usherhq/usher/sdk/go/usher"
)

// replying makes clients whose every request gets one answer, and gives the requests.
func replying(t *testing.T, status int, body string) (client *admin.Client, management *admin.Management, requests *[]*http.Request) {
	t.Helper()
	requests = new([]*http.Request)
	option := admin.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		*requests = append(*requests, r)
		return reply{status, "", body}.give()
	})})
	client = must(admin.New(admin.Config{AppID: "app-1", Host: "auth.example.com/chat/v3", APIKey: servertest.APIKey}, option))(t)
	config := admin.ManagementConfig{Host: "auth.example.com/chat/v3", Key: managementKey, Secret: managementSecret}
	return client, must(admin.NewManagement(config, option))(t), requests
}

func TestNewManagementRefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	good := admin.ManagementConfig{Host: host, Key: "k", Secret: "s"}
	for name, config := range map[string]admin.ManagementConfig{
		"no host": {Key: "k", Secret: "s"}, "no key": {Host: host, Secret: "s"}, "no secret": {Host: host, Key: "k"},
	} {
		if management, err := admin.NewManagement(config); err == nil {
			t.Errorf("%s: NewManagement = %v, want an error", name, management)
		}
	}
	if management, err := admin.NewManagement(good, admin.WithRetries(-1)); err == nil {
		t.Errorf("bad option: NewManagement = %v, want an error", management)
	}
}

// The management's credentials belong to no app, and stay out of errors.
func TestManagementCredentials(t *testing.T) {
	t.Parallel()
	_, management, requests := replying(t, http.StatusUnauthorized, `{"error": {"code": "AUTH_ERR_INVALID_AUTH_HEADER", "message": "not manage, 0123456789abcdef"}}`)
	_, err := management.Apps.Get(t.Context(), "app-1")
	wantCode(t, err, usher.CodeInvalidAuthHeader)
	if strings.Contains(err.Error(), managementSecret) {
		t.Errorf("the error repeats a credential: %v", err)
	}
	header := (*requests)[0].Header
	if header.Get("key") != managementKey || header.Get("secret") != managementSecret {
		t.Error("the credentials were not sent")
	}
	for _, name := range []string{"apiKey", "appId", "authToken"} {
		if header.Values(name) != nil {
			t.Errorf("%s was sent", name)
		}
	}
}

func TestHealthIsAskedOnceWithoutACredential(t *testing.T) {
	t.Parallel()
	client, _, requests := replying(t, http.StatusServiceUnavailable, `{"error": {"code": "ERR_NOT_READY", "message": "No."}}`)
	wantCode(t, client.Health.Ready(t.Context()), usher.CodeNotReady)
	wantCode(t, client.Health.Alive(t.Context()), usher.CodeNotReady)
	var got []string
	for _, request := range *requests {
		got = append(got, request.URL.String())
		if request.Header.Get("apiKey") != "" {
			t.Error("the API key was sent")
		}
	}
	// The paths are outside of the API's versions.
	if diff := cmp.Diff([]string{"https://auth.example.com/chat/readyz", "https://auth.example.com/chat/healthz"}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestPrintedKeysAndAppsHideTheCredential(t *testing.T) {
	t.Parallel()
	key := admin.APIKey{Key: servertest.APIKey, Name: "worker"}
	app := admin.App{ID: "clinic", APIKeys: []*admin.APIKey{&key}}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("keys", "value", key, "pointer", &key)
	logger.Info("apps", "value", app, "pointer", &app)
	fmt.Fprintf(&log, "%v %+v %#v %v", key, key, key, &key)
	fmt.Fprintf(&log, "%v %+v %#v %v", app, app, app, &app)
	if strings.Contains(log.String(), servertest.APIKey) {
		t.Errorf("printed: %s", &log)
	}
}

func TestRefusedKeyInAPathStaysOutOfErrors(t *testing.T) {
	t.Parallel()
	const other = "ffffffffffffffffffffffffffffffffffffffff"
	client, _, _ := replying(t, http.StatusNotFound, `{"error": {"code": "ERR_APIKEY_NOT_FOUND", "message": "no `+other+`"}}`)
	_, err := client.APIKeys.Get(t.Context(), other)
	wantCode(t, err, usher.CodeUnknownPathAPIKey)
	if strings.Contains(err.Error(), other) {
		t.Errorf("the error repeats a credential: %v", err)
	}
}
