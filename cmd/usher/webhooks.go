package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// webhooksCommand works on the webhooks of an app.
type webhooksCommand struct {
	place

	List       listWebhooksCommand  `cmd:"" help:"List webhooks."`
	Get        getWebhookCommand    `cmd:"" help:"Show a webhook."`
	Create     createWebhookCommand `cmd:"" help:"Create a webhook, and show the secret that it signs with."`
	Update     updateWebhookCommand `cmd:"" help:"Change a webhook, or switch it off."`
	Delete     deleteWebhookCommand `cmd:"" help:"Delete a webhook with its log of deliveries."`
	Test       testWebhookCommand   `cmd:"" help:"Deliver something to see whether it arrives."`
	Deliveries deliveriesCommand    `cmd:"" help:"List what was delivered, or not."`
	Replay     replayCommand        `cmd:"" help:"Deliver something once more."`
}

// webhook is what a person may want to know of a webhook.
type webhook struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	WebhookURL     string   `json:"webhookURL"`
	Triggers       []string `json:"triggers"`
	UseBasicAuth   bool     `json:"useBasicAuth"`
	Username       string   `json:"username"`
	Enabled        bool     `json:"enabled"`
	RetryOnFailure bool     `json:"retryOnFailure"`
	CreatedAt      int64    `json:"createdAt"`
	UpdatedAt      int64    `json:"updatedAt"`
	Secret         string   `json:"secret"`
}

// basicAuth is the user with which the webhook logs in at the receiver, or empty.
func (w webhook) basicAuth() string {
	if !w.UseBasicAuth {
		return ""
	}
	return w.Username
}

var webhookFields = []field[webhook]{
	{title: "id", value: func(w webhook) string { return w.ID }},
	{title: "name", value: func(w webhook) string { return shortened(w.Name) }},
	{title: "url", value: func(w webhook) string { return w.WebhookURL }},
	{title: "enabled", value: func(w webhook) string { return yes(w.Enabled) }},
	{title: "triggers", value: func(w webhook) string { return strings.Join(w.Triggers, ", ") }, detail: true},
	{title: "user of basic auth", value: webhook.basicAuth, detail: true},
	{title: "retries", value: func(w webhook) string { return yes(w.RetryOnFailure) }, detail: true},
	{title: "created", value: func(w webhook) string { return when(w.CreatedAt) }, detail: true},
	{title: "updated", value: func(w webhook) string { return when(w.UpdatedAt) }, detail: true},
	{title: "secret, shown this once", value: func(w webhook) string { return w.Secret }, detail: true},
}

// delivery is what a person may want to know of a delivery.
type delivery struct {
	ID         int64  `json:"id"`
	EventID    string `json:"eventId"`
	Trigger    string `json:"trigger"`
	UID        string `json:"uid"`
	State      string `json:"state"`
	Attempts   int    `json:"attempts"`
	Status     int    `json:"status"`
	Failure    string `json:"failure"`
	CreatedAt  int64  `json:"createdAt"`
	FinishedAt int64  `json:"finishedAt"`
	NextAt     int64  `json:"nextAttemptAt"`
}

// outcome is the receiver's HTTP status, or why there is none.
func (d delivery) outcome() string {
	if d.Status != 0 {
		return strconv.Itoa(d.Status)
	}
	return d.Failure
}

var deliveryFields = []field[delivery]{
	{title: "delivery", value: func(d delivery) string { return strconv.FormatInt(d.ID, 10) }},
	{title: "trigger", value: func(d delivery) string { return d.Trigger }},
	{title: "user", value: func(d delivery) string { return d.UID }},
	{title: "state", value: func(d delivery) string { return d.State }},
	{title: "attempts", value: func(d delivery) string { return strconv.Itoa(d.Attempts) }},
	{title: "answer", value: delivery.outcome},
	{title: "created", value: func(d delivery) string { return when(d.CreatedAt) }},
	{title: "event id", value: func(d delivery) string { return d.EventID }, detail: true},
	{title: "finished", value: func(d delivery) string { return when(d.FinishedAt) }, detail: true},
	{title: "next attempt", value: func(d delivery) string { return when(d.NextAt) }, detail: true},
}

type listWebhooksCommand struct{ listFlags }

// Run prints the webhooks.
func (c *listWebhooksCommand) Run(ctx context.Context, at *place) error {
	return list(ctx, at, request{method: http.MethodGet, path: []string{"webhooks"}}, c.Limit, webhookFields)
}

// webhookArgument names a webhook.
type webhookArgument struct {
	ID string `arg:"" name:"id" help:"The webhook."`
}

// on makes a request for the webhook, or for what more names below it.
func (a webhookArgument) on(method string, body any, more ...string) request {
	return request{method: method, path: append([]string{"webhooks", a.ID}, more...), body: body}
}

type getWebhookCommand struct{ webhookArgument }

