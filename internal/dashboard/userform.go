package dashboard

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// userForm is a user to be filled in: a new one, or one that is there.
type userForm struct {
	// User has no uid where it is a new one.
	User  identity.User
	Path  string
	Form  *form
	Roles []Option
}

func (d *Dashboard) newUser(c *call) (reply, error) {
	return d.showUserForm(c, identity.User{}, blank(map[string]string{"role": identity.DefaultRole}))
}

func (d *Dashboard) showUserForm(c *call, user identity.User, filled *form) (reply, error) {
	roles, err := d.roleOptions(c)
	title := "New user"
	page := userForm{User: user, Path: appPath(c.app.ID) + "/users", Form: filled, Roles: roles}
	if user.UID != "" {
		title, page.Path = "Edit "+user.Name, userPath(c, user.UID)
	}
	return show("userform.html", title, page), err
}

func (d *Dashboard) createUser(c *call) (reply, error) {
	filled := c.form()
	wanted := identity.NewUser{
		UID: strings.TrimSpace(filled.Value("uid")), Name: strings.TrimSpace(filled.Value("name")), Avatar: strings.TrimSpace(filled.Value("avatar")), Link: strings.TrimSpace(filled.Value("link")),
		Role: filled.Value("role"), StatusMessage: textOf(filled, "statusMessage"), Metadata: metadataOf(filled), Tags: wordsOf(filled.Value("tags"), "\n"),
	}
	user, token, err := d.service.CreateUser(c.Context(), c.caller, wanted, filled.Value("withAuthToken") == "on")
	if fault.CodeOf(err) == fault.CodeUIDTaken {
		filled.reject("uid", "There is a user with this uid already, maybe a deactivated one.")
	}
	if filled.takes(err) || !filled.Sound() {
		shown, err := d.showUserForm(c, identity.User{}, filled)
		return shown.refused(), err
	}
	if err != nil {
		return reply{}, err
	}
	if token != nil {
		return d.showIssued(c, user, *token)
	}
	return goTo(userPath(c, user.UID)).saying(user.Name + " was created."), nil
}

// editUser shows the form with what is known of the user.
func (d *Dashboard) editUser(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	if !user.Active() {
		return goTo(userPath(c, user.UID)).warning("A deactivated user can't be changed: reactivate it first."), nil
	}
	var metadata bytes.Buffer
	if len(user.Metadata) > 0 {
		if err := json.Indent(&metadata, user.Metadata, "", "  "); err != nil {
			return reply{}, err
		}
	}
	return d.showUserForm(c, user, blank(map[string]string{
		"name": user.Name, "avatar": user.Avatar, "link": user.Link, "role": user.Role, "statusMessage": user.StatusMessage,
		"metadata": metadata.String(), "tags": strings.Join(user.Tags, "\n"),
	}))
}

func (d *Dashboard) updateUser(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	filled := c.form()
	_, err = d.service.UpdateUser(c.Context(), c.caller, user.UID, identity.UserChange{
		Name: new(strings.TrimSpace(filled.Value("name"))), Avatar: new(strings.TrimSpace(filled.Value("avatar"))), Link: new(strings.TrimSpace(filled.Value("link"))),
		Role: new(filled.Value("role")), StatusMessage: new(textOf(filled, "statusMessage")), Metadata: new(metadataOf(filled)), Tags: new(wordsOf(filled.Value("tags"), "\n")),
	})
	if filled.takes(err) {
		shown, err := d.showUserForm(c, user, filled)
		return shown.refused(), err
	}
	return goTo(userPath(c, user.UID)).saying("The user was changed."), err
}

// textOf is a text of several lines as it is stored: browsers end lines with two characters.
func textOf(filled *form, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(filled.Value(name), "\r\n", "\n"))
}

func metadataOf(filled *form) json.RawMessage {
	return json.RawMessage(strings.TrimSpace(filled.Value("metadata")))
}
