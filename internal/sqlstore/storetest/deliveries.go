package storetest

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func newDelivery(webhook identity.Webhook, uid identity.UID, event int) identity.Delivery {
	return identity.Delivery{
		Webhook: webhook.Number, Event: strconv.Itoa(event), Trigger: "user_created", UID: uid, Payload: []byte(`{"id":"1"}`),
		State: identity.DeliveryWaiting, DueAt: founded, CreatedAt: founded,
	}
}

func addDelivery(tb testing.TB, store identity.Store, delivery identity.Delivery) identity.Delivery {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		if _, err := tx.LockWebhook(delivery.Webhook); err != nil {
			return err
		}
		delivery, err = tx.AddDelivery(delivery)
		return err
	})
	return delivery
}

func wantDelivery(tb testing.TB, store identity.Store, want identity.Delivery) {
	tb.Helper()
	got, err := store.Delivery(tb.Context(), want.Webhook, want.ID)
	wantError(tb, "find the delivery", err, nil)
	wantEqual(tb, "the delivery", got, want)
}

func deliveryRoundTrip(t *testing.T, store identity.Store) {
	audit := addAudit(t, store)
	full := newDelivery(audit, "mina", 1)
	full.State, full.Attempts, full.Status, full.Failure = identity.DeliveryGivenUp, 3, 502, identity.FailureStatus
	full.Payload = []byte(`{"id":"1","name":"ü 👍 \u0000"}`)
	full.DueAt, full.FinishedAt = founded.Add(123*time.Millisecond), founded.Add(time.Second)
	full = addDelivery(t, store, full)
	wantDelivery(t, store, full)
	bare := addDelivery(t, store, newDelivery(audit, "", 2))
	wantDelivery(t, store, bare)
	_, err := store.Delivery(t.Context(), audit.Number+1, bare.ID)
	wantError(t, "find it at another webhook", err, identity.ErrNotFound)
	for _, list := range []struct {
		state identity.DeliveryState
		want  []identity.Delivery
	}{{"", []identity.Delivery{bare, full}}, {identity.DeliveryGivenUp, []identity.Delivery{full}}, {identity.DeliveryDone, nil}} {
		listed, total, err := store.Deliveries(t.Context(), audit.Number, identity.DeliveryFilter{State: list.state, Page: everything})
		wantError(t, "list", err, nil)
		for i := range list.want {
			list.want[i].Payload = nil
		}
		wantEqual(t, "the list", listed, list.want)
		wantEqual(t, "how many there are", total, len(list.want))
	}
}

// claimDue begins what is due.
func claimDue(tb testing.TB, store identity.Store, webhook identity.Webhook, now time.Time, limit int) []identity.Delivery {
	tb.Helper()
	var claimed []identity.Delivery
	change(tb, store, func(tx identity.Tx) (err error) {
		if _, err = tx.LockWebhook(webhook.Number); err != nil {
			return err
		}
		claimed, err = tx.ClaimDeliveries(webhook.Number, now, now.Add(15*time.Second), limit)
		return err
	})
	return claimed
}

func eventsOf(deliveries []identity.Delivery) []string {
	var found []string
	for _, delivery := range deliveries {
		found = append(found, delivery.Event)
	}
	return found
}

// finish writes what came of a claimed delivery.
func finish(store identity.Store, delivery identity.Delivery, state identity.DeliveryState, now time.Time) error {
	delivery.State = state
	if delivery.Finished() {
		delivery.FinishedAt = now
	}
	return store.Change(context.Background(), func(tx identity.Tx) error {
		if _, err := tx.LockWebhook(delivery.Webhook); err != nil {
			return err
		}
		return tx.SaveDelivery(delivery, now)
	})
}

func deliveriesTakeTurns(t *testing.T, store identity.Store) {
	audit, other := addAudit(t, store), addWebhook(t, store, newWebhook("acme", "other"))
	for event, uid := range []identity.UID{"mina", "mina", "oleg", "mina"} {
		addDelivery(t, store, newDelivery(audit, uid, event))
	}
	addDelivery(t, store, newDelivery(other, "mina", 9))
	wantWaiting(t, store, audit, 4)
	first := claimDue(t, store, audit, founded, 10)
	wantEqual(t, "first", eventsOf(first), []string{"0", "2"})
	wantEqual(t, "meanwhile", eventsOf(claimDue(t, store, audit, founded, 10)), []string{})
	// Given up or delivered, it is the next one's turn at once.
	wantError(t, "finish", finish(store, first[0], identity.DeliveryGivenUp, founded), nil)
	second := claimDue(t, store, audit, founded, 10)
	wantEqual(t, "second", eventsOf(second), []string{"1"})
	// To be tried again, it stays its turn.
	second[0].DueAt = founded.Add(time.Minute)
	wantError(t, "fail", finish(store, second[0], identity.DeliveryWaiting, founded), nil)
	// By then the claim of the other user's is over.
	wantEqual(t, "before its time", eventsOf(claimDue(t, store, audit, founded.Add(time.Minute-time.Millisecond), 10)), []string{"2"})
	again := claimDue(t, store, audit, founded.Add(time.Minute), 10)
	wantEqual(t, "again", eventsOf(again), []string{"1"})
	wantError(t, "finish", finish(store, again[0], identity.DeliveryDone, founded.Add(time.Minute)), nil)
	wantEqual(t, "last", eventsOf(claimDue(t, store, audit, founded.Add(time.Minute), 10)), []string{"3"})
	wantWaiting(t, store, audit, 2)
	wantWaiting(t, store, other, 1)
}

