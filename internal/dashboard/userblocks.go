package dashboard

import (
	"errors"
	"net/http"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

type userBlocksPage struct {
	userFrame

	// ByOthers says that the list is of those who block the user.
	ByOthers bool
	Blocked  []identity.BlockedUser
	Page     identity.Page
	Total    int
	Form     *form
	// AppPath is where the pages of the listed users lie.
	AppPath string
}

func (d *Dashboard) listBlocks(c *call) (reply, error) { return d.showBlocks(c, blank(nil)) }

func (d *Dashboard) showBlocks(c *call, filled *form) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	page := userBlocksPage{
		userFrame: userFrame{user, userPath(c, user.UID), "blocks"}, ByOthers: c.URL.Query().Get("by") == "others", Form: filled,
		Page: identity.Page{Number: pageNumber(c), Size: usersPerPage}, AppPath: appPath(c.app.ID),
	}
	direction := identity.BlockedByMe
	if page.ByOthers {
		direction = identity.HasBlockedMe
	}
	page.Page, err = withinList(page.Page, func(asked identity.Page) (int, error) {
		page.Blocked, page.Total, err = d.service.ListBlocked(c.Context(), c.caller, user.UID, direction, asked)
		return page.Total, err
	})
	return show("userblocks.html", user.Name, page), err
}

func (d *Dashboard) block(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	filled := c.form()
	other := strings.TrimSpace(filled.Value("blocked"))
	if err := d.setBlocked(c, user, other, true); err != nil {
		refused, isRefused := errors.AsType[*fault.Error](err)
		if !isRefused || refused.Code.Status() >= http.StatusInternalServerError {
			return reply{}, err
		}
		filled.reject("blocked", refused.Message)
		shown, err := d.showBlocks(c, filled)
		return shown.refused(), err
	}
	return goTo(userPath(c, user.UID) + "/blocks").saying(user.Name + " blocks " + other + " now."), nil
}

func (d *Dashboard) unblock(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	other := c.PathValue("other")
	err = d.setBlocked(c, user, other, false)
	return goTo(userPath(c, user.UID) + "/blocks").saying(user.Name + " does not block " + other + " any more."), err
}

// setBlocked makes a user block one other, or not, and tells a refusal of that as an error.
func (d *Dashboard) setBlocked(c *call, user identity.User, other string, blocked bool) error {
	outcomes, err := d.service.SetBlocked(c.Context(), c.caller, user.UID, []string{other}, blocked)
	if outcome := outcomes[other]; err == nil && !outcome.Success {
		return &fault.Error{Code: fault.CodeUnknownUID, Message: outcome.Message}
	}
	return err
}
