package browser_test

import "testing"

func TestAKeyIsCreatedShownAndDeleted(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/keys"))
	c.fill("name", "<script>alert(1)</script>")
	c.choose("scope", "fullAccess")
	c.press("Create")
	c.see("The key was created.")
	c.press("Show")
	c.wait("see the key", `/^[0-9a-f]{40}$/.test(document.getElementById("key-value")?.textContent ?? "")`)
	c.press("Delete")
	c.wait("the button waits for the word", `document.querySelector("dialog[open] button.danger").disabled`)
	c.fill("confirmed", "<script>alert(1)</script>")
	c.press("Delete")
	c.see("The key was deleted.")
}
