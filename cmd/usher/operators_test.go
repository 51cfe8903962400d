package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// person is somebody at a browser.
type person struct {
	t      *testing.T
	client *http.Client
}

func newPerson(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t, &http.Client{Jar: jar}}
}

// post sends a form and gives where that led, with which status.
func (p *person) post(address string, fields ...string) (path string, status int) {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	answer, err := p.client.PostForm(address, form)
	if err != nil {
		p.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.Request.URL.Path, answer.StatusCode
}

// follow opens a link that was printed, with the address that the server has now.
func (p *person) follow(running *process, printed, name, password string) int {
	p.t.Helper()
	link := regexp.MustCompile(`http://127\.0\.0\.1:8080(/console/welcome)#([a-z2-7]{26})\n`).FindStringSubmatch(printed)
	if link == nil {
		p.t.Fatalf("there is no link in %s", printed)
	}
	_, status := p.post(running.url+link[1], "code", link[2], "name", name, "password", password, "repeated", password)
	return status
}

func TestWhoHasTheDatabaseLetsALostOwnerInAgain(t *testing.T) {
	t.Parallel()
	const forgotten, remembered = "a password that was forgotten", "a password to be remembered"
	folder := t.TempDir()
	usher := func(arguments ...string) string {
		t.Helper()
		out, err := run(t, folder, append([]string{"operators"}, arguments...)...)
		if err != nil {
			t.Fatalf("usher operators %s: %v, %s", strings.Join(arguments, " "), err, out)
		}
		return out
	}
	// during runs a server as long as something is done with it.
	during := func(do func(running *process)) {
		t.Helper()
		running := start(t, folder, "--rest-key="+testKey)
		do(running)
		if err := running.terminate(); err != nil {
			t.Fatal(err)
		}
	}
	var invited string
	during(func(*process) {
		invited = usher("invite", "ada", "--role=owner")
		if !strings.Contains(invited, "on the running server") {
			t.Errorf("beside a running server: %s", invited)
		}
		for wrong, want := range map[string][]string{
			"The role must be owner, developer or viewer": {"invite", "bob", "--role=admin"},
			"The name must have 1 to 100 letters":         {"invite", "bob the third"},
			"nobody: there is no such operator":           {"reset", "nobody"},
			" : there is no such operator":                {"remove", " "},
		} {
			if out, err := run(t, folder, append([]string{"operators"}, want...)...); err == nil || !strings.Contains(out, wrong) {
				t.Errorf("%q: %v, %s", want, err, out)
			}
		}
	})
	before := newPerson(t)
	during(func(running *process) {
		if status := newPerson(t).follow(running, invited, "eve", forgotten); status != http.StatusUnprocessableEntity {
			t.Errorf("another name than the invited one: status %d", status)
		}
		if status := before.follow(running, invited, "ada", forgotten); status != http.StatusOK {
			t.Errorf("come in: status %d", status)
		}
	})

	reset := usher("reset", "ada")
	if !strings.Contains(reset, "the server is stopped") {
		t.Errorf("without a server: %s", reset)
	}
	if out := usher("list"); !regexp.MustCompile(`(?m)^ada +owner +no +20\S+Z$`).MatchString(out) {
		t.Errorf("the list is %s", out)
	}
	during(func(running *process) {
		if path, _ := before.post(running.url+"/console/account/password", "current", forgotten); path == "/console/signin" {
			t.Error("a link that nobody has used has signed the operator out")
		}
		after := newPerson(t)
		if status := after.follow(running, reset, "ada", remembered); status != http.StatusOK {
			t.Errorf("set another password: status %d", status)
		}
		if status := newPerson(t).follow(running, reset, "ada", forgotten); status != http.StatusGone {
			t.Errorf("use the link again: status %d", status)
		}
		if _, status := newPerson(t).post(running.url+"/console/signin", "name", "ada", "password", forgotten); status != http.StatusUnprocessableEntity {
			t.Errorf("the password before: status %d", status)
		}
		if path, status := newPerson(t).post(running.url+"/console/signin", "name", "ada", "password", remembered); status != http.StatusOK || path == "/console/signin" {
			t.Errorf("the new password: status %d at %s", status, path)
		}
		if path, _ := before.post(running.url+"/console/account/password", "current", forgotten); path != "/console/signin" {
			t.Errorf("who was signed in before is at %s", path)
		}
	})
	if out, err := run(t, folder, "operators", "remove", "Ada"); err == nil || !strings.Contains(out, "this is the last owner") {
		t.Errorf("remove the last owner: %v, %s", err, out)
	}
}
