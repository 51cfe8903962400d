package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/ijson"
)

// The documented limits (contract 1.3.1 and 3). Characters are Unicode code points, as in utf8mb4.
const (
	MaxUIDCharacters  = 100
	MaxNameCharacters = 100
	MaxURLCharacters  = 3000
	MaxMetadataBytes  = 5 << 10
	MaxTags           = 25
	MaxTagCharacters  = 100
	// The documents give no limit for the status message; the request body's limit, 10 KB, would be
	// one by accident, so it is set on purpose to the documents' largest text.
	MaxStatusMessageCharacters = 3000
)

// invalid is a validation failure of one field.
func invalid(field, reason string) *fault.Error {
	failure := fault.BadRequest()
	failure.Details = map[string][]string{field: {reason}}
	return failure
}

// problems collects what is wrong with a request, so that a caller learns of everything at once.
type problems map[string][]string

func (p problems) add(field, format string, values ...any) {
	p[field] = append(p[field], fmt.Sprintf(format, values...))
}

// merge takes over the details of a validation failure found elsewhere.
func (p problems) merge(err error) {
	if failure, ok := errors.AsType[*fault.Error](err); ok {
		for field, reasons := range failure.Details {
			p[field] = append(p[field], reasons...)
		}
	}
}

func (p problems) asError() error {
	if len(p) == 0 {
		return nil
	}
	failure := fault.BadRequest()
	failure.Details = p
	return failure
}

// foldASCII lower-cases A to Z only: ids are ASCII, and folding more would map other letters
// (such as the Kelvin sign) onto ASCII ones and let two spellings pass for one.
func foldASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, text)
}

func (p problems) checkName(name string) { p.checkNameOf(name, utf8.RuneCountInString(name)) }

// checkKeyName is checkName for an API key, in whose name an emoji counts as two characters (contract
// 3): as the two units it takes in UTF-16.
func (p problems) checkKeyName(name string) {
	characters := 0
	for _, r := range name {
		characters += utf16.RuneLen(r)
	}
	p.checkNameOf(name, characters)
}

func (p problems) checkNameOf(name string, characters int) {
	switch {
	case strings.TrimSpace(name) == "":
		p.add("name", "The name field is required.")
	case characters > MaxNameCharacters:
		p.add("name", "The name may not be longer than %d characters.", MaxNameCharacters)
	case holdsControls(name):
		p.add("name", "The name may not contain control characters.")
	}
}

// holdsControls finds what no name may hold: control characters (NUL, which PostgreSQL can't even
// store, among them) and bytes that are not UTF-8.
func holdsControls(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl)
}

// checkSearch refuses what no stored text holds, before a database stumbles over it.
func checkSearch(field, text string) error {
	if holdsControls(text) {
		return invalid(field, "The "+field+" may not contain control characters.")
	}
	return nil
}

func (p problems) checkURL(field, text string) {
	if text == "" {
		return
	}
	if utf8.RuneCountInString(text) > MaxURLCharacters {
		p.add(field, "The %s may not be longer than %d characters.", field, MaxURLCharacters)
		return
	}
	// Only web addresses: a javascript: or data: URL would run or hide in whatever shows the user.
	parsed, err := url.Parse(text)
	if err != nil || parsed.Hostname() == "" || !utf8.ValidString(text) || !slices.Contains([]string{"http", "https"}, parsed.Scheme) {
		p.add(field, "The %s must be a valid URL that starts with http:// or https://.", field)
	}
}

func (p problems) checkStatusMessage(text string) {
	switch {
	case utf8.RuneCountInString(text) > MaxStatusMessageCharacters:
		p.add("statusMessage", "The statusMessage may not be longer than %d characters.", MaxStatusMessageCharacters)
	case !utf8.ValidString(text), strings.ContainsRune(text, 0):
		p.add("statusMessage", "The statusMessage may not contain NUL characters.")
	}
}

// checkRoleID folds the id of a role. That the role exists is seen where the user is stored.
func (p problems) checkRoleID(role string) string {
	id, err := parseRoleID(role)
	if err != nil {
		p.merge(err)
	}
	return id
}

// checkMetadata takes a JSON object and gives it back without white space.
func (p problems) checkMetadata(metadata json.RawMessage) json.RawMessage {
	if len(metadata) == 0 {
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, metadata); err != nil || !isObject(compact.Bytes()) {
		p.add("metadata", "The metadata must be an object, with no name twice and at most %d levels deep.", ijson.MaxDepth)
		return nil
	}
	if compact.Len() > MaxMetadataBytes {
		p.add("metadata", "The metadata may not be larger than %d bytes.", MaxMetadataBytes)
		return nil
	}
	return compact.Bytes()
}

// isObject says whether text is a JSON object that every client can read, without white space before it.
func isObject(text []byte) bool {
	return len(text) > 0 && text[0] == '{' && ijson.Check(text) == nil
}

// checkTags takes tags and gives them back without repetitions, in order.
func (p problems) checkTags(tags []string) []string {
	unique := make([]string, 0, len(tags))
	for _, tag := range tags {
		switch {
		case strings.TrimSpace(tag) == "":
			p.add("tags", "A tag may not be empty.")
		case utf8.RuneCountInString(tag) > MaxTagCharacters:
			p.add("tags", "A tag may not be longer than %d characters.", MaxTagCharacters)
		case holdsControls(tag):
			p.add("tags", "A tag may not contain control characters.")
		case !slices.Contains(unique, tag):
			unique = append(unique, tag)
		}
	}
	if len(unique) > MaxTags {
		p.add("tags", "There may not be more than %d tags.", MaxTags)
	}
	return unique
}
