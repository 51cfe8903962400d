package webhook

import (
	"context"
	"slices"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func startAt(webhook identity.Webhook) identity.Collected {
	return identity.Collected{Stored: webhook.Position, Seen: webhook.Position}
}

func sameTriggers(a, b identity.Webhook) bool { return slices.Equal(a.Triggers, b.Triggers) }

// collector makes payloads, and asks for each user and app once.
type collector struct {
	service *identity.Service
	users   map[userKey]identity.User
	regions map[identity.AppID]string
	gone    map[identity.AppID]bool
}

type userKey struct {
	app identity.AppID
	uid identity.UID
}

// newCollector is for one round: what it has asked for is remembered.
func newCollector(service *identity.Service) *collector {
	return &collector{
		service: service, users: map[userKey]identity.User{},
		regions: map[identity.AppID]string{}, gone: map[identity.AppID]bool{},
	}
}

// region is that of an app. An app that was deleted is not known: its events stay where they are, and
// are told when it is restored.
func (c *collector) region(ctx context.Context, id identity.AppID) (region string, known bool, err error) {
	if region, known = c.regions[id]; known || c.gone[id] {
		return region, known, nil
	}
	app, err := c.service.FindApp(ctx, string(id))
	if fault.CodeOf(err) == fault.CodeInvalidAppID {
		c.gone[id] = true
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	c.regions[id] = app.Region
	return app.Region, true, nil
}

// user is a user as it is now; one that is gone is a uid.
func (c *collector) user(ctx context.Context, key userKey) (identity.User, error) {
	if user, known := c.users[key]; known {
		return user, nil
	}
	user, err := c.service.KnownUser(ctx, key.app, key.uid)
	if fault.CodeOf(err) == fault.CodeUnknownUID {
		user, err = identity.User{AppID: key.app, UID: key.uid}, nil
	}
	if err == nil {
		c.users[key] = user
	}
	return user, err
}

// payload is what is sent of an event.
func (c *collector) payload(ctx context.Context, webhook identity.Webhook, region string, event identity.Event) ([]byte, error) {
	data, err := dataOf(event, func(uid identity.UID) (identity.User, error) { return c.user(ctx, userKey{event.AppID, uid}) })
	if err != nil {
		return nil, err
	}
	return encode(envelope{
		Trigger: identity.TriggerOf(event.Kind), Data: data, AppID: event.AppID, Region: region, Webhook: webhook.ID,
		ID: eventID(event.ID),
	})
}
