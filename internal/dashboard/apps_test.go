package dashboard_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func TestAnAppIsCreatedAndItsKeysShownOnce(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	created := owner.post("/console/apps", "name", "Clinic", "id", "clinic-1", "region", "eu", "sampleUsers", "on")
	wantStatus(t, "create", created, http.StatusOK)
	caller := identity.Caller{App: identity.App{ID: "clinic-1"}}
	keys, _, err := c.service.ListKeys(t.Context(), caller, identity.KeyFilter{Page: identity.Page{Number: 1, Size: 9}})
	if err != nil || len(keys) != 2 {
		t.Fatalf("there are %d keys, %v", len(keys), err)
	}
	for _, key := range keys {
		wantText(t, "the keys", created, string(key.Value))
		if strings.Contains(c.log.String(), string(key.Value)) {
			t.Error("the log has a key")
		}
		for _, path := range []string{"/console/apps", "/console/apps/clinic-1", "/console/apps/clinic-1/settings"} {
			if strings.Contains(owner.get(path).body, string(key.Value)) {
				t.Errorf("%s shows a key", path)
			}
		}
	}
	_, users, err := c.service.ListUsers(t.Context(), caller, identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}})
	if err != nil || users != 5 {
		t.Errorf("there are %d users, %v", users, err)
	}
	// Nothing but the id is made up where nothing is said, and the sample users are left out when not wanted.
	random := owner.post("/console/apps", "name", "Clinic", "region", "eu")
	id := regexp.MustCompile(`id="app-id">([0-9a-f]{16})<`).FindStringSubmatch(random.body)
	if id == nil {
		t.Fatalf("there is no id in %s", random.body)
	}
	if _, users, _ := c.service.ListUsers(t.Context(), identity.Caller{App: identity.App{ID: identity.AppID(id[1])}}, identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}}); users != 0 {
		t.Errorf("the app without sample users has %d", users)
	}
}

func TestWhatIsWrongWithANewAppStandsAtItsField(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for field, wrong := range map[string]struct{ fields, text string }{
		"id": {"name=A&region=us&id=no spaces", "1 to 63 letters, digits and hyphens"}, "id, taken": {"name=A&region=us&id=" + appID, "There is an app with this id already"},
		"region": {"name=A&region=!", "1 to 32 letters"}, "name": {"name= &region=us", "The name field is required"},
	} {
		var fields []string
		for pair := range strings.SplitSeq(wrong.fields, "&") {
			name, value, _ := strings.Cut(pair, "=")
			fields = append(fields, name, value)
		}
		got := owner.post("/console/apps", fields...)
		wantStatus(t, field, got, http.StatusUnprocessableEntity)
		name, _, _ := strings.Cut(field, ",")
		if !regexp.MustCompile(`(?s)id="field-` + name + `-problems"><li>[^<]*` + wrong.text).MatchString(got.body) {
			t.Errorf("%s: what is wrong does not stand at the field: %s", field, got.body)
		}
	}
	if apps, total, err := c.service.ListApps(t.Context(), identity.AppFilter{Page: identity.Page{Number: 1, Size: 9}}); err != nil || total != 1 {
		t.Errorf("there are the apps %v, %v", apps, err)
	}
}

