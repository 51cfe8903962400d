package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"

	"github.com/usherhq/usher/internal/identity"
)

// userFrame is what the pages of a user share.
type userFrame struct {
	User identity.User
	Path string
	// Current is the tab that is open.
	Current string
}

type userPage struct {
	userFrame

	// Metadata is the user's, with line breaks.
	Metadata string
	Tokens   []tokenRow
	Page     identity.Page
	// TokenCount is how many tokens there are on all pages.
	TokenCount int
	Form       *form
	Units      []Option
	// Issued is a token that was made just now: it is shown this once.
	Issued *issuedToken
}

func userPath(c *call, uid identity.UID) string {
	return appPath(c.app.ID) + "/users/uid/" + string(uid)
}

// findUser finds the user of the path, a deactivated one too.
func (d *Dashboard) findUser(c *call) (identity.User, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return identity.User{}, err
	}
	return d.service.KnownUser(c.Context(), c.app.ID, uid)
}

func (d *Dashboard) showUser(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	page, err := d.userPage(c, user, blank(nil))
	return show("user.html", user.Name, page), err
}

func (d *Dashboard) userPage(c *call, user identity.User, filled *form) (userPage, error) {
	page := userPage{
		userFrame: userFrame{User: user, Path: userPath(c, user.UID)}, Form: filled, Units: lifeUnits,
		Page: identity.Page{Number: pageNumber(c), Size: tokensPerPage},
	}
	if len(user.Metadata) > 0 {
		var text bytes.Buffer
		if err := json.Indent(&text, user.Metadata, "", "  "); err != nil {
			return page, err
		}
		page.Metadata = text.String()
	}
	if !user.Active() {
		return page, nil // its tokens have ended
	}
	var err error
	page.Page, err = withinList(page.Page, func(asked identity.Page) (int, error) {
		page.Tokens, page.TokenCount, err = d.tokensOf(c, user, asked)
		return page.TokenCount, err
	})
	return page, err
}

// liveUser says whether the user is online, as it changes.
func (d *Dashboard) liveUser(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	return d.stream(c, "user.html", identity.CanLook, func(ctx context.Context) ([]part, error) {
		now, err := d.service.KnownUser(ctx, c.app.ID, user.UID)
		return []part{{"presence", now}, {"last-active", now}}, err
	})
}

func (d *Dashboard) deactivateUser(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	err = d.service.DeactivateUser(c.Context(), c.caller, user.UID)
	return goTo(userPath(c, user.UID)).saying(user.Name + " is deactivated, and every token has ended."), err
}

func (d *Dashboard) reactivateUser(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	_, err = d.service.ReactivateUsers(c.Context(), c.caller, []identity.UID{user.UID})
	return goTo(userPath(c, user.UID)).saying(user.Name + " can log in again. The tokens of before stay ended."), err
}

func (d *Dashboard) deleteUser(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	if c.form().Value("confirmed") != string(user.UID) {
		return goTo(userPath(c, user.UID)).warning("The user was not deleted: what you typed is not its uid."), nil
	}
	err = d.service.DeleteUser(c.Context(), c.caller, user.UID)
	return goTo(appPath(c.app.ID) + "/users").saying(user.Name + " was deleted for good."), err
}

// eventsPerPage is how much of a user's history is seen at once.
const eventsPerPage = 25

type userEventsPage struct {
	userFrame

	Events []identity.Event
	// Older is where the list goes on: behind this event, or nowhere when it is 0. Turned says that it is
	// not at its beginning.
	Older  int64
	Turned bool
}

func (d *Dashboard) userEvents(c *call) (reply, error) {
	user, err := d.findUser(c)
	if err != nil {
		return reply{}, err
	}
	// A cursor that is none leads to the beginning.
	before, _ := strconv.ParseInt(c.URL.Query().Get("before"), 10, 64)
	page := userEventsPage{userFrame: userFrame{user, userPath(c, user.UID), "events"}, Turned: before > 0}
	// One more than is shown tells whether there are more.
	page.Events, err = d.service.ListEvents(c.Context(), c.caller, identity.EventFilter{UID: user.UID, NewestFirst: true, Before: before, Limit: eventsPerPage + 1})
	if len(page.Events) > eventsPerPage {
		page.Events = page.Events[:eventsPerPage]
		page.Older = page.Events[eventsPerPage-1].ID
	}
	return show("userevents.html", user.Name, page), err
}
