package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// createHook makes a webhook in the console, at an address that nobody is at.
func (c *console) createHook(id string) {
	c.t.Helper()
	c.visit(inApp("/new-webhook"))
	c.fill("name", "Back end")
	c.fill("id", id)
	c.fill("webhookURL", "https://nowhere.invalid/usher")
	c.choose("triggers", "user_created")
	c.press("Create")
	c.see("It is shown this once")
}

func TestAWebhookIsCreatedTestedAndItsDeliveryReplayed(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.createHook("hook1")
	c.wait("see the secret", `document.getElementById("secret").textContent.startsWith("whsec_")`)
	c.do(chromedp.Click(chromedp.Search("//a[normalize-space()='I have kept it']")))
	c.see("No deliveries")
	c.press("Send a test")
	c.see("A test is on its way.")
	// Nobody loads the page again: the log tells by itself how that went.
	c.see("given up")
	c.do(chromedp.Click(chromedp.CSS("[aria-label^='Replay delivery']")))
	c.see("The delivery is sent once more.")
	c.wait("two deliveries", `document.querySelectorAll("#log tbody tr").length === 2`)
}
