package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func appManagement() []behaviour {
	return []behaviour{
		{"apps are listed by id, in pages", pagesOfApps},
		{"apps are found by a part of their id or name", searchApps},
		{"saving an app writes every field that can change", saveApp},
		{"an unknown app is not saved, nor locked", saveUnknownApp},
		{"a lock gives the app as it is", lockApp},
		{"a deleted app stays until its time has come", deleteApps},
		{"an app goes with all that it holds", deleteAppWithAll},
	}
}

// listApps gives the ids of the apps that a filter chooses, on one page.
func listApps(tb testing.TB, store identity.Store, filter identity.AppFilter) []identity.AppID {
	tb.Helper()
	filter.Page = everything
	listed, total, err := store.Apps(tb.Context(), filter)
	wantError(tb, "list", err, nil)
	wantEqual(tb, "how many there are", total, len(listed))
	var found []identity.AppID
	for _, app := range listed {
		found = append(found, app.ID)
	}
	return found
}

func pagesOfApps(t *testing.T, store identity.Store) {
	var want []identity.App
	for _, id := range []identity.AppID{"d", "a", "c", "b", "e"} {
		want = append(want, addApp(t, store, id))
	}
	slices.SortFunc(want, func(a, b identity.App) int { return int(a.ID[0]) - int(b.ID[0]) })
	for _, page := range []struct {
		of   identity.Page
		want []identity.App
	}{
		{identity.Page{Number: 1, Size: 2}, want[:2]},
		{identity.Page{Number: 3, Size: 2}, want[4:]},
		{identity.Page{Number: 4, Size: 2}, nil},
	} {
		listed, total, err := store.Apps(t.Context(), identity.AppFilter{Page: page.of})
		wantError(t, "list", err, nil)
		wantEqual(t, "the page", listed, page.want)
		wantEqual(t, "how many there are in all", total, 5)
	}
}

