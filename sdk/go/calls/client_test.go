package calls_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/calls"
	"github.com/usherhq/usher/sdk/go/usher"
)

func TestNewRefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	good := calls.Config{AppID: "app-1", Host: "http://127.0.0.1:8080"}
	tests := map[string]struct {
		config calls.Config
		option calls.Option
	}{
		"no app id":           {config: calls.Config{Host: good.Host}},
		"app id with space":   {config: calls.Config{AppID: "app 1", Host: good.Host}},
		"app id with newline": {config: calls.Config{AppID: "app\n1", Host: good.Host}},
		"no host, no region":  {config: calls.Config{AppID: "app-1"}},
		"app id is no label":  {config: calls.Config{AppID: "app.evil.example/", Region: "eu"}},
		"region is no label":  {config: calls.Config{AppID: "app-1", Region: "eu.evil.example/"}},
		"host of other kind":  {config: calls.Config{AppID: "app-1", Host: "ftp://auth.example.com"}},
		"host without a name": {config: calls.Config{AppID: "app-1", Host: "https:///v3"}},
		"host with password":  {config: calls.Config{AppID: "app-1", Host: "https://a:hunter2@auth.example.com"}},
		"unreadable host":     {config: calls.Config{AppID: "app-1", Host: "https://a:hunter2@auth.example.com:x"}},
		"host with query":     {config: calls.Config{AppID: "app-1", Host: "https://auth.example.com/?a=hunter2"}},
		"host with fragment":  {config: calls.Config{AppID: "app-1", Host: "https://auth.example.com/#hunter2"}},
		"nil storage":         {config: good, option: calls.WithStorage(nil)},
		"nil HTTP client":     {config: good, option: calls.WithHTTPClient(nil)},
		"nil logger":          {config: good, option: calls.WithLogger(nil)},
		"no time":             {config: good, option: calls.WithTimeout(0)},
		"time before zero":    {config: good, option: calls.WithTimeout(-1)},
		"empty device id":     {config: good, option: calls.WithDeviceID("")},
		"device id of spaces": {config: good, option: calls.WithDeviceID(" ")},
		"endless device id":   {config: good, option: calls.WithDeviceID(strings.Repeat("d", 256))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := []calls.Option{calls.WithStorage(usher.MemoryStorage())}
			if test.option != nil {
				options = append(options, test.option)
			}
			client, err := calls.New(test.config, options...)
			if err == nil || client != nil {
				t.Fatalf("New = %v, %v; want an error", client, err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Fatalf("the error repeats a secret: %v", err)
			}
		})
	}
}

func TestNewFailsWhenTheStorageDoes(t *testing.T) {
	t.Parallel()
	tests := map[string]*brokenStorage{
		"reading": {Storage: usher.MemoryStorage(), load: broken},
		"writing": {Storage: usher.MemoryStorage(), save: broken},
		"reading the session": {Storage: usher.MemoryStorage(), load: func(key string) error {
			if strings.HasPrefix(key, "session ") {
				return errBroken
			}
			return nil
		}},
	}
	for name, storage := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := calls.Config{AppID: "app-1", Host: "http://127.0.0.1:8080"}
			if client, err := calls.New(config, calls.WithStorage(storage)); err == nil {
				t.Fatalf("New = %v, want an error", client)
			}
		})
	}
}

func TestClientNotMadeByNew(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]*calls.Client{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The arguments are wrong too: that a client is missing comes first.
			_, err := client.Login(t.Context(), "", "")
			wantCode(t, err, usher.CodeNotInitialized)
			_, err = client.LoginWithAuthToken(t.Context(), "")
			wantCode(t, err, usher.CodeNotInitialized)
			_, err = client.Logout(t.Context())
			wantCode(t, err, usher.CodeNotInitialized)
			wantLoggedIn(t, client, "")
		})
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	const ownServer, trailingSlash = "https://Auth.Example.com:8443/v3", "http://127.0.0.1:8080/"
	tests := map[string]struct {
		config calls.Config
		want   []string
	}{
		"derived": {calls.Config{AppID: "app-1", Region: "EU"}, []string{
			"https://app-1.api-eu.cometchat.io/v3.0/users/ann/auth_tokens",
			"https://app-1.apiclient-eu.cometchat.io/v3.0/me",
		}},
		"own server": {calls.Config{AppID: "app-1", Region: "eu", Host: ownServer}, []string{
			"https://auth.example.com:8443/v3/users/ann/auth_tokens", "https://auth.example.com:8443/v3/me",
		}},
		"slash": {calls.Config{AppID: "app-1", Host: trailingSlash}, []string{
			"http://127.0.0.1:8080/users/ann/auth_tokens", "http://127.0.0.1:8080/me",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			answer := func(r *http.Request) (*http.Response, error) {
				got = append(got, r.URL.String())
				body := `{"data": {"uid": "ann", "name": "Ann", "authToken": "ann_1"}}`
				return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body))}, nil
			}
			client, err := calls.New(test.config, calls.WithStorage(usher.MemoryStorage()),
				calls.WithHTTPClient(&http.Client{Transport: roundTrip(answer)}))
			if err != nil {
				t.Fatal(err)
			}
			login(t, client, "ann")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("addresses (-want +got):\n%s", diff)
			}
		})
	}
}
