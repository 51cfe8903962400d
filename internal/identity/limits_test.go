package identity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// fieldsAtFault gives the fields that a validation failure names.
func fieldsAtFault(tb testing.TB, err error) []string {
	tb.Helper()
	if err == nil {
		return nil
	}
	failure, ok := errors.AsType[*fault.Error](err)
	if !ok || failure.Code != fault.CodeBadRequest {
		tb.Fatalf("the error is %v", err)
	}
	var fields []string
	for field, reasons := range failure.Details {
		fields = append(fields, field)
		if len(reasons) == 0 || slices.Contains(reasons, "") {
			tb.Errorf("%s has no reason: %q", field, reasons)
		}
	}
	slices.Sort(fields)
	return fields
}

// oneLimit is a value of one field and whether it is taken.
type oneLimit struct {
	name  string
	value string
	good  bool
}

var nameLimits = []oneLimit{
	{"a name", "Mina Okafor", true},
	{"100 letters", strings.Repeat("é", 100), true},
	{"101 letters", strings.Repeat("é", 101), false},
	{"100 emoji", strings.Repeat("👍", 100), true},
	{"101 emoji", strings.Repeat("👍", 101), false},
	{"right to left", "أميرة", true},
	{"markup", "<b>Mina</b>", true},
	{"nothing", "", false},
	{"spaces", "   ", false},
	{"spaces of other kinds", "\u00a0\u2003\u3000", false},
	{"NUL", "Mi\x00na", false},
	{"a line end", "Mina\nOkafor", false},
	{"an escape", "Mi\x1bna", false},
	{"a control of the second kind", "Mi\u0085na", false},
	{"bytes that are no text", "Mi\xffna", false},
}

var urlLimits = []oneLimit{
	{"none", "", true},
	{"https", "https://img.example.org/m.png?size=2#top", true},
	{"http", "http://192.0.2.1:8080/", true},
	{"capitals", "HTTPS://Example.org/M.png", true},
	{"letters of another script", "https://例え.example/絵.png", true},
	{"3000 characters", "https://example.org/" + strings.Repeat("a", 3000-20), true},
	{"3001 characters", "https://example.org/" + strings.Repeat("a", 3001-20), false},
	{"javascript", "javascript:alert(1)", false},
	{"javascript with slashes", "javascript://example.org/%0aalert(1)", false},
	{"data", "data:image/png;base64,AAAA", false},
	{"a file", "file:///etc/passwd", false},
	{"no scheme", "//example.org/m.png", false},
	{"a path", "/m.png", false},
	{"a word", "avatar", false},
	{"no host", "https:///m.png", false},
	{"a port without a host", "https://:443/m.png", false},
	{"a user without a host", "https://mina@/m.png", false},
	{"a space before", " https://example.org/", false},
	{"a line end", "https://example.org/\nSet-Cookie: a", false},
	{"NUL", "https://example.org/\x00", false},
	{"bytes that are no text", "https://example.org/\xff", false},
	{"a bad escape", "https://example.org/%zz", false},
}

var statusLimits = []oneLimit{
	{"none", "", true},
	{"lines", "In a meeting\nuntil noon", true},
	{"3000 characters", strings.Repeat("é", 3000), true},
	{"3001 characters", strings.Repeat("é", 3001), false},
	{"NUL", "In a\x00meeting", false},
	{"bytes that are no text", "\xff", false},
}

var metadataLimits = []oneLimit{
	{"none", "", true},
	{"an object", `{"team":"blue","@private":{"email":"mina@example.org"}}`, true},
	{"an empty object", `{}`, true},
	{"5 KB", `{"k":"` + strings.Repeat("x", 5<<10-8) + `"}`, true},
	{"5 KB and a byte", `{"k":"` + strings.Repeat("x", 5<<10-7) + `"}`, false},
	{"5 KB in bytes, not in characters", `{"k":"` + strings.Repeat("é", 5<<9) + `"}`, false},
	{"5 KB and spaces", `{  "k" : "` + strings.Repeat("x", 5<<10-8) + `" }`, true},
	{"spaces before", "\n {}", true},
	{"an array", `["team"]`, false},
	{"a text", `"team"`, false},
	{"a number", `1`, false},
	{"null", `null`, false},
	{"half an object", `{"team"`, false},
	{"two objects", `{} {}`, false},
	{"bytes that are no text", "{\"k\":\"\xff\"}", false},
}

var roleLimits = []oneLimit{{"the default", "default", true}, {"an unknown one", "captain", false}}

