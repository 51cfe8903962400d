package browser_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/usherhq/usher/internal/server"
)

// patience is how long anything on a page may take to come.
const patience = 20 * time.Second

const (
	appID    = "testing"
	authKey  = "auth-key-of-the-test"
	restKey  = "rest-key-of-the-test"
	owner    = "ada"
	password = "correct horse battery staple"
)

// console is a server and a tab of a browser of its own.
type console struct {
	t      *testing.T
	server *server.Server
	// folder is where the server keeps its database and its keyset.
	folder string
	url    string
	tab    context.Context //nolint:containedctx // chromedp names a tab by its context

	mu sync.Mutex
	// complaints is what the browser had to say against a page, such as a broken policy.
	complaints []string
}

// start starts a server and opens a tab that nobody has signed in with.
func start(t *testing.T) *console {
	t.Helper()
	if chromium == nil {
		t.Skip("name a Chromium or Chrome in USHER_CHROMIUM, as make test does")
	}
	c := &console{t: t, folder: t.TempDir()}
	c.serve()
	tab, closeTab := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext(), chromedp.WithListener(c.hear))
	c.tab = tab
	t.Cleanup(func() {
		closeTab()
		c.stop()
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, complaint := range c.complaints {
			t.Errorf("the browser complains: %s", complaint)
		}
	})
	// The first use of a tab must not be bound to a time: the tab would end with it.
	if err := chromedp.Do(tab); err != nil {
		t.Fatal(err)
	}
	c.do(viewport(1280, 800), onEveryPage(`addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
		console.error("breaks the policy:", violatedDirective, blockedURI))`))
	return c
}

// serve starts the server, under an address of its own each time.
func (c *console) serve() {
	c.t.Helper()
	running, err := server.Start(c.t.Context(), server.Config{
		Listen: "127.0.0.1:0", Database: "sqlite:" + filepath.Join(c.folder, "usher.db"), AppID: appID, Region: "us",
		AuthKey: authKey, RESTKey: restKey, EventRetention: time.Hour,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		c.t.Fatal(err)
	}
	c.server, c.url = running, running.URL()
}

func (c *console) stop() {
	c.t.Helper()
	if err := c.server.Close(); err != nil {
		c.t.Errorf("stop: %v", err)
	}
}

// startSignedIn is start, and then goes in by the link that the server prints.
func startSignedIn(t *testing.T) *console {
	t.Helper()
	c := start(t)
	c.do(chromedp.Navigate(c.server.ConsoleURL()))
	c.fill("name", owner)
	c.fill("password", password)
	c.fill("repeated", password)
	c.press("Go in")
	c.see("Point an SDK here")
	return c
}

// hear notes what the browser has to say against a page.
func (c *console) hear(event any) {
	complaint := ""
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		complaint = event.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		if event.Type == "error" || event.Type == "assert" {
			words := []string{"the page"}
			for _, said := range event.Args {
				words = append(words, cmp.Or(said.Description, string(said.Value)))
			}
			complaint = strings.Join(words, " ")
		}
	case *log.EventEntryAdded:
		// That a page was answered with 4xx is for the tests to say.
		if event.Entry.Level == "error" && event.Entry.Source != "network" {
			complaint = event.Entry.Text
		}
	}
	if complaint != "" {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.complaints = append(c.complaints, complaint)
	}
}

// do drives the tab.
func (c *console) do(actions ...chromedp.Action[chromedp.Void]) {
	c.t.Helper()
	for _, action := range actions {
		run(c, action)
	}
}

// run drives the tab and gives what an action finds.
func run[T any](c *console, action chromedp.Action[T]) T {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.tab, patience)
	defer cancel()
	found, err := chromedp.Run(ctx, action)
	if err != nil {
		c.t.Fatalf("%v, on this page:\n%s", err, c.text())
	}
	return found
}

