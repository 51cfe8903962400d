package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestTheFirstOperatorComesInByTheLink(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.see(owner)
	// The code stands neither in the address nor in the history.
	c.do(chromedp.NavigateBack())
	address := run(c, chromedp.Location())
	_, code, _ := strings.Cut(c.server.ConsoleURL(), "#")
	if strings.Contains(address, code) {
		t.Errorf("the history has the code: %s", address)
	}
}

func TestSigningInLeadsWhereOneWantedToGo(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.do(chromedp.Click(chromedp.Search("//button[normalize-space()='Sign out']")))
	c.see("You are signed out.")
	c.visit(inApp("/keys"))
	c.fill("name", owner)
	c.fill("password", "not the password at all")
	c.press("Sign in")
	c.see("is not right")
	c.fill("password", password)
	c.press("Sign in")
	c.see("Create a key")
}
