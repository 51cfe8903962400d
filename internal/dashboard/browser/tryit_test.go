package browser_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// inSession does something in a session of the page, 1 or 2.
func (c *console) inSession(number int, selector string) chromedp.CSS {
	return chromedp.CSS(fmt.Sprintf("#session-%d %s", number, selector))
}

// logIn chooses a user and a way, and waits until the user is online.
func (c *console) logIn(session int, uid, how string) {
	c.t.Helper()
	c.retype(c.inSession(session, "[name=uid]"), uid)
	c.do(chromedp.SetValue(c.inSession(session, "[name=with]"), how),
		chromedp.Click(c.inSession(session, "form button:not([type])")))
	c.has(session, "[data-status]", ", connected")
}

// has waits for a text in a part of a session.
func (c *console) has(session int, selector, text string) {
	c.t.Helper()
	c.wait(fmt.Sprintf("see %q in %s", text, selector), fmt.Sprintf("document.querySelector('#session-%d %s').textContent.includes(%q)", session, selector, text))
}

// logInTwice opens the page with a user in each session, who have heard of each other.
func logInTwice(c *console) {
	c.t.Helper()
	c.visit(inApp("/try"))
	c.logIn(1, "cometchat-uid-1", "key:1")
	c.press("Open a second session")
	c.logIn(2, "cometchat-uid-2", "token")
	c.has(1, "[data-others]", "George Alan cometchat-uid-2 online")
}

func TestUsersLogInAndSeeEachOther(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	logInTwice(c)
	for _, happening := range []string{
		"POST /users/cometchat-uid-1/auth_tokens", "PUT /me", "loginSuccess", "onConnected", "→ auth", "← auth", "← presence: cometchat-uid-2 online", "onUserOnline",
	} {
		c.has(1, "[data-happenings]", happening)
	}
	c.has(1, "[data-user]", `"uid": "cometchat-uid-1"`)
	c.wait("no request of a login by token issues one", `!document.querySelector("#session-2 [data-happenings]").textContent.includes("POST ")`)
	c.do(chromedp.Click(c.inSession(2, "[data-do=logout]")))
	c.has(1, "[data-others]", "George Alan cometchat-uid-2 offline")
	c.has(2, "[data-status]", "logged out")
	c.has(2, "[data-happenings]", "logoutSuccess")
}

func TestTheConnectionIsEndedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/try"))
	c.logIn(1, "cometchat-uid-3", "key:1")
	connection := c.inSession(1, "[data-do=connection]")
	c.do(chromedp.Click(connection))
	c.has(1, "[data-status]", "disconnected")
	c.do(chromedp.Click(connection))
	c.has(1, "[data-status]", ", connected")
	c.do(chromedp.Click(c.inSession(1, "[data-do=check]")))
	c.has(1, "[data-happenings]", "GET /me")
}

func TestNoSecretStaysInSightOrInTheBrowser(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/try"))
	c.logIn(1, "cometchat-uid-1", "key:1")
	text := run(c, chromedp.Evaluate[string]("document.documentElement.outerHTML"))
	if strings.Contains(text, authKey) {
		t.Error("the page shows the Auth Key")
	}
	if !strings.Contains(text, authKey[:6]+"…") {
		t.Error("the page does not show that a key was sent")
	}
	// The beginnings of an auth token and of a JWT, with more behind them than is shown.
	if found := run(c, chromedp.Evaluate[string](`String(document.querySelector("#session-1").textContent.match(/(cometchat-uid-1_[0-9a-f]{7}|eyJ[\w-]{7}).*/))`)); found != "null" {
		t.Errorf("the page shows %s", found)
	}
	stored := run(c, chromedp.Evaluate[string]("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"))
	if strings.Contains(stored, "cometchat-uid-1") {
		t.Errorf("the browser keeps %s", stored)
	}
}

func TestLeavingThePageEndsItsSessions(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/try"))
	c.logIn(1, "cometchat-uid-1", "key:1")
	c.visit(inApp(""))
	c.wait("the user is offline", `document.querySelectorAll(".tile dd")[1].textContent === "0"`)
	if _, tokens := c.ask(http.MethodGet, "/v3/users/cometchat-uid-1/auth_tokens", restKey, ""); !strings.Contains(tokens, `"data":[]`) {
		t.Errorf("the tokens are left: %s", tokens)
	}
}

