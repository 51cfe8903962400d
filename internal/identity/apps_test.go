package identity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

var management = identity.Caller{Management: true, Address: "192.0.2.1"}

// newApp creates another app.
func (h *house) newApp(tb testing.TB, id string) (identity.App, []identity.APIKey) {
	tb.Helper()
	app, keys, err := h.CreateApp(tb.Context(), management, identity.FirstApp{ID: id, Region: "eu"}, identity.AppChange{Name: new("App " + id)})
	if err != nil {
		tb.Fatalf("create the app %s: %v", id, err)
	}
	return app, keys
}

// wantFound expects an app to be there for requests that name it, or not.
func (h *house) wantFound(tb testing.TB, id string, good bool) {
	tb.Helper()
	_, err := h.FindApp(tb.Context(), id)
	want := fault.CodeInvalidAppID
	if good {
		want = ""
	}
	wantCode(tb, "find the app "+id, err, want)
}

func TestCreateApp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	app, keys, err := h.CreateApp(t.Context(), management, identity.FirstApp{Region: "US", SampleUsers: true}, identity.AppChange{
		Name: new("Clinic 👍"), TokenLife: new(time.Hour), AuthOnlyAccess: new(identity.AuthOnlyTokens), LogoutRevokes: new(identity.LogoutRevokesNever),
	})
	wantCode(t, "create", err, "")
	wantEqual(t, "the app", app, identity.App{
		ID: app.ID, Name: "Clinic 👍", Region: "us", TokenLife: time.Hour, AuthOnlyAccess: identity.AuthOnlyTokens,
		LogoutRevokes: identity.LogoutRevokesNever, CreatedAt: founded,
	})
	got, err := h.GetApp(t.Context(), strings.ToUpper(string(app.ID)))
	wantCode(t, "get", err, "")
	wantEqual(t, "the app as it is kept", got, app)
	for i, scope := range []identity.Scope{identity.ScopeAuthOnly, identity.ScopeFullAccess} {
		key, err := h.FindKey(t.Context(), app, keys[i].Value)
		wantCode(t, "find the key", err, "")
		wantEqual(t, "its scope", key.Scope, scope)
		wantEqual(t, "who made it", key.CreatedBy, "app_system")
	}
	_, err = h.FindKey(t.Context(), h.app, keys[1].Value)
	wantCode(t, "find its key in another app", err, fault.CodeUnknownAPIKey)
	role, err := h.GetRole(t.Context(), identity.Caller{App: app}, "default")
	wantCode(t, "get its role default", err, "")
	wantEqual(t, "the role", role.AppID, app.ID)
	_, total, err := h.ListUsers(t.Context(), identity.Caller{App: app}, identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}})
	wantCode(t, "list its users", err, "")
	wantEqual(t, "how many there are", total, len(identity.SampleUIDs))
	log := &watch{h: h, app: app, hidden: []string{string(keys[0].Value), string(keys[1].Value)}}
	events := log.fresh(t)
	wantEqual(t, "the first of its events", events[0], "app_created  app:"+string(app.ID)+" management")
	wantEqual(t, "how many there are", len(events), 1+len(identity.SampleUIDs))

	for _, wrong := range []struct {
		field    string
		wanted   identity.FirstApp
		settings identity.AppChange
	}{
		{"name", identity.FirstApp{Region: "eu"}, identity.AppChange{}},
		{"name", identity.FirstApp{Region: "eu"}, identity.AppChange{Name: new(strings.Repeat("é", 101))}},
		{"region", identity.FirstApp{Region: "e.u"}, identity.AppChange{Name: new("A")}},
		{"appId", identity.FirstApp{ID: "no app", Region: "eu"}, identity.AppChange{Name: new("A")}},
		{"id", identity.FirstApp{ID: "ACME", Region: "eu"}, identity.AppChange{Name: new("A")}},
	} {
		_, _, err := h.CreateApp(t.Context(), management, wrong.wanted, wrong.settings)
		wantEqual(t, "create", fieldsAtFault(t, err), []string{wrong.field})
	}
	_, total, err = h.ListApps(t.Context(), identity.AppFilter{Page: identity.Page{Number: 1, Size: 10}})
	wantCode(t, "list", err, "")
	wantEqual(t, "how many apps there are", total, 2)
	_, _, err = h.ListApps(t.Context(), identity.AppFilter{SearchKey: "a\x00", Page: identity.Page{Number: 1, Size: 10}})
	wantEqual(t, "search for what no name holds", fieldsAtFault(t, err), []string{"searchKey"})
}

