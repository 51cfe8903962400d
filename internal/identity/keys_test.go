package identity_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// newKey creates a key of a scope.
func (h *house) newKey(tb testing.TB, name string, scope identity.Scope) identity.APIKey {
	tb.Helper()
	key, err := h.CreateKey(tb.Context(), h.server(tb), identity.KeyChange{Name: &name, Scope: &scope})
	if err != nil {
		tb.Fatalf("create the key %s: %v", name, err)
	}
	return key
}

var allKeys = identity.KeyFilter{Page: identity.Page{Number: 1, Size: 100}}

func TestCreateKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	log := h.watch(t, h.app)
	// The documents' default is the smaller scope.
	key, err := h.CreateKey(t.Context(), h.server(t), identity.KeyChange{Name: new("Billing 👍")})
	wantCode(t, "create", err, "")
	if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(string(key.Value)) {
		t.Errorf("the key is %q", string(key.Value))
	}
	want := identity.APIKey{
		ID: key.ID, AppID: "acme", Value: key.Value, Name: "Billing 👍", Scope: identity.ScopeAuthOnly, CreatedBy: "key:2", CreatedAt: founded,
	}
	wantEqual(t, "the key", key, want)
	log.hidden = append(log.hidden, string(key.Value))
	log.want(t, "creating", fmt.Sprintf("key_created  key:%d key:2", key.ID))
	for name, find := range map[string]func() (identity.APIKey, error){
		"find": func() (identity.APIKey, error) { return h.FindKey(t.Context(), h.app, key.Value) },
		"get":  func() (identity.APIKey, error) { return h.GetKey(t.Context(), h.server(t), key.Value) },
	} {
		found, err := find()
		wantCode(t, name, err, "")
		wantEqual(t, name, found, want)
	}
	listed, total, err := h.ListKeys(t.Context(), h.server(t), identity.KeyFilter{SearchKey: "billing", Page: allKeys.Page})
	wantCode(t, "list", err, "")
	wantEqual(t, "the list", listed, []identity.APIKey{want})
	wantEqual(t, "how many", total, 1)
}

func TestKeysKeepTheirLimits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := h.newKey(t, "one", identity.ScopeAuthOnly)
	for _, limit := range []struct {
		name   string
		change identity.KeyChange
		want   []string
	}{
		{"100 characters", identity.KeyChange{Name: new(strings.Repeat("é", 100))}, nil},
		{"101 characters", identity.KeyChange{Name: new(strings.Repeat("é", 101))}, []string{"name"}},
		{"no name", identity.KeyChange{Name: new(" ")}, []string{"name"}},
		{"NUL", identity.KeyChange{Name: new("a\x00")}, []string{"name"}},
		{"a scope there is not", identity.KeyChange{Name: new("a"), Scope: new(identity.Scope("all"))}, []string{"scope"}},
		{"both", identity.KeyChange{Name: new(""), Scope: new(identity.Scope(""))}, []string{"name", "scope"}},
	} {
		_, err := h.CreateKey(t.Context(), h.server(t), limit.change)
		wantEqual(t, "create with "+limit.name, fieldsAtFault(t, err), limit.want)
		_, err = h.UpdateKey(t.Context(), h.server(t), key.Value, limit.change)
		wantEqual(t, "update with "+limit.name, fieldsAtFault(t, err), limit.want)
	}
	_, err := h.CreateKey(t.Context(), h.server(t), identity.KeyChange{})
	wantEqual(t, "create without a name", fieldsAtFault(t, err), []string{"name"})
	_, _, err = h.ListKeys(t.Context(), h.server(t), identity.KeyFilter{SearchKey: "a\x00", Page: allKeys.Page})
	wantEqual(t, "search for what no name holds", fieldsAtFault(t, err), []string{"searchKey"})
}

func TestAnAppHas25KeysAtMost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	// Two came with the app.
	for number := range identity.MaxAPIKeys - 2 {
		h.newKey(t, fmt.Sprint("key ", number), identity.ScopeFullAccess)
	}
	log := h.watch(t, h.app)
	_, err := h.CreateKey(t.Context(), h.server(t), identity.KeyChange{Name: new("one more")})
	wantCode(t, "one more", err, fault.CodeQuotaExceeded)
	_, total, err := h.ListKeys(t.Context(), h.server(t), allKeys)
	wantCode(t, "list", err, "")
	wantEqual(t, "how many there are", total, identity.MaxAPIKeys)
	log.want(t, "what was refused")
	wantCode(t, "delete one", h.DeleteKey(t.Context(), h.server(t), authKey), "")
	h.newKey(t, "in its place", identity.ScopeAuthOnly)
}

func TestUpdateKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want := h.newKey(t, "one", identity.ScopeAuthOnly)
	log := h.watch(t, h.app, string(want.Value))
	for _, step := range []struct {
		name   string
		change identity.KeyChange
		then   func()
	}{
		{"the name", identity.KeyChange{Name: new("other")}, func() { want.Name = "other" }},
		{"the scope", identity.KeyChange{Scope: new(identity.ScopeFullAccess)}, func() { want.Scope = identity.ScopeFullAccess }},
		{"nothing", identity.KeyChange{}, func() {}},
		{"disabled", identity.KeyChange{Disabled: new(true)}, func() { want.DisabledAt = h.now() }},
		{"disabled again, which keeps the first time", identity.KeyChange{Disabled: new(true)}, func() {}},
		{"enabled", identity.KeyChange{Disabled: new(false)}, func() { want.DisabledAt = time.Time{} }},
	} {
		h.pass(time.Minute)
		got, err := h.UpdateKey(t.Context(), h.server(t), want.Value, step.change)
		step.then()
		wantCode(t, step.name, err, "")
		wantEqual(t, step.name, got, want)
		got, err = h.GetKey(t.Context(), h.server(t), want.Value)
		wantCode(t, step.name, err, "")
		wantEqual(t, "kept: "+step.name, got, want)
		log.want(t, step.name, fmt.Sprintf("key_updated  key:%d key:2", want.ID))
	}
}

func TestADisabledOrDeletedKeyIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := h.newKey(t, "one", identity.ScopeFullAccess)
	disable := func(disabled bool) {
		t.Helper()
		_, err := h.UpdateKey(t.Context(), h.server(t), key.Value, identity.KeyChange{Disabled: &disabled})
		wantCode(t, "update", err, "")
	}
	disable(true)
	_, err := h.FindKey(t.Context(), h.app, key.Value)
	wantCode(t, "find a disabled one", err, fault.CodeUnknownAPIKey)
	disable(false)
	_, err = h.FindKey(t.Context(), h.app, key.Value)
	wantCode(t, "find it enabled again", err, "")

	log := h.watch(t, h.app, string(key.Value))
	wantCode(t, "delete", h.DeleteKey(t.Context(), h.server(t), key.Value), "")
	log.want(t, "deleting", fmt.Sprintf("key_deleted  key:%d key:2", key.ID))
	_, err = h.FindKey(t.Context(), h.app, key.Value)
	wantCode(t, "find a deleted one", err, fault.CodeUnknownAPIKey)
	wantCode(t, "delete it again", h.DeleteKey(t.Context(), h.server(t), key.Value), fault.CodeUnknownPathAPIKey)
	log.want(t, "deleting again")
}

func TestAKeyDoesNothingToItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	log := h.watch(t, h.app)
	_, err := h.UpdateKey(t.Context(), h.server(t), restKey, identity.KeyChange{Name: new("mine")})
	wantCode(t, "update itself", err, fault.CodeAPIKeySelfAction)
	_, err = h.UpdateKey(t.Context(), h.server(t), restKey, identity.KeyChange{Disabled: new(true)})
	wantCode(t, "disable itself", err, fault.CodeAPIKeySelfAction)
	wantCode(t, "delete itself", h.DeleteKey(t.Context(), h.server(t), restKey), fault.CodeAPIKeySelfAction)
	got, err := h.GetKey(t.Context(), h.server(t), restKey)
	wantCode(t, "get itself", err, "")
	wantEqual(t, "its name", got.Name, "Rest API Key")
	log.want(t, "what was refused")
	// The operator is no key.
	_, err = h.UpdateKey(t.Context(), identity.Caller{App: h.app}, restKey, identity.KeyChange{Name: new("mine")})
	wantCode(t, "update by the operator", err, "")
}

func TestUnknownKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	zeta, keys, err := h.CreateApp(t.Context(), identity.Caller{Management: true}, identity.FirstApp{Region: "eu"}, identity.AppChange{Name: new("Zeta")})
	wantCode(t, "create an app", err, "")
	for name, value := range map[string]identity.Secret{
		"none": "", "short": "short", "NUL": "12345678\x00", "no text": "12345678\xff", "unknown": identity.Secret(strings.Repeat("0", 40)),
		"of another app": keys[1].Value,
	} {
		_, err := h.GetKey(t.Context(), h.server(t), value)
		wantCode(t, "get "+name, err, fault.CodeUnknownPathAPIKey)
		_, err = h.UpdateKey(t.Context(), h.server(t), value, identity.KeyChange{Name: new("mine")})
		wantCode(t, "update "+name, err, fault.CodeUnknownPathAPIKey)
		wantCode(t, "delete "+name, h.DeleteKey(t.Context(), h.server(t), value), fault.CodeUnknownPathAPIKey)
	}
	_, err = h.FindKey(t.Context(), zeta, keys[1].Value)
	wantCode(t, "the key of the other app after that", err, "")
}

func TestKeyUsesAreWrittenTogether(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	counted := &countingStore{Store: h.store}
	service := identity.NewService(counted, h.now, zeros{})
	use := func(value identity.Secret) {
		t.Helper()
		_, err := service.FindKey(t.Context(), h.app, value)
		wantCode(t, "find the key", err, "")
	}
	lastUse := func(value identity.Secret) time.Duration {
		t.Helper()
		key, err := service.GetKey(t.Context(), identity.Caller{App: h.app}, value)
		wantCode(t, "get the key", err, "")
		if key.LastUsedAt.IsZero() {
			return -1
		}
		return key.LastUsedAt.Sub(founded)
	}
	write := func(wantChanges int64) {
		t.Helper()
		before := counted.changes.Load()
		wantCode(t, "write", service.WriteKeyUses(t.Context()), "")
		wantEqual(t, "how many changes that took", counted.changes.Load()-before, wantChanges)
	}
	write(0)
	for range 100 {
		use(restKey)
	}
	h.pass(10 * time.Second)
	use(restKey)
	use(authKey)
	wantEqual(t, "before it is written", lastUse(restKey), time.Duration(-1))
	wantEqual(t, "changes made for 102 uses", counted.changes.Load(), int64(0))
	write(1)
	wantEqual(t, "the last use of one", lastUse(restKey), 10*time.Second)
	wantEqual(t, "the last use of the other", lastUse(authKey), 10*time.Second)
	// What the database has is not written again, not even after another use in the same second.
	use(restKey)
	write(0)
	h.pass(time.Minute)
	use(authKey)
	// What could not be written is written the next time.
	errFull := errors.New("the disk is full")
	counted.failure.Store(&errFull)
	if err := service.WriteKeyUses(t.Context()); !errors.Is(err, errFull) {
		t.Errorf("write: %v", err)
	}
	counted.failure.Store(nil)
	write(1)
	wantEqual(t, "the last use after that", lastUse(authKey), 70*time.Second)
	// A key that was deleted meanwhile keeps no other from its note.
	h.pass(time.Minute)
	use(authKey)
	use(restKey)
	wantCode(t, "delete", service.DeleteKey(t.Context(), identity.Caller{App: h.app}, authKey), "")
	write(1)
	wantEqual(t, "the last use of what is left", lastUse(restKey), 130*time.Second)
}

func TestARefusedKeyIsNotUsed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := h.newKey(t, "one", identity.ScopeAuthOnly)
	_, err := h.UpdateKey(t.Context(), h.server(t), key.Value, identity.KeyChange{Disabled: new(true)})
	wantCode(t, "disable", err, "")
	_, err = h.FindKey(t.Context(), h.app, key.Value)
	wantCode(t, "find", err, fault.CodeUnknownAPIKey)
	wantCode(t, "write", h.WriteKeyUses(t.Context()), "")
	got, err := h.GetKey(t.Context(), h.server(t), key.Value)
	wantCode(t, "get", err, "")
	wantEqual(t, "when it was used", got.LastUsedAt, time.Time{})
}
