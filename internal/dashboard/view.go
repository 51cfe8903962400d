package dashboard

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/usherhq/usher/internal/identity"
)

//go:embed templates
var templateFiles embed.FS

// pages are the templates, each page's with the layout and the parts that all share.
type pages struct{ byFile map[string]*template.Template }

// parsePages reads templates/: a file for each page, which defines "content" and may define "actions",
// beside layout.html and parts.html.
func parsePages(clock func() time.Time) (*pages, error) {
	shared, err := template.New("").Funcs(templateFunctions(clock)).
		ParseFS(templateFiles, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	parsed := &pages{map[string]*template.Template{}}
	for _, file := range files {
		name := path.Base(file)
		if name == "layout.html" || name == "parts.html" {
			continue
		}
		page, err := shared.Clone()
		if err == nil {
			page, err = page.ParseFS(templateFiles, file)
		}
		if err != nil {
			return nil, err
		}
		parsed.byFile[name] = page
	}
	return parsed, nil
}

func (p *pages) write(to io.Writer, name string, shown view) error {
	return p.writePart(to, name, "layout.html", shown)
}

// writePart writes one template of a page's file, for a live view.
func (p *pages) writePart(to io.Writer, name, part string, data any) error {
	page, ok := p.byFile[name]
	if !ok {
		return fmt.Errorf("there is no page %s", name)
	}
	return page.ExecuteTemplate(to, part, data)
}

// view is what every template gets; what a page has of its own is Data.
type view struct {
	Title       string
	Operator    identity.Operator
	Development bool
	// App is the app that the page is of, or has an empty ID. Apps are for switching to.
	App      identity.App
	Apps     []identity.App
	MoreApps bool
	Menu     []menuEntry
	Flash    flash
	Data     any
	// Path is where the page lies, and Asked its query.
	Path  string
	Asked url.Values
}

type menuEntry struct {
	Name, Path string
	Current    bool
}

// May says whether the operator has a capability: for leaving out what would be refused.
func (v view) May(capability string) bool {
	return v.Operator.Role.Has(identity.Capability(capability))
}

// AppPath is where the pages of the app lie.
func (v view) AppPath() string { return appPath(v.App.ID) }

// Confirms says whether the page was asked for with a dialog open, as it is without JavaScript.
func (v view) Confirms(dialog string) bool { return v.Asked.Get("confirm") == dialog }

// Here leads to the page itself with one value of its query changed, or left out where it is empty. An open
// dialog does not go along. The path is whole: the address of a page that answers a form is not its own.
func (v view) Here(name, value string) string {
	query := maps.Clone(v.Asked)
	query.Del("confirm")
	query.Del(name)
	if value != "" {
		query.Set(name, value)
	}
	if len(query) == 0 {
		return v.Path
	}
	return v.Path + "?" + query.Encode()
}

// appsInMenu is how many apps the switcher offers.
const appsInMenu = 20

func (d *Dashboard) newView(c *call, r reply) view {
	v := view{
		Title: r.title, Operator: c.operator, Development: d.config.Development && c.operator.Name != "",
		App: c.app, Flash: r.flash, Data: r.data, Path: r.path, Asked: c.URL.Query(),
	}
	if v.Path == "" {
		v.Path = c.URL.EscapedPath()
	}
	if v.Flash.Text == "" {
		v.Flash = saidBefore(c)
	}
	if v.Operator.Name == "" {
		return v
	}
	// A page without its menu is better than none.
	if apps, total, err := d.service.ListApps(c.Context(), identity.AppFilter{Page: identity.Page{Number: 1, Size: appsInMenu}}); err == nil {
		v.Apps, v.MoreApps = apps, total > len(apps)
		if v.App.ID == "" && len(apps) > 0 {
			v.App = apps[0]
		}
	}
	v.Menu = menu(c, v)
	return v
}

func menu(c *call, v view) []menuEntry {
	var entries []menuEntry
	add := func(sections []section, base string) {
		for _, section := range sections {
			if section.needs != signedIn && !v.Operator.Role.Has(section.needs) {
				continue
			}
			path := base + section.Path
			// The pages of an app lie below the list of apps, and are not of it.
			current := c.URL.Path == path || section.Path != "" && strings.HasPrefix(c.URL.Path, path+"/") && (base != Prefix || c.app.ID == "")
			entries = append(entries, menuEntry{section.Name, path, current})
		}
	}
	if v.App.ID != "" {
		add(sectionsOfApp, v.AppPath())
	}
	add(sectionsOfNoApp, Prefix)
	return entries
}

// baseURL is where this server is reached, without a path.
func (d *Dashboard) baseURL(c *call) string {
	if d.config.PublicURL != "" {
		return strings.TrimSuffix(d.config.PublicURL, "/")
	}
	scheme := "http"
	if c.TLS != nil || c.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + c.Host
}

func templateFunctions(clock func() time.Time) template.FuncMap {
	return template.FuncMap{
		"asset":    assetPath,
		"field":    newField,
		"since":    func(at time.Time) moment { return newMoment(at, clock()) },
		"count":    grouped,
		"initials": initials,
		"badge":    func(kind, text string) badge { return badge{kind, text} },
		"confirm":  newConfirmation,
		"copyable": func(id, text string) copyable { return copyable{id, text} },
		"pages":    newPaging,
		"empty":    func(title, text string) emptiness { return emptiness{title, text} },
	}
}

// badge is a short state: kind is good, bad, warn or plain.
type badge struct{ Kind, Text string }

// copyable is a text with a button that copies it. The id is its own on the page.
type copyable struct{ ID, Text string }

// emptiness stands where a list would be.
type emptiness struct{ Title, Text string }

// confirmation is a dialog before something that can't be undone; with a word to type where that is much.
type confirmation struct {
	View                          view
	ID, Title, Text, Button, Path string
	// Word has to be typed; empty for none.
	Word string
}

func newConfirmation(v view, id, title, text, button, path string) confirmation {
	return confirmation{v, id, title, text, button, path, ""}
}

// Typing makes a word necessary.
func (c confirmation) Typing(word string) confirmation { c.Word = word; return c }

// Way leads to the page with the dialog open, and Back to the page without it.
func (c confirmation) Way() string { return c.View.Here("confirm", c.ID) + "#" + c.ID }

// Back is where the dialog is closed.
func (c confirmation) Back() string { return c.View.Here("confirm", "") }

// Open says whether the dialog is open without JavaScript.
func (c confirmation) Open() bool { return c.View.Confirms(c.ID) }

// moment is a time as people say it, with the exact one beside.
type moment struct{ Text, Exact, Machine string }

func newMoment(at, now time.Time) moment {
	if at.IsZero() {
		return moment{Text: "never"}
	}
	text := inWords(now.Sub(at)) + " ago"
	if at.After(now) {
		text = "in " + inWords(roughly(at.Sub(now)))
	} else if now.Sub(at) < 5*time.Second {
		text = "just now"
	}
	return moment{Text: text, Exact: at.UTC().Format("2 January 2006, 15:04:05 UTC"), Machine: at.UTC().Format(time.RFC3339)}
}

// roughly makes two days of what is left of them a moment later.
func roughly(left time.Duration) time.Duration {
	switch {
	case left > 24*time.Hour:
		return left.Round(time.Hour)
	case left > time.Hour:
		return left.Round(time.Minute)
	}
	return left
}

// inWords is a duration in its largest unit.
func inWords(length time.Duration) string {
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"year", 365 * 24 * time.Hour}, {"month", 30 * 24 * time.Hour}, {"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if count := int(length / unit.length); count >= 1 {
			return plural(count, unit.name)
		}
	}
	return plural(max(1, int((length+time.Second-1)/time.Second)), "second")
}