func TestUpdateApp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	other, _ := h.newApp(t, "zeta")
	want, log := h.app, h.watch(t, h.app)
	for _, step := range []struct {
		name   string
		change identity.AppChange
		then   func()
	}{
		{"the name", identity.AppChange{Name: new("Clinic")}, func() { want.Name = "Clinic" }},
		{"logout", identity.AppChange{LogoutRevokes: new(identity.LogoutRevokesAlways)}, func() { want.LogoutRevokes = identity.LogoutRevokesAlways }},
		{"tokens", identity.AppChange{TokenLife: new(identity.MaxTokenLife)}, func() { want.TokenLife = identity.MaxTokenLife }},
		{"keys", identity.AppChange{AuthOnlyAccess: new(identity.AuthOnlyNone)}, func() { want.AuthOnlyAccess = identity.AuthOnlyNone }},
		{"tokens, for ever", identity.AppChange{TokenLife: new(time.Duration(0))}, func() { want.TokenLife = 0 }},
	} {
		h.pass(time.Minute)
		step.then()
		want.UpdatedAt = h.now()
		got, err := h.UpdateApp(t.Context(), management, "Acme", step.change)
		wantCode(t, step.name, err, "")
		wantEqual(t, step.name, got, want)
		got, err = h.FindApp(t.Context(), "acme")
		wantCode(t, "kept: "+step.name, err, "")
		wantEqual(t, "kept: "+step.name, got, want)
		log.want(t, step.name, "app_updated  app:acme management")
	}
	for field, change := range map[string]identity.AppChange{
		"name": {Name: new(" ")}, "logoutRevokes": {LogoutRevokes: new(identity.LogoutRevokes("sometimes"))},
		"authTokenLifetime": {TokenLife: new(identity.MaxTokenLife + time.Second)}, "authOnlyAccess": {AuthOnlyAccess: new(identity.AuthOnlyAccess(""))},
	} {
		_, err := h.UpdateApp(t.Context(), management, "acme", change)
		wantEqual(t, "the fields", fieldsAtFault(t, err), []string{field})
	}
	_, err := h.UpdateApp(t.Context(), management, "acme", identity.AppChange{TokenLife: new(-time.Second)})
	wantEqual(t, "a life before now", fieldsAtFault(t, err), []string{"authTokenLifetime"})
	log.want(t, "what was refused")
	got, err := h.GetApp(t.Context(), "zeta")
	wantCode(t, "get the other", err, "")
	wantEqual(t, "the other", got, other)
}

func TestUnknownApps(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, id := range []string{"", "zeta", "no app", "\x00"} {
		for name, do := range map[string]func() error{
			"get":     func() error { _, err := h.GetApp(t.Context(), id); return err },
			"update":  func() error { _, err := h.UpdateApp(t.Context(), management, id, identity.AppChange{}); return err },
			"delete":  func() error { _, err := h.DeleteApp(t.Context(), management, id); return err },
			"restore": func() error { _, err := h.RestoreApp(t.Context(), management, id); return err },
		} {
			wantCode(t, name+" "+id, do(), fault.CodeUnknownApp)
		}
	}
}

func TestADeletedAppStopsAtOnceAndCanBeRestored(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	token := h.issue(t, identity.ScopeFullAccess, "mina")
	h.client(t, token.Value)
	log := h.watch(t, h.app)
	want := h.app
	want.DeleteAt = founded.Add(30 * 24 * time.Hour)
	got, err := h.DeleteApp(t.Context(), management, "acme")
	wantCode(t, "delete", err, "")
	wantEqual(t, "the app", got, want)
	h.wantFound(t, "acme", false)
	// Nor is it found as the only one.
	_, err = h.FindApp(t.Context(), "")
	wantCode(t, "find the only app", err, fault.CodeEmptyAppID)
	h.wantSession(t, "its user", token.Value, false)
	got, err = h.GetApp(t.Context(), "acme")
	wantCode(t, "get", err, "")
	wantEqual(t, "the app as it is kept", got, want)
	for archived, count := range map[bool]int{false: 0, true: 1} {
		_, total, err := h.ListApps(t.Context(), identity.AppFilter{Archived: archived, Page: identity.Page{Number: 1, Size: 10}})
		wantCode(t, "list", err, "")
		wantEqual(t, fmt.Sprintf("how many, archived %v", archived), total, count)
	}
	_, err = h.DeleteApp(t.Context(), management, "acme")
	wantCode(t, "delete it again", err, fault.CodeAppArchived)
	_, err = h.UpdateApp(t.Context(), management, "acme", identity.AppChange{Name: new("Clinic")})
	wantCode(t, "update it", err, fault.CodeAppArchived)
	_, _, err = h.CreateApp(t.Context(), management, identity.FirstApp{ID: "acme", Region: "eu"}, identity.AppChange{Name: new("New")})
	wantEqual(t, "the fields of one with its id", fieldsAtFault(t, err), []string{"id"})

	// Until its last moment.
	h.pass(30*24*time.Hour - time.Second)
	wantCode(t, "keep house", h.KeepHouse(t.Context(), 0), "")
	got, err = h.RestoreApp(t.Context(), management, "ACME")
	wantCode(t, "restore", err, "")
	wantEqual(t, "the app after that", got, h.app)
	h.wantFound(t, "acme", true)
	h.wantSession(t, "its user", token.Value, true)
	h.wantSession(t, "its user, once more", token.Value, true)
	log.want(t, "all that", "app_deleted  app:acme management", "app_restored  app:acme management")
	got, err = h.RestoreApp(t.Context(), management, "acme")
	wantCode(t, "restore one that is not deleted", err, "")
	wantEqual(t, "the app after that too", got, h.app)
	log.want(t, "what changed nothing")
}

