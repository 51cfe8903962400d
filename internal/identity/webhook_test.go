package identity_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		public    bool
		addresses []string
	}{
		{true, []string{"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8", "2606:4700::1111", "2a00:1450::1"}},
		{false, []string{
			"127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254",
			"100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
			"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
			"2002:7f00:1::", "3fff::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1%lo",
		}},
	} {
		for _, address := range test.addresses {
			if got := identity.PublicAddress(netip.MustParseAddr(address)); got != test.public {
				t.Errorf("%s: public is %t", address, got)
			}
		}
	}
	if identity.PublicAddress(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestTheHouseIsKeptFreeOfOldDeliveries(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	caller := h.server(t)
	if _, err := h.CreateWebhook(t.Context(), caller, "audit", identity.WebhookChange{Name: new("Audit"), URL: new("https://example.org/")}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := h.TestWebhook(t.Context(), caller, "audit"); err != nil {
			t.Fatal(err)
		}
	}
	webhook, err := h.GetWebhook(t.Context(), caller, "audit")
	if err != nil {
		t.Fatal(err)
	}
	claimed, err := h.ClaimDeliveries(t.Context(), webhook.Number, 1)
	if err != nil || len(claimed.Deliveries) != 1 {
		t.Fatalf("claimed %v, %v", claimed.Deliveries, err)
	}
	if _, err := h.FinishAttempt(t.Context(), claimed.Deliveries[0], identity.Outcome{Status: 200}); err != nil {
		t.Fatal(err)
	}
	left := func() int {
		if err := h.KeepHouse(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		_, total, err := h.ListDeliveries(t.Context(), caller, "audit", identity.DeliveryFilter{Page: identity.Page{Number: 1, Size: 10}})
		if err != nil {
			t.Fatal(err)
		}
		return total
	}
	h.pass(7*24*time.Hour - time.Second)
	wantEqual(t, "before a week is over", left(), 2)
	h.pass(time.Second)
	wantEqual(t, "after a week", left(), 1)
	h.pass(30 * 24 * time.Hour)
	wantEqual(t, "what waits", left(), 1)
}
