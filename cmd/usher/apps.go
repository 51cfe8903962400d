package main

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// appsCommand works on whole apps.
type appsCommand struct {
	place

	List    listAppsCommand   `cmd:"" help:"List apps."`
	Get     getAppCommand     `cmd:"" help:"Show an app."`
	Create  createAppCommand  `cmd:"" help:"Create an app, and show its keys."`
	Update  updateAppCommand  `cmd:"" help:"Change an app."`
	Delete  deleteAppCommand  `cmd:"" help:"Delete an app; it can be restored for 30 days."`
	Restore restoreAppCommand `cmd:"" help:"Bring a deleted app back."`
}

// app is what a person may want to know of an app.
type app struct {
	ID                  string            `json:"id"`
	Name                string            `json:"name"`
	Region              string            `json:"region"`
	State               string            `json:"state"`
	CreatedAt           int64             `json:"createdAt"`
	UpdatedAt           int64             `json:"updatedAt"`
	ScheduledToDeleteAt int64             `json:"scheduledToDeleteAt"`
	LogoutRevokes       string            `json:"logoutRevokes"`
	AuthOnlyAccess      string            `json:"authOnlyAccess"`
	AuthTokenLifetime   int64             `json:"authTokenLifetime"`
	BindTokensToDevice  bool              `json:"bindTokensToDevice"`
	APIKeys             map[string]apiKey `json:"apiKeys"`
}

func (a app) tokenLife() string {
	if a.AuthTokenLifetime == 0 {
		return "without end"
	}
	return (time.Duration(a.AuthTokenLifetime) * time.Second).String()
}

// keys is one line for each key.
func (a app) keys(shown bool) string {
	sorted := slices.SortedFunc(maps.Values(a.APIKeys), func(a, b apiKey) int {
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Name, b.Name))
	})
	var keys []string
	for _, key := range sorted {
		keys = append(keys, veiled(key.APIKey, shown)+"  "+key.Scope+", "+key.Name)
	}
	return strings.Join(keys, "\n")
}

// appFields shows apps, with the values of their keys or only how these begin.
func appFields(shown bool) []field[app] {
	return []field[app]{
		{title: "app id", value: func(a app) string { return a.ID }},
		{title: "name", value: func(a app) string { return shortened(a.Name) }},
		{title: "region", value: func(a app) string { return a.Region }},
		{title: "state", value: func(a app) string { return a.State }},
		{title: "created", value: func(a app) string { return when(a.CreatedAt) }},
		{title: "updated", value: func(a app) string { return when(a.UpdatedAt) }, detail: true},
		{title: "removed for good", value: func(a app) string { return when(a.ScheduledToDeleteAt) }, detail: true},
		{title: "tokens are good", value: app.tokenLife, detail: true},
		{title: "logout revokes", value: func(a app) string { return a.LogoutRevokes }, detail: true},
		{title: "authOnly keys may", value: func(a app) string { return a.AuthOnlyAccess }, detail: true},
		{title: "tokens bound to device", value: func(a app) string { return yes(a.BindTokensToDevice) }, detail: true},
		{title: "keys", value: func(a app) string { return a.keys(shown) }, detail: true},
	}
}

type listAppsCommand struct {
	listFlags

	Search   string `placeholder:"TEXT" help:"Only apps with this in their id or name."`
	Archived bool   `help:"Deleted apps, which can be restored."`
}

// Run prints the apps.
func (c *listAppsCommand) Run(ctx context.Context, at *place) error {
	query := url.Values{}
	if c.Search != "" {
		query.Set("searchKey", c.Search)
	}
	if c.Archived {
		query.Set("state", "archived")
	}
	return list(ctx, at, request{method: http.MethodGet, path: []string{"apps"}, query: query, management: true}, c.Limit, appFields(false))
}

// appArgument names an app.
type appArgument struct {
	ID string `arg:"" name:"id" help:"The app."`
}

// on makes a request for the app.
func (a appArgument) on(method string, body any) request {
	return request{method: method, path: []string{"apps", a.ID}, body: body, management: true}
}

type getAppCommand struct {
	appArgument

	Show bool `help:"Show the keys themselves, not only how they begin."`
}

