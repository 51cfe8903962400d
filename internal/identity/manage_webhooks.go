package identity

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/usherhq/usher/internal/fault"
)

// secretPrefix tells what a secret of a webhook is for, wherever it turns up.
const secretPrefix = "whsec_"

// WebhookChange is what a caller wants of a webhook; nil leaves a field as it is.
type WebhookChange struct {
	Name          *string
	URL           *string
	Triggers      *[]Trigger
	UsesBasicAuth *bool
	Username      *string
	Password      *Secret
	Enabled       *bool
	Retries       *bool
	// RenewSecret asks for another secret to sign with, from the next delivery on.
	RenewSecret bool
	// AllowPrivate says that this server sends to private addresses, and without TLS.
	AllowPrivate bool
}

func (c WebhookChange) apply(webhook Webhook) (Webhook, error) {
	found := problems{}
	if c.Name != nil {
		found.checkWebhookName(*c.Name)
		webhook.Name = *c.Name
	}
	if c.URL != nil {
		found.checkWebhookURL(*c.URL, c.AllowPrivate)
		webhook.URL = *c.URL
	}
	if c.Triggers != nil {
		webhook.Triggers = found.checkTriggers(*c.Triggers)
	}
	set(&webhook.UsesBasicAuth, c.UsesBasicAuth)
	set(&webhook.Username, c.Username)
	set(&webhook.Password, c.Password)
	set(&webhook.Enabled, c.Enabled)
	set(&webhook.Retries, c.Retries)
	if c.Username != nil && *c.Username != "" || webhook.UsesBasicAuth {
		found.checkAlphanumeric("username", webhook.Username, MaxWebhookUsernameCharacters)
	}
	if c.Password != nil && *c.Password != "" || webhook.UsesBasicAuth {
		found.checkAlphanumeric("password", string(webhook.Password), MaxWebhookPasswordCharacters)
	}
	return webhook, found.asError()
}

// set writes what was said.
func set[T any](field, said *T) {
	if said != nil {
		*field = *said
	}
}

func (s *Service) newWebhookSecret() (Secret, error) {
	random, err := s.randomBytes(32)
	return Secret(secretPrefix + hex.EncodeToString(random)), err
}

// CreateWebhook adds a webhook that hears of what happens from now on; an empty id is chosen here.
// Only this answer and that of a change that renews it hold its secret. Codes: ERR_BAD_REQUEST with
// details, ERR_WEBHOOK_ALREADY_EXISTS, ERR_PLAN_QUOTA_RESTRICTION.
func (s *Service) CreateWebhook(ctx context.Context, caller Caller, id string, wanted WebhookChange) (Webhook, error) {
	fresh, err := s.newWebhook(caller, id, wanted)
	if err != nil {
		return Webhook{}, err
	}
	if fresh.Position, err = s.store.LastEvent(ctx); err != nil {
		return Webhook{}, inTime(err)
	}
	var webhook Webhook
	err = s.store.Change(ctx, func(tx Tx) error {
		if _, err := tx.LockApp(caller.App.ID); err != nil {
			return err
		}
		count, err := tx.CountWebhooks(caller.App.ID)
		if err != nil {
			return err
		}
		if count >= MaxWebhooks {
			return fault.QuotaExceeded("25", "webhooks")
		}
		if webhook, err = tx.AddWebhook(fresh); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventWebhookCreated, webhookSubject(webhook.ID))
	})
	if errors.Is(err, ErrTaken) {
		return Webhook{}, fault.WebhookTaken()
	}
	s.webhooksChanged.fire()
	return webhook, inTime(err)
}

func (s *Service) newWebhook(caller Caller, id string, wanted WebhookChange) (Webhook, error) {
	found := problems{}
	if id == "" {
		random, err := s.randomBytes(8)
		if err != nil {
			return Webhook{}, err
		}
		id = hex.EncodeToString(random)
	}
	found.checkAlphanumeric("id", id, MaxWebhookIDCharacters)
	if wanted.Name == nil {
		wanted.Name = new(string)
	}
	if wanted.URL == nil {
		wanted.URL = new(string)
	}
	secret, err := s.newWebhookSecret()
	if err != nil {
		return Webhook{}, err
	}
	now := s.now()
	webhook, err := wanted.apply(Webhook{
		AppID: caller.App.ID, ID: id, Secret: secret, Enabled: true, Retries: true, CreatedAt: now, UpdatedAt: now,
	})
	if err != nil {
		found.merge(err)
	}
	return webhook, found.asError()
}

// ListWebhooks gives a page of the app's webhooks, oldest first, and how many there are.
func (s *Service) ListWebhooks(ctx context.Context, caller Caller, page Page) ([]Webhook, int, error) {
	webhooks, total, err := s.store.Webhooks(ctx, caller.App.ID, page)
	return webhooks, total, inTime(err)
}

// GetWebhook finds a webhook. Code: ERR_WEBHOOK_NOT_FOUND.
func (s *Service) GetWebhook(ctx context.Context, caller Caller, id string) (Webhook, error) {
	// What can't be an id is none, and must not reach a database that takes only text.
	if !alphanumeric.MatchString(id) {
		return Webhook{}, fault.UnknownWebhook()
	}
	webhook, err := s.store.Webhook(ctx, caller.App.ID, id)
	return webhook, orNotFound(err, fault.UnknownWebhook())
}

