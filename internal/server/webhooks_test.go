package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/server"
)

// heard is a receiver that notes the uids of the users that it is told of.
type heard struct {
	*httptest.Server

	mu   sync.Mutex
	uids []string
}

func listenForUsers(t *testing.T) *heard {
	t.Helper()
	h := &heard{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var body struct {
			Trigger string
			Data    struct{ User struct{ UID string } }
		}
		if err != nil || json.Unmarshal(text, &body) != nil || r.Header.Get("X-Usher-Signature") == "" {
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.uids = append(h.uids, body.Trigger+" "+body.Data.User.UID)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.uids)
}

// eventually waits for what does not happen at once.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit, look := time.After(30*time.Second), time.NewTicker(2*time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("in vain: %s", what)
		case <-look.C:
		}
	}
}

// good is ask for what has to succeed.
func good(t *testing.T, method, url string, headers map[string]string, body string) string {
	t.Helper()
	got := ask(t, method, url, headers, body)
	if got.status != http.StatusOK {
		t.Fatalf("%s %s: status %d, %s", method, url, got.status, got.text)
	}
	return got.text
}

func TestWebhooksHearOfWhatHappensAcrossARestart(t *testing.T) {
	t.Parallel()
	receiver := listenForUsers(t)
	config := server.Config{
		Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db"), WebhooksAllowPrivate: true, NoRateLimit: true, MetricsListen: "127.0.0.1:0",
	}
	first := start(t, config)
	byKey := map[string]string{"apikey": string(first.App().RESTKey)}
	good(t, "POST", first.URL()+"/v3/webhooks", byKey,
		fmt.Sprintf(`{"id":"audit","name":"Audit","webhookURL":%q,"triggers":["user_created","user_signed_in"]}`, receiver.URL))
	var want []string
	create := func(at *server.Server, uid string) {
		good(t, "POST", at.URL()+"/v3/users", byKey, fmt.Sprintf(`{"uid":%q,"name":"Mina"}`, uid))
		want = append(want, "user_created "+uid)
	}
	for number := range 10 {
		create(first, fmt.Sprintf("early-%d", number))
	}
	var issued struct{ Data struct{ AuthToken string } }
	text := good(t, "POST", first.URL()+"/v3/users/early-0/auth_tokens", byKey, "")
	if err := json.Unmarshal([]byte(text), &issued); err != nil {
		t.Fatal(err)
	}
	good(t, "PUT", first.URL()+"/v3/me", map[string]string{"authToken": issued.Data.AuthToken}, "{}")
	want = append(want, "user_signed_in early-0")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, config)
	create(second, "late")
	eventually(t, "all are told", func() bool { return len(receiver.all()) >= len(want) })
	got := receiver.all()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
	eventually(t, "the metrics tell", func() bool {
		return strings.Contains(ask(t, "GET", second.MetricsURL(), nil, "").text, `usher_webhook_deliveries_total{outcome="delivered"} `)
	})
}

func TestDevelopmentAllowsPrivateAddressesAndOthersMustSaySo(t *testing.T) {
	t.Parallel()
	receiver := listenForUsers(t)
	body := fmt.Sprintf(`{"id":"audit","name":"Audit","webhookURL":%q,"triggers":["user_created"]}`, receiver.URL)
	dev := start(t, server.Config{Dev: true})
	byKey := map[string]string{"apikey": string(dev.App().RESTKey)}
	good(t, "POST", dev.URL()+"/v3/webhooks", byKey, body)
	good(t, "POST", dev.URL()+"/v3/users", byKey, `{"uid":"mina","name":"Mina"}`)
	eventually(t, "it is told", func() bool { return len(receiver.all()) == 1 })

	strict := start(t, server.Config{Database: "sqlite:" + filepath.Join(t.TempDir(), "usher.db")})
	byKey = map[string]string{"apikey": string(strict.App().RESTKey)}
	if got := ask(t, "POST", strict.URL()+"/v3/webhooks", byKey, body); got.status != http.StatusBadRequest {
		t.Errorf("status %d: %s", got.status, got.text)
	}
}
