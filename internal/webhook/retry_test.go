package webhook_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func TestRetriesComeAfter10And30SecondsThenEverLaterForADay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(func(call) int { return http.StatusBadGateway })
	h.hook("audit", to.URL, identity.WebhookChange{}, "user_created")
	h.serve(true)
	h.add("mina")
	pauses := []time.Duration{
		10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute,
	}
	for attempt := 1; ; attempt++ {
		var delivery identity.Delivery
		h.until("an attempt is written down", func() bool {
			if all := h.deliveries("audit"); len(all) == 1 {
				delivery = all[0]
			}
			return delivery.Attempts == attempt && (delivery.Finished() || delivery.DueAt.Sub(h.now()) != 15*time.Second)
		})
		wantEqual(t, "the status", delivery.Status, http.StatusBadGateway)
		wantEqual(t, "what failed", delivery.Failure, identity.FailureStatus)
		if delivery.Finished() {
			wantEqual(t, "how it ended", delivery.State, identity.DeliveryGivenUp)
			if age := h.now().Sub(delivery.CreatedAt); age <= 23*time.Hour || age > 24*time.Hour {
				t.Errorf("given up after %v", age)
			}
			wantEqual(t, "the attempts", attempt, 31)
			break
		}
		want := time.Hour
		if attempt <= len(pauses) {
			want = pauses[attempt-1]
		}
		wantEqual(t, "the pause", delivery.DueAt.Sub(h.now()), want)
		h.pass(want)
	}
	if calls := to.got(); len(calls) != 31 {
		t.Errorf("there were %d calls", len(calls))
	}
	if !strings.Contains(h.log.String(), "given up") {
		t.Error("the log does not tell that it was given up")
	}
}

func TestAWebhookThatDoesNotWantRetriesGetsNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(func(call) int { return http.StatusBadGateway })
	h.hook("audit", to.URL, identity.WebhookChange{Retries: new(false)}, "user_created")
	h.serve(true)
	h.add("mina")
	found := h.settled("audit", 1)
	wantEqual(t, "how it ended", found[0].State, identity.DeliveryGivenUp)
	wantEqual(t, "the attempts", found[0].Attempts, 1)
}

func TestNothingIsLostWithADispatcher(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(nil)
	h.hook("audit", to.URL, identity.WebhookChange{}, "user_created")
	first := h.serve(true)
	var want []string
	add := func(prefix string) {
		for _, uid := range []string{"a", "b", "c", "d", "e"} {
			h.add(prefix + uid)
			want = append(want, prefix+uid)
		}
	}
	add("before-")
	// It ends in the middle of them.
	h.first(to, 1)
	first.Close()
	add("between-")
	// A server that is killed has claimed some, and will not say what came of it.
	created, err := h.GetWebhook(t.Context(), h.caller, "audit")
	if err != nil {
		t.Fatal(err)
	}
	last, err := h.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := identity.Collected{Stored: created.Position, Seen: created.Position}
	if _, err := h.CollectDeliveries(t.Context(), created, at, last, false, func(event identity.Event) ([]byte, error) {
		return []byte(`{"data":{"user":{"uid":"` + string(event.UID) + `"}}}`), nil
	}); err != nil {
		t.Fatal(err)
	}
	claimed, err := h.ClaimDeliveries(t.Context(), created.Number, 3)
	if err != nil || len(claimed.Deliveries) == 0 {
		t.Fatalf("claimed %d deliveries: %v", len(claimed.Deliveries), err)
	}
	h.serve(true)
	add("after-")
	h.until("all but the claimed are delivered", func() bool {
		return len(uids(to)) == len(want)-len(claimed.Deliveries)
	})
	h.pass(15 * time.Second)
	h.until("all are delivered", func() bool { return len(uids(to)) == len(want) })
	for _, uid := range want {
		if uids(to)[uid] == 0 {
			t.Errorf("%s was lost", uid)
		}
	}
	h.settled("audit", len(want))
}

// uids are those that a receiver has heard of.
func uids(r *receiver) map[string]int {
	heard := map[string]int{}
	for _, got := range r.got() {
		heard[got.uid()]++
	}
	return heard
}

func TestADeliveryCanBeReplayed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(nil)
	h.hook("audit", to.URL, identity.WebhookChange{}, "user_created")
	h.serve(true)
	h.add("mina")
	before := h.settled("audit", 1)[0]
	// It is what it was, though the user is not.
	h.rename("mina", "Somebody Else")
	again, err := h.ReplayDelivery(t.Context(), h.caller, "audit", before.ID)
	if err != nil || again.ID == before.ID || again.State != identity.DeliveryWaiting {
		t.Fatalf("replayed as %+v: %v", again, err)
	}
	calls := h.first(to, 2)
	wantEqual(t, "the second payload", string(calls[1].body), string(calls[0].body))
	wantEqual(t, "the event", calls[1].header.Get("X-Usher-Event-Id"), calls[0].header.Get("X-Usher-Event-Id"))
	h.settled("audit", 2)
	_, err = h.ReplayDelivery(t.Context(), h.caller, "audit", before.ID+100)
	wantEqual(t, "the answer to an unknown one", fault.CodeOf(err), fault.CodeUnknownDelivery)
}

func TestATestIsSentOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(func(call) int { return http.StatusServiceUnavailable })
	h.hook("audit", to.URL, identity.WebhookChange{})
	h.serve(true)
	made, err := h.TestWebhook(t.Context(), h.caller, "audit")
	if err != nil {
		t.Fatal(err)
	}
	found := h.settled("audit", 1)[0]
	wantEqual(t, "how it ended", found.State, identity.DeliveryGivenUp)
	got := h.first(to, 1)[0]
	wantEqual(t, "the payload", got.said(), object(t,
		`{"trigger":"webhook_test","data":{"timestamp":1772366400000},"appId":"acme","region":"eu","webhook":"audit","id":%q}`, made.Event))
	if signature := got.header.Get("X-Usher-Signature"); !strings.HasPrefix(signature, "t=1772366400,v1=") {
		t.Errorf("the signature is %q", signature)
	}
}

func TestADisabledWebhookGetsNothingAndThenWhatHappensFromThenOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(nil)
	h.hook("audit", to.URL, identity.WebhookChange{}, "user_created")
	other := h.newReceiver(nil)
	h.hook("other", other.URL, identity.WebhookChange{}, "user_created")
	h.serve(true)
	turn := func(on bool) {
		if _, err := h.UpdateWebhook(t.Context(), h.caller, "audit", identity.WebhookChange{Enabled: &on}); err != nil {
			t.Fatal(err)
		}
	}
	turn(false)
	_, err := h.TestWebhook(t.Context(), h.caller, "audit")
	wantEqual(t, "the answer to a test", fault.CodeOf(err), fault.CodeBadRequest)
	h.add("unheard")
	h.first(other, 1)
	turn(true)
	h.add("heard")
	wantEqual(t, "whom it heard of", h.first(to, 1)[0].uid(), "heard")
	h.first(other, 2)
	wantEqual(t, "its deliveries", len(h.settled("audit", 1)), 1)
}
