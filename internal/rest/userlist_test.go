package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// Contract 9.49.
func TestUsersShowWhetherTheyAreOnlineAndWhenTheyWereActive(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	const george, nancy = "cometchat-uid-2", "cometchat-uid-3"
	since := noon.Add(-time.Minute)
	for _, uid := range []identity.UID{nancy, george} {
		user, err := a.service.KnownUser(t.Context(), appID, uid)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.service.RenewNode(t.Context(), "node", time.Hour); err != nil {
			t.Fatal(err)
		}
		connected := identity.ConnectionChange{
			Connection: &identity.Connection{ID: "1", UserID: user.ID, AppID: user.AppID, UID: user.UID, ConnectedAt: since}, Opened: true, Presence: identity.PresenceBegins, At: since,
		}
		if err := a.service.RecordConnections(t.Context(), "node", []identity.ConnectionChange{connected}); err != nil {
			t.Fatal(err)
		}
	}
	one := a.must(http.MethodGet, "/users/"+george, byREST(), "").data()
	if one["status"] != "available" || one["lastActiveAt"] != float64(since.Unix()) {
		t.Errorf("George is shown as %v", one)
	}
	uids := func(query string) string {
		t.Helper()
		var uids strings.Builder
		for _, user := range a.must(http.MethodGet, "/users?"+query, byREST(), "").list() {
			fmt.Fprintf(&uids, " %s/%s", strings.TrimPrefix(user["uid"].(string), "cometchat-uid-"), user["status"])
		}
		return uids.String()
	}
	for query, want := range map[string]string{
		"status=available":            " 2/available 3/available",
		"status=offline":              " 1/offline 5/offline 4/offline",
		"":                            " 2/available 3/available 1/offline 5/offline 4/offline",
		"perPage=2&page=2":            " 1/offline 5/offline",
		"perPage=3":                   " 2/available 3/available 1/offline",
		"sortBy=name":                 " 1/offline 2/available 5/offline 3/available 4/offline",
		"status=available&perPage=1":  " 2/available",
		"status=offline&searchKey=su": " 4/offline",
	} {
		if got := uids(query); got != want {
			t.Errorf("%q lists%s, want%s", query, got, want)
		}
	}
	if count := a.must(http.MethodGet, "/users?status=available&count=true", byREST(), "").data()["count"]; count != float64(2) {
		t.Errorf("%v users are online", count)
	}
}