func searchApps(t *testing.T, store identity.Store) {
	for id, name := range map[identity.AppID]string{
		"acme": "Clinic Staging", "acme-2": "100 % Müller", "zeta": `Under_score \ "quoted"`, "clinic": "", "archived": "Clinic, old",
	} {
		app := newApp(id)
		app.Name = name
		if id == "archived" {
			app.DeleteAt = founded.Add(time.Hour)
		}
		change(t, store, func(tx identity.Tx) error { return tx.AddApp(app) })
	}
	for _, search := range []struct {
		key  string
		want []identity.AppID
	}{
		{"", []identity.AppID{"acme", "acme-2", "clinic", "zeta"}},
		{"acme", []identity.AppID{"acme", "acme-2"}},
		{"CME-", []identity.AppID{"acme-2"}},
		{"cLINIC", []identity.AppID{"acme", "clinic"}},
		{"ic st", []identity.AppID{"acme"}},
		{"Müller", []identity.AppID{"acme-2"}},
		// Signs that mean something in a pattern mean themselves.
		{"%", []identity.AppID{"acme-2"}},
		{"_", []identity.AppID{"zeta"}},
		{`\`, []identity.AppID{"zeta"}},
		{`"quoted"`, []identity.AppID{"zeta"}},
		{"a_me", nil},
		{"nothing like it", nil},
	} {
		wantEqual(t, "found by "+search.key, listApps(t, store, identity.AppFilter{SearchKey: search.key}), search.want)
	}
	wantEqual(t, "found among the archived", listApps(t, store, identity.AppFilter{SearchKey: "clinic", Archived: true}), []identity.AppID{"archived"})
}

func saveApp(t *testing.T, store identity.Store) {
	want, other := addApp(t, store, "acme"), addApp(t, store, "zeta")
	want.Name, want.LogoutRevokes, want.AuthOnlyAccess = "Clinic", identity.LogoutRevokesAlways, identity.AuthOnlyNone
	want.BindsDevices = true
	want.TokenLife = time.Minute
	want.UpdatedAt, want.DeleteAt = founded.Add(time.Hour), founded.Add(2*time.Hour)
	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(want) })
	for _, app := range []identity.App{want, other} {
		got, err := store.App(t.Context(), app.ID)
		wantError(t, "find the app", err, nil)
		wantEqual(t, "the app", got, app)
	}
}

func saveUnknownApp(t *testing.T, store identity.Store) {
	addApp(t, store, "acme")
	wantError(t, "save", store.Change(t.Context(), func(tx identity.Tx) error { return tx.SaveApp(newApp("zeta")) }), identity.ErrNotFound)
	wantError(t, "lock", store.Change(t.Context(), func(tx identity.Tx) error {
		_, err := tx.LockApp("zeta")
		return err
	}), identity.ErrNotFound)
}

func lockApp(t *testing.T, store identity.Store) {
	want := addApp(t, store, "acme")
	change(t, store, func(tx identity.Tx) error {
		want.Name = "Clinic"
		if err := tx.SaveApp(want); err != nil {
			return err
		}
		got, err := tx.LockApp("acme")
		wantEqual(t, "the app", got, want)
		return err
	})
}

// removeApps removes the apps whose time has come by then, and gives their ids.
func removeApps(tb testing.TB, store identity.Store, now time.Time) (removed []identity.AppID) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		removed, err = tx.DeleteApps(now)
		return err
	})
	slices.Sort(removed)
	return removed
}

func deleteApps(t *testing.T, store identity.Store) {
	for id, deleteAt := range map[identity.AppID]time.Time{
		"kept": {}, "soon": founded.Add(time.Minute), "at-once": founded, "before": founded.Add(-time.Hour),
	} {
		app := newApp(id)
		app.DeleteAt = deleteAt
		change(t, store, func(tx identity.Tx) error { return tx.AddApp(app) })
	}
	wantEqual(t, "removed first", removeApps(t, store, founded), []identity.AppID{"at-once", "before"})
	wantEqual(t, "left as they are", listApps(t, store, identity.AppFilter{}), []identity.AppID{"kept"})
	wantEqual(t, "left for now", listApps(t, store, identity.AppFilter{Archived: true}), []identity.AppID{"soon"})
	wantEqual(t, "removed again", removeApps(t, store, founded), []identity.AppID{})
	wantEqual(t, "removed later", removeApps(t, store, founded.Add(time.Minute)), []identity.AppID{"soon"})
	wantEqual(t, "left", listApps(t, store, identity.AppFilter{}), []identity.AppID{"kept"})
}

func deleteAppWithAll(t *testing.T, store identity.Store) {
	acme := addApp(t, store, "acme")
	other := addUser(t, store, newUser(addApp(t, store, "zeta"), "mina"))
	addToken(t, store, other, newToken("of-zeta"))
	mina := addUser(t, store, fullUser(acme, "mina"))
	block(t, store, mina, addUser(t, store, newUser(acme, "oleg")), founded)
	addToken(t, store, mina, newToken("of-acme"))
	addKey(t, store, newKey("acme", "key-of-acme"))
	addRole(t, store, newRole("acme", "tutor"))
	findSession(t, store, "of-acme")

	acme.DeleteAt = founded
	change(t, store, func(tx identity.Tx) error { return tx.SaveApp(acme) })
	removeApps(t, store, founded)
	_, err := store.Session(t.Context(), "of-acme")
	wantError(t, "its session", err, identity.ErrNotFound)
	_, err = store.APIKey(t.Context(), "acme", "key-of-acme")
	wantError(t, "its key", err, identity.ErrNotFound)

	// An app made anew with the id starts with nothing.
	addApp(t, store, "acme")
	wantUsers(t, store, "acme", "the users", identity.UserFilter{})
	_, err = store.Role(t.Context(), "acme", "tutor")
	wantError(t, "its role", err, identity.ErrNotFound)
	again := addUser(t, store, newUser(newApp("acme"), "mina"))
	wantEqual(t, "the tokens of the new user", listTokens(t, store, again), []identity.AuthToken{})
	wantUsers(t, store, "acme", "the users with a tag of the old one", identity.UserFilter{Tags: []string{"pilot"}})
	wantEqual(t, "whom the new user blocks", listBlocked(t, store, again, identity.BlockedByMe), []identity.BlockedUser{})
	wantEqual(t, "the session of the other app", findSession(t, store, "of-zeta").User, other)
}
