package dashboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const (
	eventStream = "text/event-stream"
	// livePath is how the path of every live view ends.
	livePath = "/live"
)

// The bounds of live views. A browser opens an ended one again by itself.
const (
	mostStreams = 100
	// liveInterval is how soon a change is seen.
	liveInterval = 500 * time.Millisecond
	// liveBeat is how soon it is seen that somebody has gone, or must go.
	liveBeat      = 15 * time.Second
	liveLife      = 10 * time.Minute
	liveWriteTime = 10 * time.Second
)

var (
	errTooManyStreams = errors.New("too many live views are open")
	// errNotLive is a mistake in routes.
	errNotLive = errors.New("the path of a live view must end with " + livePath)
)

// streams are the live views that are open.
type streams struct {
	slots  chan struct{}
	ending context.Context //nolint:containedctx // it is the end of all of them
	end    context.CancelFunc
	once   sync.Once
}

func newStreams() *streams {
	ending, end := context.WithCancel(context.Background()) //nolint:gosec // close calls it
	return &streams{slots: make(chan struct{}, mostStreams), ending: ending, end: end}
}

func (s *streams) close() { s.once.Do(s.end) }

// part is a piece of a page that a live view keeps up to date: the template that draws it is also the name
// of its event.
type part struct {
	name string
	data any
}

// stream sends the parts of a page whenever they have changed, until the browser goes, the operator is
// signed out or may not look any more, or the server stops. parts is called again and again.
func (d *Dashboard) stream(c *call, page string, needs identity.Capability, parts func(context.Context) ([]part, error)) (reply, error) {
	if !c.isLive() {
		return reply{}, errNotLive
	}
	select {
	case d.streams.slots <- struct{}{}:
	default:
		return reply{}, errTooManyStreams
	}
	return reply{stream: func(w http.ResponseWriter) {
		defer func() { <-d.streams.slots }()
		// The request's own context ends with the time that a page may take.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), liveLife)
		defer cancel()
		defer context.AfterFunc(d.streams.ending, cancel)()
		defer context.AfterFunc(c.gone, cancel)()
		if err := d.keepSending(ctx, w, c, page, needs, parts); err != nil && ctx.Err() == nil {
			d.config.Log.Info("live view ended", slog.String("page", page), slog.Any("error", err), slog.String("request", c.id))
		}
	}}, nil
}

func (d *Dashboard) keepSending(
	ctx context.Context, w http.ResponseWriter, c *call, page string, needs identity.Capability, parts func(context.Context) ([]part, error),
) error {
	// The server's limits are for requests that end soon.
	if err := c.connection.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", eventStream)
	w.Header().Set("X-Accel-Buffering", "no")
	send := func(text []byte) error {
		if err := c.connection.SetWriteDeadline(time.Now().Add(liveWriteTime)); err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		return c.connection.Flush()
	}
	sentAt := d.config.Clock()
	if err := send([]byte(": live\n\n")); err != nil {
		return err
	}
	ticker := time.NewTicker(liveInterval)
	defer ticker.Stop()
	last := map[string]string{}
	for {
		if err := d.mayStillLook(ctx, c, needs); err != nil {
			return err
		}
		fresh, err := parts(ctx)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		for _, one := range fresh {
			var drawn bytes.Buffer
			if err := d.pages.writePart(&drawn, page, one.name, one.data); err != nil {
				return err
			}
			if drawn.String() == last[one.name] {
				continue
			}
			last[one.name] = drawn.String()
			fmt.Fprintf(&text, "event: %s\ndata: %s\n\n", one.name, strings.ReplaceAll(drawn.String(), "\n", "\ndata: "))
		}
		now := d.config.Clock()
		if text.Len() == 0 && now.Sub(sentAt) > liveBeat {
			text.WriteString(": still here\n\n")
		}
		if text.Len() > 0 {
			if err := send(text.Bytes()); err != nil {
				return err
			}
			sentAt = now
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// isLive says whether the request is for a live view. Browsers open those again by themselves, so that they
// don't show that anybody is there.
func (c *call) isLive() bool { return strings.HasSuffix(c.Pattern, livePath) }

// mayStillLook proves the session again: one that was ended must not go on looking, nor one that nobody uses.
func (d *Dashboard) mayStillLook(ctx context.Context, c *call, needs identity.Capability) error {
	if c.session == nil {
		return nil
	}
	session, err := d.service.ProveOperatorSession(ctx, c.session.Value)
	if err == nil && !session.Operator.Role.Has(needs) {
		err = errNotAllowed
	}
	return err
}

func (d *Dashboard) live(c *call) (reply, error) {
	chosen := spanNamed(c.FormValue("span"))
	return d.stream(c, "overview.html", identity.CanLook, func(ctx context.Context) ([]part, error) {
		numbers, err := d.recent(ctx, c.caller, chosen)
		return []part{{"numbers", numbers}, {"charts", numbers}, {"reasons", numbers}, {"tables", numbers}}, err
	})
}
