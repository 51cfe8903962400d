package dashboard

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/usherhq/usher/internal/identity"
)

type operatorsPage struct {
	Operators   []identity.Operator
	Invitations []identity.Invitation
	Form        *form
	Roles       []Option
	// Link is of an invitation that was made just now: it is shown this once.
	Link string
}

// What the roles may do, as people are told it.
var roleOptions = []Option{
	{string(identity.OperatorViewer), "Viewer", "sees everything but keys and tokens"},
	{string(identity.OperatorDeveloper), "Developer", "manages keys, users and webhooks as well"},
	{string(identity.OperatorOwner), "Owner", "manages apps and operators as well"},
}

func (d *Dashboard) operatorsPage(c *call, filled *form) (operatorsPage, error) {
	operators, err := d.service.ListOperators(c.Context())
	if err != nil {
		return operatorsPage{}, err
	}
	invitations, err := d.service.ListInvitations(c.Context())
	return operatorsPage{Operators: operators, Invitations: invitations, Form: filled, Roles: roleOptions}, err
}

func (d *Dashboard) listOperators(c *call) (reply, error) {
	page, err := d.operatorsPage(c, blank(map[string]string{"role": string(identity.OperatorViewer)}))
	return show("operators.html", "Operators", page), err
}

func (d *Dashboard) inviteOperator(c *call) (reply, error) {
	filled := c.form()
	invitation, err := d.service.InviteOperator(c.Context(), c.caller, identity.OperatorRole(filled.Value("role")))
	taken := filled.takes(err)
	if err != nil && !taken {
		return reply{}, err
	}
	page, err := d.operatorsPage(c, filled)
	shown := show("operators.html", "Operators", page).at(Prefix + "/operators")
	if taken {
		return shown.refused(), err
	}
	page.Link = d.baseURL(c) + WelcomePath + "#" + string(invitation.Code)
	shown.data = page
	return shown, err
}

func (d *Dashboard) withdrawInvitation(c *call) (reply, error) {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil {
		return reply{}, errNoPage
	}
	if err := d.service.WithdrawInvitation(c.Context(), c.caller, id); err != nil {
		return reply{}, err
	}
	return goTo(Prefix + "/operators").saying("The invitation is no good any more."), nil
}

func (d *Dashboard) setOperatorRole(c *call) (reply, error) {
	name, role := c.PathValue("name"), identity.OperatorRole(c.form().Value("role"))
	err := d.service.SetOperatorRole(c.Context(), c.caller, name, role)
	return backToOperators(err, fmt.Sprintf("%s is %s now, and has to sign in again.", name, role))
}

func (d *Dashboard) removeOperator(c *call) (reply, error) {
	name := c.PathValue("name")
	if c.form().Value("confirmed") != name {
		return goTo(Prefix + "/operators").warning("Nobody was removed: what you typed is not the name."), nil
	}
	return backToOperators(d.service.RemoveOperator(c.Context(), c.caller, name), name+" was removed.")
}

func backToOperators(err error, text string) (reply, error) {
	if errors.Is(err, identity.ErrLastOwner) {
		return goTo(Prefix + "/operators").warning(sentence(err.Error())), nil
	}
	return goTo(Prefix + "/operators").saying(text), err
}
