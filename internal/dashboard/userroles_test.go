package dashboard_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

func (c *console) role(id string) identity.Role {
	c.t.Helper()
	role, err := c.service.GetRole(c.t.Context(), callerOf(c.t, c), id)
	if err != nil {
		c.t.Fatal(err)
	}
	return role
}

func TestARoleIsCreatedChangedRestrictedAndDeleted(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		developer := func() *browser { c.owner(); return c.member(identity.OperatorDeveloper) }()
		wantStatus(t, "create", developer.post(appPage("/roles"), "role", "Tutor", "name", "Tutor", "description", "Teaches", "listUsers", "friendsOnly", "metadata", `{"grade": 7}`), http.StatusSeeOther)
		wantStatus(t, "change", developer.post(appPage("/roles/tutor"), "name", "Teacher", "description", "", "listUsers", "all", "sendMessagesTo", "friendsOnly", "metadata", ""), http.StatusSeeOther)
		role := c.role("tutor")
		if role.Name != "Teacher" || role.Description != "" || role.Settings != (identity.RoleSettings{ListUsers: "all", SendMessagesTo: "friendsOnly"}) || role.Metadata != nil {
			t.Errorf("the role is %+v", role)
		}
		for _, features := range []string{"u.listUsers\r\ncalls.start", "chat.send calls.start", ""} {
			wantStatus(t, "restrict", developer.post(appPage("/roles/tutor/features"), "featuresToRestrict", features), http.StatusSeeOther)
			want := strings.Fields(features)
			slices.Sort(want)
			if got := c.role("tutor").Restricted; !slices.Equal(got, want) {
				t.Errorf("restricted are %v, want %v", got, want)
			}
		}
		developer.post(appPage("/roles/tutor/delete"), "confirmed", "Tutor")
		c.role("tutor")
		wantStatus(t, "delete", developer.post(appPage("/roles/tutor/delete"), "confirmed", "tutor"), http.StatusSeeOther)
		wantStatus(t, "the deleted", developer.get(appPage("/roles/tutor")), http.StatusNotFound)
		wantStatus(t, "the default one", developer.post(appPage("/roles/default/delete"), "confirmed", "default"), http.StatusForbidden)
	})
}

func TestWhatIsWrongWithARoleStandsAtItsField(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for field, value := range map[string]string{
		"role": "no spaces", "name": " ", "description": strings.Repeat("x", 256), "metadata": "7", "listUsers": "nobody",
	} {
		fields := map[string]string{"role": "tutor", "name": "Tutor", field: value}
		var flat []string
		for name, value := range fields {
			flat = append(flat, name, value)
		}
		got := owner.post(appPage("/roles"), flat...)
		wantStatus(t, field, got, http.StatusUnprocessableEntity)
		wantText(t, field, got, `id="field-`+field+`-problems"`)
	}
	taken := owner.post(appPage("/roles"), "role", "default", "name", "x")
	wantStatus(t, "a role that is there", taken, http.StatusUnprocessableEntity)
	wantText(t, "a role that is there", taken, `id="field-role-problems"`)
	restricted := owner.post(appPage("/roles/default/features"), "featuresToRestrict", "<b>")
	wantStatus(t, "no feature", restricted, http.StatusUnprocessableEntity)
	wantText(t, "no feature", restricted, `id="field-featuresToRestrict-problems"`)
}