func TestTheServersRefusalIsShown(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/try"))
	for how, code := range map[string]string{"key:1": "ERR_UID_NOT_FOUND", "token": "does not exist"} {
		c.retype(c.inSession(1, "[name=uid]"), "nobody")
		c.do(chromedp.SetValue(c.inSession(1, "[name=with]"), how),
			chromedp.Click(c.inSession(1, "form button:not([type])")))
		c.has(1, "[data-happenings]", code)
	}
	c.has(1, "[data-happenings]", "loginFailure")
}

// becomeViewer goes on as a viewer, whom the owner invites.
func (c *console) becomeViewer(name string) {
	c.t.Helper()
	c.visit("/operators")
	c.press("Make a link")
	c.see("The invitation")
	link := run(c, chromedp.Evaluate[string]("document.getElementById('invitation-link').textContent"))
	c.do(chromedp.Click(chromedp.Search("//button[normalize-space()='Sign out']")))
	c.see("You are signed out.")
	c.do(chromedp.Navigate(link))
	c.fill("name", name)
	c.fill("password", password)
	c.fill("repeated", password)
	c.press("Go in")
	c.see("Point an SDK here")
}

func TestAViewerLogsInWithAKeyTypedByHand(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.becomeViewer("grace")
	c.visit(inApp("/try"))
	c.see("You can log in with an Auth Key that you have.")
	key, button := c.inSession(1, "[name=typed]"), c.inSession(1, "form button:not([type])")
	c.do(chromedp.WaitVisible(key), chromedp.Click(button))
	c.wait("the key is missed, and nothing is sent",
		`document.activeElement.name === "typed" && document.activeElement.validity.valueMissing && document.querySelector("#session-1 [data-happenings] .nothing") !== null`)
	c.retype(key, "no-key-at-all")
	c.do(chromedp.Click(button))
	c.has(1, "[data-happenings]", "loginFailure")
	c.has(1, "[data-status]", "logged out")
	c.retype(key, authKey)
	c.do(chromedp.Click(button))
	c.has(1, "[data-status]", ", connected")
	c.has(1, "[data-user]", `"uid": "cometchat-uid-1"`)
	// The key goes to the API alone; the console, which would refuse a viewer, is asked for nothing.
	asked := run(c, chromedp.Evaluate[string]("performance.getEntriesByType('resource').map(({ name }) => name).join(' ')"))
	if !strings.Contains(asked, "/users/cometchat-uid-1/auth_tokens") || strings.Contains(asked, "/try/") {
		t.Errorf("the page asked for %s", asked)
	}
	if text := run(c, chromedp.Evaluate[string]("document.documentElement.outerHTML")); strings.Contains(text, authKey) {
		t.Error("the page shows the Auth Key")
	}
}

func TestAKeyIsTypedOnlyWhereThatIsChosen(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/try"))
	for _, one := range []struct {
		how     string
		visible bool
	}{{"key:1", false}, {"typed", true}, {"token", false}} {
		c.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
			`{ const how = document.querySelector("#session-1 [name=with]"); how.value = %q; how.dispatchEvent(new Event("change", { bubbles: true })); }`, one.how)))
		// A field that is not seen must not keep the form from being sent either.
		c.wait("how "+one.how, fmt.Sprintf(`(document.querySelector("#session-1 [data-typed]").checkVisibility() === %[1]t) && document.querySelector("#session-1 form").checkValidity() === !%[1]t`, one.visible))
	}
}

func TestTypingOffersOtherUsers(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	if status := c.call(http.MethodPost, "/v3/users", restKey, `{"uid":"zoe","name":"<b>Zoe</b>"}`); status != http.StatusOK {
		t.Fatalf("create a user: status %d", status)
	}
	for i := range 21 {
		c.call(http.MethodPost, "/v3/users", restKey, fmt.Sprintf(`{"uid":"many-%02d","name":"Many"}`, i))
	}
	c.visit(inApp("/try"))
	offered := `document.querySelector('#users [value=zoe]')`
	c.wait("too many to be offered", offered+" === null && document.querySelector('#users [value=many-01]') !== null")
	c.retype(c.inSession(1, "[name=uid]"), "zo")
	c.wait("the user is offered", offered+"?.textContent === '<b>Zoe</b>'")
}
