package dashboard_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// ask posts as the script of a page does.
func (b *browser) ask(path string, fields ...string) (got page, told map[string]string) {
	b.c.t.Helper()
	request := b.request(http.MethodPost, path, fields...)
	request.Header.Set("Accept", "application/json")
	got = b.send(request)
	if err := json.Unmarshal([]byte(got.body), &told); err != nil || got.header.Get("Content-Type") != "application/json" {
		b.c.t.Fatalf("%s answers status %d with no JSON: %s", path, got.status, got.body)
	}
	return got, told
}

func TestAUserIsTriedByAKeyOrAToken(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		keys, _, err := c.service.ListKeys(t.Context(), callerOf(t, c), identity.KeyFilter{Page: identity.Page{Number: 1, Size: 9}})
		if err != nil {
			t.Fatal(err)
		}
		got := owner.get(appPage("/try"))
		wantText(t, "the page", got, `<option value="key:1">Auth Key</option>`)
		if strings.Contains(got.body, "Rest API Key") || strings.Contains(got.body, string(keys[0].Value)) {
			t.Error("the page offers the key of back ends, or has the value of a key")
		}
		if _, told := owner.ask(appPage("/try/keys/1")); told["authKey"] != string(keys[0].Value) {
			t.Errorf("the Auth Key is told as %q", told)
		}
		refused, told := owner.ask(appPage("/try/keys/2"))
		wantStatus(t, "the key of back ends", refused, http.StatusNotFound)
		if told["authKey"] != "" || told["error"] == "" {
			t.Errorf("the key of back ends is told as %q", told)
		}
		if _, told = owner.ask(appPage("/try/tokens"), "uid", "CometChat-UID-1"); !strings.HasPrefix(told["authToken"], "cometchat-uid-1_") {
			t.Errorf("the token is told as %q", told)
		}
		session, err := c.service.FindSession(t.Context(), appID, identity.Secret(told["authToken"]))
		if err != nil {
			t.Fatal(err)
		}
		// A logout keeps it, and then nobody has it.
		if life := session.Token.ExpiresAt.Sub(session.Token.CreatedAt); life != time.Hour {
			t.Errorf("the token lives for %v", life)
		}
	})
}

func TestWhyAUserCanNotBeTriedIsTold(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for _, test := range []struct {
		who    *browser
		uid    string
		status int
		text   string
	}{
		{owner, "nobody", http.StatusNotFound, "does not exist"},
		{owner, "two words", http.StatusUnprocessableEntity, "may only contain"},
		{owner, "", http.StatusUnprocessableEntity, "is required"},
		{c.member(identity.OperatorViewer), "cometchat-uid-1", http.StatusForbidden, "ask an owner"},
		{c.newBrowser(), "cometchat-uid-1", http.StatusUnauthorized, "Sign in first"},
	} {
		got, told := test.who.ask(appPage("/try/tokens"), "uid", test.uid)
		if got.status != test.status || !strings.Contains(told["error"], test.text) || told["authToken"] != "" {
			t.Errorf("%q: status %d, told %q", test.uid, got.status, told)
		}
	}
}

func TestAViewerIsOfferedNoKeyToTry(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.owner()
	got := c.member(identity.OperatorViewer).get(appPage("/try"))
	wantText(t, "the page", got, "Your role does not see keys")
	if strings.Contains(got.body, `value="key:`) || strings.Contains(got.body, `value="token"`) {
		t.Error("a viewer is offered what would be refused")
	}
}

func TestAnAppWithoutSampleUsersCanBeTried(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		developer, viewer := c.member(identity.OperatorDeveloper), c.member(identity.OperatorViewer)
		wantStatus(t, "create", owner.post("/console/apps", "name", "Clinic", "id", "clinic", "region", "us"), http.StatusOK)
		const path = "/console/apps/clinic"
		const nobody = "There is nobody to log in yet."
		for _, one := range []struct {
			who  *browser
			does string
		}{
			{owner, `<a href="` + path + `/users/new">Create a user</a> first.`},
			{developer, `<a href="` + path + `/users/new">Create a user</a> first.`},
			// A link would lead nowhere.
			{viewer, "Ask an owner or a developer to create a user first."},
		} {
			got := one.who.get(path + "/try")
			wantStatus(t, "nobody to try", got, http.StatusOK)
			wantText(t, "nobody to try", got, nobody+" "+one.does)
			wantText(t, "nobody to try", got, `name="uid" value=""`)
		}
		for _, uid := range []string{"zoe", "mina", "anna"} {
			wantStatus(t, "create "+uid, owner.post(path+"/users/new", "uid", uid, "name", uid, "role", "default"), http.StatusSeeOther)
		}
		got := viewer.get(path + "/try")
		// Each session has somebody else, so that one sees the other come.
		for _, want := range []string{`id="session-1-uid" name="uid" value="anna"`, `id="session-2-uid" name="uid" value="mina"`, `<option value="zoe">`} {
			wantText(t, "somebody to try", got, want)
		}
		for what, other := range map[string]page{"with users": got, "with users, of whom none begins so": viewer.get(path + "/try?uid=xyz")} {
			if strings.Contains(other.body, nobody) {
				t.Errorf("%s, the page says that there is nobody", what)
			}
		}
	})
}
