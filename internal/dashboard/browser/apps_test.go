package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// createApp makes an app in the console.
func (c *console) createApp(name, id string) {
	c.t.Helper()
	c.visit("/apps")
	c.fill("name", name)
	c.fill("id", id)
	c.press("Create")
	c.see("Its two keys")
}

func TestAnAppIsCreatedChangedDeletedAndRestored(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.createApp("Clinic", "clinic")
	c.wait("see the keys", `["auth-key", "rest-key"].every((id) => /^[0-9a-f]{40}$/.test(document.getElementById(id).textContent))`)
	c.do(chromedp.Click(chromedp.Search("//a[normalize-space()='Go to the app']")))
	c.see("Point an SDK here")

	c.visit("/apps/clinic/settings")
	c.choose("authOnlyAccess", "none")
	c.fill("authTokenLifetime", "2")
	c.press("Save")
	c.see("The settings were changed.")
	c.wait("the setting", `document.querySelector("[name=authOnlyAccess][value=none]").checked && document.querySelector("[name=authTokenLifetime]").value === "2"`)

	c.press("Delete")
	c.wait("the button waits for the word", `document.querySelector("dialog[open] button.danger").disabled`)
	c.fill("confirmed", "clinic")
	c.press("Delete")
	c.see("The app clinic is off.")
	c.press("Restore")
	c.see("works again")
}
