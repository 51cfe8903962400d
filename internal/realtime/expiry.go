package realtime

import (
	"context"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// endInTime ends a socket with its auth token, if that is to end.
func (g *Gateway) endInTime(s *socket, token identity.AuthToken) {
	if token.ExpiresAt.IsZero() {
		return
	}
	before := s.member.expiry.Swap(time.AfterFunc(token.ExpiresAt.Sub(g.service.Now()), func() { s.end(Revoked) }))
	if before != nil {
		before.Stop()
	}
}

// Recheck looks at every session as it is now: after the service's clock was set, or all data replaced.
// Sockets whose session is over end at once, and the others when their auth tokens will.
func (g *Gateway) Recheck(ctx context.Context) {
	for _, s := range g.roster.all() {
		if !s.proven.Load() {
			continue
		}
		session, err := g.service.LiveSession(ctx, s.member.token)
		if err != nil {
			// As in endDead: better ended for nothing than left open.
			s.end(Revoked)
			continue
		}
		g.endInTime(s, session.Token)
	}
}
