package dashboard_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func TestAUserIsDeactivatedReactivatedAndDeleted(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		t.Helper()
		owner := c.owner()
		token, err := c.service.IssueToken(t.Context(), callerOf(t, c), "cometchat-uid-1", identity.TokenRequest{})
		if err != nil {
			t.Fatal(err)
		}
		wantStatus(t, "deactivate", owner.post(userPage("cometchat-uid-1", "/deactivate")), http.StatusSeeOther)
		got := owner.get(userPage("cometchat-uid-1", ""))
		wantText(t, "a deactivated user", got, "Reactivate")
		if strings.Contains(got.body, "Issue a token") {
			t.Error("a deactivated user is offered a token")
		}
		wantStatus(t, "edit a deactivated user", owner.get(userPage("cometchat-uid-1", "/edit")), http.StatusSeeOther)
		wantStatus(t, "a token for a deactivated user", owner.post(userPage("cometchat-uid-1", "/tokens")), http.StatusNotFound)
		wantStatus(t, "reactivate", owner.post(userPage("cometchat-uid-1", "/reactivate")), http.StatusSeeOther)
		wantText(t, "the tokens of before", owner.get(userPage("cometchat-uid-1", "")), "No tokens")
		if _, err := c.service.FindSession(t.Context(), appID, token.Value); err == nil {
			t.Error("a token of before works again")
		}

		wantStatus(t, "delete without the uid", owner.post(userPage("cometchat-uid-1", "/delete"), "confirmed", "Andrew Joseph"), http.StatusSeeOther)
		wantText(t, "who was not deleted", owner.get(userPage("cometchat-uid-1", "")), "what you typed is not its uid")
		wantStatus(t, "delete", owner.post(userPage("cometchat-uid-1", "/delete"), "confirmed", "cometchat-uid-1"), http.StatusSeeOther)
		wantStatus(t, "who was deleted", owner.get(userPage("cometchat-uid-1", "")), http.StatusNotFound)
		wantText(t, "the list", owner.get(appPage("/users")), "4 users")
	})
}

func TestAUserGoesOnlineInSight(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	lines := c.owner().watchPage(userPage("cometchat-uid-1", "/live"))
	waitForLine(t, lines, "Offline")
	c.goOnline("cometchat-uid-1")
	waitForLine(t, lines, "Online")
}

var issuedValue = regexp.MustCompile(`<code id="issued-token">([^<]+)</code>`)

// issuedToken is the token that a page shows this once.
func issuedToken(t *testing.T, got page) identity.Secret {
	t.Helper()
	found := issuedValue.FindStringSubmatch(got.body)
	if found == nil {
		t.Fatalf("no token is shown: status %d, %s", got.status, got.body)
	}
	return identity.Secret(found[1])
}

func TestATokenIsIssuedShownOnceAndRevoked(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		got := owner.post(userPage("cometchat-uid-1", "/tokens"), "expiresIn", "2", "unit", "hours")
		wantStatus(t, "issue", got, http.StatusOK)
		value := issuedToken(t, got)
		session, err := c.service.FindSession(t.Context(), appID, value)
		if err != nil {
			t.Fatal(err)
		}
		if life := session.Token.ExpiresAt.Sub(session.Token.CreatedAt); life != 2*time.Hour {
			t.Errorf("it lives for %v", life)
		}
		for _, line := range []string{
			"loginWithAuthToken(&#39;" + string(value) + "&#39;)", "LoginWithAuthToken(ctx, &#34;" + string(value) + "&#34;)", "loginWithAuthToken(authToken: &#39;" + string(value) + "&#39;)",
			"login(authToken: &#34;" + string(value) + "&#34;)", "curl -X PUT &#39;" + c.url + "/v3/me&#39; -H &#39;appid: " + appID,
		} {
			wantText(t, "the snippets", got, line)
		}
		again := owner.get(userPage("cometchat-uid-1", ""))
		if strings.Contains(again.body, string(value)) {
			t.Error("the token is shown twice")
		}
		wantText(t, "the token", again, "operator ada")
		// Whoever asks again gets another one.
		if second := issuedToken(t, owner.post(userPage("cometchat-uid-1", "/tokens"))); second == value {
			t.Error("the token is given again")
		}
		id := strconv.FormatInt(session.Token.ID, 10)
		wantStatus(t, "by the page of another", owner.post(userPage("cometchat-uid-2", "/tokens/"+id+"/revoke")), http.StatusNotFound)
		wantStatus(t, "no number", owner.post(userPage("cometchat-uid-1", "/tokens/x/revoke")), http.StatusNotFound)
		wantStatus(t, "revoke", owner.post(userPage("cometchat-uid-1", "/tokens/"+id+"/revoke")), http.StatusSeeOther)
		if _, err := c.service.FindSession(t.Context(), appID, value); err == nil {
			t.Error("a revoked token works")
		}
		wantText(t, "the other", owner.get(userPage("cometchat-uid-1", "")), "1–1 of 1")
		wantStatus(t, "revoke all", owner.post(userPage("cometchat-uid-1", "/tokens/revoke")), http.StatusSeeOther)
		wantText(t, "none", owner.get(userPage("cometchat-uid-1", "")), "No tokens")
		if strings.Contains(c.log.String(), string(value)) {
			t.Error("the log has the token")
		}
	})
}