// Run prints the webhook.
func (c *getWebhookCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, c.on(http.MethodGet, nil), webhookFields)
}

// webhookFlags are what may be said of a webhook. What is absent is not said.
type webhookFlags struct {
	Trigger  []string `placeholder:"TRIGGER" help:"What it is told of; give the flag once for each. Default: everything."`
	Username *string  `placeholder:"NAME" help:"User for basic authentication at the receiver."`
	Password *string  `placeholder:"PASSWORD" help:"Password for it; - reads it from standard input."`
	NoAuth   bool     `help:"No basic authentication."`
	Enable   bool     `xor:"use" help:"Deliver to it, which is the default."`
	Disable  bool     `xor:"use" help:"Don't deliver to it until it is enabled."`
	Retry    bool     `xor:"retry" help:"Try again what failed, which is the default."`
	NoRetry  bool     `xor:"retry" help:"Don't."`
}

// webhookBody is the flags as the API takes them.
type webhookBody struct {
	ID             string    `json:"id,omitempty"`
	Name           *string   `json:"name,omitempty"`
	WebhookURL     *string   `json:"webhookURL,omitempty"`
	Triggers       *[]string `json:"triggers,omitempty"`
	UseBasicAuth   *bool     `json:"useBasicAuth,omitempty"`
	Username       *string   `json:"username,omitempty"`
	Password       *string   `json:"password,omitempty"`
	Enabled        *bool     `json:"enabled,omitempty"`
	RetryOnFailure *bool     `json:"retryOnFailure,omitempty"`
	RenewSecret    bool      `json:"renewSecret,omitempty"`
}

func (f webhookFlags) body() (webhookBody, error) {
	body := webhookBody{
		UseBasicAuth: either(f.Username != nil, f.NoAuth), Username: f.Username,
		Enabled: either(f.Enable, f.Disable), RetryOnFailure: either(f.Retry, f.NoRetry),
	}
	if f.Trigger != nil {
		body.Triggers = &f.Trigger
	}
	if f.Password != nil {
		password, err := given(*f.Password, "the password of the webhook")
		if err != nil {
			return body, err
		}
		body.Password = &password
	}
	return body, nil
}

type createWebhookCommand struct {
	Name string `arg:"" help:"What the webhook is for."`
	URL  string `arg:"" name:"address" help:"Where it is: an https URL that everybody can reach."`
	ID   string `name:"id" placeholder:"ID" help:"Id. Default: a random one."`
	webhookFlags
}

// Run creates the webhook and prints it with its secret.
func (c *createWebhookCommand) Run(ctx context.Context, at *place) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	body.ID, body.Name, body.WebhookURL = c.ID, &c.Name, &c.URL
	return show(ctx, at, request{method: http.MethodPost, path: []string{"webhooks"}, body: body}, webhookFields)
}

type updateWebhookCommand struct {
	webhookArgument

	Name    *string `placeholder:"NAME" help:"New name."`
	Address *string `placeholder:"URL" help:"New URL."`
	webhookFlags

	RenewSecret bool `help:"Sign with a new secret from now on, and show it."`
}

// Run changes the webhook and prints what it is now.
func (c *updateWebhookCommand) Run(ctx context.Context, at *place) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	body.Name, body.WebhookURL, body.RenewSecret = c.Name, c.Address, c.RenewSecret
	return show(ctx, at, c.on(http.MethodPut, body), webhookFields)
}

type deleteWebhookCommand struct {
	webhookArgument
	confirmed
}

// Run deletes the webhook.
func (c *deleteWebhookCommand) Run(ctx context.Context, at *place) error {
	if err := c.ask("Delete the webhook " + c.ID + " with its log of deliveries?"); err != nil {
		return err
	}
	return tell(ctx, at, c.on(http.MethodDelete, nil))
}

type testWebhookCommand struct{ webhookArgument }

// Run prints the delivery that is waiting now.
func (c *testWebhookCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, c.on(http.MethodPost, nil, "test"), deliveryFields)
}

type deliveriesCommand struct {
	listFlags
	webhookArgument

	State string `placeholder:"STATE" help:"Only deliveries in this state: waiting, behind, delivered or given_up."`
}

// Run prints the deliveries.
func (c *deliveriesCommand) Run(ctx context.Context, at *place) error {
	ask := c.on(http.MethodGet, nil, "deliveries")
	if c.State != "" {
		ask.query = url.Values{"state": {c.State}}
	}
	return list(ctx, at, ask, c.Limit, deliveryFields)
}

type replayCommand struct {
	webhookArgument

	Delivery string `arg:"" help:"The delivery, by its number."`
}

// Run prints the delivery that is waiting now.
func (c *replayCommand) Run(ctx context.Context, at *place) error {
	return show(ctx, at, c.on(http.MethodPost, nil, "deliveries", c.Delivery, "replay"), deliveryFields)
}
