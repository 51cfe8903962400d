package rest

import (
	"strconv"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// webhookView is a webhook (contract 7.1). The password is never shown, and the secret only when it was
// made just now.
type webhookView struct {
	ID             string             `json:"id"`
	Name           string             `json:"name"`
	WebhookURL     string             `json:"webhookURL"`
	Triggers       []identity.Trigger `json:"triggers"`
	UseBasicAuth   bool               `json:"useBasicAuth"`
	Username       string             `json:"username,omitempty"`
	Enabled        bool               `json:"enabled"`
	RetryOnFailure bool               `json:"retryOnFailure"`
	CreatedAt      int64              `json:"createdAt"`
	UpdatedAt      int64              `json:"updatedAt"`
	Secret         string             `json:"secret,omitempty"`
}

func viewWebhook(webhook identity.Webhook) webhookView {
	view := webhookView{
		ID: webhook.ID, Name: webhook.Name, WebhookURL: webhook.URL, Triggers: webhook.Triggers,
		UseBasicAuth: webhook.UsesBasicAuth, Username: webhook.Username, Enabled: webhook.Enabled, RetryOnFailure: webhook.Retries,
		CreatedAt: unix(webhook.CreatedAt), UpdatedAt: unix(webhook.UpdatedAt),
	}
	if view.Triggers == nil {
		view.Triggers = []identity.Trigger{}
	}
	return view
}

type webhookBody struct {
	ID             string              `json:"id"`
	Name           *string             `json:"name"`
	WebhookURL     *string             `json:"webhookURL"`
	Triggers       *[]identity.Trigger `json:"triggers"`
	UseBasicAuth   *bool               `json:"useBasicAuth"`
	Username       *string             `json:"username"`
	Password       *identity.Secret    `json:"password"`
	Enabled        *bool               `json:"enabled"`
	RetryOnFailure *bool               `json:"retryOnFailure"`
	RenewSecret    bool                `json:"renewSecret"`
}

func (h *Handler) webhookChange(b webhookBody) identity.WebhookChange {
	return identity.WebhookChange{
		Name: b.Name, URL: b.WebhookURL, Triggers: b.Triggers, UsesBasicAuth: b.UseBasicAuth, Username: b.Username,
		Password: b.Password, Enabled: b.Enabled, Retries: b.RetryOnFailure, RenewSecret: b.RenewSecret,
		AllowPrivate: h.webhooksAllowPrivate,
	}
}

func (h *Handler) createWebhook(c *call) (answer, error) {
	var body webhookBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	webhook, err := h.service.CreateWebhook(c.Context(), c.caller, body.ID, h.webhookChange(body))
	return showWebhook(webhook, true, err)
}

func (h *Handler) getWebhook(c *call) (answer, error) {
	webhook, err := h.service.GetWebhook(c.Context(), c.caller, c.PathValue("id"))
	return showWebhook(webhook, false, err)
}

func (h *Handler) updateWebhook(c *call) (answer, error) {
	var body webhookBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	webhook, err := h.service.UpdateWebhook(c.Context(), c.caller, c.PathValue("id"), h.webhookChange(body))
	return showWebhook(webhook, body.RenewSecret, err)
}

func showWebhook(webhook identity.Webhook, withSecret bool, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	view := viewWebhook(webhook)
	if withSecret {
		view.Secret = string(webhook.Secret)
	}
	return answer{Data: view}, nil
}

func (h *Handler) deleteWebhook(c *call) (answer, error) {
	id := c.PathValue("id")
	if err := h.service.DeleteWebhook(c.Context(), c.caller, id); err != nil {
		return answer{}, err
	}
	return done("The webhook " + id + " has been deleted successfully."), nil
}

func (h *Handler) listWebhooks(c *call) (answer, error) {
	page, err := readPage(c)
	if err != nil {
		return answer{}, err
	}
	webhooks, total, err := h.service.ListWebhooks(c.Context(), c.caller, page)
	if err != nil {
		return answer{}, err
	}
	views := make([]webhookView, len(webhooks))
	for i, webhook := range webhooks {
		views[i] = viewWebhook(webhook)
	}
	return listed(views, page, total), nil
}

// deliveryView is an entry of a webhook's log. What was sent is not in it.
type deliveryView struct {
	ID         int64                    `json:"id"`
	EventID    string                   `json:"eventId"`
	Trigger    identity.Trigger         `json:"trigger"`
	UID        identity.UID             `json:"uid,omitempty"`
	State      identity.DeliveryState   `json:"state"`
	Attempts   int                      `json:"attempts"`
	Status     int                      `json:"status,omitempty"`
	Failure    identity.DeliveryFailure `json:"failure,omitempty"`
	CreatedAt  int64                    `json:"createdAt"`
	FinishedAt int64                    `json:"finishedAt,omitempty"`
	NextAt     int64                    `json:"nextAttemptAt,omitempty"`
}

func viewDelivery(delivery identity.Delivery) deliveryView {
	view := deliveryView{
		ID: delivery.ID, EventID: delivery.Event, Trigger: delivery.Trigger, UID: delivery.UID, State: delivery.State,
		Attempts: delivery.Attempts, Status: delivery.Status, Failure: delivery.Failure,
		CreatedAt: unix(delivery.CreatedAt), FinishedAt: unix(delivery.FinishedAt),
	}
	if delivery.State == identity.DeliveryWaiting {
		view.NextAt = unix(delivery.DueAt)
	}
	return view
}

func (h *Handler) listDeliveries(c *call) (answer, error) {
	page, err := readPage(c)
	if err != nil {
		return answer{}, err
	}
	filter := identity.DeliveryFilter{Page: page, State: identity.DeliveryState(c.URL.Query().Get("state"))}
	switch filter.State {
	case "", identity.DeliveryWaiting, identity.DeliveryBehind, identity.DeliveryDone, identity.DeliveryGivenUp:
	default:
		return answer{}, invalid("state", "The state must be waiting, behind, delivered or given_up.")
	}
	deliveries, total, err := h.service.ListDeliveries(c.Context(), c.caller, c.PathValue("id"), filter)
	if err != nil {
		return answer{}, err
	}
	views := make([]deliveryView, len(deliveries))
	for i, delivery := range deliveries {
		views[i] = viewDelivery(delivery)
	}
	return listed(views, page, total), nil
}

func (h *Handler) replayDelivery(c *call) (answer, error) {
	number, err := strconv.ParseInt(c.PathValue("deliveryId"), 10, 64)
	if err != nil {
		return answer{}, fault.UnknownDelivery().Because(err)
	}
	delivery, err := h.service.ReplayDelivery(c.Context(), c.caller, c.PathValue("id"), number)
	return showDelivery(delivery, err)
}

func (h *Handler) testWebhook(c *call) (answer, error) {
	delivery, err := h.service.TestWebhook(c.Context(), c.caller, c.PathValue("id"))
	return showDelivery(delivery, err)
}

func showDelivery(delivery identity.Delivery, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return answer{Data: viewDelivery(delivery)}, nil
}
