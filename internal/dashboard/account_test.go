package dashboard_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

func (b *browser) setUpAuthenticator() (secret string) {
	b.c.t.Helper()
	got := b.post("/console/account/authenticator")
	wantStatus(b.c.t, "start", got, http.StatusOK)
	found := regexp.MustCompile(`name="secret" value="([A-Z2-7]{32})"`).FindStringSubmatch(got.body)
	if found == nil || !strings.Contains(got.body, `src="data:image/png;base64,`) {
		b.c.t.Fatalf("the page shows no secret: %s", got.body)
	}
	return found[1]
}

func (c *console) code(secret string) string {
	c.t.Helper()
	code, err := totp.GenerateCode(secret, c.clock())
	if err != nil {
		c.t.Fatal(err)
	}
	return code
}

func TestAnAuthenticatorIsNeededOnceItIsSetUp(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		b := c.owner()
		elsewhere := c.newBrowser()
		wantStatus(t, "sign in elsewhere", elsewhere.signIn("ada", password, ""), http.StatusSeeOther)
		secret := b.setUpAuthenticator()
		wantStatus(t, "a wrong code", b.post("/console/account/authenticator/confirm", "secret", secret, "code", "000000"), http.StatusUnprocessableEntity)
		wantStatus(t, "without a code", c.newBrowser().signIn("ada", password, ""), http.StatusSeeOther)
		code := c.code(secret)
		wantStatus(t, "the code", b.post("/console/account/authenticator/confirm", "secret", secret, "code", code), http.StatusSeeOther)
		wantStatus(t, "the session elsewhere", elsewhere.get(appPage("")), http.StatusSeeOther)

		wantStatus(t, "without a code", c.newBrowser().signIn("ada", password, ""), http.StatusUnprocessableEntity)
		wantStatus(t, "the code that set it up", c.newBrowser().signIn("ada", password, code), http.StatusUnprocessableEntity)
		c.pass(time.Minute)
		code = c.code(secret)
		wantStatus(t, "a code and a wrong password", c.newBrowser().signIn("ada", "not the password", code), http.StatusUnprocessableEntity)
		wantStatus(t, "a code", c.newBrowser().signIn("ada", password, code), http.StatusSeeOther)
		wantStatus(t, "the same code again", c.newBrowser().signIn("ada", password, code), http.StatusUnprocessableEntity)

		wantStatus(t, "remove with a wrong password", b.post("/console/account/authenticator/remove", "password", "not the password"), http.StatusUnprocessableEntity)
		wantStatus(t, "remove", b.post("/console/account/authenticator/remove", "password", password), http.StatusSeeOther)
		wantStatus(t, "without a code", c.newBrowser().signIn("ada", password, ""), http.StatusSeeOther)
	})
}

func TestAChangedPasswordSignsOutElsewhere(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	b := c.owner()
	elsewhere := c.newBrowser()
	wantStatus(t, "sign in elsewhere", elsewhere.signIn("ada", password, ""), http.StatusSeeOther)
	const fresh = "another battery staple"
	wantStatus(t, "a wrong one so far", b.post("/console/account/password", "current", "not the password", "password", fresh, "repeated", fresh), http.StatusUnprocessableEntity)
	wantStatus(t, "a short one", b.post("/console/account/password", "current", password, "password", "short", "repeated", "short"), http.StatusUnprocessableEntity)
	wantStatus(t, "not repeated", b.post("/console/account/password", "current", password, "password", fresh, "repeated", password), http.StatusUnprocessableEntity)
	wantStatus(t, "elsewhere", elsewhere.get(appPage("")), http.StatusOK)
	wantStatus(t, "change", b.post("/console/account/password", "current", password, "password", fresh, "repeated", fresh), http.StatusSeeOther)
	wantStatus(t, "here", b.get(appPage("")), http.StatusOK)
	wantStatus(t, "elsewhere", elsewhere.get(appPage("")), http.StatusSeeOther)
	wantStatus(t, "the password of before", c.newBrowser().signIn("ada", password, ""), http.StatusUnprocessableEntity)
	wantStatus(t, "the new one", c.newBrowser().signIn("ada", fresh, ""), http.StatusSeeOther)
}
