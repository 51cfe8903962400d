package dashboard_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/usherhq/usher/internal/dashboard"
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
		wantStatus(t, "a wrong code", b.post("/console/account/authenticator/confirm", "password", password, "secret", secret, "code", "000000"), http.StatusUnprocessableEntity)
		wantStatus(t, "without a code", c.newBrowser().signIn("ada", password, ""), http.StatusSeeOther)
		code := c.code(secret)
		wantStatus(t, "the code", b.post("/console/account/authenticator/confirm", "password", password, "secret", secret, "code", code), http.StatusSeeOther)
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

// A browser that was left open must not be enough to lock its operator out.
func TestAnAuthenticatorComesAndGoesWithThePasswordOnly(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		b := c.owner()
		secret, another := b.setUpAuthenticator(), b.setUpAuthenticator()
		unproven := b.post("/console/account/authenticator/confirm", "password", "not the password", "secret", secret, "code", c.code(secret))
		wantStatus(t, "without the password", unproven, http.StatusUnprocessableEntity)
		wantText(t, "without the password", unproven, "This is not your password.")
		wantStatus(t, "set up", b.post("/console/account/authenticator/confirm", "password", password, "secret", secret, "code", c.code(secret)), http.StatusSeeOther)
		got := b.post("/console/account/authenticator/confirm", "password", password, "secret", another, "code", c.code(another))
		wantStatus(t, "another", got, http.StatusUnprocessableEntity)
		wantText(t, "another", got, "You have an authenticator already: remove it first, with your password.")
		c.pass(time.Minute)
		wantStatus(t, "a code of the other", c.newBrowser().signIn("ada", password, c.code(another)), http.StatusUnprocessableEntity)
		wantStatus(t, "a code of the first", c.newBrowser().signIn("ada", password, c.code(secret)), http.StatusSeeOther)
	})
}

func TestTryingPasswordsInAnOpenSessionTakesEverLonger(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/console/account/authenticator/remove", "/console/account/authenticator/confirm", "/console/account/password"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			c := newConsole(t)
			b := c.owner()
			secret := b.setUpAuthenticator()
			wantStatus(t, "set up", b.post("/console/account/authenticator/confirm", "password", password, "secret", secret, "code", c.code(secret)), http.StatusSeeOther)
			try := func(word string) page {
				return b.post(path, "current", word, "password", word, "repeated", word, "secret", secret, "code", "000000")
			}
			for range 20 {
				got := try("not the password")
				wantStatus(t, "one of few", got, http.StatusUnprocessableEntity)
				wantText(t, "one of few", got, "This is not your password.")
			}
			wantText(t, "one too many", try("another password"), "Too many attempts from your network. Try again in 1 second.")
			c.pass(time.Second)
			wantText(t, "after a second", try("another password"), "This is not your password.")
		})
	}
}

// Guesses come from as many addresses as there are, so that only those of the operator can be counted.
func TestGuessingCodesTakesEverLonger(t *testing.T) {
	t.Parallel()
	var from atomic.Uint32
	c := newConsole(t, func(config *dashboard.Config) {
		config.Address = func(*http.Request) string { return fmt.Sprintf("203.0.113.%d", from.Add(1)) }
	})
	owner := c.owner()
	secret := owner.setUpAuthenticator()
	wantStatus(t, "set up", owner.post("/console/account/authenticator/confirm", "password", password, "secret", secret, "code", c.code(secret)), http.StatusSeeOther)
	b := c.newBrowser()
	for range 9 {
		wantStatus(t, "a code and a wrong password", b.signIn("ada", "not the password", "000000"), http.StatusUnprocessableEntity)
		wantStatus(t, "no code", b.signIn("ada", password, ""), http.StatusUnprocessableEntity)
	}
	for range 5 {
		wantStatus(t, "one of few", b.signIn("ada", password, "000000"), http.StatusUnprocessableEntity)
	}
	for _, wait := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 5 * time.Minute, 5 * time.Minute} {
		c.pass(wait - time.Second)
		got := b.signIn("ada", password, c.code(secret))
		wantStatus(t, "too early", got, http.StatusTooManyRequests)
		wantText(t, "too early", got, "Too many wrong codes. Try again in 1 second.")
		wantStatus(t, "a wrong password", b.signIn("ada", "not the password", ""), http.StatusUnprocessableEntity)
		c.pass(time.Second)
		wantStatus(t, "in time, and wrong", b.signIn("ada", password, "000000"), http.StatusUnprocessableEntity)
	}
	c.pass(5 * time.Minute)
	wantStatus(t, "in time, and right", b.signIn("ada", password, c.code(secret)), http.StatusSeeOther)
	wantStatus(t, "wrong, after a right one", c.newBrowser().signIn("ada", password, "000000"), http.StatusUnprocessableEntity)
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
