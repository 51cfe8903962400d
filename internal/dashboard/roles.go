package dashboard

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// ofRole is where the pages of a role lie.
const ofRole = inApp + "/roles/{roleId}"

type rolesPage struct {
	Roles []identity.Role
	// Full says that the app has as many roles as it may have.
	Full bool
}

// rolePage makes a role, or changes one: then Role has an id.
type rolePage struct {
	Role identity.Role
	Form *form
	// Features are those that are restricted, one a line.
	Features *form
	Whom     []Option
	IsNew    bool
	// Stays says that the role is always there.
	Stays bool
}

// everyRole is a page that holds all roles an app may have.
var everyRole = identity.Page{Number: 1, Size: identity.MaxRoles}

// Whom users of a role may see, or write to.
var whomOptions = []Option{{"", "Not said", ""}, {"all", "All", ""}, {"friendsOnly", "Friends only", ""}}

func (d *Dashboard) listRoles(c *call) (reply, error) {
	roles, total, err := d.service.ListRoles(c.Context(), c.caller, everyRole)
	return show("roles.html", "Roles", rolesPage{roles, total >= identity.MaxRoles}), err
}

func (d *Dashboard) newRole(*call) (reply, error) {
	return show("role.html", "New role", rolePage{Form: blank(nil), Whom: whomOptions, IsNew: true}), nil
}

func wantedRole(filled *form) identity.RoleChange {
	metadata := json.RawMessage(strings.TrimSpace(filled.Value("metadata")))
	return identity.RoleChange{
		Name: new(filled.Value("name")), Description: new(filled.Value("description")), Metadata: &metadata,
		Settings: &identity.RoleSettings{ListUsers: filled.Value("listUsers"), SendMessagesTo: filled.Value("sendMessagesTo")},
	}
}

// takesRole is takes for the fields of a role, whose settings are two of the form.
func takesRole(filled *form, err error) bool {
	if !filled.takes(err) {
		return false
	}
	for _, text := range filled.Problems("settings") {
		filled.reject("listUsers", text)
	}
	return true
}

func (d *Dashboard) createRole(c *call) (reply, error) {
	filled := c.form()
	role, err := d.service.CreateRole(c.Context(), c.caller, filled.Value("role"), wantedRole(filled))
	again := show("role.html", "New role", rolePage{Form: filled, Whom: whomOptions, IsNew: true}).refused()
	if fault.CodeOf(err) == fault.CodeRoleTaken {
		filled.reject("role", "There is a role with this id already.")
		return again, nil
	}
	if takesRole(filled, err) {
		return again, nil
	}
	return goTo(appPath(c.app.ID) + "/roles/" + role.ID).saying("The role was created."), err
}

// rolePageOf shows a role; filled and features are nil for what it has.
func rolePageOf(role identity.Role, filled, features *form) rolePage {
	if filled == nil {
		filled = blank(map[string]string{
			"name": role.Name, "description": role.Description, "metadata": string(role.Metadata),
			"listUsers": role.Settings.ListUsers, "sendMessagesTo": role.Settings.SendMessagesTo,
		})
	}
	if features == nil {
		features = blank(map[string]string{"featuresToRestrict": strings.Join(role.Restricted, "\n")})
	}
	return rolePage{Role: role, Form: filled, Features: features, Whom: whomOptions, Stays: role.ID == identity.DefaultRole}
}

func (d *Dashboard) showRole(c *call) (reply, error) {
	role, err := d.service.GetRole(c.Context(), c.caller, c.PathValue("roleId"))
	return show("role.html", role.Name, rolePageOf(role, nil, nil)), err
}

func (d *Dashboard) updateRole(c *call) (reply, error) {
	role, err := d.service.GetRole(c.Context(), c.caller, c.PathValue("roleId"))
	if err != nil {
		return reply{}, err
	}
	filled := c.form()
	_, err = d.service.UpdateRole(c.Context(), c.caller, role.ID, wantedRole(filled))
	if takesRole(filled, err) {
		return show("role.html", role.Name, rolePageOf(role, filled, nil)).refused(), nil
	}
	return goTo(appPath(c.app.ID) + "/roles/" + role.ID).saying("The role was changed."), err
}

// restrictRole makes what is filled in the whole of what is restricted.
func (d *Dashboard) restrictRole(c *call) (reply, error) {
	role, err := d.service.GetRole(c.Context(), c.caller, c.PathValue("roleId"))
	if err != nil {
		return reply{}, err
	}
	filled := c.form()
	wanted := strings.Fields(filled.Value("featuresToRestrict"))
	allowed := slices.DeleteFunc(slices.Clone(role.Restricted), func(feature string) bool { return slices.Contains(wanted, feature) })
	_, err = d.service.RestrictFeatures(c.Context(), c.caller, role.ID, identity.FeatureChange{Restrict: wanted, Allow: allowed})
	if filled.takes(err) {
		return show("role.html", role.Name, rolePageOf(role, nil, filled)).at(appPath(c.app.ID) + "/roles/" + role.ID).refused(), nil
	}
	return goTo(appPath(c.app.ID) + "/roles/" + role.ID).saying("The restricted features were changed."), err
}

func (d *Dashboard) deleteRole(c *call) (reply, error) {
	id := c.PathValue("roleId")
	if c.form().Value("confirmed") != id {
		return goTo(appPath(c.app.ID) + "/roles/" + id).warning("The role was not deleted: what you typed is not its id."), nil
	}
	err := d.service.DeleteRole(c.Context(), c.caller, id)
	return goTo(appPath(c.app.ID) + "/roles").saying("The role was deleted. Its users have the role default now."), err
}
