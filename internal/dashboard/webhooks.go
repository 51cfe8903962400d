package dashboard

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// ofWebhook is where the pages of a webhook lie.
const ofWebhook = inApp + "/webhooks/{webhookId}"

type webhooksPage struct {
	Webhooks []identity.Webhook
	// Full says that the app has as many webhooks as it may have.
	Full bool
}

// webhookForm is the page that makes a webhook, or changes one: then Webhook has an id.
type webhookForm struct {
	Webhook  identity.Webhook
	Form     *form
	Triggers []Option
	// HasPassword says that one is stored, which is never shown.
	HasPassword bool
}

type webhookPage struct {
	Webhook identity.Webhook
	// Secret is what deliveries are signed with, where it was made just now: it is shown this once.
	Secret string
	States []Option
	// State is the one that is chosen.
	State  string
	Log    deliveryLog
	Number int
	Total  int
	Size   int
	// Live is where changes of the log come from.
	Live string
}

// deliveryLog is what changes while somebody looks.
type deliveryLog struct {
	Deliveries []identity.Delivery
	// Path is that of the webhook, and MayReplay whether the operator may send again.
	Path      string
	MayReplay bool
}

// every webhook of an app stands on one page.
var everyWebhook = identity.Page{Number: 1, Size: identity.MaxWebhooks}

const deliveriesPerPage = 25

var deliveryStates = []Option{
	{"", "All", ""},
	{string(identity.DeliveryDone), "Delivered", ""},
	{string(identity.DeliveryWaiting), "Waiting", ""},
	{string(identity.DeliveryBehind), "Behind another", ""},
	{string(identity.DeliveryGivenUp), "Given up", ""},
}

func (d *Dashboard) listWebhooks(c *call) (reply, error) {
	webhooks, total, err := d.service.ListWebhooks(c.Context(), c.caller, everyWebhook)
	return show("webhooks.html", "Webhooks", webhooksPage{webhooks, total >= identity.MaxWebhooks}), err
}

func webhookFormOf(webhook identity.Webhook, filled *form) webhookForm {
	page := webhookForm{Webhook: webhook, Form: filled, HasPassword: webhook.Password != ""}
	for _, trigger := range identity.Triggers() {
		page.Triggers = append(page.Triggers, Option{string(trigger), string(trigger), ""})
	}
	return page
}

func (d *Dashboard) newWebhook(*call) (reply, error) {
	filled := blank(map[string]string{"enabled": "on", "retryOnFailure": "on"})
	return show("webhookform.html", "New webhook", webhookFormOf(identity.Webhook{}, filled)), nil
}

// wantedWebhook reads the form. A password that is left empty stays as it is: it is never shown.
func (d *Dashboard) wantedWebhook(filled *form) identity.WebhookChange {
	triggers := []identity.Trigger{}
	for _, trigger := range filled.values["triggers"] {
		triggers = append(triggers, identity.Trigger(trigger))
	}
	change := identity.WebhookChange{
		Name: new(filled.Value("name")), URL: new(strings.TrimSpace(filled.Value("webhookURL"))), Triggers: &triggers,
		UsesBasicAuth: new(filled.Has("useBasicAuth", "on")), Username: new(filled.Value("username")),
		Enabled: new(filled.Has("enabled", "on")), Retries: new(filled.Has("retryOnFailure", "on")),
		AllowPrivate: d.config.WebhooksAllowPrivate,
	}
	if password := identity.Secret(filled.Value("password")); password != "" {
		change.Password = &password
	}
	return change
}

func (d *Dashboard) createWebhook(c *call) (reply, error) {
	filled := c.form()
	webhook, err := d.service.CreateWebhook(c.Context(), c.caller, filled.Value("id"), d.wantedWebhook(filled))
	again := show("webhookform.html", "New webhook", webhookFormOf(identity.Webhook{}, filled)).refused()
	if fault.CodeOf(err) == fault.CodeWebhookTaken {
		filled.reject("id", "There is a webhook with this id already.")
		return again, nil
	}
	if filled.takes(err) {
		return again, nil
	}
	if err != nil {
		return reply{}, err
	}
	return d.withSecret(c, webhook)
}

// withSecret shows a webhook with a secret that was made just now.
func (d *Dashboard) withSecret(c *call, webhook identity.Webhook) (reply, error) {
	page, err := d.webhookPage(c.Context(), c, webhook)
	page.Secret = string(webhook.Secret)
	return show("webhook.html", webhook.Name, page), err
}

func (d *Dashboard) findWebhook(c *call) (identity.Webhook, error) {
	return d.service.GetWebhook(c.Context(), c.caller, c.PathValue("webhookId"))
}

func webhookPath(c *call, id string) string { return appPath(c.app.ID) + "/webhooks/" + id }