// UpdateWebhook changes a webhook. While it is disabled, nothing is sent and what happens is not kept
// for it; what was waiting goes on waiting. Codes: ERR_WEBHOOK_NOT_FOUND, ERR_BAD_REQUEST with details.
func (s *Service) UpdateWebhook(ctx context.Context, caller Caller, id string, change WebhookChange) (Webhook, error) {
	found, err := s.GetWebhook(ctx, caller, id)
	if err != nil {
		return Webhook{}, err
	}
	secret, err := s.newWebhookSecret()
	if err != nil {
		return Webhook{}, err
	}
	last, err := s.store.LastEvent(ctx)
	if err != nil {
		return Webhook{}, inTime(err)
	}
	var webhook Webhook
	err = s.store.Change(ctx, func(tx Tx) error {
		before, err := tx.LockWebhook(found.Number)
		if err != nil {
			return err
		}
		if webhook, err = change.apply(before); err != nil {
			return err
		}
		if change.RenewSecret {
			webhook.Secret = secret
		}
		if webhook.Enabled && !before.Enabled {
			webhook.Position = last
		}
		webhook.UpdatedAt = s.now()
		if err := tx.SaveWebhook(webhook); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventWebhookUpdated, webhookSubject(webhook.ID))
	})
	s.webhooksChanged.fire()
	return webhook, orNotFound(err, fault.UnknownWebhook())
}

// DeleteWebhook removes a webhook with all its deliveries; one that is under way may still arrive.
// Code: ERR_WEBHOOK_NOT_FOUND.
func (s *Service) DeleteWebhook(ctx context.Context, caller Caller, id string) error {
	found, err := s.GetWebhook(ctx, caller, id)
	if err != nil {
		return err
	}
	err = s.store.Change(ctx, func(tx Tx) error {
		if err := tx.DeleteWebhook(found.Number); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventWebhookDeleted, webhookSubject(id))
	})
	s.webhooksChanged.fire()
	return orNotFound(err, fault.UnknownWebhook())
}

// DeliveryFilter chooses deliveries of a list; an empty state chooses all.
type DeliveryFilter struct {
	State DeliveryState
	Page  Page
}

// ListDeliveries gives a page of a webhook's deliveries, newest first, and how many there are. Code:
// ERR_WEBHOOK_NOT_FOUND.
func (s *Service) ListDeliveries(ctx context.Context, caller Caller, id string, filter DeliveryFilter) ([]Delivery, int, error) {
	webhook, err := s.GetWebhook(ctx, caller, id)
	if err != nil {
		return nil, 0, err
	}
	deliveries, total, err := s.store.Deliveries(ctx, webhook.Number, filter)
	return deliveries, total, inTime(err)
}

// ReplayDelivery sends a delivery of a webhook once more, as a new one, behind all that wait for its
// user. Codes: ERR_WEBHOOK_NOT_FOUND, ERR_DELIVERY_NOT_FOUND, ERR_BAD_REQUEST with details while the
// webhook is disabled or has too much waiting.
func (s *Service) ReplayDelivery(ctx context.Context, caller Caller, id string, number int64) (Delivery, error) {
	return s.addDelivery(ctx, caller, id, func(webhook Webhook) (Delivery, error) {
		before, err := s.store.Delivery(ctx, webhook.Number, number)
		return Delivery{Event: before.Event, Trigger: before.Trigger, UID: before.UID, Payload: before.Payload},
			orNotFound(err, fault.UnknownDelivery())
	})
}

// TestWebhook makes a delivery that tells of nothing. It is tried once. Codes: as for ReplayDelivery.
func (s *Service) TestWebhook(ctx context.Context, caller Caller, id string) (Delivery, error) {
	random, err := s.randomBytes(8)
	if err != nil {
		return Delivery{}, err
	}
	event := "test" + hex.EncodeToString(random)
	return s.addDelivery(ctx, caller, id, func(Webhook) (Delivery, error) {
		return Delivery{Event: event, Trigger: TriggerTest}, nil
	})
}

func (s *Service) addDelivery(ctx context.Context, caller Caller, id string, build func(Webhook) (Delivery, error)) (Delivery, error) {
	webhook, err := s.GetWebhook(ctx, caller, id)
	if err != nil {
		return Delivery{}, err
	}
	if !webhook.Enabled {
		return Delivery{}, invalid("id", "The webhook is disabled: enable it first.")
	}
	fresh, err := build(webhook)
	if err != nil {
		return Delivery{}, err
	}
	fresh.Webhook, fresh.State, fresh.CreatedAt = webhook.Number, DeliveryWaiting, s.clock()
	fresh.DueAt = fresh.CreatedAt
	var added Delivery
	err = s.store.Change(ctx, func(tx Tx) error {
		if _, err := tx.LockWebhook(webhook.Number); err != nil {
			return err
		}
		waiting, err := tx.CountWaiting(webhook.Number)
		if err != nil {
			return err
		}
		if waiting >= maxWaiting {
			return invalid("id", "Too many deliveries of the webhook are waiting. Try again later.")
		}
		added, err = tx.AddDelivery(fresh)
		return err
	})
	s.webhooksChanged.fire()
	return added, orNotFound(err, fault.UnknownWebhook())
}
