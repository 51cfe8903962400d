package dashboard_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/dashboard"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

func TestAnOperatorSignsInAndOut(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		c.owner()
		b := c.newBrowser()
		wantStatus(t, "a wrong password", b.signIn("ada", "not the password", ""), http.StatusUnprocessableEntity)
		wantStatus(t, "an unknown name", b.signIn("eve", password, ""), http.StatusUnprocessableEntity)
		wantStatus(t, "sign in", b.signIn("Ada", password, ""), http.StatusSeeOther)
		wantStatus(t, "look", b.get(appPage("")), http.StatusOK)
		kept := b.session()
		wantStatus(t, "sign out", b.post("/console/signout"), http.StatusSeeOther)
		if b.session() != "" {
			t.Error("the browser has a session still")
		}
		stolen := c.newBrowser()
		request := stolen.request(http.MethodGet, appPage(""))
		request.AddCookie(&http.Cookie{Name: "usher_console", Value: kept})
		if got := stolen.send(request); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/console/signin") {
			t.Errorf("the session of before gives status %d", got.status)
		}
	})
}

func TestWhoIsNotSignedInSeesNothing(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	b := c.newBrowser()
	for _, path := range []string{"/console/", "/console/operators", "/console/account", appPage(""), appPage("/keys"), appPage("/keys/1"), appPage("/try")} {
		got := b.get(path)
		wantStatus(t, path, got, http.StatusSeeOther)
		if !strings.HasPrefix(got.header.Get("Location"), "/console/signin") || got.body != "" {
			t.Errorf("%s leads to %s with %q", path, got.header.Get("Location"), got.body)
		}
	}
	request := b.request(http.MethodGet, appPage("/live"))
	request.Header.Set("Accept", "text/event-stream")
	wantStatus(t, "a live view", b.send(request), http.StatusUnauthorized)
	wantStatus(t, "a change", b.post(appPage("/keys/1/delete"), "confirmed", "Auth Key"), http.StatusSeeOther)
	if keys, _, err := c.service.ListKeys(t.Context(), callerOf(t, c), identity.KeyFilter{Page: identity.Page{Number: 1, Size: 9}}); err != nil || len(keys) != 2 {
		t.Errorf("%d keys are left, %v", len(keys), err)
	}
}

func callerOf(t *testing.T, c *console) identity.Caller {
	t.Helper()
	app, err := c.service.GetApp(t.Context(), appID)
	if err != nil {
		t.Fatal(err)
	}
	return identity.Caller{App: app}
}

func TestTheFirstRunLinkWorksOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		another, err := c.service.InviteFirstOperator(t.Context())
		if err != nil || another == "" || another == c.first {
			t.Fatalf("a second start has no link of its own: %v", err)
		}
		c.owner()
		for _, code := range []identity.Secret{c.first, another, "nonsense", ""} {
			got := c.newBrowser().accept(code, "eve")
			wantStatus(t, "the link again", got, http.StatusGone)
			wantText(t, "the link again", got, "used already")
		}
		if code, err := c.service.InviteFirstOperator(t.Context()); err != nil || code != "" {
			t.Errorf("a start with an operator makes a link, %v", err)
		}
		operators, err := c.service.ListOperators(t.Context())
		if err != nil || len(operators) != 1 || operators[0].Name != "ada" || operators[0].Role != identity.OperatorOwner {
			t.Errorf("the operators are %v, %v", operators, err)
		}
	})
}

func TestAnInvitationEndsAfterADay(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.pass(identity.InvitationLife)
	wantStatus(t, "a day later", c.newBrowser().accept(c.first, "ada"), http.StatusGone)
}

func TestABadNameOrPasswordLeavesTheInvitationGood(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	b := c.newBrowser()
	for _, try := range []struct{ name, password, repeated, problem string }{
		{"", password, password, "must have 1 to 100 letters"},
		{"ada lovelace", password, password, "must have 1 to 100 letters"},
		{"<script>", password, password, "must have 1 to 100 letters"},
		{"..", password, password, "begin with a letter or a digit"},
		{"_ada", password, password, "begin with a letter or a digit"},
		{"CLI", password, password, "is reserved"},
		{"ada", "elevenchars", "elevenchars", "at least 12 characters"},
		{"ada", strings.Repeat("x", 257), strings.Repeat("x", 257), "not have more than 256"},
		{"ada", password, password + "!", "not the same password"},
	} {
		got := b.post("/console/welcome", "code", string(c.first), "name", try.name, "password", try.password, "repeated", try.repeated)
		wantStatus(t, try.problem, got, http.StatusUnprocessableEntity)
		wantText(t, try.problem, got, try.problem)
		if strings.Contains(got.body, try.password) {
			t.Errorf("%s: the page repeats the password", try.problem)
		}
	}
	c.owner()
}

