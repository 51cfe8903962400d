package dashboard_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

func (c *console) addTokens(uid identity.UID, count int) {
	c.t.Helper()
	for range count {
		if _, err := c.service.IssueToken(c.t.Context(), callerOf(c.t, c), uid, identity.TokenRequest{Force: true}); err != nil {
			c.t.Fatal(err)
		}
	}
}

func TestAPageBehindTheEndOfAListIsItsLast(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		c.addTokens("cometchat-uid-1", 11)
		if _, err := c.service.SetBlocked(t.Context(), callerOf(t, c), "cometchat-uid-1", []string{"cometchat-uid-2"}, true); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, "a webhook", owner.post(appPage("/webhooks"), "id", "chat", "name", "Chat", "webhookURL", "https://example.org", "triggers", "user_connection_status_changed"), http.StatusOK)
		for path, says := range map[string]string{
			userPage("cometchat-uid-1", ""):        "11–11 of 11",
			userPage("cometchat-uid-1", "/blocks"): "1–1 of 1",
			appPage("/users"):                      "1–5 of 5",
			"/console/apps":                        "1–1 of 1",
		} {
			wantText(t, path, owner.get(path+"?page=9"), says)
		}
		// An offset that no number holds.
		for _, path := range []string{userPage("cometchat-uid-1", ""), userPage("cometchat-uid-1", "/blocks"), appPage("/users"), "/console/apps", appPage("/webhooks/chat")} {
			for _, number := range []string{"4611686018427387905", "1073741824", "-1", "x"} {
				wantStatus(t, path+" "+number, owner.get(path+"?page="+number), http.StatusOK)
			}
		}
	})
}

var ownLink = regexp.MustCompile(`href="([^"]*(?:\?|confirm=)[^"]*)"`)

// A page that answers a form stands under an address that is only for the form.
func TestTheWaysOnAPageLeadToPages(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	c.addTokens("cometchat-uid-1", 11)
	c.member(identity.OperatorViewer)
	user := userPage("cometchat-uid-1", "")
	for what, test := range map[string]struct {
		got  page
		want []string
	}{
		"an issued token":             {owner.post(user + "/tokens"), []string{user + "?confirm=revoke-all#revoke-all", user + "?page=2"}},
		"a token not issued":          {owner.post(user+"/tokens", "expiresIn", "x"), []string{user + "?confirm=revoke-all#revoke-all", user + "?page=2"}},
		"the second page":             {owner.get(user + "?page=2"), []string{user + "?confirm=revoke-1&page=2#revoke-1", user + "?page=1", user + "?page=2"}},
		"an open dialog":              {owner.get(user + "?confirm=delete"), []string{user + "?page=2"}},
		"a key that is shown":         {owner.post(appPage("/keys/1/show")), []string{appPage("/keys/1?confirm=delete#delete")}},
		"an invitation":               {owner.post("/console/operators/invitations", "role", "viewer"), []string{"/console/operators?confirm=remove-1#remove-1"}},
		"an invitation to be nothing": {owner.post("/console/operators/invitations", "role", "x"), []string{"/console/operators?confirm=remove-1#remove-1"}},
	} {
		var ways []string
		for _, found := range ownLink.FindAllStringSubmatch(test.got.body, -1) {
			way := html.UnescapeString(found[1])
			ways = append(ways, way)
			path, _, _ := strings.Cut(way, "#")
			wantStatus(t, fmt.Sprintf("%s: %s", what, way), owner.get(path), http.StatusOK)
		}
		for _, want := range test.want {
			if !strings.Contains("\n"+strings.Join(ways, "\n")+"\n", "\n"+want+"\n") {
				t.Errorf("%s: of the ways %q, none is %s", what, ways, want)
			}
		}
	}
}
