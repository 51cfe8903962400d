package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func webhooks() []behaviour {
	return []behaviour{
		{"a webhook is found as it was added", webhookRoundTrip},
		{"an id is an app's only webhook of that id", webhookTaken},
		{"saving a webhook writes every field that can change", saveWebhook},
		{"an unknown webhook is not locked, saved, moved or deleted", unknownWebhook},
		{"webhooks are listed in pages, oldest first, and served when enabled", pagesOfWebhooks},
		{"a webhook goes with its deliveries, and with its app", deleteWebhook},
		{"many webhooks at once stay within the limit", manyWebhooks},
		{"the events of an app are read by kind between two", eventsOfApp},
		{"a delivery is found as it was added, and listed without its payload", deliveryRoundTrip},
		{"of a user's deliveries one has its turn at a time", deliveriesTakeTurns},
		{"deliveries are claimed when they are due, for some time", claimDeliveries},
		{"an attempt that was begun again is not finished by the first", staleAttempt},
		{"old deliveries are removed, some at a time", deleteDeliveries},
		{"each event becomes one delivery, in order, whoever collects", collectTogether},
		{"each delivery is claimed by one server", claimTogether},
		{"what is added while another is finished has its turn", addAndFinish},
	}
}

func newWebhook(app identity.AppID, id string) identity.Webhook {
	return identity.Webhook{
		AppID: app, ID: id, Name: "Audit", URL: "https://example.org/hook", Triggers: []identity.Trigger{"token_issued", "user_created"},
		UsesBasicAuth: true, Username: "usher", Password: "open5esame", Secret: identity.Secret("whsec_of_" + app + "_" + identity.AppID(id)),
		Enabled: true, Retries: true, Position: 17, CreatedAt: founded, UpdatedAt: founded.Add(time.Second),
	}
}

func addWebhook(tb testing.TB, store identity.Store, webhook identity.Webhook) identity.Webhook {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		webhook, err = tx.AddWebhook(webhook)
		return err
	})
	return webhook
}

func addAudit(tb testing.TB, store identity.Store) identity.Webhook {
	tb.Helper()
	addApp(tb, store, "acme")
	return addWebhook(tb, store, newWebhook("acme", "audit"))
}

func wantWebhook(tb testing.TB, store identity.Store, want identity.Webhook) {
	tb.Helper()
	got, err := store.Webhook(tb.Context(), want.AppID, want.ID)
	wantError(tb, "find the webhook", err, nil)
	wantEqual(tb, "the webhook", got, want)
}

func webhookRoundTrip(t *testing.T, store identity.Store) {
	full := addAudit(t, store)
	wantWebhook(t, store, full)
	bare := newWebhook("acme", "Audit")
	bare.Triggers, bare.UsesBasicAuth, bare.Username, bare.Password, bare.Enabled, bare.Retries = nil, false, "", "", false, false
	wantWebhook(t, store, addWebhook(t, store, bare))
	for _, unknown := range [][2]string{{"acme", "other"}, {"zeta", "audit"}} {
		_, err := store.Webhook(t.Context(), identity.AppID(unknown[0]), unknown[1])
		wantError(t, "find another", err, identity.ErrNotFound)
	}
}

func webhookTaken(t *testing.T, store identity.Store) {
	want := addAudit(t, store)
	err := store.Change(t.Context(), func(tx identity.Tx) error {
		again := newWebhook("acme", "audit")
		again.Secret = "another"
		_, err := tx.AddWebhook(again)
		return err
	})
	wantError(t, "add it again", err, identity.ErrTaken)
	wantWebhook(t, store, want)
	addApp(t, store, "zeta")
	addWebhook(t, store, newWebhook("zeta", "audit"))
}

func saveWebhook(t *testing.T, store identity.Store) {
	want, other := addAudit(t, store), addWebhook(t, store, newWebhook("acme", "other"))
	want.Name, want.URL, want.Triggers = "Billing", "https://example.com/", []identity.Trigger{"user_deleted"}
	want.UsesBasicAuth, want.Username, want.Password, want.Secret = false, "", "", "another secret"
	want.Enabled, want.Retries, want.Position, want.UpdatedAt = false, false, 18, founded.Add(time.Hour)
	change(t, store, func(tx identity.Tx) error { return tx.SaveWebhook(want) })
	wantWebhook(t, store, want)
	want.Position = 19
	change(t, store, func(tx identity.Tx) error { return tx.MoveWebhook(want.Number, 19) })
	wantWebhook(t, store, want)
	wantWebhook(t, store, other)
	change(t, store, func(tx identity.Tx) error {
		got, err := tx.LockWebhook(want.Number)
		wantEqual(t, "the locked webhook", got, want)
		return err
	})
}

func unknownWebhook(t *testing.T, store identity.Store) {
	audit := addAudit(t, store)
	unknown := audit
	unknown.Number += 1000
	for name, do := range map[string]func(tx identity.Tx) error{
		"lock": func(tx identity.Tx) error {
			_, err := tx.LockWebhook(unknown.Number)
			return err
		},
		"save":   func(tx identity.Tx) error { return tx.SaveWebhook(unknown) },
		"move":   func(tx identity.Tx) error { return tx.MoveWebhook(unknown.Number, 1) },
		"delete": func(tx identity.Tx) error { return tx.DeleteWebhook(unknown.Number) },
	} {
		wantError(t, name, store.Change(t.Context(), do), identity.ErrNotFound)
	}
	wantWebhook(t, store, audit)
}

