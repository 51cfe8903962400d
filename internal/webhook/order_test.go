package webhook_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// eventOf is the number of the event that a call tells of.
func eventOf(t *testing.T, c call) int64 {
	t.Helper()
	number, err := strconv.ParseInt(c.header.Get("X-Usher-Event-Id"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func TestEachUsersEventsArriveInTheirOrderThoughManyFail(t *testing.T) {
	t.Parallel()
	const users, changes = 4, 12
	h := newHouse(t)
	var mu sync.Mutex
	failed, taken, distinct := map[string]bool{}, []call{}, map[string]bool{}
	to := h.newReceiver(func(got call) int {
		mu.Lock()
		defer mu.Unlock()
		// Every third event fails at first.
		if id := got.header.Get("X-Usher-Event-Id"); eventOf(t, got)%3 == 0 && !failed[id] {
			failed[id] = true
			return http.StatusInternalServerError
		}
		taken = append(taken, got)
		distinct[got.header.Get("X-Usher-Event-Id")] = true
		return http.StatusNoContent
	})
	for number := range users {
		h.add(fmt.Sprintf("user-%d", number))
	}
	h.hook("audit", to.URL, identity.WebhookChange{}, "user_updated")
	h.serve(true)
	var together sync.WaitGroup
	for number := range users {
		together.Go(func() {
			for change := range changes {
				h.rename(identity.UID(fmt.Sprintf("user-%d", number)), fmt.Sprintf("Name %d", change))
			}
		})
	}
	together.Wait()
	h.until("all events are taken", func() bool {
		h.pass(200 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		return len(distinct) >= users*changes
	})
	h.settled("audit", users*changes)
	last, count := map[string]int64{}, map[string]int{}
	for _, got := range taken {
		uid, event := got.uid(), eventOf(t, got)
		switch {
		case event < last[uid]:
			t.Errorf("%s: the event %d came after %d", uid, event, last[uid])
		case event > last[uid]:
			count[uid]++
		default:
			// So much time passed by the clock that an attempt counted as lost: it came twice, in its place.
		}
		last[uid] = event
	}
	for number := range users {
		wantEqual(t, "the events of one user", count[fmt.Sprintf("user-%d", number)], changes)
	}
	if len(failed) == 0 {
		t.Error("nothing failed")
	}
}

// silent is a receiver that answers nobody until the test ends.
func silent(t *testing.T) (url string) {
	t.Helper()
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(ended) })
	return server.URL
}

func TestADeadReceiverSlowsNobody(t *testing.T) {
	t.Parallel()
	const users = 60
	h := newHouse(t)
	alive := h.newReceiver(nil)
	for number := range 3 {
		h.hook(fmt.Sprintf("dead%d", number), silent(t), identity.WebhookChange{}, "user_created")
	}
	h.hook("alive", alive.URL, identity.WebhookChange{}, "user_created")
	h.serve(true)
	for number := range users {
		h.add(fmt.Sprintf("user-%d", number))
	}
	h.first(alive, users)
	for number := range 3 {
		dead := h.deliveries(fmt.Sprintf("dead%d", number))
		wantEqual(t, "what the dead receiver has waiting", len(dead), users)
		// The time that an attempt has is two seconds of the machine: most have not had their turn yet.
		tried := 0
		for _, delivery := range dead {
			tried += delivery.Attempts
		}
		if tried >= users {
			t.Errorf("a dead receiver was tried %d times before a live one had %d events", tried, users)
		}
	}
}

func TestAUserWhoseEventsFailDoesNotKeepOthersWaiting(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(func(got call) int {
		if got.uid() == "mina" {
			return http.StatusTeapot
		}
		return http.StatusOK
	})
	h.add("mina")
	h.hook("audit", to.URL, identity.WebhookChange{}, "user_created", "user_updated")
	h.serve(true)
	for number := range 20 {
		h.rename("mina", fmt.Sprintf("Mina %d", number))
		h.add(fmt.Sprintf("user-%d", number))
	}
	found := h.settled("audit", 20)
	for _, delivery := range found {
		wantEqual(t, "delivered to others", delivery.State == identity.DeliveryDone, delivery.UID != "mina")
		if delivery.UID == "mina" && delivery.Attempts > 0 && delivery.Event != found[0].Event {
			t.Errorf("the event %s overtook the failed %s", delivery.Event, found[0].Event)
		}
	}
}
