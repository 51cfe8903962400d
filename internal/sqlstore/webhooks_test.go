package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/internal/vault"
)

func TestTheSecretsOfWebhooksAreSealedAndResealed(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		path := filepath.Join(t.TempDir(), "keyset.json")
		keys, _, err := vault.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		opening.Lock()
		store, err := sqlstore.Open(t.Context(), address, keys)
		opening.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		service := newService(store)
		set, err := service.SetUp(t.Context(), identity.FirstApp{Region: "eu"})
		if err != nil {
			t.Fatal(err)
		}
		caller := identity.Caller{App: set.App}
		made, err := service.CreateWebhook(t.Context(), caller, "audit", identity.WebhookChange{
			Name: new("Audit"), URL: new("https://example.org/"), UsesBasicAuth: new(true), Username: new("usher"), Password: new(identity.Secret("open5esame")),
		})
		if err != nil {
			t.Fatal(err)
		}
		db := testdatabase.Connect(t, address)
		row := func() []string { return rows(t, db, "SELECT * FROM webhooks")[0] }
		for _, field := range row() {
			if strings.Contains(field, "open5esame") || strings.Contains(field, string(made.Secret)) {
				t.Errorf("the database has %q", field)
			}
		}
		before := row()
		if err := vault.Rotate(path); err != nil {
			t.Fatal(err)
		}
		if err := keys.Reload(); err != nil {
			t.Fatal(err)
		}
		// Two keys of the app, the one that signs JWTs, and what the webhook has.
		resealed, err := store.Reseal(t.Context(), func(int) {})
		wantEqual(t, "the failure", err, nil)
		wantEqual(t, "how many were sealed anew", resealed, 4)
		if strings.Join(row(), "") == strings.Join(before, "") {
			t.Error("the webhook was not sealed anew")
		}
		found, err := service.GetWebhook(t.Context(), caller, "audit")
		wantEqual(t, "the failure", err, nil)
		wantEqual(t, "its secrets", [2]string{string(found.Secret), string(found.Password)}, [2]string{string(made.Secret), "open5esame"})
	})
}

func TestTheQueuesOfAUserAndOfAWebhookHaveAnEnd(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		store := openInTurn(t, address)
		service := newService(store)
		set, err := service.SetUp(t.Context(), identity.FirstApp{Region: "eu"})
		if err != nil {
			t.Fatal(err)
		}
		caller := identity.Caller{App: set.App}
		webhook, err := service.CreateWebhook(t.Context(), caller, "audit", identity.WebhookChange{
			Name: new("Audit"), URL: new("https://example.org/"), Triggers: &[]identity.Trigger{"user_created", "user_updated"},
		})
		if err != nil {
			t.Fatal(err)
		}
		wait := func(count int, uid string) {
			execOn(t, testdatabase.Connect(t, address), fmt.Sprintf(`INSERT INTO deliveries
				(webhook_number, event, kind, uid, payload, state, attempts, status, failure, due_at, created_at, finished_at)
				WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)
				SELECT %d, 'one', 'user_created', %s, '{}', 'behind', 0, 0, '', 0, 1, 0 FROM numbers`, count, webhook.Number, uid))
		}
		collect := func() (at identity.Collected) {
			for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
				last, err := service.LastEvent(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				from := identity.Collected{Stored: webhook.Position, Seen: webhook.Position}
				at, err = service.CollectDeliveries(t.Context(), webhook, from, last, false, func(identity.Event) ([]byte, error) { return []byte("{}"), nil })
				if err != nil {
					t.Fatal(err)
				}
				// On PostgreSQL, events are seen when no older transaction runs any more.
				if at.Added > 0 || at.Full {
					return at
				}
			}
			return at
		}
		wait(999, "'mina'")
		if err := store.Change(t.Context(), func(tx identity.Tx) error {
			if _, err := tx.LockApp(set.App.ID); err != nil {
				return err
			}
			for _, uid := range []identity.UID{"mina", "mina", "oleg"} {
				if err := tx.AddEvent(identity.Event{Kind: identity.EventUserUpdated, AppID: set.App.ID, UID: uid, At: founded}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "how many were added", collect().Added, 3)
		given, _, err := store.Deliveries(t.Context(), webhook.Number, identity.DeliveryFilter{
			State: identity.DeliveryGivenUp, Page: identity.Page{Number: 1, Size: 10},
		})
		if err != nil || len(given) != 1 || given[0].UID != "mina" || given[0].Failure != identity.FailureQueueFull {
			t.Errorf("given up: %+v, %v", given, err)
		}
		// Once more the same events, when the whole webhook has no room.
		execOn(t, testdatabase.Connect(t, address), fmt.Sprintf("UPDATE webhooks SET position = %d", webhook.Position))
		wait(10_000-1001, "'user-' || n")
		wantEqual(t, "what is collected when it is full", collect(), identity.Collected{Stored: webhook.Position, Seen: webhook.Position, Full: true})
	})
}
