package identity_test

import (
	"errors"
	"regexp"
	"testing"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func TestSetUpGeneratesWhatIsNotNamed(t *testing.T) {
	t.Parallel()
	h := emptyHouse(t)
	set, err := h.SetUp(t.Context(), identity.FirstApp{Region: "EU"})
	wantCode(t, "set up", err, "")
	if !set.Created {
		t.Error("nothing was created")
	}
	if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(string(set.App.ID)) {
		t.Errorf("the app id is %q", set.App.ID)
	}
	wantEqual(t, "the app", set.App, identity.App{
		ID: set.App.ID, Region: "eu", LogoutRevokes: identity.LogoutRevokesSDK, AuthOnlyAccess: identity.AuthOnlyFull, CreatedAt: founded,
	})
	if set.AuthKey == set.RESTKey {
		t.Error("both keys are one")
	}
	for value, want := range map[identity.Secret]identity.APIKey{
		set.AuthKey: {Name: "Auth Key", Scope: identity.ScopeAuthOnly},
		set.RESTKey: {Name: "Rest API Key", Scope: identity.ScopeFullAccess},
	} {
		// 40 hexadecimal characters, as documented.
		if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(string(value)) {
			t.Errorf("the key %s is %q", want.Name, string(value))
		}
		key, err := h.FindKey(t.Context(), set.App, value)
		wantCode(t, "find the "+want.Name, err, "")
		want.ID, want.AppID, want.Value, want.CreatedBy, want.CreatedAt = key.ID, set.App.ID, value, "app_system", founded
		wantEqual(t, "the "+want.Name, key, want)
	}
	_, total, err := h.ListUsers(t.Context(), identity.Caller{App: set.App}, identity.UserFilter{Page: identity.Page{Number: 1, Size: 1}})
	wantCode(t, "list the users", err, "")
	wantEqual(t, "how many users there are", total, 0)
}

func TestSetUpTakesWhatIsNamed(t *testing.T) {
	t.Parallel()
	h := emptyHouse(t)
	set, err := h.SetUp(t.Context(), identity.FirstApp{
		ID: "ACME", Region: "my-own", AuthKey: "auth-key-1", RESTKey: "rest-key-1",
		LogoutRevokes: identity.LogoutRevokesNever, SampleUsers: true,
	})
	wantCode(t, "set up", err, "")
	app := identity.App{
		ID: "acme", Region: "my-own", LogoutRevokes: identity.LogoutRevokesNever, AuthOnlyAccess: identity.AuthOnlyFull, CreatedAt: founded,
	}
	wantEqual(t, "the answer", set, identity.SetUpResult{App: app, Created: true, AuthKey: "auth-key-1", RESTKey: "rest-key-1"})
	found, err := h.FindApp(t.Context(), "acme")
	wantCode(t, "find the app", err, "")
	wantEqual(t, "the app", found, app)

	users, total, err := h.ListUsers(t.Context(), identity.Caller{App: app}, identity.UserFilter{
		Page: identity.Page{Number: 1, Size: 10}, SortBy: "uid",
	})
	wantCode(t, "list the users", err, "")
	wantEqual(t, "how many users there are", total, len(identity.SampleUIDs))
	for i, user := range users {
		if user.UID != identity.SampleUIDs[i] || user.Name == "" || user.Role != identity.DefaultRole {
			t.Errorf("the sample user %d is %+v", i, user)
		}
	}
}

// Every start after the first finds what is there, and tells no keys.
func TestSetUpAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, again := range []struct {
		name  string
		first identity.FirstApp
	}{
		{"without a name", identity.FirstApp{Region: "eu"}},
		{"by its name", identity.FirstApp{ID: "acme", Region: "eu"}},
		{"by its name in capitals", identity.FirstApp{ID: "Acme", Region: "eu"}},
		{"with other settings, which change nothing", identity.FirstApp{
			ID: "acme", Region: "us", AuthKey: "another-auth-key", RESTKey: "another-rest-key",
			LogoutRevokes: identity.LogoutRevokesAlways, SampleUsers: true,
		}},
	} {
		set, err := h.SetUp(t.Context(), again.first)
		wantCode(t, again.name, err, "")
		wantEqual(t, again.name, set, identity.SetUpResult{App: h.app})
	}
	_, err := h.FindKey(t.Context(), h.app, "another-rest-key")
	wantCode(t, "a key that was named too late", err, fault.CodeUnknownAPIKey)
	_, total, err := h.ListUsers(t.Context(), h.server(t), identity.UserFilter{Page: identity.Page{Number: 1, Size: 10}})
	wantCode(t, "list the users", err, "")
	wantEqual(t, "how many users there are", total, 0)

	_, err = h.SetUp(t.Context(), identity.FirstApp{ID: "zeta", Region: "eu"})
	if !errors.Is(err, identity.ErrOtherApp) {
		t.Errorf("with the name of another app: %v", err)
	}
}

func TestSetUpOfADatabaseWithTwoAppsNamesNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	zeta := identity.App{ID: "zeta", Region: "eu", LogoutRevokes: identity.LogoutRevokesSDK, CreatedAt: founded}
	err := h.store.Change(t.Context(), func(tx identity.Tx) error { return tx.AddApp(zeta) })
	wantCode(t, "add an app", err, "")
	for named, want := range map[string]identity.App{"": {}, "acme": h.app, "zeta": zeta} {
		set, err := h.SetUp(t.Context(), identity.FirstApp{ID: named, Region: "eu"})
		wantCode(t, "set up "+named, err, "")
		wantEqual(t, "the app for "+named, set, identity.SetUpResult{App: want})
	}
}

func TestSetUpRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, wrong := range []struct {
		field string
		first identity.FirstApp
	}{
		{"appId", identity.FirstApp{ID: "no app", Region: "eu"}},
		{"region", identity.FirstApp{ID: "acme"}},
		{"region", identity.FirstApp{ID: "acme", Region: "e.u"}},
		{"auth-key", identity.FirstApp{ID: "acme", Region: "eu", AuthKey: "short"}},
		{"rest-key", identity.FirstApp{ID: "acme", Region: "eu", RESTKey: "with a space"}},
		// Clients see the first one; it must not open what the second one does.
		{"rest-key", identity.FirstApp{ID: "acme", Region: "eu", AuthKey: "one-and-the-same", RESTKey: "one-and-the-same"}},
	} {
		h := emptyHouse(t)
		set, err := h.SetUp(t.Context(), wrong.first)
		wantEqual(t, "the fields", fieldsAtFault(t, err), []string{wrong.field})
		wantEqual(t, "the answer", set, identity.SetUpResult{})
		set, err = h.SetUp(t.Context(), identity.FirstApp{Region: "eu"})
		if err != nil || !set.Created {
			t.Errorf("the next attempt: created %v, %v", set.Created, err)
		}
	}
}
