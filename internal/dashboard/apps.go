package dashboard

import (
	"strconv"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

type appsPage struct {
	Apps  []identity.App
	Total int
	Page  identity.Page
	// Deleted are those that can still be restored.
	Deleted     []identity.App
	MoreDeleted bool
	// Search looks for apps, and Form creates one.
	Search, Form *form
}

// appCreatedPage is shown once: nothing else shows the keys without being asked.
type appCreatedPage struct {
	App              identity.App
	AuthKey, RESTKey string
	// Address is what an SDK is pointed at.
	Address string
}

const appsPerPage = 50

func (d *Dashboard) appsPage(c *call, filled *form) (appsPage, error) {
	page := appsPage{Page: identity.Page{Number: pageNumber(c), Size: appsPerPage}, Search: c.asked(), Form: filled}
	filter := identity.AppFilter{SearchKey: page.Search.Value("search")}
	var err error
	page.Page, err = withinList(page.Page, func(asked identity.Page) (int, error) {
		filter.Page = asked
		page.Apps, page.Total, err = d.service.ListApps(c.Context(), filter)
		return page.Total, err
	})
	if err != nil && !page.Search.takes(err) {
		return page, err
	}
	deleted, total, err := d.service.ListApps(c.Context(), identity.AppFilter{Archived: true, Page: identity.Page{Number: 1, Size: appsPerPage}})
	page.Deleted, page.MoreDeleted = deleted, total > len(deleted)
	return page, err
}

func (d *Dashboard) listApps(c *call) (reply, error) {
	page, err := d.appsPage(c, blank(map[string]string{"region": d.config.Region, "sampleUsers": "on"}))
	return show("apps.html", "Apps", page), err
}

func (d *Dashboard) createApp(c *call) (reply, error) {
	filled := c.form()
	wanted := identity.FirstApp{ID: filled.Value("id"), Region: filled.Value("region"), SampleUsers: filled.Has("sampleUsers", "on")}
	app, keys, err := d.service.CreateApp(c.Context(), c.caller, wanted, identity.AppChange{Name: new(filled.Value("name"))})
	// What is an appId elsewhere is the field id here.
	if filled.takes(err) {
		for _, text := range filled.Problems("appId") {
			filled.reject("id", text)
		}
		page, err := d.appsPage(c, filled)
		return show("apps.html", "Apps", page).refused(), err
	}
	if err != nil {
		return reply{}, err
	}
	created := appCreatedPage{App: app, Address: d.baseURL(c)}
	for _, key := range keys {
		if key.Scope == identity.ScopeAuthOnly {
			created.AuthKey = string(key.Value)
		} else {
			created.RESTKey = string(key.Value)
		}
	}
	return show("appcreated.html", "The app was created", created), nil
}

type settingsPage struct {
	Form                  *form
	LogoutRevokes, Access []Option
	TokenLifeUnits        []Option
	// TokenLife is in words.
	TokenLife string
	Deleted   bool
}

// What the settings do, as people are told it.
var (
	logoutOptions = []Option{
		{string(identity.LogoutRevokesSDK), "Tokens of SDK logins", "a token that an authOnly key issued ends; one that your back end issued is kept, for apps store it"},
		{string(identity.LogoutRevokesAlways), "Every token", "whichever token the client held ends"},
		{string(identity.LogoutRevokesNever), "No token", "ending tokens is left to your back end"},
	}
	accessOptions = []Option{
		{string(identity.AuthOnlyFull), "Users and tokens", "create and update users, and issue auth tokens; for development"},
		{string(identity.AuthOnlyTokens), "Tokens only", "issue auth tokens for users who are there"},
		{string(identity.AuthOnlyNone), "Nothing", "the way is closed; for production"},
	}
	tokenLifeUnits = []Option{{"1", "seconds", ""}, {"60", "minutes", ""}, {"3600", "hours", ""}, {"86400", "days", ""}}
)

func showSettings(app identity.App, filled *form) settingsPage {
	if filled == nil {
		filled = settingsForm(app)
	}
	page := settingsPage{
		Form: filled, LogoutRevokes: logoutOptions, Access: accessOptions, TokenLifeUnits: tokenLifeUnits,
		TokenLife: "for ever, until they are revoked", Deleted: !app.DeleteAt.IsZero(),
	}
	if app.TokenLife > 0 {
		count, unit := inUnits(app.TokenLife)
		page.TokenLife = grouped(int(count)) + " " + unit.Label
	}
	return page
}

func settingsForm(app identity.App) *form {
	count, unit := inUnits(app.TokenLife)
	values := map[string]string{
		"name": app.Name, "logoutRevokes": string(app.LogoutRevokes), "authOnlyAccess": string(app.AuthOnlyAccess),
		"authTokenLifetime": strconv.FormatInt(count, 10), "unit": unit.Value,
	}
	if app.BindsDevices {
		values["bindTokensToDevice"] = "on"
	}
	return blank(values)
}

// inUnits is a life in the largest unit that it has a whole number of.
func inUnits(life time.Duration) (int64, Option) {
	for i := len(tokenLifeUnits) - 1; i > 0; i-- {
		// They are ours: numbers.
		length, _ := strconv.ParseInt(tokenLifeUnits[i].Value, 10, 64)
		if seconds := int64(life / time.Second); seconds%length == 0 {
			return seconds / length, tokenLifeUnits[i]
		}
	}
	return int64(life / time.Second), tokenLifeUnits[0]
}

func (d *Dashboard) showSettings(c *call) (reply, error) {
	return show("settings.html", "Settings", showSettings(c.app, nil)), nil
}

func (d *Dashboard) updateSettings(c *call) (reply, error) {
	filled := c.form()
	change := identity.AppChange{
		Name: new(filled.Value("name")), LogoutRevokes: new(identity.LogoutRevokes(filled.Value("logoutRevokes"))),
		AuthOnlyAccess: new(identity.AuthOnlyAccess(filled.Value("authOnlyAccess"))), BindsDevices: new(filled.Has("bindTokensToDevice", "on")),
		TokenLife: readTokenLife(filled),
	}
	if !filled.Sound() {
		return show("settings.html", "Settings", showSettings(c.app, filled)).refused(), nil
	}
	_, err := d.service.UpdateApp(c.Context(), c.caller, string(c.app.ID), change)
	if filled.takes(err) {
		return show("settings.html", "Settings", showSettings(c.app, filled)).refused(), nil
	}
	return goTo(appPath(c.app.ID) + "/settings").saying("The settings were changed."), err
}

// readTokenLife reads how long tokens live, and notes with the form what is wrong with that.
func readTokenLife(filled *form) *time.Duration {
	count, err := strconv.ParseInt(filled.Value("authTokenLifetime"), 10, 64)
	unit, unitErr := strconv.ParseInt(filled.Value("unit"), 10, 64)
	switch {
	case err != nil || count < 0:
		filled.reject("authTokenLifetime", "Give a whole number; 0 is for ever.")
	case unitErr != nil || unit < 1 || unit > 86400:
		filled.reject("unit", "Choose one of the units.")
	case count > int64(identity.MaxTokenLife/time.Second)/unit:
		filled.reject("authTokenLifetime", "A token may live for ten years at most, or for ever.")
	default:
		return new(time.Duration(count*unit) * time.Second)
	}
	return nil
}

func (d *Dashboard) deleteApp(c *call) (reply, error) {
	if c.form().Value("confirmed") != string(c.app.ID) {
		return goTo(appPath(c.app.ID) + "/settings").warning("The app was not deleted: what you typed is not its id."), nil
	}
	_, err := d.service.DeleteApp(c.Context(), c.caller, string(c.app.ID))
	return goTo(Prefix + "/apps").saying("The app " + string(c.app.ID) + " is off. For 30 days it can be restored; then it is gone for good."), err
}

func (d *Dashboard) restoreApp(c *call) (reply, error) {
	_, err := d.service.RestoreApp(c.Context(), c.caller, string(c.app.ID))
	return goTo(Prefix + "/apps").saying("The app " + string(c.app.ID) + " works again, with its keys, users and tokens."), err
}
