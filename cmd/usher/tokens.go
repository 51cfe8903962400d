package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// tokensCommand works on the auth tokens of users.
type tokensCommand struct {
	place

	Issue      issueTokenCommand  `cmd:"" help:"Issue an auth token to a user, and show it."`
	List       listTokensCommand  `cmd:"" help:"List the tokens of a user."`
	Get        getTokenCommand    `cmd:"" help:"Show a token."`
	Update     updateTokenCommand `cmd:"" help:"Change what is known of a token's device."`
	Revoke     revokeTokenCommand `cmd:"" help:"Revoke a token; its device is logged out at once."`
	Flush      flushTokensCommand `cmd:"" help:"Revoke all tokens of a user."`
	Introspect introspectCommand  `cmd:"" help:"Say whether an auth token or a JWT is good, and whose it is."`
}

// authToken is what a person may want to know of a token.
type authToken struct {
	UID       string          `json:"uid"`
	AuthToken string          `json:"authToken"`
	CreatedAt int64           `json:"createdAt"`
	Platform  string          `json:"platform"`
	UserAgent string          `json:"userAgent"`
	AppInfo   json.RawMessage `json:"appInfo"`
	ExpiresAt int64           `json:"expiresAt"`
}

// shown is the token, or its user and the first characters that tell it from others.
func (t authToken) shown(whole bool) string {
	const enough = 6
	own := len(t.UID) + len("_1717000000") + enough
	if whole || len(t.AuthToken) <= own+enough {
		return t.AuthToken
	}
	return t.AuthToken[:own] + "…"
}

// tokenFields shows tokens, or as much of them as tells them apart.
func tokenFields(whole bool) []field[authToken] {
	return []field[authToken]{
		{title: "token", value: func(t authToken) string { return t.shown(whole) }},
		{title: "user", value: func(t authToken) string { return t.UID }, detail: true},
		{title: "platform", value: func(t authToken) string { return shortened(t.Platform) }},
		{title: "created", value: func(t authToken) string { return when(t.CreatedAt) }},
		{title: "expires", value: func(t authToken) string { return when(t.ExpiresAt) }},
		{title: "user agent", value: func(t authToken) string { return t.UserAgent }, detail: true},
		{title: "app info", value: func(t authToken) string { return string(t.AppInfo) }, detail: true},
	}
}

type issueTokenCommand struct {
	UID       string        `arg:"" help:"The user."`
	Force     bool          `help:"Issue a new token even if there is one that no device has taken yet."`
	ExpiresIn time.Duration `placeholder:"DURATION" help:"How long the token is good, such as 24h. Default: as the app has it."`
	DeviceID  string        `name:"device-id" placeholder:"ID" help:"Device that the token is for."`
	deviceFlags
}

// deviceFlags are what may be said of a token's device.
type deviceFlags struct {
	Platform  string `json:"platform,omitempty" placeholder:"NAME" help:"Platform of the device, such as ios."`
	UserAgent string `json:"userAgent,omitempty" placeholder:"TEXT" help:"User agent of the device."`
	AppInfo   object `json:"-" placeholder:"JSON" help:"What the app on the device tells of itself: a JSON object of at most 5 KB."`
}

// Run issues the token and prints it.
func (c *issueTokenCommand) Run(ctx context.Context, at *place) error {
	var seconds *int64
	if c.ExpiresIn != 0 {
		seconds = new(int64(c.ExpiresIn / time.Second))
	}
	return show(ctx, at, request{method: http.MethodPost, path: tokensOf(c.UID), body: struct {
		deviceFlags

		AppInfo   json.RawMessage `json:"appInfo,omitempty"`
		Force     bool            `json:"force,omitempty"`
		ExpiresIn *int64          `json:"expiresIn,omitempty"`
		DeviceID  string          `json:"deviceId,omitempty"`
	}{c.deviceFlags, c.AppInfo.raw(), c.Force, seconds, c.DeviceID}}, tokenFields(true))
}

