package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func texts() []behaviour {
	behaviours := []behaviour{
		{"times are kept to the second, in UTC", times},
		{"metadata is kept to the byte", metadata},
	}
	for name, text := range map[string]string{
		"letters of many scripts":    "Zoë Ærø Ωmega Жанна 李小龍 דנה أميرة",
		"emoji":                      "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽",
		"a letter written two ways":  "caf\u00e9 cafe\u0301",
		"quotes and statement marks": `'; DROP TABLE users; -- "x" \' ? $1 %_ \`,
		"spaces at the ends":         "  both ends\u00a0 ",
		"lines":                      "one\ntwo\r\n\tthree",
		"100 characters":             strings.Repeat("é", 100),
		"100 emoji":                  strings.Repeat("👍", 100),
	} {
		behaviours = append(behaviours, behaviour{"a text comes back as it was: " + name, func(t *testing.T, store identity.Store) {
			roundTrip(t, store, text)
		}})
	}
	return behaviours
}

// roundTrip puts a text into every column that takes a caller's words.
func roundTrip(t *testing.T, store identity.Store, text string) {
	t.Helper()
	app := addApp(t, store, "acme")
	user := newUser(app, "mina")
	user.Name, user.StatusMessage, user.Avatar, user.Link = text, text, text, text
	user.Metadata = fmt.Appendf(nil, `{%q:%q}`, text, text)
	user.Tags = []string{text, "second", text}
	user = addUser(t, store, user)
	token := newToken("token-1")
	token.Device = identity.Device{Platform: text, DeviceID: text, UserAgent: text, AppInfo: user.Metadata}
	token = addToken(t, store, user, token)
	key := newKey("acme", "key-of-acme")
	key.Name, key.CreatedBy = text, text
	key = addKey(t, store, key)

	session, err := store.Session(t.Context(), "token-1")
	wantError(t, "find the session", err, nil)
	wantEqual(t, "the session", session, identity.Session{Token: token, User: user, App: app})
	gotKey, err := store.APIKey(t.Context(), "acme", "key-of-acme")
	wantError(t, "find the key", err, nil)
	wantEqual(t, "the key", gotKey, key)
}

func metadata(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	for i, text := range []string{
		`{}`,
		// What a JSON column would change: order, repetitions, spaces, the form of numbers.
		`{"b":1,"a":2,"b":3}`,
		`{ "n" : 1.0e2, "big" : 12345678901234567890123 }`,
		`{"escaped":"\u0000\u00e9\ud83d\ude00\/"}`,
		`{"` + strings.Repeat("k", 2<<10) + `":"` + strings.Repeat("é", 1<<10) + `"}`,
	} {
		user := newUser(app, identity.UID(fmt.Sprintf("user-%d", i)))
		user.Metadata = []byte(text)
		user = addUser(t, store, user)
		wantEqual(t, "the metadata", string(findUser(t, store, user).Metadata), text)
	}
}

func times(t *testing.T, store identity.Store) {
	app := addApp(t, store, "acme")
	east := time.FixedZone("UTC+9", 9*60*60)
	for i, at := range []time.Time{
		time.Date(2026, time.March, 1, 12, 0, 0, 999_999_999, time.UTC),
		time.Date(2026, time.March, 1, 0, 0, 1, 0, east),
		// Beyond the 32 bits that end in January 2038.
		time.Date(2199, time.December, 31, 23, 59, 59, 0, time.UTC),
		{},
	} {
		user := newUser(app, identity.UID(fmt.Sprintf("user-%d", i)))
		user.LastActiveAt = at
		got := findUser(t, store, addUser(t, store, user)).LastActiveAt
		wantEqual(t, "the time", got, at.Truncate(time.Second))
		if got.Location() != time.UTC {
			t.Errorf("the time is in %v, not in UTC", got.Location())
		}
	}
}
