package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// rolesCommand works on the roles of an app's users.
type rolesCommand struct {
	place

	List       listRolesCommand  `cmd:"" help:"List roles."`
	Get        getRoleCommand    `cmd:"" help:"Show a role."`
	Create     createRoleCommand `cmd:"" help:"Create a role."`
	Update     updateRoleCommand `cmd:"" help:"Change a role."`
	Delete     deleteRoleCommand `cmd:"" help:"Delete a role; its users get the role default."`
	Restricted restrictedCommand `cmd:"" help:"List what users of a role may not do."`
	Restrict   restrictCommand   `cmd:"" help:"Forbid features to users of a role."`
	Allow      allowCommand      `cmd:"" help:"Allow them again."`
}

// role is what a person may want to know of a role.
type role struct {
	Role        string          `json:"role"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Metadata    json.RawMessage `json:"metadata"`
	Settings    roleSettings    `json:"settings"`
	CreatedAt   int64           `json:"createdAt"`
	UpdatedAt   int64           `json:"updatedAt"`
}

type roleSettings struct {
	ListUsers      string `json:"listUsers,omitempty"`
	SendMessagesTo string `json:"sendMessagesTo,omitempty"`
}

var roleFields = []field[role]{
	{title: "role", value: func(r role) string { return r.Role }},
	{title: "name", value: func(r role) string { return shortened(r.Name) }},
	{title: "lists users", value: func(r role) string { return r.Settings.ListUsers }},
	{title: "sends messages to", value: func(r role) string { return r.Settings.SendMessagesTo }},
	{title: "description", value: func(r role) string { return r.Description }, detail: true},
	{title: "metadata", value: func(r role) string { return string(r.Metadata) }, detail: true},
	{title: "created", value: func(r role) string { return when(r.CreatedAt) }},
	{title: "updated", value: func(r role) string { return when(r.UpdatedAt) }, detail: true},
}

type listRolesCommand struct{ listFlags }

// Run prints the roles.
func (c *listRolesCommand) Run(ctx context.Context, at *place) error {
	return list(ctx, at, request{method: http.MethodGet, path: []string{"roles"}}, c.Limit, roleFields)
}

type getRoleCommand struct {
	Role string `arg:"" help:"The role."`
}

// Run prints the role.
func (c *getRoleCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, request{method: http.MethodGet, path: []string{"roles", c.Role}}, roleFields)
}

// roleFlags are what may be said of a role besides its id and name. What is absent is not said.
type roleFlags struct {
	Description    *string `json:"description,omitempty" placeholder:"TEXT" help:"At most 255 characters."`
	Metadata       object  `json:"-" placeholder:"JSON" help:"JSON object of at most 5 KB."`
	ListUsers      string  `json:"-" placeholder:"WHOM" help:"Whom its users may list: all or friendsOnly."`
	SendMessagesTo string  `json:"-" placeholder:"WHOM" help:"To whom they may write: all or friendsOnly."`
}

// settings are those that were given, or nil.
func (f roleFlags) settings() *roleSettings {
	if given := (roleSettings{f.ListUsers, f.SendMessagesTo}); given != (roleSettings{}) {
		return &given
	}
	return nil
}

type createRoleCommand struct {
	Role string `arg:"" help:"Id of the role, in the form of a uid."`
	Name string `arg:"" help:"Name of the role."`
	roleFlags
}

// Run creates the role and prints it.
func (c *createRoleCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, request{method: http.MethodPost, path: []string{"roles"}, body: struct {
		Role string `json:"role"`
		Name string `json:"name"`
		roleFlags

		Metadata json.RawMessage `json:"metadata,omitempty"`
		Settings *roleSettings   `json:"settings,omitempty"`
	}{c.Role, c.Name, c.roleFlags, c.Metadata.raw(), c.settings()}}, roleFields)
}

type updateRoleCommand struct {
	Role string  `arg:"" help:"The role."`
	Name *string `placeholder:"NAME" help:"New name."`
	roleFlags

	Unset []string `enum:"settings,description,metadata" placeholder:"FIELD" help:"Clear settings, description or metadata."`
}

// Run changes the role and prints what it is now.
func (c *updateRoleCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, request{method: http.MethodPut, path: []string{"roles", c.Role}, body: struct {
		Name *string `json:"name,omitempty"`
		roleFlags

		Metadata json.RawMessage `json:"metadata,omitempty"`
		Settings *roleSettings   `json:"settings,omitempty"`
		Unset    []string        `json:"unset,omitempty"`
	}{c.Name, c.roleFlags, c.Metadata.raw(), c.settings(), c.Unset}}, roleFields)
}

type deleteRoleCommand struct {
	Role string `arg:"" help:"The role."`
	confirmed
}

// Run deletes the role.
func (c *deleteRoleCommand) Run(ctx context.Context, at *place) error {
	if err := c.ask("Delete the role " + c.Role + " and give its users the role default?"); err != nil {
		return err
	}
	return tell(ctx, at, request{method: http.MethodDelete, path: []string{"roles", c.Role}})
}

// restriction is what users of a role may not do.
type restriction struct {
	Features []string `json:"restrictedFeatures"`
}

// restricted sends a request about a role's features, and prints those that are forbidden now.
func restricted(ctx context.Context, at *place, method, role string, body any) error {
	ask := request{method: method, path: []string{"roles", role, "restrictedfeatures"}, body: body}
	return perform(ctx, at, ask, func(now restriction) error {
		if len(now.Features) == 0 {
			return printLine("Nothing is forbidden to users of the role " + role + ".")
		}
		return printLine(strings.Join(now.Features, "\n"))
	})
}

type restrictedCommand struct {
	Role string `arg:"" help:"The role."`
}

// Run prints the forbidden features.
func (c *restrictedCommand) Run(ctx context.Context, at *place) error {
	return restricted(ctx, at, http.MethodGet, c.Role, nil)
}

type restrictCommand struct {
	Role     string   `arg:"" help:"The role."`
	Features []string `arg:"" name:"feature" help:"What to forbid, such as u.listUsers."`
}

// Run forbids the features and prints all that are.
func (c *restrictCommand) Run(ctx context.Context, at *place) error {
	return restricted(ctx, at, http.MethodPost, c.Role, map[string][]string{"featuresToRestrict": c.Features})
}

type allowCommand struct {
	Role     string   `arg:"" help:"The role."`
	Features []string `arg:"" optional:"" name:"feature" help:"What to allow again."`
	All      bool     `help:"Allow everything again."`
}

// Run allows the features and prints those that are still forbidden.
func (c *allowCommand) Run(ctx context.Context, at *place) error {
	if len(c.Features) == 0 && !c.All {
		return usageError("expected features, or --all")
	}
	return restricted(ctx, at, http.MethodDelete, c.Role, struct {
		Features []string `json:"featuresToAllow,omitempty"`
		All      bool     `json:"allowAll,omitempty"`
	}{c.Features, c.All})
}
