package dashboard_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/dashboard"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/internal/testlog"
	"github.com/usherhq/usher/internal/vault"
)

const (
	appID    = "testing"
	password = "correct horse battery staple"
)

// console is a console on a database of its own, with a clock that a test moves.
type console struct {
	t         *testing.T
	url       string
	service   *identity.Service
	dashboard *dashboard.Dashboard
	// first is the code of the invitation for the first operator.
	first identity.Secret
	log   *testlog.Log

	mu  sync.Mutex
	now time.Time
}

// newConsole makes a console on SQLite.
func newConsole(t *testing.T, options ...func(*dashboard.Config)) *console {
	t.Helper()
	return newConsoleOn(t, testdatabase.SQLite(t), options...)
}

func newConsoleOn(t *testing.T, address string, options ...func(*dashboard.Config)) *console {
	t.Helper()
	return newConsoleOver(t, openStore(t, address), options...)
}

// openStore opens a database for as long as the test runs.
func openStore(t *testing.T, address string) identity.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), address, vault.Ephemeral())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// newConsoleOver makes a console over a store, which may be one that does what a database rarely does.
func newConsoleOver(t *testing.T, store identity.Store, options ...func(*dashboard.Config)) *console {
	t.Helper()
	c := &console{t: t, log: &testlog.Log{}, now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)}
	c.service = identity.NewService(store, c.clock, rand.Reader)
	if _, err := c.service.SetUp(t.Context(), identity.FirstApp{ID: appID, Region: "us", SampleUsers: true}); err != nil {
		t.Fatal(err)
	}
	var err error
	if c.first, err = c.service.InviteFirstOperator(t.Context()); err != nil {
		t.Fatal(err)
	}
	config := dashboard.Config{
		Version: "1.2.3", Clock: c.clock, Log: c.log.Logger(),
		Address: func(*http.Request) string { return "192.0.2.1" },
	}
	for _, change := range options {
		change(&config)
	}
	served, err := dashboard.New(c.service, config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(served)
	c.url, c.dashboard = server.URL, served
	t.Cleanup(func() {
		served.Close()
		server.Close()
	})
	return c
}

// onBothEngines runs a test with a console on each engine.
func onBothEngines(t *testing.T, test func(t *testing.T, c *console)) {
	t.Helper()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		t.Helper()
		test(t, newConsoleOn(t, address))
	})
}

func (c *console) clock() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *console) pass(length time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(length)
}

// browser keeps cookies and follows no redirects by itself.
type browser struct {
	c      *console
	client *http.Client
}

func (c *console) newBrowser() *browser {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return &browser{c, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is an answer.
type page struct {
	status int
	header http.Header
	body   string
}

func (b *browser) send(request *http.Request) page {
	b.c.t.Helper()
	answer, err := b.client.Do(request)
	if err != nil {
		b.c.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.c.t.Fatal(err)
	}
	return page{answer.StatusCode, answer.Header, string(body)}
}

func (b *browser) request(method, path string, fields ...string) *http.Request {
	b.c.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	request, err := http.NewRequestWithContext(b.c.t.Context(), method, b.c.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.c.t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return request
}

func (b *browser) get(path string) page { return b.send(b.request(http.MethodGet, path)) }

// post sends a form of names and values in turn.
func (b *browser) post(path string, fields ...string) page {
	return b.send(b.request(http.MethodPost, path, fields...))
}

// postForm is post for fields that have several values.
func (b *browser) postForm(path string, form url.Values) page {
	b.c.t.Helper()
	request := b.request(http.MethodPost, path)
	body := strings.NewReader(form.Encode())
	request.Body, request.ContentLength = io.NopCloser(body), body.Size()
	return b.send(request)
}

// accept becomes an operator by an invitation.
func (b *browser) accept(code identity.Secret, name string) page {
	return b.post("/console/welcome", "code", string(code), "name", name, "password", password, "repeated", password)
}

func (b *browser) signIn(name, word, code string) page {
	return b.post("/console/signin", "name", name, "password", word, "code", code)
}

// session is the value of the cookie.
func (b *browser) session() string {
	address, _ := url.Parse(b.c.url + "/console/")
	for _, cookie := range b.client.Jar.Cookies(address) {
		if cookie.Name == "usher_console" {
			return cookie.Value
		}
	}
	return ""
}

// owner is a browser of the first operator, ada.
func (c *console) owner() *browser {
	c.t.Helper()
	b := c.newBrowser()
	wantStatus(c.t, "the first operator comes in", b.accept(c.first, "ada"), http.StatusSeeOther)
	return b
}

// member is a browser of an operator of a role, whose name is that of the role.
func (c *console) member(role identity.OperatorRole) *browser {
	c.t.Helper()
	invitation, err := c.service.InviteOperator(c.t.Context(), identity.Caller{Operator: "ada"}, role)
	if err != nil {
		c.t.Fatal(err)
	}
	b := c.newBrowser()
	wantStatus(c.t, "an operator comes in", b.accept(invitation.Code, string(role)), http.StatusSeeOther)
	return b
}

func wantStatus(t *testing.T, what string, got page, want int) {
	t.Helper()
	if got.status != want {
		t.Fatalf("%s: status %d, want %d; %s", what, got.status, want, got.body)
	}
}

func wantText(t *testing.T, what string, got page, want string) {
	t.Helper()
	if !strings.Contains(got.body, want) {
		t.Errorf("%s: the page has not %q:\n%s", what, want, got.body)
	}
}

func appPage(path string) string { return fmt.Sprintf("/console/apps/%s%s", appID, path) }