// Run prints the app.
func (c *getAppCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, c.on(http.MethodGet, nil), appFields(c.Show))
}

// appFlags are an app's settings. What is absent is not said.
type appFlags struct {
	LogoutRevokes  string         `json:"logoutRevokes,omitempty" placeholder:"WHAT" help:"What a logout revokes: sdk for tokens that a client got itself, always, or never."`
	AuthOnlyAccess string         `json:"authOnlyAccess,omitempty" placeholder:"WHAT" help:"What keys of the scope authOnly may do: full, tokens, or none, which production should have."`
	TokenLife      *time.Duration `json:"-" name:"token-life" placeholder:"DURATION" help:"How long new tokens are good, such as 720h; 0 for ever."`
	BindTokens     bool           `json:"-" name:"bind-tokens" xor:"binding" help:"Bind tokens to the first device that uses them."`
	NoBindTokens   bool           `json:"-" name:"no-bind-tokens" xor:"binding" help:"Don't."`
}

// Validate refuses a part of a second: the API counts whole ones, and 0 of them is for ever.
func (f *appFlags) Validate() error {
	if f.TokenLife != nil && *f.TokenLife%time.Second != 0 {
		return usageError("--token-life must be whole seconds; 0 is for ever")
	}
	return nil
}

// appBody is the flags as the API takes them.
type appBody struct {
	ID             string `json:"id,omitempty"`
	Name           string `json:"name,omitempty"`
	Region         string `json:"region,omitempty"`
	SkipSampleData bool   `json:"skipSampleData,omitempty"`
	appFlags

	AuthTokenLifetime  *int64 `json:"authTokenLifetime,omitempty"`
	BindTokensToDevice *bool  `json:"bindTokensToDevice,omitempty"`
}

func (f appFlags) body() appBody {
	body := appBody{appFlags: f, BindTokensToDevice: either(f.BindTokens, f.NoBindTokens)}
	if f.TokenLife != nil {
		body.AuthTokenLifetime = new(int64(*f.TokenLife / time.Second))
	}
	return body
}

type createAppCommand struct {
	Name   string `arg:"" help:"Name, of at most 100 characters."`
	ID     string `name:"id" placeholder:"ID" help:"Id. Default: a random one."`
	Region string `env:"USHER_REGION" placeholder:"NAME" help:"Region. Default: the server's."`
	appFlags

	NoSampleUsers bool `help:"Make no sample users."`
}

// Run creates the app and prints it with its keys.
func (c *createAppCommand) Run(ctx context.Context, at *place) error {
	body := c.body()
	body.ID, body.Name, body.Region, body.SkipSampleData = c.ID, c.Name, c.Region, c.NoSampleUsers
	return show(ctx, at, request{method: http.MethodPost, path: []string{"apps"}, body: body, management: true}, appFields(true))
}

type updateAppCommand struct {
	appArgument

	Name string `placeholder:"NAME" help:"New name."`
	appFlags

	Show bool `help:"Show the keys themselves, not only how they begin."`
}

// Run changes the app and prints what it is now.
func (c *updateAppCommand) Run(ctx context.Context, at *place) error {
	body := c.body()
	body.Name = c.Name
	return show(ctx, at, c.on(http.MethodPut, body), appFields(c.Show))
}

type deleteAppCommand struct {
	appArgument
	confirmed
}

// Run deletes the app.
func (c *deleteAppCommand) Run(ctx context.Context, at *place) error {
	if err := c.ask("Delete the app " + c.ID + " and shut all its users out?"); err != nil {
		return err
	}
	return perform(ctx, at, c.on(http.MethodDelete, nil), func(gone struct{ ScheduledToDeleteAt int64 }) error {
		return printLine("The app " + c.ID + " is deleted. Until " + when(gone.ScheduledToDeleteAt) + ", usher apps restore brings it back.")
	})
}

type restoreAppCommand struct {
	appArgument

	Show bool `help:"Show the keys themselves, not only how they begin."`
}

// Run restores the app and prints it.
func (c *restoreAppCommand) Run(ctx context.Context, at *place) error {
	ask := c.on(http.MethodPost, nil)
	ask.path = append(ask.path, "restore")
	return show(ctx, at, ask, appFields(c.Show))
}
