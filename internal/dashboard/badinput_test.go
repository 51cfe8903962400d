package dashboard_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/dashboard"
	"github.com/usherhq/usher/internal/identity"
)

func TestAnotherSiteChangesNothing(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for _, header := range []struct{ name, value string }{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://example.com"}, {"Origin", "null"},
	} {
		for _, path := range []string{appPage("/keys/1/delete"), userPage("cometchat-uid-1", "/delete"), appPage("/users/import"), "/console/signout", "/console/signin"} {
			request := owner.request(http.MethodPost, path, "confirmed", "Auth Key", "name", "ada", "password", password)
			request.Header.Set(header.name, header.value)
			wantStatus(t, header.name+": "+header.value, owner.send(request), http.StatusForbidden)
		}
	}
	wantStatus(t, "the key", owner.get(appPage("/keys/1")), http.StatusOK)
	request := owner.request(http.MethodPost, appPage("/keys/1/delete"), "confirmed", "Auth Key")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	wantStatus(t, "the console itself", owner.send(request), http.StatusSeeOther)
	wantStatus(t, "the key", owner.get(appPage("/keys/1")), http.StatusNotFound)
}

func TestTheOpenConsoleOfDevelopmentAnswersToThisMachineOnly(t *testing.T) {
	t.Parallel()
	c := newConsole(t, func(config *dashboard.Config) { config.Development = true })
	b := c.newBrowser()
	got := b.get(appPage(""))
	wantStatus(t, "the console", got, http.StatusOK)
	wantText(t, "the console", got, "open to everybody on this machine")
	for host, want := range map[string]int{
		"example.com": http.StatusMisdirectedRequest, "192.168.0.7:8080": http.StatusMisdirectedRequest, "localhost.example.com": http.StatusMisdirectedRequest,
		"localhost": http.StatusOK, "localhost:8080": http.StatusOK, "usher.localhost": http.StatusOK, "[::1]:8080": http.StatusOK,
	} {
		request := b.request(http.MethodGet, appPage(""))
		request.Host = host
		wantStatus(t, host, b.send(request), want)
	}
	request := b.request(http.MethodPost, appPage("/keys/1/delete"), "confirmed", "Auth Key")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	wantStatus(t, "another site", b.send(request), http.StatusForbidden)
	wantStatus(t, "a password", b.post("/console/account/password", "current", "", "password", password, "repeated", password), http.StatusConflict)
}

const script = `<script>alert("x")</script>`

func TestStoredTextsRunNowhere(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	if _, err := c.service.UpdateApp(t.Context(), identity.Caller{}, appID, identity.AppChange{Name: new(script)}); err != nil {
		t.Fatal(err)
	}
	created := owner.post(appPage("/keys"), "name", script, "scope", "authOnly")
	wantStatus(t, "create", created, http.StatusSeeOther)
	for _, got := range []page{
		owner.get(created.header.Get("Location")), owner.get(appPage("/keys")), owner.get(appPage("")), owner.get(appPage("/try") + "?uid=" + script),
		owner.post(appPage("/keys"), "name", script, "scope", script),
		owner.get(appPage("/keys/1") + "?confirm=" + script), owner.get("/console/signin?next=" + script),
		owner.post("/console/operators/invitations", "role", script),
		c.newBrowser().post("/console/welcome", "code", script, "name", script, "password", script, "repeated", script),
	} {
		if strings.Contains(got.body, script) || strings.Contains(got.body, `<script>`) {
			t.Errorf("a script stands on a page: %s", got.body)
		}
	}
	wantText(t, "the list", owner.get(appPage("/keys")), "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;")
}

// outside is what loads or runs something that this server does not give, or stands inline.
var outside = regexp.MustCompile(`(?i)(src|href|action)="(https?:)?//|\son[a-z]+=|style=|<style|<script>|javascript:`)

func TestPagesRunAndShowNothingOfElsewhere(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for _, path := range []string{
		"/console/signin", "/console/welcome", "/console/operators", "/console/account", "/console/nowhere", appPage(""), appPage("/keys"), appPage("/keys/1"),
		appPage("/users"), appPage("/users/new"), appPage("/users/import"), userPage("cometchat-uid-1", ""), userPage("cometchat-uid-1", "/edit"), userPage("cometchat-uid-1", "/events"), userPage("cometchat-uid-1", "/blocks"),
		appPage("/try"),
	} {
		got := owner.get(path)
		policy := got.header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s", path, want)
			}
		}
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, got.header.Get(name))
			}
		}
		if found := outside.FindString(got.body); found != "" {
			t.Errorf("%s has %q", path, found)
		}
	}
}

func TestAssetsMayBeKeptForEver(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	b := c.newBrowser()
	signIn := b.get("/console/signin")
	paths := regexp.MustCompile(`/console/assets/[^"]+`).FindAllString(signIn.body, -1)
	if len(paths) < 5 {
		t.Fatalf("the page has the assets %q", paths)
	}
	for _, path := range paths {
		got := b.get(path)
		wantStatus(t, path, got, http.StatusOK)
		if got.header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control is %s", path, got.header.Get("Cache-Control"))
		}
		request := b.request(http.MethodGet, path)
		request.Header.Set("If-None-Match", got.header.Get("ETag"))
		wantStatus(t, path+" again", b.send(request), http.StatusNotModified)
	}
	for _, path := range []string{"/console/assets/console.css", "/console/assets/", "/console/assets/..%2fdashboard.go"} {
		if got := b.get(path); got.status == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestAFormThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	got := owner.post(appPage("/keys"), "name", strings.Repeat("x", 257<<10), "scope", "authOnly")
	wantStatus(t, "a large form", got, http.StatusBadRequest)
	wantText(t, "a large form", got, "too large")
}

func TestWhatIsNotThereIsSaidSo(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for path, text := range map[string]string{
		"/console/nowhere": "There is no such page", "/console/apps/nowhere": "The app nowhere does not exist",
		userPage("nobody", ""): "nobody does not exist", userPage("no%20uid", "/events"): "does not exist",
		appPage("/keys/99"): "does not exist", appPage("/keys/nonsense"): "does not exist",
	} {
		got := owner.get(path)
		wantStatus(t, path, got, http.StatusNotFound)
		wantText(t, path, got, text)
	}
}