func wantWaiting(tb testing.TB, store identity.Store, webhook identity.Webhook, want int) {
	tb.Helper()
	count, err := store.Waiting(tb.Context(), webhook.Number)
	wantError(tb, "count", err, nil)
	wantEqual(tb, "how many wait", count, want)
}

func claimDeliveries(t *testing.T, store identity.Store) {
	audit := addAudit(t, store)
	due, err := store.NextDue(t.Context(), audit.Number)
	wantError(t, "ask", err, nil)
	wantEqual(t, "when nothing waits", due, time.Time{})
	for number, after := range []time.Duration{time.Minute, 0, time.Second} {
		delivery := newDelivery(audit, uidNumbered(number), number)
		delivery.DueAt = founded.Add(after)
		addDelivery(t, store, delivery)
	}
	due, err = store.NextDue(t.Context(), audit.Number)
	wantError(t, "ask", err, nil)
	wantEqual(t, "the next", due, founded)
	wantEqual(t, "before", eventsOf(claimDue(t, store, audit, founded.Add(-1), 10)), []string{})
	wantEqual(t, "one", eventsOf(claimDue(t, store, audit, founded.Add(time.Second), 1)), []string{"1"})
	got := claimDue(t, store, audit, founded.Add(time.Second), 10)
	wantEqual(t, "the rest", eventsOf(got), []string{"2"})
	want := newDelivery(audit, uidNumbered(2), 2)
	want.ID, want.Attempts, want.DueAt = got[0].ID, 1, founded.Add(16*time.Second)
	wantEqual(t, "what is claimed", got[0], want)
	wantDelivery(t, store, want)
	wantEqual(t, "while it is claimed", eventsOf(claimDue(t, store, audit, founded.Add(15*time.Second), 10)), []string{})
	lost := claimDue(t, store, audit, founded.Add(16*time.Second), 10)
	wantEqual(t, "after its server died", eventsOf(lost), []string{"1", "2"})
	wantEqual(t, "the attempts", lost[0].Attempts, 2)
}

func staleAttempt(t *testing.T, store identity.Store) {
	audit := addAudit(t, store)
	addDelivery(t, store, newDelivery(audit, "mina", 1))
	addDelivery(t, store, newDelivery(audit, "mina", 2))
	first := claimDue(t, store, audit, founded, 1)[0]
	second := claimDue(t, store, audit, founded.Add(time.Minute), 1)[0]
	wantError(t, "finish the first", finish(store, first, identity.DeliveryDone, founded), identity.ErrNotFound)
	wantDelivery(t, store, second)
	wantError(t, "finish the second", finish(store, second, identity.DeliveryDone, founded), nil)
	wantError(t, "finish it twice", finish(store, second, identity.DeliveryGivenUp, founded), identity.ErrNotFound)
	wantWaiting(t, store, audit, 1)
}

func deleteDeliveries(t *testing.T, store identity.Store) {
	audit := addAudit(t, store)
	for number := range 4 {
		delivery := newDelivery(audit, uidNumbered(number), number)
		if number < 3 {
			delivery.State, delivery.FinishedAt = identity.DeliveryDone, founded.Add(time.Duration(number)*time.Minute)
		}
		addDelivery(t, store, delivery)
	}
	remove := func(before time.Time, limit int) (removed int) {
		change(t, store, func(tx identity.Tx) (err error) {
			removed, err = tx.DeleteDeliveries(before, limit)
			return err
		})
		return removed
	}
	wantEqual(t, "before they had finished", remove(founded.Add(-1), 10), 0)
	wantEqual(t, "some", remove(founded.Add(time.Hour), 2), 2)
	listed, _, err := store.Deliveries(t.Context(), audit.Number, identity.DeliveryFilter{Page: everything})
	wantError(t, "list", err, nil)
	wantEqual(t, "left", eventsOf(listed), []string{"3", "2"})
	wantEqual(t, "the rest", remove(founded.Add(time.Hour), 10), 1)
	// One that is not finished stays, however old it is.
	wantEqual(t, "at last", remove(founded.Add(1000*time.Hour), 10), 0)
}

