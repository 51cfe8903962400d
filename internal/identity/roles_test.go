package identity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// newRole creates a role that is called as its id.
func (h *house) newRole(tb testing.TB, id string) identity.Role {
	tb.Helper()
	role, err := h.CreateRole(tb.Context(), h.server(tb), id, identity.RoleChange{Name: &id})
	if err != nil {
		tb.Fatalf("create the role %s: %v", id, err)
	}
	return role
}

func TestRoles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	log := h.watch(t, h.app)
	want := identity.Role{
		AppID: "acme", ID: "tutor-1", Name: "Tutor", Description: "Über 👍", Metadata: []byte(`{"a":1}`),
		Settings:  identity.RoleSettings{ListUsers: "all", SendMessagesTo: "friendsOnly"},
		CreatedAt: founded, UpdatedAt: founded,
	}
	got, err := h.CreateRole(t.Context(), h.server(t), "Tutor-1", identity.RoleChange{
		Name: &want.Name, Description: &want.Description, Metadata: new(json.RawMessage(` { "a" : 1 }`)), Settings: &want.Settings,
	})
	wantCode(t, "create", err, "")
	wantEqual(t, "the answer", got, want)
	log.want(t, "creating", "role_created  role:tutor-1 key:2")
	for _, id := range []string{"tutor-1", "TUTOR-1"} {
		got, err = h.GetRole(t.Context(), h.server(t), id)
		wantCode(t, "get "+id, err, "")
		wantEqual(t, "the role", got, want)
		_, err = h.CreateRole(t.Context(), h.server(t), id, identity.RoleChange{Name: new("Another")})
		wantCode(t, "create "+id+" again", err, fault.CodeRoleTaken)
	}
	log.want(t, "what was refused")

	h.pass(time.Hour)
	want.Name, want.UpdatedAt = "Master", h.now()
	got, err = h.UpdateRole(t.Context(), h.server(t), "Tutor-1", identity.RoleChange{Name: &want.Name})
	wantCode(t, "update", err, "")
	wantEqual(t, "the updated", got, want)
	want.Description, want.Metadata, want.Settings = "", nil, identity.RoleSettings{}
	got, err = h.UpdateRole(t.Context(), h.server(t), "tutor-1", identity.RoleChange{
		Description: new(""), Metadata: new(json.RawMessage(nil)), Settings: &identity.RoleSettings{},
	})
	wantCode(t, "clear", err, "")
	wantEqual(t, "the cleared", got, want)
	log.want(t, "updating", "role_updated  role:tutor-1 key:2", "role_updated  role:tutor-1 key:2")

	byDefault := identity.Role{AppID: "acme", ID: "default", Name: "Default", CreatedAt: founded, UpdatedAt: founded}
	listed, total, err := h.ListRoles(t.Context(), h.server(t), identity.Page{Number: 1, Size: 10})
	wantCode(t, "list", err, "")
	wantEqual(t, "the list", listed, []identity.Role{byDefault, want})
	wantEqual(t, "how many", total, 2)
}

func TestLimitsOfRoles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.newRole(t, "tutor")
	metadata := func(text string) *json.RawMessage { return new(json.RawMessage(text)) }
	for number, limit := range []struct {
		name   string
		change identity.RoleChange
		want   []string
	}{
		{"100 characters", identity.RoleChange{Name: new(strings.Repeat("é", 100))}, nil},
		{"101 characters", identity.RoleChange{Name: new(strings.Repeat("é", 101))}, []string{"name"}},
		{"no name", identity.RoleChange{Name: new("")}, []string{"name"}},
		{"a description of 255", identity.RoleChange{Name: new("a"), Description: new(strings.Repeat("é", 255))}, nil},
		{"a description of 256", identity.RoleChange{Name: new("a"), Description: new(strings.Repeat("é", 256))}, []string{"description"}},
		{"a description with NUL", identity.RoleChange{Name: new("a"), Description: new("\x00")}, []string{"description"}},
		{"a description that is no text", identity.RoleChange{Name: new("a"), Description: new("\xff")}, []string{"description"}},
		{"metadata that is no object", identity.RoleChange{Name: new("a"), Metadata: metadata(`[]`)}, []string{"metadata"}},
		{"a setting there is not", identity.RoleChange{Name: new("a"), Settings: &identity.RoleSettings{ListUsers: "none"}}, []string{"settings"}},
		{
			"all of it", identity.RoleChange{
				Name: new(" "), Description: new("\x00"), Metadata: metadata(`1`), Settings: &identity.RoleSettings{SendMessagesTo: "x"},
			}, []string{"description", "metadata", "name", "settings"},
		},
	} {
		_, err := h.CreateRole(t.Context(), h.server(t), fmt.Sprint("role-", number), limit.change)
		wantEqual(t, "create with "+limit.name, fieldsAtFault(t, err), limit.want)
		_, err = h.UpdateRole(t.Context(), h.server(t), "tutor", limit.change)
		wantEqual(t, "update with "+limit.name, fieldsAtFault(t, err), limit.want)
	}
	for _, id := range []string{"", "no role", "röle", "a\x00", strings.Repeat("a", 101)} {
		_, err := h.CreateRole(t.Context(), h.server(t), id, identity.RoleChange{})
		wantEqual(t, "create "+id, fieldsAtFault(t, err), []string{"name", "role"})
	}
}