func TestKeepHouseRemovesDeletedApps(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	zeta, _ := h.newApp(t, "zeta")
	_, err := h.DeleteApp(t.Context(), management, "zeta")
	wantCode(t, "delete", err, "")
	log := h.watch(t, zeta)
	h.pass(30 * 24 * time.Hour)
	for range 2 {
		wantCode(t, "keep house", h.KeepHouse(t.Context(), 0), "")
	}
	_, err = h.GetApp(t.Context(), "zeta")
	wantCode(t, "get", err, fault.CodeUnknownApp)
	_, err = h.RestoreApp(t.Context(), management, "zeta")
	wantCode(t, "restore", err, fault.CodeUnknownApp)
	log.want(t, "that", "app_removed  app:zeta operator")
	h.wantFound(t, "acme", true)
	h.newApp(t, "zeta")
	h.wantFound(t, "zeta", true)
}

func TestAnAppWithTheIDOfARemovedOneSeesNothingOfIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.newApp(t, "beta")
	_, err := h.DeleteApp(t.Context(), management, "beta")
	wantCode(t, "delete", err, "")
	h.pass(30 * 24 * time.Hour)
	wantCode(t, "keep house", h.KeepHouse(t.Context(), 0), "")
	// In the same second, so that no clock could tell the two apart.
	zeta, _ := h.newApp(t, "beta")
	for _, after := range []int64{0, 1} {
		events, err := h.ListEvents(t.Context(), identity.Caller{App: zeta}, identity.EventFilter{After: after, Limit: 100})
		wantCode(t, "list", err, "")
		if len(events) == 0 || events[0].Kind != identity.EventAppCreated || events[0].At.Before(zeta.CreatedAt) {
			t.Errorf("behind %d, the first of %d events is %v", after, len(events), events[:min(1, len(events))])
		}
		for _, event := range events {
			if event.Kind == identity.EventAppRemoved || event.Kind == identity.EventAppDeleted {
				t.Errorf("the new app sees %v", event)
			}
		}
	}
}

func TestKeepHouseRemovesExpiredTokensAndOldEvents(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	forEver := h.issue(t, identity.ScopeFullAccess, "mina")
	// More than it removes at once, of several users because each has a hundred at most.
	for number := range 6 {
		uid := h.add(t, fmt.Sprint("user-", number)).UID
		for range identity.MaxLiveTokens {
			h.short(t, uid)
		}
	}
	all := func() int {
		events, err := h.ListEvents(t.Context(), h.server(t), identity.EventFilter{Limit: 10_000})
		wantCode(t, "list the events", err, "")
		return len(events)
	}
	before := all()
	h.pass(time.Hour)
	wantCode(t, "keep house", h.KeepHouse(t.Context(), 0), "")
	wantEqual(t, "how many events are kept without a limit", all(), before)
	// Seen with a clock that stood still, no expired token is left.
	early := identity.NewService(h.store, func() time.Time { return founded }, zeros{})
	for number := range 6 {
		_, total, err := early.ListTokens(t.Context(), h.server(t), identity.UID(fmt.Sprint("user-", number)), identity.Page{Number: 1, Size: 1})
		wantCode(t, "list", err, "")
		wantEqual(t, "how many tokens are left", total, 0)
	}
	h.wantSession(t, "one that lives for ever", forEver.Value, true)

	h.rename(t)
	wantCode(t, "keep house", h.KeepHouse(t.Context(), time.Hour), "")
	wantEqual(t, "how many events are kept at their limit", all(), before+1)
	h.pass(time.Second)
	wantCode(t, "keep house", h.KeepHouse(t.Context(), time.Hour), "")
	wantEqual(t, "how many events are kept of the last hour", all(), 1)
}

// rename writes one more event.
func (h *house) rename(tb testing.TB) {
	tb.Helper()
	_, err := h.UpdateUser(tb.Context(), h.server(tb), "mina", identity.UserChange{Name: new("Mina the Second")})
	wantCode(tb, "update", err, "")
}

// Two who change one app at once both succeed: neither writes over what the other one wrote.
func TestChangesOfAnAppTakeTurns(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for round := range 20 {
		life := time.Duration(round+1) * time.Minute
		name := fmt.Sprint("Round ", round)
		failures := make(chan error)
		for _, change := range []identity.AppChange{{Name: &name}, {TokenLife: &life}} {
			go func() {
				_, err := h.UpdateApp(t.Context(), management, "acme", change)
				failures <- err
			}()
		}
		wantCode(t, "update", errors.Join(<-failures, <-failures), "")
		app, err := h.GetApp(t.Context(), "acme")
		wantCode(t, "get", err, "")
		if app.Name != name || app.TokenLife != life {
			t.Fatalf("after round %d: %q and %v", round, app.Name, app.TokenLife)
		}
	}
}
