package admin

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// WebhooksService works on the webhooks of the app: what tells back ends of events. docs/webhooks.md
// says what they get and how to verify it.
type WebhooksService struct{ service }

// Trigger is what a webhook hears of.
type Trigger string

// The triggers.
const (
	TriggerUserConnection  Trigger = "user_connection_status_changed"
	TriggerUserBlocked     Trigger = "user_blocked"
	TriggerUserUnblocked   Trigger = "user_unblocked"
	TriggerUserCreated     Trigger = "user_created"
	TriggerUserUpdated     Trigger = "user_updated"
	TriggerUserDeactivated Trigger = "user_deactivated"
	TriggerUserReactivated Trigger = "user_reactivated"
	TriggerUserDeleted     Trigger = "user_deleted"
	TriggerTokenIssued     Trigger = "token_issued"
	TriggerTokenRevoked    Trigger = "token_revoked"
	TriggerUserSignedIn    Trigger = "user_signed_in"
	TriggerUserSignedOut   Trigger = "user_signed_out"
	// TriggerTest is that of a test; no webhook chooses it.
	TriggerTest Trigger = "webhook_test"
)

// Webhook is where an app wants to hear of events. Times are Unix seconds.
type Webhook struct {
	// ID is 1 to 50 letters and digits.
	ID   string `json:"id"`
	Name string `json:"name"`
	// URL is where deliveries are posted to.
	URL      string    `json:"webhookURL"`
	Triggers []Trigger `json:"triggers"`
	// UseBasicAuth says that deliveries carry Username and its password, which is never shown.
	UseBasicAuth bool   `json:"useBasicAuth"`
	Username     string `json:"username,omitempty"`
	Enabled      bool   `json:"enabled"`
	// RetryOnFailure says that a delivery which failed is tried again, for a day.
	RetryOnFailure bool  `json:"retryOnFailure"`
	CreatedAt      int64 `json:"createdAt"`
	UpdatedAt      int64 `json:"updatedAt"`
	// Secret is what deliveries are signed with. It is there only after it was made: keep it. Printing or
	// logging a Webhook leaves it out.
	Secret string `json:"secret,omitempty"`
}

// String leaves the secret out.
func (w Webhook) String() string { return "webhook " + w.ID }

// GoString leaves the secret out.
func (w Webhook) GoString() string { return w.String() }

// LogValue leaves the secret out.
func (w Webhook) LogValue() slog.Value { return slog.StringValue(w.String()) }

// NewWebhook is a webhook to create. Name and URL are needed; Enabled and RetryOnFailure are true
// unless said.
type NewWebhook struct {
	// ID is chosen by the server unless given.
	ID string `json:"id,omitempty"`
	// Name is at most 50 characters.
	Name string `json:"name"`
	// URL is at most 255 characters: https and a public address, unless the server allows others.
	URL      string    `json:"webhookURL"`
	Triggers []Trigger `json:"triggers,omitempty"`
	// Username and Password are letters and digits, at most 50 and 100.
	UseBasicAuth   bool   `json:"useBasicAuth,omitempty"`
	Username       string `json:"username,omitempty"`
	Password       string `json:"password,omitempty"`
	Enabled        *bool  `json:"enabled,omitempty"`
	RetryOnFailure *bool  `json:"retryOnFailure,omitempty"`
}

// WebhookChanges is what to change about a webhook. What is empty stays as it is.
type WebhookChanges struct {
	Name string `json:"name,omitempty"`
	URL  string `json:"webhookURL,omitempty"`
	// Triggers that are not nil replace all that it has.
	Triggers       []Trigger `json:"triggers,omitzero"`
	UseBasicAuth   *bool     `json:"useBasicAuth,omitempty"`
	Username       *string   `json:"username,omitempty"`
	Password       *string   `json:"password,omitempty"`
	Enabled        *bool     `json:"enabled,omitempty"`
	RetryOnFailure *bool     `json:"retryOnFailure,omitempty"`
	// RenewSecret makes another secret, which the answer has.
	RenewSecret bool `json:"renewSecret,omitempty"`
}

// DeliveryState says how a delivery stands.
type DeliveryState string

// The states of deliveries. One that is behind waits for an earlier one of the same user.
const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryBehind    DeliveryState = "behind"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryGivenUp   DeliveryState = "given_up"
)

// Delivery is an event on its way to a webhook. Times are Unix seconds, 0 where there is none.
type Delivery struct {
	ID int64 `json:"id"`
	// EventID is the id that the receiver sees.
	EventID  string        `json:"eventId"`
	Trigger  Trigger       `json:"trigger"`
	UID      string        `json:"uid,omitempty"`
	State    DeliveryState `json:"state"`
	Attempts int           `json:"attempts"`
	// Status is the receiver's last answer, and Failure what was wrong with the last attempt.
	Status        int    `json:"status,omitempty"`
	Failure       string `json:"failure,omitempty"`
	CreatedAt     int64  `json:"createdAt"`
	FinishedAt    int64  `json:"finishedAt,omitempty"`
	NextAttemptAt int64  `json:"nextAttemptAt,omitempty"`
}