func (d *Dashboard) webhookPage(ctx context.Context, c *call, webhook identity.Webhook) (webhookPage, error) {
	page := webhookPage{Webhook: webhook, States: deliveryStates, Number: pageNumber(c), Size: deliveriesPerPage}
	for _, state := range deliveryStates {
		if state.Value == c.URL.Query().Get("state") {
			page.State = state.Value
		}
	}
	query := c.URL.Query()
	query.Del("confirm")
	page.Live = webhookPath(c, webhook.ID) + "/live?" + query.Encode()
	page.Log = deliveryLog{Path: webhookPath(c, webhook.ID), MayReplay: c.operator.Role.Has(identity.CanManageWebhooks)}
	var err error
	shown, err := withinList(identity.Page{Number: page.Number, Size: page.Size}, func(asked identity.Page) (int, error) {
		page.Log.Deliveries, page.Total, err = d.service.ListDeliveries(ctx, c.caller, webhook.ID, identity.DeliveryFilter{
			State: identity.DeliveryState(page.State), Page: asked,
		})
		return page.Total, err
	})
	page.Number = shown.Number
	return page, err
}

func (d *Dashboard) showWebhook(c *call) (reply, error) {
	webhook, err := d.findWebhook(c)
	if err != nil {
		return reply{}, err
	}
	page, err := d.webhookPage(c.Context(), c, webhook)
	return show("webhook.html", webhook.Name, page), err
}

func (d *Dashboard) liveDeliveries(c *call) (reply, error) {
	webhook, err := d.findWebhook(c)
	if err != nil {
		return reply{}, err
	}
	return d.stream(c, "webhook.html", identity.CanLook, func(ctx context.Context) ([]part, error) {
		page, err := d.webhookPage(ctx, c, webhook)
		return []part{{"deliveries", page.Log}}, err
	})
}

func (d *Dashboard) editWebhook(c *call) (reply, error) {
	webhook, err := d.findWebhook(c)
	filled := blank(map[string]string{"name": webhook.Name, "webhookURL": webhook.URL, "username": webhook.Username})
	for name, on := range map[string]bool{"useBasicAuth": webhook.UsesBasicAuth, "enabled": webhook.Enabled, "retryOnFailure": webhook.Retries} {
		if on {
			filled.values.Set(name, "on")
		}
	}
	for _, trigger := range webhook.Triggers {
		filled.values.Add("triggers", string(trigger))
	}
	return show("webhookform.html", "Change the webhook", webhookFormOf(webhook, filled)), err
}

func (d *Dashboard) updateWebhook(c *call) (reply, error) {
	webhook, err := d.findWebhook(c)
	if err != nil {
		return reply{}, err
	}
	filled := c.form()
	_, err = d.service.UpdateWebhook(c.Context(), c.caller, webhook.ID, d.wantedWebhook(filled))
	if filled.takes(err) {
		return show("webhookform.html", "Change the webhook", webhookFormOf(webhook, filled)).refused(), nil
	}
	return goTo(webhookPath(c, webhook.ID)).saying("The webhook was changed."), err
}

func (d *Dashboard) renewWebhookSecret(c *call) (reply, error) {
	webhook, err := d.service.UpdateWebhook(c.Context(), c.caller, c.PathValue("webhookId"), identity.WebhookChange{RenewSecret: true})
	if err != nil {
		return reply{}, err
	}
	return d.withSecret(c, webhook)
}

func (d *Dashboard) testWebhook(c *call) (reply, error) {
	_, err := d.service.TestWebhook(c.Context(), c.caller, c.PathValue("webhookId"))
	return d.backToWebhook(c, err, "A test is on its way.")
}

func (d *Dashboard) replayDelivery(c *call) (reply, error) {
	number, err := strconv.ParseInt(c.PathValue("deliveryId"), 10, 64)
	if err != nil {
		return reply{}, fault.UnknownDelivery().Because(err)
	}
	_, err = d.service.ReplayDelivery(c.Context(), c.caller, c.PathValue("webhookId"), number)
	return d.backToWebhook(c, err, "The delivery is sent once more.")
}

// backToWebhook says what was done with a webhook, or why it could not be.
func (d *Dashboard) backToWebhook(c *call, err error, done string) (reply, error) {
	back := goTo(webhookPath(c, c.PathValue("webhookId")))
	if failure, ok := errors.AsType[*fault.Error](err); ok && len(failure.Details["id"]) > 0 {
		return back.warning(strings.Join(failure.Details["id"], " ")), nil
	}
	return back.saying(done), err
}

func (d *Dashboard) deleteWebhook(c *call) (reply, error) {
	webhook, err := d.findWebhook(c)
	if err != nil {
		return reply{}, err
	}
	if c.form().Value("confirmed") != webhook.Name {
		return goTo(webhookPath(c, webhook.ID)).warning("The webhook was not deleted: what you typed is not its name."), nil
	}
	err = d.service.DeleteWebhook(c.Context(), c.caller, webhook.ID)
	return goTo(appPath(c.app.ID) + "/webhooks").saying("The webhook was deleted, with its log."), err
}
