package identity_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// What the parsers may give, said once more and in another way than they say it.
var (
	uids    = regexp.MustCompile(`\A[a-z0-9_-]{1,100}\z`)
	appIDs  = regexp.MustCompile(`\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z`)
	regions = regexp.MustCompile(`\A[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\z`)
	keysAre = regexp.MustCompile(`\A[A-Za-z0-9_-]{8,100}\z`)
)

// FuzzNames holds the parsers of everything that names something, or proves somebody.
func FuzzNames(f *testing.F) {
	for _, text := range []string{
		"", "mina", "Mina_42-x", "mi na", "\u212Aevin", "mina\x00", "\xff", "a/b", "..", "-a-", "us-east-1", strings.Repeat("a", 101),
		"0123456789abcdef0123456789abcdef01234567", "mina_1717000000a1b2c3d4e5f60718293a4b5c6d7e8f", "mina_1717000000a1b2c3d4e5f60718293a4b5c6d7e8f\n",
	} {
		f.Add(text)
	}
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, text string) {
		wantParsed := func(what, parsed string, err error, form *regexp.Regexp) {
			t.Helper()
			if (err == nil) != form.MatchString(parsed) || err != nil && (parsed != "" || fault.CodeOf(err).Status() >= 500) {
				t.Errorf("%q as %s: %q, %v", text, what, parsed, err)
			}
			if err == nil && !strings.EqualFold(parsed, text) {
				t.Errorf("%q as %s is another one, %q", text, what, parsed)
			}
		}
		uid, err := identity.ParseUID(text)
		wantParsed("a uid", string(uid), err, uids)
		inPath, err := identity.ParsePathUID(text)
		wantParsed("a uid in a path", string(inPath), err, uids)
		app, err := identity.ParseAppID(text)
		wantParsed("an app id", string(app), err, appIDs)
		region, err := identity.ParseRegion(text)
		wantParsed("a region", region, err, regions)
		key, err := identity.ParseKey("auth-key", text)
		wantParsed("a key", string(key), err, keysAre)

		// Nothing that a fuzzer makes proves anybody, and nothing of it is a failure.
		if _, err := h.FindKey(t.Context(), h.app, identity.Secret(text)); err == nil || fault.CodeOf(err).Status() != 401 {
			t.Errorf("%q as a key: %v", text, err)
		}
		for _, named := range []string{"", text} {
			if _, err := h.FindSession(t.Context(), named, identity.Secret(text)); err == nil || fault.CodeOf(err).Status() >= 500 {
				t.Errorf("%q as a token: %v", text, err)
			}
		}
		if found, err := h.FindApp(t.Context(), text); (err == nil) != (text == "" || strings.EqualFold(text, "acme")) {
			t.Errorf("%q as an app: %v, %v", text, found.ID, err)
		}
	})
}

// FuzzMetadata holds what becomes of metadata on its way in and out: private parts stay with who may
// see them, whatever a client sends.
func FuzzMetadata(f *testing.F) {
	for _, text := range []string{
		``, `{}`, `null`, `[]`, `{"team":"blue","@private":{"email":"mina@example.org"}}`, `{"\u0040private":1,"a":"\ud83d\ude00"}`,
		`{"@private":1,"@private":2}`, `{"a":"\ud83d"}`, "{\"a\":\"\xff\"}", ` { "a" : [ 1.0 , 1e400 ] } `, `{"@PRIVATE":1,"@private":null}`,
	} {
		f.Add([]byte(text), []byte(`{"@private":{"email":"thief@example.org"},"a":1}`))
		f.Add([]byte(`{"@private":{"email":"mina@example.org"}}`), []byte(text))
	}
	h := newHouse(f)
	server, client := h.server(f), h.by(f, identity.ScopeAuthOnly)
	mina := h.mina(f)
	private := func(t *testing.T, metadata json.RawMessage) string {
		t.Helper()
		if len(metadata) == 0 {
			return ""
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(metadata, &fields); err != nil || fields == nil {
			t.Fatalf("kept is %q, which is no object: %v", metadata, err)
		}
		return string(fields["@private"])
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		before, err := h.UpdateUser(t.Context(), server, mina.UID, identity.UserChange{Metadata: new(json.RawMessage(first))})
		if err != nil {
			wantCode(t, "the first change", err, fault.CodeBadRequest)
			return
		}
		if len(before.Metadata) > identity.MaxMetadataBytes || !utf8.Valid(before.Metadata) {
			t.Errorf("kept is %q", before.Metadata)
		}
		after, err := h.UpdateUser(t.Context(), client, mina.UID, identity.UserChange{Metadata: new(json.RawMessage(second))})
		if err != nil {
			wantCode(t, "the second change", err, fault.CodeBadRequest)
			after = before
		}
		if was, is := private(t, before.Metadata), private(t, after.Metadata); is != was {
			t.Errorf("%q changed the private part from %q to %q", second, was, is)
		}
		seen, err := client.VisibleMetadata(after.Metadata)
		if err != nil || private(t, seen) != "" {
			t.Errorf("of %q a client sees %q, %v", after.Metadata, seen, err)
		}
	})
}
