package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// key presses keys one after the other, wherever the focus is.
func (c *console) key(keys ...string) {
	c.t.Helper()
	for _, key := range keys {
		c.do(chromedp.KeyEvent(key))
	}
}

// focused waits until what has the focus matches a selector.
func (c *console) focused(what, selector string) {
	c.t.Helper()
	c.wait("the focus is on "+what, "document.activeElement.matches(`"+selector+"`)")
}

const noDialog = `document.querySelector("dialog[open]") === null`

func TestTheFirstStopLeadsPastTheMenu(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/keys"))
	c.key(kb.Tab)
	c.focused("the way past the menu", ".skip")
	c.wait("it is in sight", `document.querySelector(".skip").getBoundingClientRect().left >= 0`)
	c.key(kb.Enter)
	c.focused("the page", "main")
	c.key(kb.Tab)
	c.focused("what is first on the page", "main a")
}

func TestADialogKeepsTheFocusAndGivesItBack(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/keys/1"))
	opener := "[data-dialog=delete]"
	for _, opening := range []string{kb.Enter, " "} {
		c.do(chromedp.Focus(chromedp.CSS(opener)))
		c.key(opening)
		c.focused("the field of the dialog", "dialog[open] [name=confirmed]")
		// A browser has stops of its own beside a page, which leave the focus on nothing of the page.
		for range 6 {
			c.key(kb.Tab)
			c.focused("the dialog", "dialog[open] *, body")
		}
		c.key(kb.Escape)
		c.wait("the dialog is closed", noDialog)
		c.focused("what opened it", opener)
	}
}

func TestADialogIsCancelled(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/keys/1"))
	c.press("Switch off")
	c.press("Cancel")
	c.wait("the dialog is closed", noDialog)
	c.focused("what opened it", "[data-dialog=disable]")
	c.do(chromedp.Focus(chromedp.CSS("[data-dialog=disable]")))
	// The key that opens it must not confirm it, too.
	c.key(kb.Enter)
	c.focused("the way back", "dialog[open] [data-close]")
	c.key(" ")
	c.wait("the dialog is closed", noDialog)
}

func TestAKeyIsCreatedByTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/keys"))
	c.do(chromedp.Focus(chromedp.CSS("[name=name]")))
	c.key("k", "e", "y", kb.Tab)
	c.focused("the scope", "[name=scope]:checked")
	c.key(kb.ArrowDown)
	c.focused("the other scope", "[value=fullAccess]:checked")
	c.key(kb.Tab)
	c.focused("the button", "button")
	c.key(kb.Enter)
	c.see("The key was created.")
	c.see("fullAccess")
}

const menuLinks = `document.querySelector(".side nav a").checkVisibility()`

func TestTheMenuOfASmallScreenOpensByTheKeyboard(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.do(viewport(360, 740))
	c.visit(inApp("/keys"))
	c.wait("the menu is closed", "!"+menuLinks)
	c.key(kb.Tab, kb.Tab, kb.Tab)
	c.focused("the button", ".menu-button")
	c.key(kb.Enter)
	c.wait("the menu is open", menuLinks)
	c.key(kb.Tab, kb.Tab)
	c.focused("the first page", ".side nav a")
	c.key(kb.Enter)
	c.see("Point an SDK here")
}

func TestWithoutScriptsTheMenuIsOpenAndDialogsArePages(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.do(viewport(360, 740), withoutScripts())
	c.visit(inApp("/keys/1"))
	c.wait("the menu is open, without a button", menuLinks+` && !document.querySelector(".menu-button").checkVisibility()`)
	c.press("Delete")
	c.fill("confirmed", "Auth Key")
	c.press("Delete")
	c.see("The key was deleted.")
	c.do(chromedp.Click(chromedp.Search("//nav//a[normalize-space()='Try it']")))
	c.see("so it needs JavaScript")
}
