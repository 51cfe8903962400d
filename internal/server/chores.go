package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// How often the chores come round. That a key was used may be seen a minute late; what is removed
// has had its time in days.
const (
	keyUsesInterval      = time.Minute
	activityInterval     = 5 * time.Second
	liveTokensInterval   = time.Minute
	housekeepingInterval = time.Hour
	choreTimeLimit       = time.Minute
)

// chores is what a server does beside answering: it writes down when keys were used, and removes
// what has had its time.
type chores struct {
	ending chan struct{}
	group  sync.WaitGroup
	once   sync.Once
}

func startChores(service *identity.Service, retention time.Duration, metrics *metrics, log *slog.Logger) *chores {
	c := &chores{ending: make(chan struct{})}
	writeUses := func() { chore(log, "write when keys were used", service.WriteKeyUses) }
	c.group.Go(func() {
		c.repeat(keyUsesInterval, writeUses)
		writeUses()
	})
	c.group.Go(func() {
		c.repeat(activityInterval, func() { chore(log, "write what happened", service.WriteActivity) })
		chore(log, "write what happened before the end", service.WriteAllActivity)
	})
	if metrics != nil {
		c.group.Go(func() {
			count := func() {
				chore(log, "count the live auth tokens", func(ctx context.Context) error {
					live, err := service.CountLiveTokens(ctx)
					if err == nil {
						metrics.liveTokens.Set(float64(live))
					}
					return err
				})
			}
			count()
			c.repeat(liveTokensInterval, count)
		})
	}
	c.group.Go(func() {
		c.repeat(housekeepingInterval, func() {
			chore(log, "look after the signing keys", service.KeepSigningKeys)
			chore(log, "remove what has had its time", func(ctx context.Context) error { return service.KeepHouse(ctx, retention) })
		})
	})
	return c
}

func (c *chores) repeat(interval time.Duration, do func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-c.ending:
			return
		case <-ticker.C:
			do()
		}
	}
}

// chore runs one; a failure is logged, and the next round tries again.
func chore(log *slog.Logger, what string, do func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), choreTimeLimit)
	defer cancel()
	if err := do(ctx); err != nil {
		log.Error("could not "+what, slog.Any("error", err))
	}
}

// stop waits for running chores, and writes down the last uses of keys and what happened since the last round.
func (c *chores) stop() {
	c.once.Do(func() { close(c.ending) })
	c.group.Wait()
}
