package dashboard_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/usherhq/usher/internal/identity"
)

// filled is every field of a user's form, in names and values.
var filled = []string{
	"name", "Mina ", "avatar", "https://img.example.org/mina.png", "link", "https://example.org/mina", "role", "default",
	"statusMessage", "Back\r\non Monday", "tags", "staff\r\n\r\n night shift, late \r\n", "metadata", `{ "city": "Riga", "@private": {"email": "mina@example.org"} }`,
}

// want is the user that filled makes.
func wantedUser(uid identity.UID) identity.User {
	return identity.User{
		AppID: appID, UID: uid, Name: "Mina", Avatar: "https://img.example.org/mina.png", Link: "https://example.org/mina", Role: "default",
		StatusMessage: "Back\non Monday", Tags: []string{"staff", "night shift, late"}, Metadata: []byte(`{"city":"Riga","@private":{"email":"mina@example.org"}}`),
	}
}

func (c *console) wantUser(want identity.User) {
	c.t.Helper()
	got, err := c.service.KnownUser(c.t.Context(), appID, want.UID)
	if err != nil {
		c.t.Fatal(err)
	}
	if difference := cmp.Diff(want, got, cmpopts.IgnoreFields(identity.User{}, "ID", "CreatedAt", "UpdatedAt")); difference != "" {
		c.t.Error(difference)
	}
}

func TestAUserIsCreatedWithEveryField(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		got := owner.post(appPage("/users/new"), append([]string{"uid", "Mina-1"}, filled...)...)
		wantStatus(t, "create", got, http.StatusSeeOther)
		if place := got.header.Get("Location"); place != userPage("mina-1", "") {
			t.Errorf("it goes on at %s", place)
		}
		c.wantUser(wantedUser("mina-1"))
		shown := owner.get(userPage("mina-1", ""))
		for _, text := range []string{"Mina was created.", "Back\non Monday", "night shift, late", "mina@example.org", "No tokens"} {
			wantText(t, "the user", shown, text)
		}
		wantText(t, "the events", owner.get(userPage("mina-1", "/events")), "operator:ada")
	})
}

func TestAUserIsCreatedWithAToken(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	got := owner.post(appPage("/users/new"), "uid", "new", "name", "New", "role", "default", "withAuthToken", "on")
	wantStatus(t, "create", got, http.StatusOK)
	value := issuedToken(t, got)
	if session, err := c.service.FindSession(t.Context(), appID, value); err != nil || session.User.UID != "new" {
		t.Errorf("the token is of %s: %v", session.User.UID, err)
	}
	if strings.Contains(owner.get(userPage("new", "")).body, string(value)) {
		t.Error("the token is shown twice")
	}
}

func TestAUserIsChangedInEveryField(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		wantStatus(t, "change", owner.post(userPage("cometchat-uid-1", "/edit"), filled...), http.StatusSeeOther)
		c.wantUser(wantedUser("cometchat-uid-1"))
		form := owner.get(userPage("cometchat-uid-1", "/edit"))
		for _, text := range []string{`value="Mina"`, "\nBack\non Monday</textarea>", "\nstaff\nnight shift, late</textarea>", "&#34;email&#34;: &#34;mina@example.org&#34;"} {
			wantText(t, "the form", form, text)
		}
		wantStatus(t, "empty", owner.post(userPage("cometchat-uid-1", "/edit"), "name", "Mina", "role", "default"), http.StatusSeeOther)
		c.wantUser(identity.User{AppID: appID, UID: "cometchat-uid-1", Name: "Mina", Role: "default"})
	})
}

func TestAFormOfAUserThatIsWrongIsShownAgain(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for _, wrong := range []struct{ field, value, says string }{
		{"uid", "no uid!", "The uid may only contain letters, digits, - and _."},
		{"uid", "Cometchat-UID-1", "There is a user with this uid already"},
		{"name", "", "The name field is required."},
		{"avatar", "javascript:alert(1)", "The avatar must be a valid URL"},
		{"link", "nowhere", "The link must be a valid URL"},
		{"role", "nobody", "The role nobody does not exist."},
		{"statusMessage", strings.Repeat("x", identity.MaxStatusMessageCharacters+1), "The statusMessage may not be longer than"},
		{"metadata", `{"a":`, "The metadata must be an object"},
		{"metadata", `[1]`, "The metadata must be an object"},
		{"metadata", `{"a":1,"a":2}`, "The metadata must be an object"},
		{"tags", strings.Repeat("x", identity.MaxTagCharacters+1), "A tag may not be longer than"},
	} {
		fields := append([]string{"uid", "mina"}, filled...)
		fields[slices.Index(fields, wrong.field)+1] = wrong.value
		paths := []string{appPage("/users/new")}
		if wrong.field != "uid" {
			paths = append(paths, userPage("cometchat-uid-2", "/edit"))
		}
		for _, path := range paths {
			got := owner.post(path, fields...)
			what := path + " with a wrong " + wrong.field
			wantStatus(t, what, got, http.StatusUnprocessableEntity)
			// The problem stands at its field, and the others keep what was filled in.
			_, at, _ := strings.Cut(got.body, `id="field-`+wrong.field+`-problems"`)
			if list, _, _ := strings.Cut(at, "</ul>"); !strings.Contains(list, wrong.says) {
				t.Errorf("%s: at the field stands %q", what, list)
			}
			if wrong.field != "link" {
				wantText(t, what, got, `value="https://example.org/mina"`)
			}
		}
	}
	if _, err := c.service.KnownUser(t.Context(), appID, "mina"); err == nil {
		t.Error("a wrong form made a user")
	}
	c.wantUser(identity.User{AppID: appID, UID: "cometchat-uid-2", Name: "George Alan", Role: "default", Avatar: c.avatarOf("cometchat-uid-2")})
}

func (c *console) avatarOf(uid identity.UID) string {
	c.t.Helper()
	user, err := c.service.KnownUser(c.t.Context(), appID, uid)
	if err != nil {
		c.t.Fatal(err)
	}
	return user.Avatar
}
