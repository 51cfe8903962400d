package identity_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// arrival is a user who comes from elsewhere and breaks no rule.
func arrival(uid string) identity.ImportedUser {
	return identity.ImportedUser{NewUser: identity.NewUser{UID: uid, Name: "Ana"}}
}

func TestImportUsersKeepsTheTimes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	given := func(at string) time.Time {
		parsed, err := time.Parse(time.DateOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	whole := arrival("Ana-1")
	whole.NewUser = identity.NewUser{
		UID: "Ana-1", Name: "Ana", Avatar: "https://img.example.org/a.png", Link: "https://example.org/ana",
		StatusMessage: "hello", Metadata: json.RawMessage(`{"src": "old"}`), Tags: []string{"pilot", "pilot"},
	}
	whole.CreatedAt, whole.UpdatedAt, whole.LastActiveAt = "1609459200", "1612137600", "1614556800"
	gone := arrival("gone")
	gone.CreatedAt, gone.DeactivatedAt = "1609459200", "1617235200"
	users := []identity.ImportedUser{whole, arrival("plain"), gone}
	outcomes, err := h.ImportUsers(t.Context(), h.server(t), users)
	wantCode(t, "import", err, "")
	for i, want := range []identity.User{
		{
			UID: "ana-1", Name: "Ana", Avatar: "https://img.example.org/a.png", Link: "https://example.org/ana",
			StatusMessage: "hello", Metadata: json.RawMessage(`{"src":"old"}`), Tags: []string{"pilot"},
			CreatedAt: given("2021-01-01"), UpdatedAt: given("2021-02-01"), LastActiveAt: given("2021-03-01"),
		},
		{UID: "plain", Name: "Ana", CreatedAt: founded, UpdatedAt: founded},
		{UID: "gone", Name: "Ana", CreatedAt: given("2021-01-01"), UpdatedAt: given("2021-01-01"), DeactivatedAt: given("2021-04-01")},
	} {
		want.ID, want.AppID, want.Role = outcomes[i].User.ID, h.app.ID, identity.DefaultRole
		wantEqual(t, "the answer", outcomes[i], identity.ImportOutcome{User: want})
		stored, err := h.store.User(t.Context(), h.app.ID, want.UID)
		wantCode(t, "find the user", err, "")
		wantEqual(t, "the stored user", stored, want)
	}
}

func TestImportUsersRefusesEachForItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "there")
	h.deactivate(t, h.add(t, "deactivated"))
	seen := len(h.eventsSoFar(t))
	for name, test := range map[string]struct {
		change func(user *identity.ImportedUser)
		code   fault.Code
		fields []string
	}{
		"no uid":             {func(u *identity.ImportedUser) { u.UID = "" }, fault.CodeBadRequest, []string{"uid"}},
		"no name":            {func(u *identity.ImportedUser) { u.Name = " " }, fault.CodeBadRequest, []string{"name"}},
		"a long name":        {func(u *identity.ImportedUser) { u.Name = strings.Repeat("é", 101) }, fault.CodeBadRequest, []string{"name"}},
		"another's role":     {func(u *identity.ImportedUser) { u.Role = "tutor" }, fault.CodeBadRequest, []string{"role"}},
		"metadata of a kind": {func(u *identity.ImportedUser) { u.Metadata = json.RawMessage(`[]`) }, fault.CodeBadRequest, []string{"metadata"}},
		"a uid in use":       {func(u *identity.ImportedUser) { u.UID = "There" }, fault.CodeUIDTaken, nil},
		"a deactivated uid":  {func(u *identity.ImportedUser) { u.UID = "deactivated" }, fault.CodeUIDTaken, nil},
		"two in one import":  {func(u *identity.ImportedUser) { u.UID = "FIRST" }, fault.CodeUIDTaken, nil},
		"everything at once": {
			func(u *identity.ImportedUser) { u.Name, u.CreatedAt, u.DeactivatedAt = "", "x", "-1" },
			fault.CodeBadRequest,
			[]string{"createdAt", "deactivatedAt", "name"},
		},
	} {
		wrong := arrival("wrong")
		test.change(&wrong)
		outcomes, err := h.ImportUsers(t.Context(), h.server(t), []identity.ImportedUser{arrival("first"), wrong, arrival("last")})
		wantCode(t, name, err, "")
		refused := outcomes[1].Refused
		if refused == nil {
			t.Errorf("%s was imported", name)
			continue
		}
		wantEqual(t, name, refused.Code, test.code)
		var fields []string
		for field := range refused.Details {
			fields = append(fields, field)
		}
		slices.Sort(fields)
		wantEqual(t, "the fields of "+name, fields, test.fields)
		for i, uid := range map[int]identity.UID{0: "first", 2: "last"} {
			if outcomes[i].Refused != nil {
				t.Errorf("%s kept %s from being imported: %v", name, uid, outcomes[i].Refused)
			}
			wantCode(t, "delete "+string(uid), h.DeleteUser(t.Context(), h.server(t), uid), "")
		}
		_, err = h.GetUser(t.Context(), h.server(t), "wrong")
		wantCode(t, "find who was refused for "+name, err, fault.CodeUnknownUID)
		for _, event := range h.eventsSoFar(t)[seen:] {
			if event.UID != "first" && event.UID != "last" {
				t.Errorf("%s left the event %s of %q", name, event.Kind, event.UID)
			}
		}
	}
}

