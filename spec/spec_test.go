package spec_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// entry is what these tests look at; the generator refuses what is not in it, or stands twice.
type entry struct {
	ID                                   int
	Name, Code, SeenBy, Message, Meaning string
}

func registry(tb testing.TB) []entry {
	tb.Helper()
	text, err := os.ReadFile("errors.json")
	if err != nil {
		tb.Fatal(err)
	}
	var content struct{ Errors []entry }
	if err := json.Unmarshal(text, &content); err != nil {
		tb.Fatal(err)
	}
	if len(content.Errors) == 0 {
		tb.Fatal("there are no codes")
	}
	return content.Errors
}

// An id names its code for good and a retired code keeps its entry, so a new one takes the next id of
// its kind: a server's answers from 1, what a Calls SDK makes itself from 101, a Chat SDK from 201.
func TestIDsCountUp(t *testing.T) {
	t.Parallel()
	next := map[string]int{"rest": 1, "calls": 101, "chat": 201}
	for _, e := range registry(t) {
		if e.ID != next[e.SeenBy] {
			t.Errorf("%s has the id %d, want %d", e.Code, e.ID, next[e.SeenBy])
		}
		next[e.SeenBy]++
	}
}

func TestCodesAndNamesHaveTheirForm(t *testing.T) {
	t.Parallel()
	// What becomes a constant in Go, JavaScript, Dart and Swift.
	name, code := regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`), regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_ ]*$`)
	rest := regexp.MustCompile(`^(AUTH_)?ERR_[A-Z_]+$`)
	for _, e := range registry(t) {
		if !name.MatchString(e.Name) {
			t.Errorf("%d has the name %q", e.ID, e.Name)
		}
		if !code.MatchString(e.Code) || e.SeenBy == "rest" && !rest.MatchString(e.Code) {
			t.Errorf("%d has the code %q", e.ID, e.Code)
		}
	}
}

// A message is shown to people and filled in by the server: it asks for known words only, and never
// for a credential.
func TestMessagesAreSentences(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`\{([^}]*)\}`)
	known := map[string]bool{"app": true, "scope": true, "uid": true, "method": true, "version": true, "request": true, "role": true, "limit": true, "things": true}
	for _, e := range registry(t) {
		for _, text := range []string{e.Message, e.Meaning} {
			if text != strings.TrimSpace(text) || !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q is no sentence", e.Code, text)
			}
		}
		for _, word := range words.FindAllStringSubmatch(e.Message, -1) {
			if !known[word[1]] {
				t.Errorf("%s: its message asks for {%s}", e.Code, word[1])
			}
		}
	}
}
