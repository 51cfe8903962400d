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
		{"overview", inApp(""), "Why logins failed", func(c *console) {
			for range 7 {
				c.call(http.MethodPost, "/v3/users/nobody/auth_tokens", authKey, "{}")
			}
		}},
		{"overview-day", inApp("?span=day"), "Point an SDK here", nil},
		{"keys", inApp("/keys"), "Create a key", nil},
		{"key", inApp("/keys/1"), "Take it away", nil},
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