func TestSigningInGivesANewSession(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	b := c.owner()
	first := b.session()
	wantStatus(t, "sign in again", b.signIn("ada", password, ""), http.StatusSeeOther)
	if b.session() == first || b.session() == "" {
		t.Error("the session is the one from before")
	}
	// A value that somebody planted is taken for nothing, before and after.
	planted := strings.Repeat("A", 43)
	victim := c.newBrowser()
	request := victim.request(http.MethodPost, "/console/signin", "name", "ada", "password", password)
	request.AddCookie(&http.Cookie{Name: "usher_console", Value: planted})
	wantStatus(t, "sign in with a planted session", victim.send(request), http.StatusSeeOther)
	for what, value := range map[string]string{"the planted session": planted, "the session from before": first} {
		attacker := c.newBrowser()
		look := attacker.request(http.MethodGet, appPage(""))
		look.AddCookie(&http.Cookie{Name: "usher_console", Value: value})
		wantStatus(t, what, attacker.send(look), http.StatusSeeOther)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	b := c.owner()
	c.pass(identity.OperatorSessionIdle - time.Second)
	wantStatus(t, "used in time", b.get(appPage("")), http.StatusOK)
	c.pass(identity.OperatorSessionIdle)
	wantStatus(t, "not used for too long", b.get(appPage("")), http.StatusSeeOther)
	wantStatus(t, "sign in", b.signIn("ada", password, ""), http.StatusSeeOther)
	for passed := time.Duration(0); passed < identity.OperatorSessionLife; passed += 10 * time.Hour {
		wantStatus(t, "used all the time", b.get(appPage("")), http.StatusOK)
		c.pass(10 * time.Hour)
	}
	wantStatus(t, "used for longer than a session lives", b.get(appPage("")), http.StatusSeeOther)
}

func TestTheSessionCookieIsForNobodyElse(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	b := c.newBrowser()
	request := b.request(http.MethodPost, "/console/welcome", "code", string(c.first), "name", "ada", "password", password, "repeated", password)
	request.Header.Set("X-Forwarded-Proto", "https")
	cookie := b.send(request).header.Get("Set-Cookie")
	for _, want := range []string{"Path=/console;", "HttpOnly", "SameSite=Lax", "Secure"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %s: %s", want, cookie)
		}
	}
}

func TestTryingPasswordsTakesEverLonger(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.owner()
	b := c.newBrowser()
	for range 20 {
		wantStatus(t, "one of few", b.signIn("ada", "not the password", ""), http.StatusUnprocessableEntity)
	}
	wantStatus(t, "one too many", b.signIn("ada", "another password", ""), http.StatusTooManyRequests)
	c.pass(time.Second)
	wantStatus(t, "after a second", b.signIn("ada", "another password", ""), http.StatusUnprocessableEntity)
	c.pass(time.Second)
	wantStatus(t, "a second later", b.signIn("ada", "another password", ""), http.StatusTooManyRequests)
}

// The delay is for an address: who tries passwords must not keep the operator out.
func TestNobodyIsLockedOutByOthers(t *testing.T) {
	t.Parallel()
	address := "198.51.100.7"
	c := newConsole(t, func(config *dashboard.Config) {
		config.Address = func(r *http.Request) string {
			if from := r.Header.Get("From"); from != "" {
				return from
			}
			return address
		}
	})
	c.owner()
	attacker := c.newBrowser()
	for range 25 {
		request := attacker.request(http.MethodPost, "/console/signin", "name", "ada", "password", "not the password")
		request.Header.Set("From", "203.0.113.9")
		attacker.send(request)
	}
	wantStatus(t, "the operator", c.newBrowser().signIn("ada", password, ""), http.StatusSeeOther)
}

func TestSigningInLeadsToOwnPagesOnly(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.owner()
	for next, want := range map[string]string{
		appPage("/keys"):       appPage("/keys"),
		"https://example.com/": "/console/", "//example.com/console/": "/console/", "/console//example.com": "/console/",
		`/console/\example.com`: "/console/", "/v3/users": "/console/", "": "/console/",
	} {
		b := c.newBrowser()
		got := b.post("/console/signin", "name", "ada", "password", password, "next", next)
		if got.header.Get("Location") != want {
			t.Errorf("next=%s leads to %s", next, got.header.Get("Location"))
		}
	}
}

func TestARefusedSignInThatCannotBeNotedIsLogged(t *testing.T) {
	t.Parallel()
	address := testdatabase.SQLite(t)
	c := newConsoleOn(t, address)
	c.owner()
	testdatabase.Execute(t, address, "CREATE TRIGGER full BEFORE INSERT ON events WHEN NEW.kind = 'operator_refused' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	wantStatus(t, "a wrong password", c.newBrowser().signIn("ada", "not the password", ""), http.StatusUnprocessableEntity)
	for _, want := range []string{"refused sign-in not noted", "the disk is full"} {
		if !strings.Contains(c.log.String(), want) {
			t.Errorf("the log has not %q: %s", want, c.log)
		}
	}
}

func TestSignInsAreInTheEventLog(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	feed, err := c.service.FeedFrom(t.Context(), 0, identity.EventOperatorCreated, identity.EventOperatorSignedIn, identity.EventOperatorRefused, identity.EventOperatorSignedOut)
	if err != nil {
		t.Fatal(err)
	}
	b := c.owner()
	wantStatus(t, "a wrong password", c.newBrowser().signIn("ada", "not the password", ""), http.StatusUnprocessableEntity)
	b.post("/console/signout")
	var seen []string
	for len(seen) < 4 {
		events, err := feed.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range events {
			seen = append(seen, string(event.Kind)+" "+event.Subject+" by "+event.Actor+" from "+event.Address)
		}
	}
	want := "operator_created operator:ada by operator:ada from 192.0.2.1, operator_signed_in operator:ada by operator:ada from 192.0.2.1, " +
		"operator_refused operator:ada by  from 192.0.2.1, operator_signed_out operator:ada by operator:ada from 192.0.2.1"
	if got := strings.Join(seen, ", "); got != want {
		t.Errorf("the events are %s", got)
	}
}