func pagesOfWebhooks(t *testing.T, store identity.Store) {
	want := []identity.Webhook{addAudit(t, store)}
	for _, id := range []string{"c", "a", "b"} {
		webhook := newWebhook("acme", id)
		webhook.Enabled = id != "a"
		want = append(want, addWebhook(t, store, webhook))
	}
	addApp(t, store, "zeta")
	zeta := addWebhook(t, store, newWebhook("zeta", "audit"))
	for number, part := range map[int][]identity.Webhook{1: want[:3], 2: want[3:], 3: nil} {
		listed, total, err := store.Webhooks(t.Context(), "acme", identity.Page{Number: number, Size: 3})
		wantError(t, "list", err, nil)
		wantEqual(t, "the page", listed, part)
		wantEqual(t, "how many there are", total, 4)
	}
	enabled, err := store.EnabledWebhooks(t.Context())
	wantError(t, "list", err, nil)
	var served []identity.Webhook
	for _, webhook := range []identity.Webhook{want[0], want[1], want[3], zeta} {
		webhook.Secret, webhook.Password = "", ""
		served = append(served, webhook)
	}
	wantEqual(t, "the enabled", enabled, served)
	change(t, store, func(tx identity.Tx) error {
		count, err := tx.CountWebhooks("acme")
		wantEqual(t, "the count", count, 4)
		return err
	})
}

func deleteWebhook(t *testing.T, store identity.Store) {
	audit := addAudit(t, store)
	kept := addWebhook(t, store, newWebhook("acme", "kept"))
	gone := addDelivery(t, store, newDelivery(audit, "mina", 1))
	left := addDelivery(t, store, newDelivery(kept, "mina", 1))
	change(t, store, func(tx identity.Tx) error { return tx.DeleteWebhook(audit.Number) })
	_, err := store.Webhook(t.Context(), "acme", "audit")
	wantError(t, "find it", err, identity.ErrNotFound)
	_, err = store.Delivery(t.Context(), audit.Number, gone.ID)
	wantError(t, "find its delivery", err, identity.ErrNotFound)
	wantDelivery(t, store, left)
	if again := addWebhook(t, store, newWebhook("acme", "audit")); again.Number <= kept.Number {
		t.Errorf("a new webhook has the number %d", again.Number)
	}
	app := newApp("acme")
	app.DeleteAt = founded
	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(app) })
	removeApps(t, store, founded)
	_, err = store.Webhook(t.Context(), "acme", "kept")
	wantError(t, "find one of a removed app", err, identity.ErrNotFound)
	_, err = store.Delivery(t.Context(), kept.Number, left.ID)
	wantError(t, "find its delivery", err, identity.ErrNotFound)
}

func manyWebhooks(t *testing.T, store identity.Store) {
	service, caller := newService(store), identity.Caller{App: addApp(t, store, "acme")}
	const before, tries = 20, 10
	for number := range before {
		addWebhook(t, store, newWebhook("acme", fmt.Sprintf("before%d", number)))
	}
	made := 0
	for _, err := range together(tries, func(number int) error {
		_, err := service.CreateWebhook(t.Context(), caller, fmt.Sprintf("more%d", number), identity.WebhookChange{
			Name: new("More"), URL: new("https://example.org/"),
		})
		return err
	}) {
		if err == nil {
			made++
		} else if fault.CodeOf(err) != fault.CodeQuotaExceeded {
			t.Error(err)
		}
	}
	wantEqual(t, "how many were made", made, identity.MaxWebhooks-before)
}

func eventsOfApp(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	addApp(t, store, "zeta")
	kinds := []identity.EventKind{identity.EventUserCreated, identity.EventUserUpdated, identity.EventTokenIssued}
	for number := range 9 {
		event := newEvent("acme", uidNumbered(number))
		event.Kind = kinds[number%3]
		addEvents(t, store, event, newEvent("zeta", "other"))
	}
	untilListed(t, store, "acme", 9, identity.EventFilter{})
	whole := listEvents(t, store, "acme", identity.EventFilter{})
	between := func(after, through int64, limit int, kinds ...identity.EventKind) []identity.UID {
		listed, err := store.EventsOfApp(t.Context(), "acme", after, through, kinds, limit)
		wantError(t, "list", err, nil)
		return names(listed)
	}
	uid := uidNumbered
	last := whole[8].ID
	wantEqual(t, "two kinds", between(0, last, 100, kinds[0], kinds[2]), []identity.UID{uid(0), uid(2), uid(3), uid(5), uid(6), uid(8)})
	wantEqual(t, "the first", between(0, last, 2, kinds[0], kinds[2]), []identity.UID{uid(0), uid(2)})
	wantEqual(t, "between two", between(whole[1].ID, whole[5].ID, 100, kinds...), []identity.UID{uid(2), uid(3), uid(4), uid(5)})
	wantEqual(t, "behind the last", between(last, last, 100, kinds...), []identity.UID{})
}
