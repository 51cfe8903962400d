package realtime

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// followed is the events that concern sockets: those that end sessions, and those of who is here.
var followed = []identity.EventKind{
	identity.EventTokenRevoked, identity.EventKeyUpdated, identity.EventUserDeactivated, identity.EventUserDeleted,
	identity.EventAppDeleted, identity.EventAppRemoved, identity.EventSigningKeyWithdrawn,
	identity.EventUserConnected, identity.EventUserDisconnected,
}

// feedRetry is the pause after a failure of the database.
const feedRetry = 100 * time.Millisecond

// follow reads the event log, whichever server wrote it, until running ends.
func (g *Gateway) follow(running context.Context, feed *identity.Feed) {
	for running.Err() == nil {
		events, err := feed.Next(running)
		if err != nil && running.Err() == nil {
			g.config.Log.Error("could not read the event log; trying again", slog.Any("error", err))
			pause(running, feedRetry)
		}
		for _, event := range events {
			g.takeEvent(running, event)
		}
	}
}

func pause(running context.Context, length time.Duration) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-running.Done():
	case <-timer.C:
	}
}

func (g *Gateway) takeEvent(running context.Context, event identity.Event) {
	switch event.Kind {
	case identity.EventTokenRevoked:
		if token, ok := event.SubjectID("token"); ok {
			endAll(g.roster.ofToken(event.AppID, token), Revoked)
		}
	case identity.EventUserDeactivated:
		g.endDead(running, g.roster.ofUser(event.AppID, event.UID))
	case identity.EventUserDeleted:
		g.endDead(running, g.roster.ofUser(event.AppID, event.UID))
		// Nothing is left of the user of which to tell that it went offline.
		g.tell(running, event, false)
	case identity.EventKeyUpdated:
		key, _ := event.SubjectID("key")
		g.endDead(running, slices.DeleteFunc(g.roster.ofApp(event.AppID), func(s *socket) bool {
			issuer := s.member.issuer.Load()
			return issuer != 0 && strconv.FormatInt(issuer, 10) != key
		}))
	case identity.EventAppDeleted, identity.EventAppRemoved:
		g.endDead(running, g.roster.ofApp(event.AppID))
	case identity.EventSigningKeyWithdrawn:
		g.forget(running, event)
	case identity.EventUserConnected, identity.EventUserDisconnected:
		var detail identity.ConnectionDetail
		if err := json.Unmarshal([]byte(event.Detail), &detail); err == nil && detail.PresenceChanged {
			g.tell(running, event, event.Kind == identity.EventUserConnected)
		}
	default:
	}
}

func endAll(sockets []*socket, code CloseCode) {
	for _, s := range sockets {
		s.end(code)
	}
}

// forget ends the sockets whose JWT was signed with a key that was withdrawn. The keys are read first, so
// that a socket which is still being authenticated sees that the key is gone, or is among them.
func (g *Gateway) forget(running context.Context, withdrawn identity.Event) {
	ctx, cancel := context.WithTimeout(running, workTimeLimit)
	defer cancel()
	if err := g.service.ReloadSigningKeys(ctx); err != nil && running.Err() == nil {
		g.config.Log.Error("could not read the signing keys; a withdrawn one is good here for up to a minute", slog.Any("error", err))
	}
	if key, ok := withdrawn.SubjectID("signing_key"); ok {
		endAll(g.roster.signedBy(key), Refused)
	}
}

// endDead ends those sockets whose session is not there any more. The database is asked: a user may be
// back, by another session, before the event is read.
func (g *Gateway) endDead(running context.Context, sockets []*socket) {
	// One question for all sockets with one token.
	dead := map[string]bool{}
	for _, s := range sockets {
		ended, known := dead[s.member.token]
		if !known {
			ctx, cancel := context.WithTimeout(running, workTimeLimit)
			_, err := g.service.LiveSession(ctx, s.member.token)
			cancel()
			// Where the database does not answer, a socket is better ended for nothing than left open.
			ended = err != nil
			dead[s.member.token] = ended
		}
		if ended {
			s.end(Revoked)
		}
	}
}

// tell sends what an event made of a user's presence to those who subscribed to it.
func (g *Gateway) tell(running context.Context, event identity.Event, online bool) {
	if !g.roster.hasListeners(event.AppID) {
		return
	}
	ctx, cancel := context.WithTimeout(running, workTimeLimit)
	defer cancel()
	user, err := g.service.KnownUser(ctx, event.AppID, event.UID)
	if fault.CodeOf(err) == fault.CodeUnknownUID {
		// Deleted for good. Who remembers the user is to see it go, by the name that is left.
		user, err = identity.User{AppID: event.AppID, UID: event.UID, Name: string(event.UID), Role: identity.DefaultRole}, nil
	}
	if err != nil {
		g.config.Log.Error("could not tell of a user's presence", slog.Any("error", err))
		return
	}
	listeners, users := g.roster.listeners(event.AppID, event.UID, user.Role)
	if most := g.config.Limits.PresenceUsers; most > 0 && users > most {
		g.config.Metrics.untold(len(listeners))
		return
	}
	text, err := encodePresence(user, online, event.At)
	if err != nil {
		g.config.Log.Error("could not tell of a user's presence", slog.Any("error", err))
		return
	}
	for _, s := range listeners {
		s.send(text)
	}
	g.config.Metrics.told(len(listeners))
}