func plural(count int, name string) string {
	if count == 1 {
		return "1 " + name
	}
	return grouped(count) + " " + name + "s"
}

// grouped writes a number with its thousands apart.
func grouped(number int) string {
	digits := strconv.Itoa(number)
	if number < 0 {
		return "-" + grouped(-number)
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}

// initials stand for somebody whose picture is on another host.
func initials(name string) string {
	var letters strings.Builder
	for i, word := range strings.Fields(name) {
		if i == 2 {
			break
		}
		first, _ := utf8.DecodeRuneInString(word)
		letters.WriteString(strings.ToUpper(string(first)))
	}
	return letters.String()
}

// pageNumber is which page of a list is asked for: the first one where that is not said, or nonsense.
func pageNumber(c *call) int {
	number, err := strconv.Atoi(c.URL.Query().Get("page"))
	if err != nil || number < 1 || number > 1<<30 {
		return 1
	}
	return number
}

// withinList lists a page, and the last one in its place where that lies behind the end: whoever stood there when
// its rows went would be told that there are none. list says how many rows there are on all pages.
func withinList(asked identity.Page, list func(identity.Page) (total int, err error)) (identity.Page, error) {
	total, err := list(asked)
	if last := (paging{Size: asked.Size, Total: total}).Pages(); err == nil && asked.Number > last {
		asked.Number = last
		_, err = list(asked)
	}
	return asked, err
}

// paging leads through the pages of a list.
type paging struct {
	Number, Size, Total int
	view                view
}

func newPaging(v view, number, size, total int) paging { return paging{number, size, total, v} }

// Pages is how many there are.
func (p paging) Pages() int { return max(1, (p.Total+p.Size-1)/p.Size) }

// From and To are the first and the last row of the page.
func (p paging) From() int { return min(p.Total, (p.Number-1)*p.Size+1) }

// To is the last row of the page.
func (p paging) To() int { return min(p.Total, p.Number*p.Size) }

// Before and Behind lead to the neighbours, or are empty.
func (p paging) Before() string { return p.at(p.Number - 1) }

// Behind leads to the next page, or is empty.
func (p paging) Behind() string { return p.at(p.Number + 1) }

func (p paging) at(number int) string {
	if number < 1 || number > p.Pages() {
		return ""
	}
	return p.view.Here("page", strconv.Itoa(number))
}