func TestATimeToLiveThatIsWrongIsSaidAtItsField(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for _, wrong := range [][2]string{{"-1", "days"}, {"0", "minutes"}, {"x", "hours"}, {"1.5", "days"}, {"3651", "days"}, {"9223372036854775807", "days"}, {"99999999999999999999", "x"}} {
		got := owner.post(userPage("cometchat-uid-1", "/tokens"), "expiresIn", wrong[0], "unit", wrong[1])
		wantStatus(t, wrong[0]+" "+wrong[1], got, http.StatusUnprocessableEntity)
		wantText(t, wrong[0]+" "+wrong[1], got, `id="field-expiresIn-problems"`)
		wantText(t, wrong[0]+" "+wrong[1], got, `value="`+wrong[0]+`"`)
	}
	wantText(t, "the tokens", owner.get(userPage("cometchat-uid-1", "")), "No tokens")
}

func TestATokenSaysWhereItIsAndWhenItWasUsed(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		caller := callerOf(t, c)
		keys, _, err := c.service.ListKeys(t.Context(), caller, identity.KeyFilter{Page: identity.Page{Number: 1, Size: 9}})
		if err != nil {
			t.Fatal(err)
		}
		client := caller
		client.Key = &keys[0]
		token, err := c.service.IssueToken(t.Context(), client, "cometchat-uid-1", identity.TokenRequest{Device: identity.Device{Platform: "WEB", DeviceID: "phone-of-mina", UserAgent: "Browser/7"}})
		if err != nil {
			t.Fatal(err)
		}
		c.pass(time.Hour)
		session, err := c.service.FindSession(t.Context(), appID, token.Value)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.service.SignIn(t.Context(), identity.Caller{App: session.App, Session: &session}, token.Device, identity.UserChange{}); err != nil {
			t.Fatal(err)
		}
		c.pass(3 * time.Minute)
		got := owner.get(userPage("cometchat-uid-1", ""))
		for _, text := range []string{"WEB", "phone-of-mina", "Browser/7", appPage(fmt.Sprintf("/keys/%d", keys[0].ID)), "3 minutes ago", "1 hour ago"} {
			wantText(t, "the token", got, text)
		}
	})
}

var toOlder = regexp.MustCompile(`href="(\?before=\d+)" rel="next"`)

func TestTheEventsOfAUserGoBackPageByPage(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		caller := callerOf(t, c)
		for i := range 30 {
			if _, err := c.service.UpdateUser(t.Context(), caller, "cometchat-uid-1", identity.UserChange{StatusMessage: new(strconv.Itoa(i))}); err != nil {
				t.Fatal(err)
			}
			c.addUser(identity.NewUser{UID: fmt.Sprintf("other-%d", i)})
		}
		path := userPage("cometchat-uid-1", "/events")
		newest := owner.get(path)
		if count := strings.Count(newest.body, "user_updated"); count != 25 || strings.Contains(newest.body, "user_created") {
			t.Errorf("the newest page has %d of 25 events", count)
		}
		next := toOlder.FindStringSubmatch(newest.body)
		if next == nil {
			t.Fatalf("there is no way on: %s", newest.body)
		}
		older := owner.get(path + next[1])
		if count := strings.Count(older.body, "user_updated"); count != 5 || strings.Count(older.body, "user_created") != 1 || toOlder.MatchString(older.body) {
			t.Errorf("the page behind it has %d of 5 events: %s", count, older.body)
		}
		wantText(t, "nonsense", owner.get(path+"?before=x"), "user_updated")
	})
}

