package main

import (
	"context"
	"net/http"
	"net/url"
)

// keysCommand works on the API keys of an app.
type keysCommand struct {
	place

	List   listKeysCommand  `cmd:"" help:"List keys."`
	Get    getKeyCommand    `cmd:"" help:"Show a key."`
	Create createKeyCommand `cmd:"" help:"Create a key, and show it."`
	Update updateKeyCommand `cmd:"" help:"Change a key, or switch it off."`
	Delete deleteKeyCommand `cmd:"" help:"Delete a key; what uses it is shut out at once."`
}

// apiKey is what a person may want to know of a key.
type apiKey struct {
	APIKey     string `json:"apiKey"`
	Name       string `json:"name"`
	Scope      string `json:"scope"`
	CreatedBy  string `json:"createdBy"`
	CreatedAt  int64  `json:"createdAt"`
	LastUsedAt int64  `json:"lastUsedAt"`
	Disabled   bool   `json:"disabled"`
}

// keyFields shows keys with their values, or with as much of them as tells them apart.
func keyFields(shown bool) []field[apiKey] {
	return []field[apiKey]{
		{title: "key", value: func(k apiKey) string { return veiled(k.APIKey, shown) }},
		{title: "name", value: func(k apiKey) string { return shortened(k.Name) }},
		{title: "scope", value: func(k apiKey) string { return k.Scope }},
		{title: "last used", value: func(k apiKey) string { return when(k.LastUsedAt) }},
		{title: "disabled", value: func(k apiKey) string { return yes(k.Disabled) }},
		{title: "created", value: func(k apiKey) string { return when(k.CreatedAt) }, detail: true},
		{title: "created by", value: func(k apiKey) string { return k.CreatedBy }, detail: true},
	}
}

type listKeysCommand struct {
	listFlags

	Scope  string `placeholder:"SCOPE" help:"Only keys of this scope: authOnly or fullAccess."`
	Search string `placeholder:"TEXT" help:"Only keys with this in their name."`
	Show   bool   `help:"Show the keys themselves, not only how they begin."`
}

// Run prints the keys.
func (c *listKeysCommand) Run(ctx context.Context, at *place) error {
	query := url.Values{}
	if c.Scope != "" {
		query.Set("scope", c.Scope)
	}
	if c.Search != "" {
		query.Set("searchKey", c.Search)
	}
	return list(ctx, at, request{method: http.MethodGet, path: []string{"apikeys"}, query: query}, c.Limit, keyFields(c.Show))
}

// keyArgument names a key by its value.
type keyArgument struct {
	Value string `arg:"" name:"api-key" help:"The key itself; - reads it from standard input, which keeps it out of the shell's history."`
}

// on makes a request for the key.
func (a keyArgument) on(method string, body any) (request, error) {
	key, err := given(a.Value, "the API key that it is about")
	return request{method: method, path: []string{"apikeys", key}, body: body}, err
}

type getKeyCommand struct {
	keyArgument

	Show bool `help:"Show the key itself, not only how it begins."`
}

// Run prints the key.
func (c *getKeyCommand) Run(ctx context.Context, at *place) error {
	ask, err := c.on(http.MethodGet, nil)
	if err != nil {
		return err
	}
	return show(ctx, at, ask, keyFields(c.Show))
}

type createKeyCommand struct {
	Name  string `arg:"" help:"What the key is for."`
	Scope string `default:"authOnly" enum:"authOnly,fullAccess" placeholder:"SCOPE" help:"authOnly, which clients may have during development, or fullAccess for back ends. Default: ${default}."`
}

// Run creates the key and prints it.
func (c *createKeyCommand) Run(ctx context.Context, at *place) error {
	body := map[string]string{"name": c.Name, "scope": c.Scope}
	return show(ctx, at, request{method: http.MethodPost, path: []string{"apikeys"}, body: body}, keyFields(true))
}

type updateKeyCommand struct {
	keyArgument

	Name    *string `placeholder:"NAME" help:"New name."`
	Scope   *string `placeholder:"SCOPE" help:"New scope: authOnly or fullAccess."`
	Disable bool    `xor:"use" help:"Refuse the key until it is enabled again."`
	Enable  bool    `xor:"use" help:"Accept it again."`
	Show    bool    `help:"Show the key itself, not only how it begins."`
}

// Run changes the key and prints what it is now.
func (c *updateKeyCommand) Run(ctx context.Context, at *place) error {
	ask, err := c.on(http.MethodPut, struct {
		Name     *string `json:"name,omitempty"`
		Scope    *string `json:"scope,omitempty"`
		Disabled *bool   `json:"disabled,omitempty"`
	}{c.Name, c.Scope, either(c.Disable, c.Enable)})
	if err != nil {
		return err
	}
	return show(ctx, at, ask, keyFields(c.Show))
}

// either is what two flags say together that mean the opposite of each other.
func either(is, isNot bool) *bool {
	if !is && !isNot {
		return nil
	}
	return &is
}

type deleteKeyCommand struct {
	keyArgument
	confirmed
}

// Help says what may be meant instead.
func (*deleteKeyCommand) Help() string {
	return "To see first what would be shut out, use usher keys update --disable, which can be undone."
}

// Run deletes the key.
func (c *deleteKeyCommand) Run(ctx context.Context, at *place) error {
	ask, err := c.on(http.MethodDelete, nil)
	if err != nil {
		return err
	}
	if err := c.ask("Delete the key " + veiled(ask.path[1], false) + " for good?"); err != nil {
		return err
	}
	return perform(ctx, at, ask, func(struct{}) error { return printLine("The key is deleted.") })
}
