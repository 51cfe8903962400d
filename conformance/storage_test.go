package conformance_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPlacesShareAStorageUnseen(t *testing.T) {
	t.Parallel()
	prove(t, "STORE-1", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		store := s.Store()
		here := s.Client(Params{"store": store})
		here.Login(uid)
		there := s.Client(Params{"store": store, "host": s.Elsewhere().Host()})
		there.WantNobody()
		there.Login(other)
		s.Client(Params{"store": store, "appId": "another-app"}).WantNobody()
		here = here.Restart()
		here.WantIn(uid)
		here.WantOK(here.Do("logout", nil))
		there.Restart().WantIn(other)
	})
}

func TestEntriesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	prove(t, "STORE-2", func(t *T, s *Stage) {
		c := s.Client()
		others := map[string]string{"theme": "dark", "session": "another library's", "user": `{"uid": "eve"}`, "usher": "1", "authToken": "t"}
		for name, value := range others {
			c.Put(name, value)
		}
		c = c.Restart()
		c.WantNobody()
		c.Login(s.User())
		c.Login(s.User())
		c.WantOK(c.Do("logout", nil))
		s.Done(signOut)
		c = c.Restart()
		entries := c.Entries()
		for name, value := range others {
			if entries[name] != value {
				t.Errorf("the entry %s is %q, was %q", name, entries[name], value)
			}
		}
	})
}

func TestUnreadableSessionCountsAsNone(t *testing.T) {
	t.Parallel()
	prove(t, "STORE-3", func(t *T, s *Stage) {
		c := s.Client()
		for _, change := range []func(stored, token string) string{
			func(_, _ string) string { return "" },
			func(_, _ string) string { return "null" },
			func(_, _ string) string { return "[]" },
			func(_, _ string) string { return "42" },
			func(_, _ string) string { return "garbage \x00\u00ff" },
			func(stored, _ string) string { return stored[:len(stored)/2] },
			func(stored, token string) string { return strings.ReplaceAll(stored, token, "") },
			func(stored, token string) string { return strings.ReplaceAll(stored, token, "a b") },
			func(stored, _ string) string { return strings.ReplaceAll(stored, `"uid"`, `"dui"`) },
			func(stored, token string) string { return strings.ReplaceAll(stored, `"`+token+`"`, "7") },
		} {
			c = wantNoSession(t, s, c, change)
		}
	})
}

func TestSessionOfAnotherVersionCountsAsNone(t *testing.T) {
	t.Parallel()
	prove(t, "STORE-4", func(t *T, s *Stage) {
		wantNoSession(t, s, s.Client(), func(stored, _ string) string {
			var object map[string]any
			if err := json.Unmarshal([]byte(stored), &object); err != nil {
				t.Fatalf("the stored session is no JSON object: %v", err)
			}
			versions := 0
			for name, value := range object {
				if _, isNumber := value.(float64); isNumber {
					object[name] = 999
					versions++
				}
			}
			if versions == 0 {
				t.Fatalf("the stored session names no version: %s", stored)
			}
			changed, err := json.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			return string(changed)
		})
	})
}

// wantNoSession logs in, changes what is stored, and holds that a restart finds nobody, yet can log in
// for good.
func wantNoSession(t *T, s *Stage, c *Client, change func(stored, token string) string) *Client {
	t.Helper()
	uid := s.User()
	token := c.Login(uid)
	name, stored := entryWith(c, token)
	if name == "" {
		t.Fatalf("no entry holds the session")
	}
	changed := change(stored, token)
	c.Put(name, changed)
	c = c.Restart()
	if c.User() != nil {
		t.Errorf("somebody is in after %q was stored", changed)
	}
	c.WantNobody()
	c.Login(uid)
	c = c.Restart()
	c.WantIn(uid)
	return c
}

func TestStorageThatCannotBeRead(t *testing.T) {
	t.Parallel()
	prove(t, "STORE-5", func(_ *T, s *Stage) {
		uid := s.User()
		c := s.Client()
		c.Login(uid)
		c.Kill()
		failing, answer := s.New(Params{"store": c.Store, "storageFails": []string{"load"}})
		failing.WantCode(answer, storageFailed)
		failing.WantNobody()
		c.Restart().WantIn(uid)
	})
}

func TestStorageThatIsFull(t *testing.T) {
	t.Parallel()
	prove(t, "STORE-6", func(_ *T, s *Stage) {
		uid, other := s.User(), s.User()
		c := s.Client()
		c.StorageFail("save")
		c.WantCode(c.TryLogin(uid), storageFailed)
		c.WantNobody()
		lost := s.Done(signIn).Token
		s.Revoked(lost)
		s.WantAlive(lost, false)

		c.StorageFail()
		token := c.Login(uid)
		c.StorageFail("save")
		c.WantCode(c.TryLogin(other), storageFailed)
		c.WantCode(c.TryToken(s.Token(other)), storageFailed)
		c.WantIn(uid)
		c = c.Restart()
		c.WantIn(uid)
		s.WantAlive(token, true)
	})
}

func TestStorageThatCannotRemove(t *testing.T) {
	t.Parallel()
	prove(t, "STORE-7", func(_ *T, s *Stage) {
		c := s.Client()
		token := c.Login(s.User())
		c.StorageFail("remove")
		c.WantCode(c.Do("logout", nil), storageFailed)
		c.WantNobody()
		s.WantAlive(token, false)
	})
}

func TestUnreadableListOfRevocations(t *testing.T) {
	t.Parallel()
	prove(t, "STORE-8", func(t *T, s *Stage) {
		for _, garbage := range []string{"", "garbage", "42", "null", `{"format": 999, "tokens": 7}`, `["a b", 7, null]`} {
			s.Heal()
			c := s.Client()
			token := logOutOffline(s, c)
			name, _ := entryWith(c, token)
			if name == "" {
				t.Fatalf("no entry holds the token that waits to be revoked")
			}
			c.Put(name, garbage)
			c = c.Restart()
			c.WantNobody()
			uid := s.User()
			c.Login(uid)
			c.WantOK(c.Do("logout", nil))
			c.WantNobody()
		}
	})
}