func TestBlocksAreMadeSeenAndTakenBack(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		path := userPage("cometchat-uid-1", "/blocks")
		wantText(t, "none", owner.get(path), "This user blocks no other.")
		wantStatus(t, "block", owner.post(path, "blocked", " cometchat-uid-2"), http.StatusSeeOther)
		wantText(t, "the block", owner.get(path), "George Alan")
		wantText(t, "the other", owner.get(userPage("cometchat-uid-2", "/blocks")+"?by=others"), "Andrew Joseph")
		for _, wrong := range [][2]string{{"nobody", "nobody does not exist"}, {"", "does not exist"}, {script, "does not exist"}, {"Cometchat-uid-1", "cometchat-uid-1"}} {
			got := owner.post(path, "blocked", wrong[0])
			wantStatus(t, wrong[0], got, http.StatusUnprocessableEntity)
			_, at, _ := strings.Cut(got.body, `id="field-blocked-problems"`)
			if list, _, _ := strings.Cut(at, "</ul>"); !strings.Contains(list, wrong[1]) {
				t.Errorf("%q: at the field stands %q", wrong[0], list)
			}
		}
		wantStatus(t, "unblock", owner.post(path+"/cometchat-uid-2/remove"), http.StatusSeeOther)
		wantText(t, "none", owner.get(path), "This user blocks no other.")
	})
}

func TestAViewerSeesAUserAndChangesNothing(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.owner()
	viewer := c.member(identity.OperatorViewer)
	for _, path := range []string{appPage("/users"), userPage("cometchat-uid-1", ""), userPage("cometchat-uid-1", "/blocks"), userPage("cometchat-uid-1", "/events")} {
		got := viewer.get(path)
		wantStatus(t, path, got, http.StatusOK)
		if strings.Contains(got.body, `method="post" action="`+appPage("/users")) || strings.Contains(got.body, appPage("/users/new")) {
			t.Errorf("%s offers a viewer what is refused", path)
		}
	}
}

// Every text that a user has is stored as it came, and shown as a text.
func TestTheTextsOfAUserRunNowhere(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	c.addUser(identity.NewUser{
		UID: "eve", Name: script, Avatar: "https://example.org/" + script, Link: "https://example.org/" + script, StatusMessage: script,
		Tags: []string{script, `"><img src=x>`}, Metadata: []byte(`{"` + `<script>alert(1)</script>` + `":"</code><script>alert(1)</script>"}`),
	})
	eve := callerOf(t, c)
	eve.UserAgent = script
	device := identity.Device{Platform: script, DeviceID: script, UserAgent: script}
	if _, err := c.service.IssueToken(t.Context(), eve, "eve", identity.TokenRequest{Device: device}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.service.SetBlocked(t.Context(), callerOf(t, c), "cometchat-uid-1", []string{"eve"}, true); err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string]page{
		"the list": owner.get(appPage("/users")), "the user": owner.get(userPage("eve", "")), "the form": owner.get(userPage("eve", "/edit")),
		"the events": owner.get(userPage("eve", "/events")), "the blocks": owner.get(userPage("eve", "/blocks")), "who blocks": owner.get(userPage("cometchat-uid-1", "/blocks")),
		"a token": owner.post(userPage("eve", "/tokens")), "what was said": owner.get(userPage("eve", "")),
		"a search":       owner.get(appPage("/users") + "?searchKey=" + script + "&tags=" + script + "&roles=" + script + "&sort=" + script + "&page=" + script),
		"a wrong form":   owner.post(appPage("/users/new"), "uid", script, "name", script, "avatar", script, "link", script, "role", script, "statusMessage", script, "tags", script, "metadata", script),
		"a wrong life":   owner.post(userPage("eve", "/tokens"), "expiresIn", script),
		"a wrong import": owner.post(appPage("/users/import")+"?watch="+script, "file", script),
	} {
		if strings.Contains(got.body, "<script>") || strings.Contains(got.body, "<img src=x") {
			t.Errorf("%s: a script stands on the page: %s", what, got.body)
		}
	}
	wantText(t, "the list", owner.get(appPage("/users")), "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;")
	lines := owner.watchPage(userPage("eve", "/live"))
	waitForLine(t, lines, "Offline")
}
