package dashboard

import (
	"context"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/identity"
)

// usersPerPage is as many as a live view can ask for by their uids.
const usersPerPage = identity.MaxUIDsInFilter

// usersPage is the list of users, with the form that chooses them.
type usersPage struct {
	Form  *form
	List  userRows
	Page  identity.Page
	Total int
	// Chosen says that the list leaves users out.
	Chosen bool
	// MoreFilters opens those that are rarely used.
	MoreFilters bool
	Roles       []Option
	// Of the selects:
	Searched, Statuses, Activities, Orders []Option
}

// userRows are users as a list shows them.
type userRows struct {
	AppPath string
	Users   []identity.User
}

// Live is where the list is kept up to date.
func (r userRows) Live() string {
	uids := make([]string, len(r.Users))
	for i, user := range r.Users {
		uids[i] = string(user.UID)
	}
	return r.AppPath + "/users/live?uids=" + strings.Join(uids, ",")
}

var (
	searchedOptions = []Option{{"", "Name and uid", ""}, {"name", "Name", ""}, {"uid", "Uid", ""}}
	statusOptions   = []Option{{"", "Online and offline", ""}, {"online", "Online", ""}, {"offline", "Offline", ""}}
	activityOptions = []Option{{"", "Active", ""}, {"with", "Active and deactivated", ""}, {"only", "Deactivated", ""}}
	orderOptions    = []Option{
		{"", "Online first", ""},
		{"-status", "Online last", ""},
		{"name", "Name, A to Z", ""},
		{"-name", "Name, Z to A", ""},
		{"uid", "Uid, A to Z", ""},
		{"-uid", "Uid, Z to A", ""},
	}
)

// chosenUsers is the filter that somebody filled in. What a select does not offer is as good as nothing.
func chosenUsers(filled *form, asked identity.Page) identity.UserFilter {
	filter := identity.UserFilter{
		Page: asked, SearchKey: strings.TrimSpace(filled.Value("searchKey")),
		SearchUID: filled.Value("searchIn") == "uid", SearchName: filled.Value("searchIn") == "name",
		Roles: filled.values["roles"], Tags: wordsOf(filled.Value("tags"), ","),
	}
	switch filled.Value("status") {
	case "online":
		filter.Online = new(true)
	case "offline":
		filter.Online = new(false)
	}
	switch filled.Value("deactivated") {
	case "with":
		filter.Activity = identity.AnyActivity
	case "only":
		filter.Activity = identity.DeactivatedOnly
	}
	order := filled.Value("sort")
	if slices.ContainsFunc(orderOptions, func(offered Option) bool { return offered.Value == order }) {
		filter.SortBy, filter.Descending = strings.CutPrefix(order, "-")
	}
	return filter
}

// wordsOf is what stands between separators, without the white space around it.
func wordsOf(text, separator string) []string {
	var words []string
	for word := range strings.SplitSeq(text, separator) {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

func (d *Dashboard) listUsers(c *call) (reply, error) {
	filled := c.asked()
	filter := chosenUsers(filled, identity.Page{Number: pageNumber(c), Size: usersPerPage})
	page := usersPage{
		Form: filled, List: userRows{AppPath: appPath(c.app.ID)}, Page: filter.Page,
		Searched: searchedOptions, Statuses: statusOptions, Activities: activityOptions, Orders: orderOptions,
	}
	page.Chosen = filter.SearchKey != "" || filter.Online != nil || len(filter.Roles)+len(filter.Tags) > 0 || filter.Activity == identity.DeactivatedOnly
	page.MoreFilters = len(filter.Roles)+len(filter.Tags) > 0 || filled.Value("searchIn") != "" || filled.Value("deactivated") != ""
	var err error
	if page.Roles, err = d.roleOptions(c); err != nil {
		return reply{}, err
	}
	page.Page, err = withinList(filter.Page, func(asked identity.Page) (int, error) {
		filter.Page = asked
		page.List.Users, page.Total, err = d.service.ListUsers(c.Context(), c.caller, filter)
		return page.Total, err
	})
	if filled.takes(err) {
		return show("users.html", "Users", page).refused(), nil
	}
	return show("users.html", "Users", page), err
}

// roleOptions are the roles of the app, the one that every app has first.
func (d *Dashboard) roleOptions(c *call) ([]Option, error) {
	options := []Option{{identity.DefaultRole, identity.DefaultRole, ""}}
	roles, _, err := d.service.ListRoles(c.Context(), c.caller, identity.Page{Number: 1, Size: identity.MaxRoles})
	for _, role := range roles {
		if role.ID != identity.DefaultRole {
			options = append(options, Option{role.ID, role.ID, ""})
		}
	}
	return options, err
}

// liveUsers keeps the users of a list up to date, in the order in which they stand there.
func (d *Dashboard) liveUsers(c *call) (reply, error) {
	var uids []identity.UID
	for _, text := range wordsOf(c.URL.Query().Get("uids"), ",") {
		uid, err := identity.ParsePathUID(text)
		if err != nil {
			return reply{}, err
		}
		uids = append(uids, uid)
	}
	if len(uids) == 0 || len(uids) > usersPerPage {
		return reply{}, errNoPage
	}
	filter := identity.UserFilter{Page: identity.Page{Number: 1, Size: usersPerPage}, UIDs: uids, Activity: identity.AnyActivity}
	return d.stream(c, "users.html", identity.CanLook, func(ctx context.Context) ([]part, error) {
		users, _, err := d.service.ListUsers(ctx, c.caller, filter)
		slices.SortFunc(users, func(a, b identity.User) int { return slices.Index(uids, a.UID) - slices.Index(uids, b.UID) })
		return []part{{"rows", userRows{appPath(c.app.ID), users}}}, err
	})
}
