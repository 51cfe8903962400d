package identity

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"
)

// collectBatch is how many events become deliveries in one transaction.
const collectBatch = 200

// WebhookStore is what a Reader can be asked about webhooks.
type WebhookStore interface {
	// Webhook finds a webhook of an app, or gives ErrNotFound.
	Webhook(ctx context.Context, app AppID, id string) (Webhook, error)
	// Webhooks lists the webhooks of an app, oldest first, and counts all of them.
	Webhooks(ctx context.Context, app AppID, page Page) (webhooks []Webhook, total int, err error)
	// EnabledWebhooks lists those of all apps that are enabled, without their credentials.
	EnabledWebhooks(ctx context.Context) ([]Webhook, error)
	// EventsOfApp lists the first events of an app of the kinds behind one and not behind another, in
	// the order of Events.
	EventsOfApp(ctx context.Context, app AppID, after, through int64, kinds []EventKind, limit int) ([]Event, error)
	// Delivery finds a delivery of a webhook with its payload, or gives ErrNotFound.
	Delivery(ctx context.Context, webhook, id int64) (Delivery, error)
	// Deliveries lists deliveries of a webhook without payloads, newest first, and counts all of them.
	Deliveries(ctx context.Context, webhook int64, filter DeliveryFilter) (deliveries []Delivery, total int, err error)
	// NextDue is when the next delivery of a webhook is due; zero when none waits.
	NextDue(ctx context.Context, webhook int64) (time.Time, error)
	// Waiting counts the deliveries of a webhook that are not finished.
	Waiting(ctx context.Context, webhook int64) (int, error)
}

// WebhookTx is what a change may do about webhooks. What concerns the deliveries of a webhook comes
// after it was locked.
type WebhookTx interface {
	CountWebhooks(app AppID) (int, error)
	// AddWebhook gives ErrTaken when the id is in use.
	AddWebhook(webhook Webhook) (Webhook, error)
	// LockWebhook finds a webhook and keeps every other change of it and its deliveries waiting until
	// this one ends, or gives ErrNotFound.
	LockWebhook(number int64) (Webhook, error)
	// SaveWebhook writes all fields of a locked webhook.
	SaveWebhook(webhook Webhook) error
	// MoveWebhook writes only the position.
	MoveWebhook(number, position int64) error
	// DeleteWebhook removes a webhook with its deliveries.
	DeleteWebhook(number int64) error
	// CountWaiting and CountWaitingOf count the deliveries that are not finished.
	CountWaiting(webhook int64) (int, error)
	CountWaitingOf(webhook int64, uid UID) (int, error)
	// AddDelivery adds a delivery, which is put behind those of the same user that are not finished.
	AddDelivery(delivery Delivery) (Delivery, error)
	// ClaimDeliveries begins an attempt of deliveries that are due by now, the longest due first. They
	// are due again at until.
	ClaimDeliveries(webhook int64, now, until time.Time, limit int) ([]Delivery, error)
	// SaveDelivery writes what came of an attempt, and ErrNotFound says that another one was begun
	// meanwhile. Once a delivery is finished, the next of its user is due.
	SaveDelivery(delivery Delivery, now time.Time) error
	// DeleteDeliveries removes deliveries that had finished by then, at most limit, and says how many.
	DeleteDeliveries(before time.Time, limit int) (int, error)
}

// WebhooksToServe lists the webhooks of all apps that are enabled. changed is closed when one is
// changed by this server, or gets a delivery that no event caused; others are seen by asking again.
func (s *Service) WebhooksToServe(ctx context.Context) (webhooks []Webhook, changed <-chan struct{}, err error) {
	changed = s.webhooksChanged.wait()
	webhooks, err = s.store.EnabledWebhooks(ctx)
	return webhooks, changed, inTime(err)
}

// Committed gives a channel that is closed by the next commit of this server.
func (s *Service) Committed() <-chan struct{} { return s.changed.wait() }

// LastEvent is the id of the event that comes last now.
func (s *Service) LastEvent(ctx context.Context) (int64, error) {
	last, err := s.store.LastEvent(ctx)
	return last, inTime(err)
}

// Collected is how far the events of a webhook have become deliveries.
type Collected struct {
	// Stored is the position that the database has, and Seen one behind which there is something new.
	Stored, Seen int64
	// Added is how many deliveries were made.
	Added int
	// More says that there may be more to collect right now.
	More bool
	// Full says that too much waits: try again when some of it is finished.
	Full bool
	// Outdated says that the webhook has changed: ask for it again.
	Outdated bool
}

