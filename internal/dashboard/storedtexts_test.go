package dashboard_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// What somebody else may have written and the pages of apps, webhooks and events show.
func TestStoredTextsOfAppsWebhooksAndEventsRunNowhere(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	// The name of a webhook may have 50 characters.
	const hookName = "<script>alert(1)</script>"
	wantStatus(t, "an app", owner.post("/console/apps", "name", script, "id", "other", "region", "us"), http.StatusOK)
	wantStatus(t, "settings", owner.post(appPage("/settings"), "name", script, "authOnlyAccess", "full", "logoutRevokes", "sdk", "authTokenLifetime", "0", "unit", "1"), http.StatusSeeOther)
	wantStatus(t, "delete", owner.post("/console/apps/other/delete", "confirmed", "other"), http.StatusSeeOther)
	newHook(t, owner, "hook1", "name", hookName, "webhookURL", "https://example.com/?<script>")
	keys, _, err := c.service.ListKeys(t.Context(), callerOf(t, c), identity.KeyFilter{Page: identity.Page{Number: 1, Size: 9}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.service.UpdateKey(t.Context(), callerOf(t, c), keys[1].Value, identity.KeyChange{Name: new(script)}); err != nil {
		t.Fatal(err)
	}
	by := identity.Caller{App: callerOf(t, c).App, Key: &keys[1], UserAgent: script, Address: script}
	if _, err := c.service.UpdateUser(t.Context(), by, "cometchat-uid-1", identity.UserChange{Name: new(script)}); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, "a role", owner.post(appPage("/roles"), "role", "tutor", "name", script, "description", script, "metadata", `{"a":"<script>"}`), http.StatusSeeOther)
	for _, got := range []page{
		owner.get(appPage("/roles")), owner.get(appPage("/roles/tutor")), owner.post(appPage("/roles"), "role", script, "name", script, "metadata", script, "listUsers", script),
		owner.post(appPage("/roles/tutor/features"), "featuresToRestrict", script),
		owner.get("/console/apps"), owner.get("/console/apps?search=" + url.QueryEscape(script)), owner.get(appPage("/settings")), owner.get("/console/apps/other/settings"),
		owner.post("/console/apps", "name", script, "id", script, "region", script), owner.post(appPage("/settings"), "name", script, "unit", script, "authTokenLifetime", script),
		owner.get(appPage("/webhooks")), owner.get(appPage("/webhooks/hook1")), owner.get(appPage("/webhooks/hook1/edit")), owner.get(appPage("/webhooks/hook1?confirm=" + url.QueryEscape(script))),
		owner.post(appPage("/webhooks"), "name", script, "id", script, "webhookURL", script, "triggers", script, "username", script),
		owner.get(appPage("/events")), owner.get(appPage("/events?uid=" + url.QueryEscape(script) + "&kind=" + url.QueryEscape(script))),
	} {
		if strings.Contains(got.body, "<script>") {
			t.Errorf("a script stands on a page: %s", got.body)
		}
	}
	wantText(t, "the events", owner.get(appPage("/events")), "&lt;script&gt;")
}

// An address that is stored never becomes a link that runs.
func TestPagesOfAppsWebhooksAndEventsRunAndShowNothingOfElsewhere(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	newHook(t, owner, "hook1")
	for _, path := range []string{"/console/apps", appPage("/settings"), appPage("/webhooks"), appPage("/new-webhook"), appPage("/webhooks/hook1"), appPage("/webhooks/hook1/edit"), appPage("/events"), appPage("/roles"), appPage("/new-role"), appPage("/roles/default")} {
		got := owner.get(path)
		wantStatus(t, path, got, http.StatusOK)
		if found := outside.FindString(got.body); found != "" {
			t.Errorf("%s has %q", path, found)
		}
	}
}
