package bench_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/server"
)

// BenchmarkGetMe asks for the logged-in user over HTTP, next to a bare net/http handler that sends
// the same bytes. The target is 0.7 of it.
func BenchmarkGetMe(b *testing.B) {
	running, err := server.Start(b.Context(), server.Config{Dev: true, Listen: "127.0.0.1:0", Region: "us"}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = running.Close() })
	token := issueOver(b, running.URL())
	body := fetch(b, running.URL()+"/v3/me", token)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}))
	b.Cleanup(bare.Close)
	getMe := getting(b, running.URL()+"/v3/me", token)
	getBare := getting(b, bare.URL, token)
	const callers = 16
	b.Run("usher", func(b *testing.B) { share(b, callers, b.N, getMe) })
	b.Run("bare-handler", func(b *testing.B) { share(b, callers, b.N, getBare) })
	b.Run("ratio", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(ratio(b, callers, 4000, getMe, getBare), "of-bare-handler")
		}
	})
}

// getting gives a client that keeps its connections and reads answers whole.
func getting(b *testing.B, url, token string) func() error {
	b.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.Cleanup(client.CloseIdleConnections)
	return func() error {
		request, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		request.Header.Set("authToken", token)
		request.Header.Set("appId", "usher-dev")
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
}

func issueOver(b *testing.B, url string) string {
	b.Helper()
	request, err := http.NewRequest(http.MethodPost, url+"/v3/users/cometchat-uid-1/auth_tokens", nil)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("apikey", "dev-rest-key")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	var issued struct {
		Data struct{ AuthToken string }
	}
	if err := json.NewDecoder(response.Body).Decode(&issued); err != nil || issued.Data.AuthToken == "" {
		b.Fatalf("no token was issued: status %d, %v", response.StatusCode, err)
	}
	return issued.Data.AuthToken
}

func fetch(b *testing.B, url, token string) []byte {
	b.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("authToken", token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("GET %s: status %d, %v", url, response.StatusCode, err)
	}
	return body
}