// DeliveryListOptions says which deliveries to give. Zero leaves the choice to the server.
type DeliveryListOptions struct {
	// Page counts from 1.
	Page int
	// PerPage is at most 1000; 100 unless given.
	PerPage int
	// State leaves out deliveries that stand otherwise.
	State DeliveryState
}

// Create adds a webhook, which hears of what happens from then on. An app has at most 25. Codes:
// usher.CodeWebhookTaken, usher.CodeBadRequest and usher.CodeQuotaExceeded.
func (s *WebhooksService) Create(ctx context.Context, webhook NewWebhook) (*Webhook, error) {
	return get(ctx, s.service, transport.Request{Method: http.MethodPost, Path: []string{"webhooks"}, Body: webhook}, hasWebhookID)
}

// List gives one page of webhooks, oldest first. Code: usher.CodeBadRequest.
func (s *WebhooksService) List(ctx context.Context, options ListOptions) (*Page[Webhook], error) {
	return list(ctx, s.service, transport.Request{Path: []string{"webhooks"}, Query: url.Values(options.query())}, hasWebhookID)
}

// All gives every webhook, page after page, and ends with the first error.
func (s *WebhooksService) All(ctx context.Context, options ListOptions) iter.Seq2[*Webhook, error] {
	return all(options.Page, func(page int) (*Page[Webhook], error) {
		options.Page = page
		return s.List(ctx, options)
	})
}

// Get gives a webhook. Code: usher.CodeUnknownWebhook.
func (s *WebhooksService) Get(ctx context.Context, id string) (*Webhook, error) {
	if err := checkWebhook(id); err != nil {
		return nil, err
	}
	return get(ctx, s.service, transport.Request{Method: http.MethodGet, Path: []string{"webhooks", id}}, hasWebhookID)
}

// Update changes a webhook and gives the result. Codes: usher.CodeUnknownWebhook and
// usher.CodeBadRequest.
func (s *WebhooksService) Update(ctx context.Context, id string, changes WebhookChanges) (*Webhook, error) {
	if err := checkWebhook(id); err != nil {
		return nil, err
	}
	return get(ctx, s.service, transport.Request{Method: http.MethodPut, Path: []string{"webhooks", id}, Body: changes}, hasWebhookID)
}

// Delete removes a webhook with its deliveries. Code: usher.CodeUnknownWebhook.
func (s *WebhooksService) Delete(ctx context.Context, id string) error {
	if err := checkWebhook(id); err != nil {
		return err
	}
	return s.remove(ctx, transport.Request{Path: []string{"webhooks", id}})
}

// Test sends a delivery that tells of nothing, in a moment and once. Deliveries says what came of it.
// Codes: usher.CodeUnknownWebhook, and usher.CodeBadRequest while the webhook is disabled.
func (s *WebhooksService) Test(ctx context.Context, id string) (*Delivery, error) {
	if err := checkWebhook(id); err != nil {
		return nil, err
	}
	return get(ctx, s.service, transport.Request{Method: http.MethodPost, Path: []string{"webhooks", id, "test"}}, hasDeliveryID)
}

// Deliveries gives one page of a webhook's deliveries, newest first; the finished are kept for a week.
// Codes: usher.CodeUnknownWebhook and usher.CodeBadRequest.
func (s *WebhooksService) Deliveries(ctx context.Context, id string, options DeliveryListOptions) (*Page[Delivery], error) {
	if err := checkWebhook(id); err != nil {
		return nil, err
	}
	q := ListOptions{Page: options.Page, PerPage: options.PerPage}.query()
	q.text("state", string(options.State))
	return list(ctx, s.service, transport.Request{Path: []string{"webhooks", id, "deliveries"}, Query: url.Values(q)}, hasDeliveryID)
}

// Replay sends a delivery again, as a new one with the same event id and body. Codes:
// usher.CodeUnknownWebhook, usher.CodeUnknownDelivery, and usher.CodeBadRequest while the webhook is
// disabled.
func (s *WebhooksService) Replay(ctx context.Context, id string, delivery int64) (*Delivery, error) {
	if err := checkWebhook(id); err != nil {
		return nil, err
	}
	path := []string{"webhooks", id, "deliveries", strconv.FormatInt(delivery, 10), "replay"}
	return get(ctx, s.service, transport.Request{Method: http.MethodPost, Path: path}, hasDeliveryID)
}

var webhookForm = regexp.MustCompile(`^[A-Za-z0-9]{1,50}$`)

// checkWebhook keeps what no webhook can be called, and what would be another path, from being sent.
func checkWebhook(id string) error {
	if !webhookForm.MatchString(id) {
		return usher.NewError(usher.CodeUnknownWebhook, nil)
	}
	return nil
}

func hasWebhookID(webhook *Webhook) bool    { return webhook.ID != "" }
func hasDeliveryID(delivery *Delivery) bool { return delivery.ID != 0 }