func TestAnAppHas25RolesAtMost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	// The role default is one of them.
	for number := range identity.MaxRoles - 1 {
		h.newRole(t, fmt.Sprint("role-", number))
	}
	_, err := h.CreateRole(t.Context(), h.server(t), "one-more", identity.RoleChange{Name: new("One more")})
	wantCode(t, "one more", err, fault.CodeQuotaExceeded)
	_, err = h.CreateRole(t.Context(), h.server(t), "role-3", identity.RoleChange{Name: new("There already")})
	wantCode(t, "one that is there", err, fault.CodeRoleTaken)
	wantCode(t, "delete one", h.DeleteRole(t.Context(), h.server(t), "role-3"), "")
	h.newRole(t, "in-its-place")
}

func TestUnknownRoles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	zeta, _, err := h.CreateApp(t.Context(), identity.Caller{Management: true}, identity.FirstApp{Region: "eu"}, identity.AppChange{Name: new("Zeta")})
	wantCode(t, "create an app", err, "")
	_, err = h.CreateRole(t.Context(), identity.Caller{App: zeta}, "theirs", identity.RoleChange{Name: new("Theirs")})
	wantCode(t, "create a role of it", err, "")
	for _, id := range []string{"", "nothing", "no role", "a\x00", "\xff", "theirs"} {
		_, err := h.GetRole(t.Context(), h.server(t), id)
		wantCode(t, "get "+id, err, fault.CodeUnknownRole)
		_, err = h.UpdateRole(t.Context(), h.server(t), id, identity.RoleChange{Name: new("Mine")})
		wantCode(t, "update "+id, err, fault.CodeUnknownRole)
		wantCode(t, "delete "+id, h.DeleteRole(t.Context(), h.server(t), id), fault.CodeUnknownRole)
	}
}

func TestDeleteRole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.newRole(t, "tutor")
	h.mina(t)
	_, err := h.UpdateUser(t.Context(), h.server(t), "mina", identity.UserChange{Role: new("Tutor")})
	wantCode(t, "give her the role", err, "")
	token := h.issue(t, identity.ScopeFullAccess, "mina")
	wantEqual(t, "the role in her session", h.client(t, token.Value).Session.User.Role, "tutor")
	log := h.watch(t, h.app)
	wantCode(t, "delete", h.DeleteRole(t.Context(), h.server(t), "TUTOR"), "")
	log.want(t, "deleting", "role_deleted  role:tutor key:2")
	user, err := h.GetUser(t.Context(), h.server(t), "mina")
	wantCode(t, "get the user", err, "")
	wantEqual(t, "her role", user.Role, identity.DefaultRole)
	wantEqual(t, "the role in her session after that", h.client(t, token.Value).Session.User.Role, identity.DefaultRole)
	wantCode(t, "delete it again", h.DeleteRole(t.Context(), h.server(t), "tutor"), fault.CodeUnknownRole)

	for _, id := range []string{"default", "DEFAULT"} {
		wantCode(t, "delete "+id, h.DeleteRole(t.Context(), h.server(t), id), fault.CodeRoleDeleteDenied)
	}
	_, err = h.UpdateRole(t.Context(), h.server(t), "default", identity.RoleChange{Name: new("Everybody")})
	wantCode(t, "rename the role default", err, "")
	log.want(t, "all that", "role_updated  role:default key:2")
}

// A role must have been created before a user can have it.
func TestARoleOfAUserMustExist(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.newRole(t, "tutor")
	for number, one := range []struct{ asked, got string }{
		{"", "default"}, {"default", "default"}, {"Tutor", "tutor"}, {"captain", ""}, {"no role", ""},
	} {
		uid := fmt.Sprint("user-", number)
		user, _, err := h.CreateUser(t.Context(), h.server(t), identity.NewUser{UID: uid, Name: "Mina", Role: one.asked}, false)
		if one.got != "" {
			wantCode(t, "create with "+one.asked, err, "")
			wantEqual(t, "the role", user.Role, one.got)
			continue
		}
		wantEqual(t, "create with "+one.asked, fieldsAtFault(t, err), []string{"role"})
		_, err = h.GetUser(t.Context(), h.server(t), identity.UID(uid))
		wantCode(t, "the user who was refused", err, fault.CodeUnknownUID)
	}
	mina := h.mina(t)
	log := h.watch(t, h.app)
	for _, name := range []string{"captain", "no role", ""} {
		_, err := h.UpdateUser(t.Context(), h.server(t), "mina", identity.UserChange{Name: new("M."), Role: &name})
		wantEqual(t, "change to "+name, fieldsAtFault(t, err), []string{"role"})
	}
	found, err := h.GetUser(t.Context(), h.server(t), "mina")
	wantCode(t, "get", err, "")
	wantEqual(t, "the user", found, mina)
	log.want(t, "what was refused")
}
