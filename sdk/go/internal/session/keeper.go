package session

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/socket"
	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// lasting is how long a connection must have lasted for the pauses to begin anew: a server that drops
// everybody whom it has let in must not be stormed.
const lasting = 10 * time.Second

// longestWish is how long a server may ask to be left alone at most.
const longestWish = 5 * time.Minute

// keeper keeps one session connected, for as long as it is the client's keeper.
type keeper struct {
	client *Client
	leave  context.CancelCauseFunc
	// before is closed when the connection before this one has ended; nil when there was none.
	before  <-chan struct{}
	ended   chan struct{}
	backoff socket.Backoff
	// renewed is that the JWT was renewed and not taken yet: a server that takes none is not stormed.
	renewed bool
}

// keep works until its context ends.
func (k *keeper) keep(ctx context.Context) {
	defer close(k.ended)
	defer k.leave(nil)
	if k.before != nil {
		<-k.before // which has a time limit of its own
	}
	for ctx.Err() == nil {
		err := k.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		k.client.logger.Info("there is no connection", slog.Any("error", err))
		if errors.Is(err, socket.ErrRefused) && k.renew(ctx) {
			continue
		}
		k.pause(ctx, err)
	}
}

// renew asks the server about a session whose JWT was refused, and reports whether there is another
// JWT that should be tried at once. The verdict ends the session, and with it this.
func (k *keeper) renew(ctx context.Context) bool {
	before := k.session()
	if _, err := k.client.CheckSession(ctx); err != nil && ctx.Err() == nil {
		k.client.logger.Warn("whether the session is still good could not be found out", slog.Any("error", err))
	}
	now, again := k.session(), k.renewed
	k.renewed = before != nil && now != nil && now.JWT != before.JWT
	return k.renewed && !again
}

// pause waits before the next attempt.
func (k *keeper) pause(ctx context.Context, err error) {
	wait := k.backoff.Next()
	if later, asked := errors.AsType[*socket.LaterError](err); asked {
		wait += min(later.After, longestWish)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// connect opens a connection and returns when it has ended, or did not come about.
func (k *keeper) connect(ctx context.Context) error {
	c := k.client
	current := k.session()
	if current == nil {
		return context.Canceled
	}
	opened, err := socket.Open(ctx, c.place(current), c.hello(current))
	if err != nil {
		return err
	}
	k.renewed = false
	k.say(usher.Connected)
	began := time.Now()
	err = opened.Serve(ctx, func(heard socket.Presence) { k.hear(current, heard) })
	if time.Since(began) >= lasting {
		k.backoff.Reset()
	}
	k.say(usher.Disconnected, usher.Connecting)
	return err
}

// session gives the one to connect, with the newest JWT, or nil when this is not the keeper any more.
func (k *keeper) session() *session {
	c := k.client
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.connection.keeper != k {
		return nil
	}
	return c.session
}

// say tells how the connection is now, unless it is another one's.
func (k *keeper) say(statuses ...usher.ConnectionStatus) {
	c := k.client
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, status := range statuses {
		if c.connection.keeper == k {
			c.setStatus(status)
		}
	}
}

// hear tells listeners what a connection brought, unless another one has taken its place.
func (k *keeper) hear(current *session, heard socket.Presence) {
	if strings.EqualFold(heard.User.UID, current.User.UID) {
		return // the user's own devices come and go unheard
	}
	c := k.client
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.connection.keeper != k {
		return
	}
	about := session{User: heard.User}
	c.connection.users.tell(func(listener usher.UserListener) {
		hear := listener.UserOffline
		if heard.Online {
			hear = listener.UserOnline
		}
		if hear != nil {
			hear(about.user())
		}
	})
}

func (c *Client) place(current *session) socket.Place {
	return socket.Place{
		// A session that an earlier version stored does not say where.
		URL:    cmp.Or(current.Socket, socket.Address(c.caller.Base(), nil)),
		Client: c.caller.HTTPClient(), TimeLimit: c.caller.Timeout(),
	}
}

func (c *Client) hello(current *session) socket.Hello {
	return socket.Hello{
		AppID: c.connection.appID, UID: current.User.UID, JWT: current.JWT,
		Resource: c.connection.resource, DeviceID: c.device.DeviceID, Platform: c.device.Platform,
		Version: usher.Version, APIVersion: c.device.AppInfo.APIVersion, UserAgent: transport.UserAgent(),
		Subscription: c.connection.subscription, Roles: c.connection.roles,
	}
}