func TestSettingsAreWhatTheAPIHas(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		saved := owner.post(appPage("/settings"), "name", "Clinic", "authOnlyAccess", "none", "logoutRevokes", "always",
			"authTokenLifetime", "36", "unit", "3600", "bindTokensToDevice", "on")
		wantStatus(t, "save", saved, http.StatusSeeOther)
		app, err := c.service.GetApp(t.Context(), appID)
		if err != nil {
			t.Fatal(err)
		}
		if app.Name != "Clinic" || app.AuthOnlyAccess != identity.AuthOnlyNone || app.LogoutRevokes != identity.LogoutRevokesAlways || app.TokenLife != 36*time.Hour || !app.BindsDevices {
			t.Errorf("the app is %+v", app)
		}
		shown := owner.get(appPage("/settings"))
		for _, want := range []string{`value="36"`, `<option value="3600" selected>hours`, `value="none" checked`, `value="always" checked`, `name="bindTokensToDevice" value="on" checked`} {
			wantText(t, "the settings", shown, want)
		}
		for name, wrong := range map[string][2]string{
			"name": {"name", ""}, "a life below none": {"authTokenLifetime", "-1"}, "a life of eleven years": {"authTokenLifetime", "4015"},
			"a life beyond all numbers": {"authTokenLifetime", "99999999999999999999"}, "a unit": {"unit", "7 000 000"},
			"logout": {"logoutRevokes", "sometimes"}, "access": {"authOnlyAccess", "some"},
		} {
			fields := map[string]string{"name": "Other", "authOnlyAccess": "full", "logoutRevokes": "sdk", "authTokenLifetime": "1", "unit": "86400"}
			fields[wrong[0]] = wrong[1]
			var flat []string
			for field, value := range fields {
				flat = append(flat, field, value)
			}
			got := owner.post(appPage("/settings"), flat...)
			wantStatus(t, name, got, http.StatusUnprocessableEntity)
			wantText(t, name, got, `class="problems"`)
			if wrong[0] != "unit" && !strings.Contains(got.body, `id="field-`+wrong[0]+`-problems"`) {
				t.Errorf("%s: what is wrong does not stand at the field", name)
			}
		}
		if unchanged, _ := c.service.GetApp(t.Context(), appID); unchanged != app {
			t.Errorf("what was refused has made the app %+v", unchanged)
		}
	})
}

func TestADeletedAppIsRestored(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	owner.post(appPage("/delete"), "confirmed", "tasting")
	if app, _ := c.service.GetApp(t.Context(), appID); !app.DeleteAt.IsZero() {
		t.Fatal("the app was deleted without its name")
	}
	wantStatus(t, "delete", owner.post(appPage("/delete"), "confirmed", appID), http.StatusSeeOther)
	app, err := c.service.GetApp(t.Context(), appID)
	if err != nil || !app.DeleteAt.Equal(c.clock().Add(30*24*time.Hour)) {
		t.Fatalf("the app goes at %v, %v", app.DeleteAt, err)
	}
	wantText(t, "the list", owner.get("/console/apps"), "/console/apps/"+appID+"/restore")
	wantText(t, "its settings", owner.get(appPage("/settings")), "This app is deleted")
	wantStatus(t, "change it", owner.post(appPage("/settings"), "name", "x", "authOnlyAccess", "full", "logoutRevokes", "sdk", "authTokenLifetime", "0", "unit", "1"), http.StatusConflict)
	wantStatus(t, "restore", owner.post(appPage("/restore")), http.StatusSeeOther)
	if app, _ := c.service.GetApp(t.Context(), appID); !app.DeleteAt.IsZero() {
		t.Error("the app is still deleted")
	}
}

func TestAppsAreFoundAmongMany(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	viewer := func() *browser { c.owner(); return c.member(identity.OperatorViewer) }()
	for _, name := range []string{"Clinic", "School"} {
		if _, _, err := c.service.CreateApp(t.Context(), identity.Caller{}, identity.FirstApp{Region: "us"}, identity.AppChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	got := viewer.get("/console/apps?search=clin")
	if listed := strings.Split(got.body, "<tbody>")[1]; !strings.Contains(listed, "Clinic") || strings.Contains(listed, "School") {
		t.Errorf("found: %s", listed)
	}
	if strings.Contains(got.body, "Create an app") {
		t.Error("a viewer is offered what would be refused")
	}
	wantText(t, "nothing", viewer.get("/console/apps?search=nonsense"), "No app found")
	wantStatus(t, "a page beyond all", viewer.get("/console/apps?page=99999999999999"), http.StatusOK)
	// The pages of an app are not part of the list of apps.
	if strings.Contains(viewer.get(appPage("/settings")).body, `href="/console/apps" aria-current`) {
		t.Error("the menu takes the settings of an app for the list of apps")
	}
}
