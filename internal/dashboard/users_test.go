package dashboard_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// userPage is a page of a user.
func userPage(uid, path string) string { return appPage("/users/uid/" + uid + path) }

// addUser adds a user behind the back of the console.
func (c *console) addUser(user identity.NewUser) identity.User {
	c.t.Helper()
	if user.Name == "" {
		user.Name = user.UID
	}
	added, _, err := c.service.CreateUser(c.t.Context(), callerOf(c.t, c), user, false)
	if err != nil {
		c.t.Fatal(err)
	}
	return added
}

var listedUser = regexp.MustCompile(`/users/uid/([^"/]+)"`)

// listed are the uids that stand on a page of the list, in their order.
func listed(got page) []string {
	var uids []string
	for _, found := range listedUser.FindAllStringSubmatch(got.body, -1) {
		uids = append(uids, found[1])
	}
	return uids
}

func TestTheListTakesEveryFilter(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		caller := callerOf(t, c)
		if _, err := c.service.CreateRole(t.Context(), caller, "tutor", identity.RoleChange{Name: new("Tutor")}); err != nil {
			t.Fatal(err)
		}
		c.addUser(identity.NewUser{UID: "zoe", Name: "Ana", Role: "tutor", Tags: []string{"night", "staff"}})
		c.addUser(identity.NewUser{UID: "ana", Name: "Zoe", Tags: []string{"day"}})
		c.addUser(identity.NewUser{UID: "eve", Name: "Eve"})
		if err := c.service.DeactivateUser(t.Context(), caller, "eve"); err != nil {
			t.Fatal(err)
		}
		sample := []string{"cometchat-uid-1", "cometchat-uid-2", "cometchat-uid-5", "cometchat-uid-3", "cometchat-uid-4"}
		for query, want := range map[string][]string{
			"":                                     {"zoe", sample[0], sample[1], sample[2], sample[3], sample[4], "ana"},
			"sort=-name":                           {"ana", sample[4], sample[3], sample[2], sample[1], sample[0], "zoe"},
			"sort=uid&searchKey=a":                 {"ana", "cometchat-uid-1", "zoe"},
			"searchKey=a&searchIn=uid":             {"ana"},
			"searchKey=AN&searchIn=name":           {"zoe", "cometchat-uid-1"},
			"searchKey=z&sort=-uid":                {"zoe", "ana"},
			"roles=tutor":                          {"zoe"},
			"roles=tutor&roles=default&tags=day":   {"ana"},
			"tags=day,+night&sort=uid":             {"ana", "zoe"},
			"deactivated=only":                     {"eve"},
			"deactivated=with&searchKey=e":         {"eve"},
			"status=online":                        nil,
			"status=offline&searchKey=zo&sort=uid": {"ana", "zoe"},
			"sort=nonsense&searchKey=z":            {"zoe", "ana"},
		} {
			got := owner.get(appPage("/users") + "?" + query)
			wantStatus(t, query, got, http.StatusOK)
			if uids := listed(got); !slices.Equal(uids, want) {
				t.Errorf("%s: the list is %q, want %q", query, uids, want)
			}
		}
	})
}

func TestTheListSaysWhyItIsEmpty(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	wantText(t, "a search", owner.get(appPage("/users")+"?searchKey=nobody"), "Nobody found")
	for i := range 5 {
		if err := c.service.DeleteUser(t.Context(), callerOf(t, c), identity.UID(fmt.Sprintf("cometchat-uid-%d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	wantText(t, "no users", owner.get(appPage("/users")), "No users yet")
	got := owner.get(appPage("/users") + "?searchKey=%00&tags=a")
	wantStatus(t, "what no user is called", got, http.StatusUnprocessableEntity)
	wantText(t, "what no user is called", got, "A filter may not contain control characters.")
}

func TestThePagesOfTheListAreExact(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for i := range 55 {
		c.addUser(identity.NewUser{UID: fmt.Sprintf("many-%02d", i), Tags: []string{"many"}})
	}
	for _, page := range []struct {
		number, says string
		first, last  string
		rows         int
	}{
		{"1", "1–25 of 55", "many-00", "many-24", 25},
		{"2", "26–50 of 55", "many-25", "many-49", 25},
		{"3", "51–55 of 55", "many-50", "many-54", 5},
		// Beyond the end and nonsense lead to a page that is there.
		{"9", "51–55 of 55", "many-50", "many-54", 5},
		{"-1", "1–25 of 55", "many-00", "many-24", 25},
		{"x", "1–25 of 55", "many-00", "many-24", 25},
	} {
		got := owner.get(appPage("/users") + "?tags=many&page=" + page.number)
		uids := listed(got)
		if len(uids) != page.rows || uids[0] != page.first || uids[len(uids)-1] != page.last {
			t.Errorf("page %s: the list is %q", page.number, uids)
		}
		wantText(t, "page "+page.number, got, page.says)
		wantText(t, "page "+page.number, got, "55 users")
	}
	// What was chosen goes along.
	wantText(t, "page 2", owner.get(appPage("/users")+"?tags=many&page=2"), `href="/console/apps/testing/users?page=3&amp;tags=many" rel="next"`)
}

func TestTheListIsLive(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		lines := owner.watchPage(appPage("/users/live?uids=cometchat-uid-2,cometchat-uid-1"))
		waitForLine(t, lines, "George Alan")
		waitForLine(t, lines, "Andrew Joseph")
		c.goOnline("cometchat-uid-1")
		waitForLine(t, lines, "Online")
		for _, wrong := range []string{"", "?uids=", "?uids=" + url.QueryEscape(script)} {
			wantStatus(t, wrong, owner.get(appPage("/users/live")+wrong), http.StatusNotFound)
		}
	})
}

// goOnline opens a connection of a user.
func (c *console) goOnline(uid identity.UID) {
	c.t.Helper()
	user, err := c.service.GetUser(c.t.Context(), callerOf(c.t, c), uid)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.service.RenewNode(c.t.Context(), "node", patience); err != nil {
		c.t.Fatal(err)
	}
	connection := &identity.Connection{ID: "c", UserID: user.ID, AppID: user.AppID, UID: uid, ConnectedAt: c.clock()}
	opened := identity.ConnectionChange{Connection: connection, Opened: true, Presence: identity.PresenceBegins, At: c.clock()}
	if err := c.service.RecordConnections(c.t.Context(), "node", []identity.ConnectionChange{opened}); err != nil {
		c.t.Fatal(err)
	}
}
