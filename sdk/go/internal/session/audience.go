package session

import (
	"fmt"
	"log/slog"
	"sync"
)

// audience is one listener and the news it has not heard yet.
type audience[L any] struct {
	listener L
	logger   *slog.Logger

	mu     sync.Mutex
	unread []func(L)
	// hearing says that a goroutine is telling the news; there is none while there are none.
	hearing bool
	left    bool
}

func newAudience[L any](listener L, logger *slog.Logger) *audience[L] {
	return &audience[L]{listener: listener, logger: logger}
}

// queue never waits.
func (a *audience[L]) queue(news func(L)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left {
		return
	}
	a.unread = append(a.unread, news)
	if !a.hearing {
		a.hearing = true
		go a.hear()
	}
}

func (a *audience[L]) hear() {
	for news := a.next(); news != nil; news = a.next() {
		a.tell(news)
	}
}

func (a *audience[L]) next() (news func(L)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.unread) == 0 {
		a.hearing = false
		return nil
	}
	news, a.unread = a.unread[0], a.unread[1:]
	return news
}

func (a *audience[L]) tell(news func(L)) {
	defer func() {
		if reason := recover(); reason != nil {
			a.logger.Error("a listener panicked", slog.String("reason", fmt.Sprint(reason)))
		}
	}()
	news(a.listener)
}

// leave makes the listener hear nothing any more, what is queued included.
func (a *audience[L]) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left, a.unread = true, nil
}