// CollectDeliveries makes deliveries of the events up to one that a webhook hears of, with the
// payloads that build gives, in the order of the events and each once, whoever else does the same.
// from is what the last call gave, or the webhook's position twice. write makes it store the position
// even if nothing was found.
func (s *Service) CollectDeliveries(
	ctx context.Context, webhook Webhook, from Collected, last int64, write bool, build func(Event) ([]byte, error),
) (Collected, error) {
	from = Collected{Stored: from.Stored, Seen: from.Seen}
	var events []Event
	var err error
	if kinds := webhook.kinds(); from.Seen != last && len(kinds) > 0 {
		if events, err = s.store.EventsOfApp(ctx, webhook.AppID, from.Seen, last, kinds, collectBatch); err != nil {
			return from, inTime(err)
		}
	}
	seen, more := last, len(events) == collectBatch
	if more {
		seen = events[len(events)-1].ID
	}
	if len(events) == 0 && (!write || seen == from.Stored) {
		from.Seen = seen
		return from, nil
	}
	fresh := make([]Delivery, len(events))
	for i, event := range events {
		payload, err := build(event)
		if err != nil {
			return from, err
		}
		now := s.clock()
		fresh[i] = Delivery{
			Webhook: webhook.Number, Event: strconv.FormatInt(event.ID, 10), Trigger: TriggerOf(event.Kind), UID: event.UID,
			Payload: payload, State: DeliveryWaiting, DueAt: now, CreatedAt: now,
		}
	}
	result := from
	err = s.store.Change(ctx, func(tx Tx) error {
		locked, err := tx.LockWebhook(webhook.Number)
		if err != nil {
			return err
		}
		if locked.Position != from.Stored || !locked.Enabled || !slices.Equal(locked.Triggers, webhook.Triggers) {
			// Another server was faster, or the webhook is not what it was: begin where that ended.
			result = Collected{Stored: locked.Position, Seen: locked.Position, Outdated: true}
			return nil
		}
		waiting, err := tx.CountWaiting(webhook.Number)
		if err != nil {
			return err
		}
		if waiting+len(fresh) > maxWaiting {
			result = Collected{Stored: from.Stored, Seen: from.Seen, Full: true}
			return nil
		}
		if err := addDeliveries(tx, fresh); err != nil {
			return err
		}
		result = Collected{Stored: seen, Seen: seen, Added: len(fresh), More: more}
		return tx.MoveWebhook(webhook.Number, seen)
	})
	return result, inTime(err)
}

// addDeliveries adds what fits into the users' queues, and notes the rest as given up.
func addDeliveries(tx Tx, fresh []Delivery) error {
	waiting := map[UID]int{}
	for _, delivery := range fresh {
		count, counted := waiting[delivery.UID]
		if !counted {
			var err error
			if count, err = tx.CountWaitingOf(delivery.Webhook, delivery.UID); err != nil {
				return err
			}
		}
		if count >= maxWaitingOfUser {
			delivery.State, delivery.Failure, delivery.FinishedAt = DeliveryGivenUp, FailureQueueFull, delivery.CreatedAt
			count--
		}
		if _, err := tx.AddDelivery(delivery); err != nil {
			return err
		}
		waiting[delivery.UID] = count + 1
	}
	return nil
}

// Claimed is deliveries of a webhook to send now.
type Claimed struct {
	// Webhook is as it is now.
	Webhook    Webhook
	Deliveries []Delivery
	// Next is when the next one is due; zero when none waits.
	Next time.Time
}

// ClaimDeliveries takes deliveries of a webhook that are due. Who takes one sends it at once, and says
// with FinishAttempt what came of it; else it is another's after some seconds. None is taken of a
// webhook that is disabled or gone.
func (s *Service) ClaimDeliveries(ctx context.Context, number int64, limit int) (Claimed, error) {
	due, err := s.store.NextDue(ctx, number)
	if now := s.clock(); err != nil || due.IsZero() || due.After(now) {
		return Claimed{Next: due}, inTime(err)
	}
	var claimed Claimed
	err = s.store.Change(ctx, func(tx Tx) (err error) {
		now := s.clock()
		claimed = Claimed{}
		if claimed.Webhook, err = tx.LockWebhook(number); err != nil || !claimed.Webhook.Enabled {
			return err
		}
		claimed.Deliveries, err = tx.ClaimDeliveries(number, now, now.Add(deliveryLease), limit)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return Claimed{}, nil
	}
	if err != nil {
		return Claimed{}, inTime(err)
	}
	claimed.Next, err = s.store.NextDue(ctx, number)
	if err != nil {
		// What was claimed is to be sent; when the next is due is asked again soon.
		claimed.Next = s.clock()
	}
	return claimed, nil
}

// FinishAttempt writes what came of an attempt and gives the delivery as it is then. One that came too
// late, or whose webhook is gone, changes nothing.
func (s *Service) FinishAttempt(ctx context.Context, delivery Delivery, outcome Outcome) (Delivery, error) {
	result := delivery
	err := s.store.Change(ctx, func(tx Tx) error {
		webhook, err := tx.LockWebhook(delivery.Webhook)
		if err != nil {
			return err
		}
		now := s.clock()
		result = delivery.after(outcome, webhook.Retries, now)
		return tx.SaveDelivery(result, now)
	})
	if errors.Is(err, ErrNotFound) {
		return result, nil
	}
	return result, inTime(err)
}

// WaitingDeliveries counts the deliveries of a webhook that are not finished.
func (s *Service) WaitingDeliveries(ctx context.Context, number int64) (int, error) {
	count, err := s.store.Waiting(ctx, number)
	return count, inTime(err)
}