// collectTogether lets several servers collect while users change.
func collectTogether(t *testing.T, store identity.Store) {
	const users, each, servers = 4, 40, 3
	audit := addAudit(t, store)
	service := newService(store)
	last, err := store.LastEvent(t.Context())
	wantError(t, "ask", err, nil)
	audit.Position, audit.Triggers = last, []identity.Trigger{"user_updated"}
	change(t, store, func(tx identity.Tx) error { return tx.SaveWebhook(audit) })
	found := make([]identity.User, users)
	for number := range found {
		found[number] = addUser(t, store, newUser(newApp("acme"), uidNumbered(number)))
	}
	wantAllWell(t, together(users+servers, func(number int) error {
		if number >= users {
			return collectAll(t, store, service, audit, users*each)
		}
		for range each {
			if err := store.Change(t.Context(), func(tx identity.Tx) error {
				if err := tx.TouchUser(found[number]); err != nil {
					return err
				}
				return tx.AddEvent(newEvent("acme", found[number].UID))
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	listed, total, err := store.Deliveries(t.Context(), audit.Number, identity.DeliveryFilter{Page: everything})
	wantError(t, "list", err, nil)
	wantEqual(t, "how many there are", total, users*each)
	order := map[identity.UID]int{}
	for i := range listed {
		delivery := listed[len(listed)-1-i]
		event, err := strconv.Atoi(delivery.Event)
		if err != nil || event <= order[delivery.UID] {
			t.Errorf("%s: the event %s comes behind %d", delivery.UID, delivery.Event, order[delivery.UID])
		}
		order[delivery.UID] = event
	}
}

// collectAll is one server, until so many deliveries are there.
func collectAll(t *testing.T, store identity.Store, service *identity.Service, webhook identity.Webhook, count int) error {
	t.Helper()
	at := identity.Collected{Stored: webhook.Position, Seen: webhook.Position}
	for deadline := time.Now().Add(30 * time.Second); ; {
		waiting, err := store.Waiting(context.Background(), webhook.Number)
		if err != nil || waiting >= count {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("not all events were collected")
		}
		last, err := service.LastEvent(context.Background())
		if err != nil {
			return err
		}
		at, err = service.CollectDeliveries(context.Background(), webhook, at, last, false, func(identity.Event) ([]byte, error) {
			return []byte("{}"), nil
		})
		if err != nil {
			return err
		}
	}
}

func claimTogether(t *testing.T, store identity.Store) {
	const count, servers = 60, 4
	audit, service := addAudit(t, store), newService(store)
	for number := range count {
		addDelivery(t, store, newDelivery(audit, uidNumbered(number/2), number))
	}
	claims := make([][]identity.Delivery, servers)
	wantAllWell(t, together(servers, func(number int) error {
		for {
			claimed, err := service.ClaimDeliveries(context.Background(), audit.Number, 3)
			if err != nil || len(claimed.Deliveries) == 0 {
				return err
			}
			claims[number] = append(claims[number], claimed.Deliveries...)
			for _, delivery := range claimed.Deliveries {
				if _, err := service.FinishAttempt(context.Background(), delivery, identity.Outcome{Status: 200}); err != nil {
					return err
				}
			}
		}
	}))
	seen := map[string]int{}
	for _, deliveries := range claims {
		for _, delivery := range deliveries {
			seen[delivery.Event]++
			wantEqual(t, "the attempts", delivery.Attempts, 1)
		}
	}
	wantEqual(t, "how many were claimed", len(seen), count)
	wantWaiting(t, store, audit, 0)
}

func addAndFinish(t *testing.T, store identity.Store) {
	const count = 40
	audit, service := addAudit(t, store), newService(store)
	wantAllWell(t, together(2, func(number int) error {
		for event, finished := 0, 0; event < count && finished < count; event++ {
			if number == 0 {
				addDelivery(t, store, newDelivery(audit, "mina", event))
				continue
			}
			event = 0
			claimed, err := service.ClaimDeliveries(context.Background(), audit.Number, 5)
			if err != nil {
				return err
			}
			for _, delivery := range claimed.Deliveries {
				finished++
				if _, err := service.FinishAttempt(context.Background(), delivery, identity.Outcome{Status: 200}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	wantWaiting(t, store, audit, 0)
}