// text is what stands on the page, for a test that fails.
func (c *console) text() string {
	ctx, cancel := context.WithTimeout(c.tab, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.pathname + ' ' + document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return text
}

// visit opens a path of the console.
func (c *console) visit(path string) {
	c.t.Helper()
	c.do(chromedp.Navigate(c.url + "/console" + path))
}

// inApp is a path of the app.
func inApp(path string) string { return "/apps/" + appID + path }

// see waits for a text on the page.
func (c *console) see(text string) {
	c.t.Helper()
	c.wait("see "+text, fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// wait waits until a script says true, whatever page it runs on meanwhile.
func (c *console) wait(what, script string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.tab, patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		// A page that is just going away has no answer.
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			c.t.Fatalf("%s: not within %v, on this page:\n%s", what, patience, c.text())
		case <-again.C:
		}
	}
}

// fill types into the field with a name, of the dialog that is open or else of the page.
func (c *console) fill(name, text string) {
	c.t.Helper()
	c.retype(chromedp.CSS(fmt.Sprintf("dialog[open] [name=%[1]q], body:not(:has(dialog[open])) [name=%[1]q]", name)), text)
}

// retype types into a field, in place of what stands there. Keys go to the field with the focus:
// SendKeys of chromedp 0.23 reads the field's attributes without its lock, which the race detector sees.
func (c *console) retype(field chromedp.CSS, text string) {
	c.t.Helper()
	c.do(chromedp.WaitVisible(field), chromedp.Focus(field),
		chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent(text))
}

// press clicks on the button with a text, of the dialog that is open or else of the page.
func (c *console) press(text string) {
	c.t.Helper()
	is := fmt.Sprintf("[self::button or @role='button'][normalize-space()=%q]", text)
	button := "//main//*" + is + "[not(ancestor::dialog)]"
	if run(c, chromedp.Evaluate[bool]("document.querySelector('dialog[open]') !== null")) {
		button = "//dialog[@open]//*" + is
	}
	c.do(chromedp.Click(chromedp.Search(button), chromedp.NodeVisible))
}

// choose chooses one of a choice.
func (c *console) choose(name, value string) {
	c.t.Helper()
	c.do(chromedp.Click(chromedp.CSS(fmt.Sprintf("[name=%q][value=%q]", name, value))))
}

func viewport(width, height int64) chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(width, height)
}

// onEveryPage runs a script before those of each page.
func onEveryPage(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

// withoutScripts makes the browser one that runs none.
func withoutScripts() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// prefer makes the browser one whose person likes a scheme of colours.
func prefer(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// variant is a way to look at a page.
type variant struct {
	name          string
	width, height int64
	dark          bool
}

var variants = []variant{
	{"wide-light", 1280, 800, false},
	{"wide-dark", 1280, 800, true},
	{"middle-light", 768, 1024, false},
	{"narrow-light", 360, 740, false},
	{"narrow-dark", 360, 740, true},
}

// examine looks at the page that is open in every variant: it must not be wider than the screen, and axe must
// find nothing serious. Where USHER_SCREENSHOTS names a folder, pictures go there under the name.
func (c *console) examine(name string) {
	c.t.Helper()
	for _, look := range variants {
		scheme := "light"
		if look.dark {
			scheme = "dark"
		}
		c.do(prefer(scheme), viewport(look.width, look.height))
		if excess := run(c, chromedp.Evaluate[int]("document.documentElement.scrollWidth - innerWidth")); excess > 0 {
			c.t.Errorf("%s, %s: the page is %d pixels wider than the screen", name, look.name, excess)
		}
		c.picture(name + "-" + look.name)
		for _, violation := range c.violations() {
			c.t.Errorf("%s, %s: %s", name, look.name, violation)
		}
	}
	c.do(prefer("light"), viewport(1280, 800))
}

// axe is the program that finds what some people can't use.
var axe = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		return "", fmt.Errorf("run scripts/npm-packages.sh internal/dashboard/browser first: %w", err)
	}
	return string(text), nil
})

// violations is what axe finds that is serious.
func (c *console) violations() []string {
	c.t.Helper()
	program, err := axe()
	if err != nil {
		c.t.Fatal(err)
	}
	// The policy of the page has no say about what is put in through the debugger.
	c.do(chromedp.Evaluate[chromedp.Void](program))
	report := run(c, chromedp.Evaluate[string](`axe.run().then((results) => JSON.stringify(results.violations))`, chromedp.EvalAwaitPromise))
	var found []struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	if err := json.Unmarshal([]byte(report), &found); err != nil {
		c.t.Fatal(err)
	}
	var serious []string
	for _, violation := range found {
		if violation.Impact != "serious" && violation.Impact != "critical" {
			continue
		}
		for _, node := range violation.Nodes {
			serious = append(serious, strings.Join([]string{violation.Impact, violation.ID, violation.Help, node.HTML, node.FailureSummary}, " · "))
		}
	}
	return serious
}