func tokensOf(uid string) []string { return []string{"users", uid, "auth_tokens"} }

type listTokensCommand struct {
	listFlags

	UID  string `arg:"" help:"The user."`
	Show bool   `help:"Show the tokens themselves, not only how they begin."`
}

// Run prints the tokens.
func (c *listTokensCommand) Run(ctx context.Context, at *place) error {
	return list(ctx, at, request{method: http.MethodGet, path: tokensOf(c.UID)}, c.Limit, tokenFields(c.Show))
}

// tokenArgument names a token of a user by its value.
type tokenArgument struct {
	UID   string `arg:"" help:"The user."`
	Token string `arg:"" help:"The token itself; - reads it from standard input, which keeps it out of the shell's history."`
}

// on makes a request for the token.
func (a tokenArgument) on(method string, body any) (request, error) {
	token, err := given(a.Token, "the auth token")
	return request{method: method, path: append(tokensOf(a.UID), token), body: body}, err
}

type getTokenCommand struct {
	tokenArgument

	Show bool `help:"Show the token itself, not only how it begins."`
}

// Run prints the token.
func (c *getTokenCommand) Run(ctx context.Context, at *place) error {
	ask, err := c.on(http.MethodGet, nil)
	if err != nil {
		return err
	}
	return show(ctx, at, ask, tokenFields(c.Show))
}

type updateTokenCommand struct {
	tokenArgument
	deviceFlags

	Show bool `help:"Show the token itself, not only how it begins."`
}

// Run changes the token and prints what is known of it now.
func (c *updateTokenCommand) Run(ctx context.Context, at *place) error {
	ask, err := c.on(http.MethodPut, struct {
		deviceFlags

		AppInfo json.RawMessage `json:"appInfo,omitempty"`
	}{c.deviceFlags, c.AppInfo.raw()})
	if err != nil {
		return err
	}
	return show(ctx, at, ask, tokenFields(c.Show))
}

type revokeTokenCommand struct{ tokenArgument }

// Run revokes the token.
func (c *revokeTokenCommand) Run(ctx context.Context, at *place) error {
	ask, err := c.on(http.MethodDelete, nil)
	if err != nil {
		return err
	}
	return tell(ctx, at, ask)
}

type flushTokensCommand struct {
	UID string `arg:"" help:"The user."`
}

// Run revokes all tokens of the user.
func (c *flushTokensCommand) Run(ctx context.Context, at *place) error {
	return tell(ctx, at, request{method: http.MethodDelete, path: tokensOf(c.UID)})
}

type introspectCommand struct {
	Token string `arg:"" help:"Auth token, JWT or call token; - reads it from standard input."`
}

// introspection is what is known of a token that somebody showed.
type introspection struct {
	Active    bool   `json:"active"`
	TokenType string `json:"token_type"`
	Username  string `json:"username"`
	Audience  string `json:"aud"`
	Issuer    string `json:"iss"`
	IssuedAt  int64  `json:"iat"`
	Expires   int64  `json:"exp"`
}

var introspectionFields = []field[introspection]{
	{title: "good", value: func(i introspection) string {
		if i.Active {
			return "yes"
		}
		return "no"
	}},
	{title: "kind", value: func(i introspection) string { return i.TokenType }},
	{title: "user", value: func(i introspection) string { return i.Username }},
	{title: "app", value: func(i introspection) string { return i.Audience }},
	{title: "issuer", value: func(i introspection) string { return i.Issuer }},
	{title: "issued", value: func(i introspection) string { return when(i.IssuedAt) }},
	{title: "expires", value: func(i introspection) string { return when(i.Expires) }},
}

// Run prints what is known of the token.
func (c *introspectCommand) Run(ctx context.Context, at *place) error {
	token, err := given(c.Token, "the token")
	if err != nil {
		return err
	}
	body := map[string]string{"token": token}
	return show(ctx, at, request{method: http.MethodPost, path: []string{"introspect"}, body: body}, introspectionFields)
}
