package webhook_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/internal/testlog"
	"github.com/usherhq/usher/internal/vault"
	"github.com/usherhq/usher/internal/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// keys seals what the tests store.
var keys = vault.Ephemeral()

var founded = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// house is the use cases on a database of their own, with a clock that a test moves.
type house struct {
	*identity.Service

	t      *testing.T
	caller identity.Caller
	passed atomic.Int64 // since founded
	log    *testlog.Log
}

func newHouse(t *testing.T) *house {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), testdatabase.SQLite(t), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{t: t, log: &testlog.Log{}}
	h.Service = identity.NewService(store, h.now, rand.Reader)
	set, err := h.SetUp(t.Context(), identity.FirstApp{ID: "acme", Region: "eu"})
	if err != nil {
		t.Fatal(err)
	}
	key, err := h.FindKey(t.Context(), set.App, set.RESTKey)
	if err != nil {
		t.Fatal(err)
	}
	h.caller = identity.Caller{App: set.App, Key: &key, Address: "203.0.113.7", UserAgent: "billing/1.4"}
	return h
}

func (h *house) now() time.Time { return founded.Add(time.Duration(h.passed.Load())) }

// pass lets time pass.
func (h *house) pass(by time.Duration) { h.passed.Add(int64(by)) }

// serve runs a dispatcher until the test ends, or until it is closed.
func (h *house) serve(allowPrivate bool) *webhook.Dispatcher {
	h.t.Helper()
	d := webhook.Start(h.Service, webhook.Config{
		AllowPrivate: allowPrivate, Clock: h.now, Log: h.log.Logger(),
	})
	h.t.Cleanup(d.Close)
	return d
}

// hook adds a webhook.
func (h *house) hook(id, url string, change identity.WebhookChange, triggers ...identity.Trigger) identity.Webhook {
	h.t.Helper()
	change.Name, change.URL, change.Triggers, change.AllowPrivate = &id, &url, &triggers, true
	made, err := h.CreateWebhook(h.t.Context(), h.caller, id, change)
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

func (h *house) add(uid string) identity.User {
	h.t.Helper()
	user, _, err := h.CreateUser(h.t.Context(), h.caller, identity.NewUser{UID: uid, Name: "Mina Okafor"}, false)
	if err != nil {
		h.t.Fatal(err)
	}
	return user
}

// rename makes an event of the kind user_updated.
func (h *house) rename(uid identity.UID, name string) {
	h.t.Helper()
	if _, err := h.UpdateUser(context.Background(), h.caller, uid, identity.UserChange{Name: &name}); err != nil {
		h.t.Error(err)
	}
}

// deliveries is a webhook's log, oldest first.
func (h *house) deliveries(id string) []identity.Delivery {
	h.t.Helper()
	listed, _, err := h.ListDeliveries(h.t.Context(), h.caller, id, identity.DeliveryFilter{Page: identity.Page{Number: 1, Size: 1000}})
	if err != nil {
		h.t.Fatal(err)
	}
	for i := range len(listed) / 2 {
		listed[i], listed[len(listed)-1-i] = listed[len(listed)-1-i], listed[i]
	}
	return listed
}

// until waits for what does not happen at once.
func (h *house) until(what string, holds func() bool) {
	h.t.Helper()
	limit, look := time.After(30*time.Second), time.NewTicker(2*time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-limit:
			h.t.Fatalf("in vain: %s\n%s", what, h.log)
		case <-look.C:
		}
	}
}

// settled waits until nothing of a webhook is waiting any more, and that there are so many deliveries.
func (h *house) settled(id string, count int) []identity.Delivery {
	h.t.Helper()
	var found []identity.Delivery
	h.until("all deliveries of "+id+" finish", func() bool {
		found = h.deliveries(id)
		finished := 0
		for _, delivery := range found {
			if delivery.Finished() {
				finished++
			}
		}
		return finished >= count
	})
	return found
}

// call is a delivery as it came in.
type call struct {
	header http.Header
	body   []byte
	at     time.Time
}

// said is the body of a call.
func (c call) said() map[string]any {
	var body map[string]any
	if err := json.Unmarshal(c.body, &body); err != nil {
		return map[string]any{"unreadable": string(c.body)}
	}
	return body
}

// uid is whom a call tells of.
func (c call) uid() string {
	data, _ := c.said()["data"].(map[string]any)
	user, _ := data["user"].(map[string]any)
	uid, _ := user["uid"].(string)
	return uid
}

// receiver notes the calls that it gets.
type receiver struct {
	*httptest.Server

	mu    sync.Mutex
	calls []call
}

// newReceiver answers with the status that answer gives; 200 when it is nil.
func (h *house) newReceiver(answer func(call) int) *receiver {
	h.t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		got := call{request.Header, body, h.now()}
		r.mu.Lock()
		r.calls = append(r.calls, got)
		r.mu.Unlock()
		if answer != nil {
			w.WriteHeader(answer(got))
		}
	}))
	h.t.Cleanup(r.Close)
	return r
}

// got is the calls so far.
func (r *receiver) got() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]call(nil), r.calls...)
}

// first waits for calls.
func (h *house) first(r *receiver, count int) []call {
	h.t.Helper()
	h.until("calls come in", func() bool { return len(r.got()) >= count })
	return r.got()[:count]
}

func wantEqual(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if difference := cmp.Diff(want, got, cmpopts.EquateEmpty()); difference != "" {
		tb.Errorf("%s (-want +got):\n%s", what, difference)
	}
}
