package identity_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func TestParseUID(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		name, text string
		want       identity.UID // empty: refused
	}{
		{"small letters", "mina-42_b", "mina-42_b"},
		{"capitals are folded", "CometChat-UID-1", "cometchat-uid-1"},
		{"one character", "A", "a"},
		{"marks only", "---", "---"},
		{"100 characters", strings.Repeat("Aa", 50), identity.UID(strings.Repeat("a", 100))},
		{"101 characters", strings.Repeat("a", 101), ""},
		{"nothing", "", ""},
		{"a space", " ", ""},
		{"a space inside", "mina okafor", ""},
		{"spaces around", " mina ", ""},
		{"a line end", "mina\n", ""},
		{"NUL", "mina\x00", ""},
		{"punctuation", "mina.okafor", ""},
		{"an address", "mina@example.org", ""},
		{"a slash", "mina/okafor", ""},
		{"a percent sign", "mina%20", ""},
		// Folding these would let two spellings pass for one user.
		{"the Kelvin sign, a k to Unicode", "\u212Aevin", ""},
		{"the long s, an s to Unicode", "mina\u017F", ""},
		{"the Turkish capital i with a dot", "M\u0130NA", ""},
		{"the Turkish small i without a dot", "m\u0131na", ""},
		{"a full-width letter", "\uFF4Dina", ""},
		{"a Cyrillic а", "min\u0430", ""},
		{"a letter with an accent", "míná", ""},
		{"an emoji", "mina👍", ""},
		{"an invisible character", "mi\u200Bna", ""},
		{"bytes that are no text", "mina\xff", ""},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			code := fault.CodeBadRequest
			if one.want != "" {
				code = ""
			}
			got, err := identity.ParseUID(one.text)
			wantCode(t, "parse", err, code)
			wantEqual(t, "the uid", got, one.want)

			// In a path, what can't be a uid is one that nobody has.
			if one.want == "" {
				code = fault.CodeUnknownUID
			}
			got, err = identity.ParsePathUID(one.text)
			wantCode(t, "parse it in a path", err, code)
			wantEqual(t, "the uid in a path", got, one.want)
		})
	}
}

func TestParsedUIDsKeepToTheirCharacters(t *testing.T) {
	t.Parallel()
	// Texts of all kinds, and those that nearly are uids.
	texts := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9_-]{0,102}`), rapid.StringMatching(`[A-Za-zıİſ\x{212A}]{1,5}`))
	rapid.Check(t, func(t *rapid.T) {
		text := texts.Draw(t, "text")
		uid, err := identity.ParseUID(text)
		if err != nil {
			if fault.CodeOf(err) != fault.CodeBadRequest || uid != "" {
				t.Fatalf("refused with %q and %v", uid, err)
			}
			return
		}
		if uid == "" || len(uid) > identity.MaxUIDCharacters || strings.Trim(string(uid), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			t.Fatalf("parsed as %q", uid)
		}
		if len(uid) != len(text) || !strings.EqualFold(string(uid), text) {
			t.Fatalf("%q is parsed as another one, %q", text, uid)
		}
		if again, err := identity.ParseUID(string(uid)); err != nil || again != uid {
			t.Fatalf("%q is parsed as %q the second time (%v)", uid, again, err)
		}
	})
}

func TestParseAppID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]identity.AppID{
		"acme": "acme", "ACME-1": "acme-1", "2": "2", strings.Repeat("a", 63): identity.AppID(strings.Repeat("a", 63)),
		"": "", "-acme": "", "acme-": "", "ac.me": "", "ac_me": "", "ac me": "", "\u212Aite": "", strings.Repeat("a", 64): "",
	} {
		got, err := identity.ParseAppID(text)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q is parsed as %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestParseRegion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"us": "us", "EU": "eu", "my-own-1": "my-own-1", strings.Repeat("r", 32): strings.Repeat("r", 32),
		"": "", "-us": "", "us-": "", "u.s": "", "us east": "", strings.Repeat("r", 33): "",
	} {
		got, err := identity.ParseRegion(text)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q is parsed as %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"12345678": true, strings.Repeat("Aa0_-", 20): true,
		"": false, "1234567": false, strings.Repeat("a", 101): false, "with space": false, "ümlaut-key": false, "12345678\n": false,
	} {
		got, err := identity.ParseKey("auth-key", text)
		if (err == nil) != good || good && string(got) != text {
			t.Errorf("%q is parsed as %q (%v)", text, string(got), err)
		}
	}
}