func TestImportedTimes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for text, want := range map[string]string{
		`1609459200`: "2021-01-01T00:00:00Z", `"1609459200"`: "2021-01-01T00:00:00Z",
		`1`: "1970-01-01T00:00:01Z", `253402300799`: "9999-12-31T23:59:59Z",
		`null`: "", `0`: "", `"0"`: "", `""`: "",
		`-1`: "refused", `"-1"`: "refused", `253402300800`: "refused", `1609459200000`: "refused",
		`1.5`: "refused", `1e9`: "refused", `"soon"`: "refused", `true`: "refused", `[1]`: "refused", `{}`: "refused",
		`99999999999999999999`: "refused", `"2021-01-01"`: "refused", `" 1"`: "refused",
	} {
		user := arrival("ana")
		if err := json.Unmarshal([]byte(text), &user.LastActiveAt); err != nil {
			t.Fatal(err)
		}
		outcomes, err := h.ImportUsers(t.Context(), h.server(t), []identity.ImportedUser{user})
		wantCode(t, "import "+text, err, "")
		got := ""
		switch {
		case outcomes[0].Refused != nil:
			got = "refused"
		case !outcomes[0].User.LastActiveAt.IsZero():
			got = outcomes[0].User.LastActiveAt.Format(time.RFC3339)
		}
		wantEqual(t, "the time "+text, got, want)
		if got != "refused" {
			wantCode(t, "delete the user", h.DeleteUser(t.Context(), h.server(t), "ana"), "")
		}
	}
}

func TestImportUsersWritesItsEvents(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seen := len(h.eventsSoFar(t))
	gone := arrival("gone")
	gone.DeactivatedAt = "1609459200"
	caller := h.server(t)
	if _, err := h.ImportUsers(t.Context(), caller, []identity.ImportedUser{gone, arrival("ana")}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, event := range h.eventsSoFar(t)[seen:] {
		got = append(got, string(event.Kind)+" "+string(event.UID))
		if event.Actor == "operator" || event.Address != caller.Address {
			t.Errorf("the event of %s is by %s from %q", event.UID, event.Actor, event.Address)
		}
	}
	wantEqual(t, "the events", got, []string{"user_created ana", "user_created gone", "user_deactivated gone"})
}

// eventsSoFar is every event of the app.
func (h *house) eventsSoFar(tb testing.TB) []identity.Event {
	tb.Helper()
	events, err := h.store.Events(tb.Context(), h.app.ID, identity.EventFilter{Limit: 1000})
	if err != nil {
		tb.Fatal(err)
	}
	return events
}

func TestAnImportThatTheDatabaseFailsIsNoRefusal(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	broken := identity.NewService(brokenStore{err: identity.ErrOverloaded}, h.now, nil)
	_, err := broken.ImportUsers(t.Context(), h.server(t), []identity.ImportedUser{arrival("ana")})
	wantCode(t, "import", err, fault.CodeMissionFailed)
	// Who has nothing to write needs no database.
	_, err = broken.ImportUsers(t.Context(), h.server(t), []identity.ImportedUser{arrival("")})
	wantCode(t, "import nobody", err, "")
}

func TestAllUsersGivesEveryUserOfTheApp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	other, _, err := h.CreateApp(t.Context(), identity.Caller{}, identity.FirstApp{Region: "eu", SampleUsers: true}, identity.AppChange{Name: new("Other")})
	wantCode(t, "create another app", err, "")
	for _, uid := range []string{"b", "_", "a-1", "a", "9"} {
		h.add(t, uid)
	}
	h.deactivate(t, h.add(t, "c"))
	for name, test := range map[string]struct {
		app  identity.App
		want []identity.UID
	}{
		"the app":     {h.app, []identity.UID{"9", "_", "a", "a-1", "b", "c"}},
		"another app": {other, identity.SampleUIDs[:]},
	} {
		var got []identity.UID
		for user, err := range h.AllUsers(t.Context(), identity.Caller{App: test.app}) {
			wantCode(t, name, err, "")
			stored, err := h.store.User(t.Context(), test.app.ID, user.UID)
			wantCode(t, "find the user", err, "")
			wantEqual(t, "a user of "+name, user, stored)
			got = append(got, user.UID)
		}
		wantEqual(t, "the users of "+name, got, test.want)
	}
	for _, err := range h.AllUsers(t.Context(), identity.Caller{App: h.app}) {
		wantCode(t, "the first of all", err, "")
		break
	}
	ended, end := context.WithCancel(t.Context())
	end()
	failed := false
	for _, err := range h.AllUsers(ended, identity.Caller{App: h.app}) {
		failed = err != nil
	}
	if !failed {
		t.Error("a list that could not be read looks like one that has ended")
	}
}
