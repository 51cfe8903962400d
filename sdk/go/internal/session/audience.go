package session

import (
	"fmt"
	"log/slog"
	"sync"

	"github.com/usherhq/usher/sdk/go/usher"
)

// audience is one listener and the news it has not heard yet.
type audience struct {
	listener usher.LoginListener
	logger   *slog.Logger

	mu     sync.Mutex
	unread []func(usher.LoginListener)
	// hearing says that a goroutine is telling the news; there is none while there are none.
	hearing bool
	left    bool
}

func newAudience(listener usher.LoginListener, logger *slog.Logger) *audience {
	return &audience{listener: listener, logger: logger}
}

// queue never waits.
func (a *audience) queue(news func(usher.LoginListener)) {
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

func (a *audience) hear() {
	for news := a.next(); news != nil; news = a.next() {
		a.tell(news)
	}
}

func (a *audience) next() (news func(usher.LoginListener)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.unread) == 0 {
		a.hearing = false
		return nil
	}
	news, a.unread = a.unread[0], a.unread[1:]
	return news
}

func (a *audience) tell(news func(usher.LoginListener)) {
	defer func() {
		if reason := recover(); reason != nil {
			a.logger.Error("a login listener panicked", slog.String("reason", fmt.Sprint(reason)))
		}
	}()
	news(a.listener)
}

// leave makes the listener hear nothing any more, what is queued included.
func (a *audience) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left, a.unread = true, nil
}
