package browser_test

import (
	"net/http"
	"testing"
)

// Every page of the console stands here, with what has to be done before there is something to see on it;
// without a path, that leads to the page.
func TestEveryPageIsFitToBeSeen(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	for _, page := range []struct {
		name, path, title string
		prepare           func(c *console)
	}{
		{"overview", inApp(""), "Why logins failed", (*console).fillHour},
		{"overview-day", inApp("?span=day"), "Point an SDK here", nil},
		{"keys", inApp("/keys"), "Create a key", nil},
		{"key", inApp("/keys/1"), "Take it away", nil},
		{"apps", "/apps", "Create an app", func(c *console) {
			c.createApp("Clinic, staging", "clinic-2")
			c.visit("/apps/clinic-2/settings")
			c.press("Delete")
			c.fill("confirmed", "clinic-2")
			c.press("Delete")
			c.see("The app clinic-2 is off.")
		}},
		{"app-created", "", "Its two keys", func(c *console) { c.createApp("Clinic", "clinic") }},
		{"app-wrong", "", "1 to 63 letters, digits and hyphens", func(c *console) {
			c.visit("/apps")
			c.fill("name", "Clinic")
			c.fill("id", "no spaces")
			c.press("Create")
		}},
		{"settings", inApp("/settings"), "Delete the app", nil},
		{"settings-deleted", "/apps/clinic-2/settings", "This app is deleted", nil},
		{"webhooks-none", inApp("/webhooks"), "No webhooks", nil},
		{"webhook-created", "", "It is shown this once", func(c *console) { c.createHook("hook1") }},
		{"webhooks", inApp("/webhooks"), "Back end", nil},
		{"webhook", inApp("/webhooks/hook1"), "webhook_test", func(c *console) {
			c.visit(inApp("/webhooks/hook1"))
			c.press("Send a test")
			c.see("given up")
		}},
		{"webhook-change", inApp("/webhooks/hook1/edit"), "What it hears of", nil},
		{"webhook-wrong", "", "must be a valid URL", func(c *console) {
			c.visit(inApp("/new-webhook"))
			c.fill("name", "Back end")
			c.fill("webhookURL", "ftp://example.com")
			c.press("Create")
		}},
		{"roles", inApp("/roles"), "Restricted features", func(c *console) { c.createRole() }},
		{"role", inApp("/roles/tutor"), "Delete the role", nil},
		{"role-wrong", "", "The metadata must be an object", func(c *console) {
			c.visit(inApp("/new-role"))
			c.fill("role", "pupil")
			c.fill("name", "Pupil")
			c.fill("metadata", "7")
			c.press("Create")
		}},
		{"events", inApp("/events"), "App created", func(c *console) {
			c.call(http.MethodPost, "/v3/users/nobody/auth_tokens", authKey, "{}")
			c.call(http.MethodPost, "/v3/users/cometchat-uid-1/auth_tokens", restKey, "{}")
		}},
		{"events-none", inApp("/events?kind=key_deleted"), "No events", nil},
		{"users", inApp("/users"), "Order", nil},
		{"users-filters", inApp("/users?deactivated=with&searchKey=cometchat-uid-1&roles=default"), "1 user", nil},
		{"users-none", inApp("/users?searchKey=nobody"), "Nobody found", nil},
		{"user-new", inApp("/users/new"), "Issue an auth token with it", nil},
		{"users-import", inApp("/users/import"), "Keep this page open", nil},
		{"user", inApp("/users/uid/mina"), "Take the user away", func(c *console) {
			c.call(http.MethodPost, "/v3/users", restKey, `{"uid":"mina","name":"Mina Kalniņa","avatar":"https://img.example.org/mina.png","role":"default",
				"statusMessage":"Back on Monday","tags":["staff","night shift"],"metadata":{"city":"Riga","@private":{"email":"mina@example.org"}},"withAuthToken":true}`)
			c.call(http.MethodPost, "/v3/users/mina/auth_tokens", authKey, `{"platform":"WEB","deviceId":"5f1f0c9e-5f2c-4f8e-8f0e-2b8a3f3c9d11","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"}`)
			c.call(http.MethodPost, "/v3/users/mina/blockedusers", restKey, `{"blockedUids":["cometchat-uid-1","cometchat-uid-2"]}`)
		}},
		{"user-edit", inApp("/users/uid/mina/edit"), "Save", nil},
		{"user-events", inApp("/users/uid/mina/events"), "token_issued", nil},
		{"user-blocks", inApp("/users/uid/mina/blocks"), "Block somebody", nil},
		{"tryit", "", "Second session", logInTwice},
		{"operators", "/operators", "Invite somebody", func(c *console) {
			c.visit("/operators")
			c.press("Make a link")
			c.see("The invitation")
		}},
		{"account", "/account", "Password", nil},
		{"account-authenticator", "", "Scan this with", func(c *console) {
			c.visit("/account")
			c.press("Set up an authenticator")
		}},
		{"key-wrong", "", "The name field is required", func(c *console) {
			c.visit(inApp("/keys/1"))
			c.fill("name", " ")
			c.press("Save")
		}},
		{"not-found", "/nowhere", "There is no such page", nil},
	} {
		if page.prepare != nil {
			page.prepare(c)
		}
		if page.path != "" {
			c.visit(page.path)
		}
		c.see(page.title)
		c.examine(page.name)
	}
}

func TestThePagesBeforeSigningInAreFitToBeSeen(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.visit("/welcome")
	c.see("Welcome")
	c.examine("welcome")
	c.visit("/signin")
	c.see("There is no operator yet")
	c.examine("signin")
}

func TestDialogsAreFitToBeSeen(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/keys/1"))
	c.press("Delete")
	c.see("This can't be undone")
	c.examine("key-delete")
}
