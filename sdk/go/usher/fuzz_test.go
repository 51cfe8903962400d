package usher_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/usherhq/usher/sdk/go/usher"
)

func FuzzUser(f *testing.F) {
	for _, text := range []string{
		`{}`, `null`, `{"uid":"mina","name":"Mina","status":"available","metadata":{"a":1},"tags":["x"],"createdAt":1717000000}`,
		`{"status":1}`, `{"createdAt":1e400}`, `{"metadata":null,"tags":null}`, "{\"name\":\"\xff\"}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var user usher.User
		if json.Unmarshal(text, &user) != nil {
			return
		}
		if user.Status == "available" {
			t.Error("the status is the one of REST")
		}
		again, err := json.Marshal(user)
		if err != nil {
			t.Fatalf("a user that was read can't be written: %v", err)
		}
		var same usher.User
		if err := json.Unmarshal(again, &same); err != nil {
			t.Fatal(err)
		}
		user.Metadata, same.Metadata = nil, nil
		if len(user.Tags) == 0 {
			user.Tags = nil
		}
		if !reflect.DeepEqual(user, same) {
			t.Errorf("%s is read as %+v, and then as %+v", text, user, same)
		}
	})
}

func FuzzJWTPayload(f *testing.F) {
	for _, text := range []string{
		"", "..", "a.e30.b", "e30.e30.e30", "a.eyJhIjoxfQ.b", "a.eyJhIjoxfQ==.b", "a.eyJhIjoxfR.b", "a.bnVsbA.b", "a.e30.b.c", "a.e30\n.b",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, token string) {
		payload, err := usher.JWTPayload(token)
		if err != nil {
			if payload != nil || token != "" && strings.Contains(err.Error(), token) && len(token) > 8 {
				t.Errorf("%q gave %q and %v", token, payload, err)
			}
			return
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(payload, &fields); err != nil || fields == nil {
			t.Errorf("the payload %q is no object: %v", payload, err)
		}
	})
}

func FuzzChecks(f *testing.F) {
	for _, text := range []string{"", "Mina_42-x", "mi na", "mína", "a\x00", "\xff", "a/b", "\u2003", strings.Repeat("a", 1025)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for what, err := range map[string]error{"uid": usher.CheckUID(text), "key": usher.CheckAPIKey(text), "token": usher.CheckAuthToken(text)} {
			if err == nil {
				if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
					t.Errorf("%q passes as a %s", text, what)
				}
				continue
			}
			if usher.CodeOf(err) == "" || len(text) > 20 && strings.Contains(err.Error(), text) {
				t.Errorf("%q as a %s: %v", text, what, err)
			}
		}
	})
}