// Every limit holds when a user is created and when one is changed.
func TestLimitsOfUsers(t *testing.T) {
	t.Parallel()
	for _, field := range []struct {
		name   string
		limits []oneLimit
		asNew  func(value string) identity.NewUser
		change func(value string) identity.UserChange
	}{
		{
			"name", nameLimits,
			func(value string) identity.NewUser { return identity.NewUser{Name: value} },
			func(value string) identity.UserChange { return identity.UserChange{Name: &value} },
		},
		{
			"avatar", urlLimits,
			func(value string) identity.NewUser { return identity.NewUser{Name: "Mina", Avatar: value} },
			func(value string) identity.UserChange { return identity.UserChange{Avatar: &value} },
		},
		{
			"link", urlLimits,
			func(value string) identity.NewUser { return identity.NewUser{Name: "Mina", Link: value} },
			func(value string) identity.UserChange { return identity.UserChange{Link: &value} },
		},
		{
			"statusMessage", statusLimits,
			func(value string) identity.NewUser { return identity.NewUser{Name: "Mina", StatusMessage: value} },
			func(value string) identity.UserChange { return identity.UserChange{StatusMessage: &value} },
		},
		{
			"metadata", metadataLimits,
			func(value string) identity.NewUser {
				return identity.NewUser{Name: "Mina", Metadata: []byte(value)}
			},
			func(value string) identity.UserChange {
				return identity.UserChange{Metadata: new(json.RawMessage(value))}
			},
		},
		{
			"role", roleLimits,
			func(value string) identity.NewUser { return identity.NewUser{Name: "Mina", Role: value} },
			func(value string) identity.UserChange { return identity.UserChange{Role: &value} },
		},
	} {
		t.Run(field.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			mina := h.mina(t)
			for i, limit := range field.limits {
				var want []string
				if !limit.good {
					want = []string{field.name}
				}
				wanted := field.asNew(limit.value)
				wanted.UID = fmt.Sprintf("user-%d", i)
				_, _, err := h.CreateUser(t.Context(), h.server(t), wanted, false)
				wantEqual(t, "create with "+limit.name, fieldsAtFault(t, err), want)
				_, err = h.UpdateUser(t.Context(), h.server(t), mina.UID, field.change(limit.value))
				wantEqual(t, "change to "+limit.name, fieldsAtFault(t, err), want)
			}
		})
	}
}

func TestLimitsOfTags(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mina := h.mina(t)
	numbered := func(count int) []string {
		tags := make([]string, count)
		for i := range tags {
			tags[i] = fmt.Sprintf("tag-%d", i)
		}
		return tags
	}
	for _, limit := range []struct {
		name       string
		tags, want []string // no want: refused
	}{
		{"25", numbered(25), numbered(25)},
		{"26", numbered(26), nil},
		{"26 of which two are one", append(numbered(25), "tag-7"), numbered(25)},
		{"repetitions, which go in order", []string{"b", "a", "b", "a"}, []string{"b", "a"}},
		{"capitals, which make another tag", []string{"a", "A"}, []string{"a", "A"}},
		{"100 characters", []string{strings.Repeat("👍", 100)}, []string{strings.Repeat("👍", 100)}},
		{"101 characters", []string{strings.Repeat("a", 101)}, nil},
		{"an empty one", []string{"a", ""}, nil},
		{"one of spaces", []string{" "}, nil},
		{"NUL", []string{"a\x00"}, nil},
		{"bytes that are no text", []string{"\xff"}, nil},
	} {
		changed, err := h.UpdateUser(t.Context(), h.server(t), mina.UID, identity.UserChange{Tags: &limit.tags})
		if limit.want == nil {
			wantEqual(t, limit.name, fieldsAtFault(t, err), []string{"tags"})
			continue
		}
		wantCode(t, limit.name, err, "")
		wantEqual(t, limit.name, changed.Tags, limit.want)
		found, err := h.GetUser(t.Context(), h.server(t), mina.UID)
		wantCode(t, limit.name, err, "")
		wantEqual(t, "kept: "+limit.name, found.Tags, limit.want)
	}
}

// A caller learns of everything that is wrong at once, and nothing of it is kept.
func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mina := h.mina(t)
	_, _, err := h.CreateUser(t.Context(), h.server(t), identity.NewUser{
		UID: "not a uid", Name: " ", Avatar: "javascript:alert(1)", Link: "nowhere", Role: "no role",
		StatusMessage: "\x00", Metadata: []byte(`[]`), Tags: []string{""},
	}, false)
	everything := []string{"avatar", "link", "metadata", "name", "role", "statusMessage", "tags", "uid"}
	wantEqual(t, "the fields of a new user", fieldsAtFault(t, err), everything)

	_, err = h.UpdateUser(t.Context(), h.server(t), mina.UID, identity.UserChange{
		Name: new("Good Name"), Avatar: new("nowhere"), Tags: &[]string{""},
	})
	wantEqual(t, "the fields of a change", fieldsAtFault(t, err), []string{"avatar", "tags"})
	found, err := h.GetUser(t.Context(), h.server(t), mina.UID)
	wantCode(t, "get", err, "")
	wantEqual(t, "the user after a change that was refused", found, mina)
}

func TestMetadataIsKeptWithoutWhiteSpace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	user, _, err := h.CreateUser(t.Context(), h.server(t), identity.NewUser{
		UID: "mina", Name: "Mina", Metadata: []byte(" { \"b\" : [ 1.0, \"a b\" ],\n\t\"a\" : null } "),
	}, false)
	wantCode(t, "create", err, "")
	wantEqual(t, "the metadata", string(user.Metadata), `{"b":[1.0,"a b"],"a":null}`)
}
