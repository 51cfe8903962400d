package realtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"

	"github.com/lxzan/gws"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// events is what the library calls, for one socket always from the goroutine that reads it.
type events struct{ *Gateway }

// OnOpen has nothing to do: a socket is known before it is read.
func (events) OnOpen(*gws.Conn) {}

// OnPing answers a ping of the protocol's own.
func (g events) OnPing(conn *gws.Conn, payload []byte) {
	g.heard(socketOf(conn))
	socketOf(conn).queue(gws.OpcodePong, slices.Clone(payload))
}

// OnPong hears that a client which was asked is there.
func (g events) OnPong(conn *gws.Conn, _ []byte) { g.heard(socketOf(conn)) }

func (g *Gateway) heard(s *socket) { s.heardAt.Store(g.now()) }

// OnMessage takes a frame. What it is gets found out on a stack of its own, for a stack that has grown
// hardly shrinks again: that of a socket's goroutine stays as small as waiting for a ping needs.
func (g events) OnMessage(conn *gws.Conn, message *gws.Message) {
	defer message.Close()
	s := socketOf(conn)
	g.heard(s)
	switch text := message.Bytes(); {
	case s.ending.Load() != 0:
	case message.Opcode != gws.OpcodeText:
		s.end(BadFrame)
	case s.proven.Load() && bytes.Equal(text, usualPing):
		s.send(pong)
	default:
		var apart sync.WaitGroup
		apart.Go(func() {
			defer g.guard(s)
			g.take(s, text)
		})
		apart.Wait()
	}
}

func (g *Gateway) take(s *socket, text []byte) {
	received, err := parseFrame(text)
	switch isAuth := received.Type == typeAuth; {
	case err != nil:
		s.end(BadFrame)
	case isAuth && s.proven.Load():
		s.end(SecondAuth)
	case isAuth:
		g.authenticate(s, received)
	case !s.proven.Load():
		s.end(BadFrame)
	case received.Action == actionPing:
		s.send(pong)
	}
}

// authenticate finds out whose a socket is. It enters the roster before the session is looked up: what
// ends the session from then on finds the socket there, and what ended it before is seen in the database.
func (g *Gateway) authenticate(s *socket, received frame) {
	ctx, cancel := context.WithTimeout(context.Background(), workTimeLimit)
	defer cancel()
	claims, err := g.service.ProveJWT(ctx, received.Body.JWT)
	if err == nil && received.AppID != "" && received.AppID != string(claims.Audience) {
		err = fault.UnknownAuthToken()
	}
	if err != nil {
		g.turnAway(s, received, err)
		return
	}
	s.member = &member{
		app: claims.Audience, uid: claims.UID(), token: claims.Session, signer: claims.Signer,
		wants: subscribe(received.Body.Subscription, received.Body.Roles),
	}
	s.proven.Store(true)
	if !g.roster.join(s, g.config.Limits.SocketsPerUser) {
		s.end(TooMany)
		return
	}
	session, err := g.service.SessionOfClaims(ctx, claims)
	if err != nil {
		g.turnAway(s, received, err)
		return
	}
	if !g.welcome(s, received, session) {
		return
	}
	g.config.Metrics.authenticated("accepted")
}

// welcome tells a client that it is in, and the tracker that it is here.
func (g *Gateway) welcome(s *socket, received frame, session identity.Session) bool {
	m := s.member
	m.issuer.Store(session.Token.IssuerID)
	g.endInTime(s, session.Token)
	reply, err := json.Marshal(authReply{
		AppID: m.app, DeviceID: received.DeviceID, Type: typeAuth, Sender: m.uid, Body: welcome,
	})
	if err != nil {
		s.end(Failed)
		return false
	}
	s.send(reply)
	m.listening.Store(true)
	params := received.Body.Params
	m.connection = &identity.Connection{
		ID:     g.process + "-" + strconv.FormatUint(g.connections.Add(1), 10),
		UserID: session.User.ID, AppID: m.app, UID: m.uid, TokenID: session.Token.ID,
		Device: identity.Device{
			Platform: params.Platform, DeviceID: params.DeviceID, UserAgent: params.UserAgent, AppInfo: params.AppInfo,
		}.Trimmed(),
		Address: s.address, ConnectedAt: g.service.Now(),
	}
	g.tracker.Opened(m.connection)
	return true
}

// turnAway refuses a socket in the words of the protocol, and ends it: an SDK does not look at the
// refusal, but comes back when it is closed (wire.md 8).
func (g *Gateway) turnAway(s *socket, received frame, cause error) {
	verdict, code, outcome := refused, Refused, "refused"
	if fault.CodeOf(cause) != fault.CodeUnknownAuthToken {
		g.config.Log.Error("a socket could not be authenticated", slog.Any("error", cause))
		verdict, code, outcome = unavailable, Unavailable, "failed"
	}
	g.config.Metrics.authenticated(outcome)
	reply, err := json.Marshal(authReply{AppID: identity.AppID(received.AppID), DeviceID: received.DeviceID, Type: typeAuth, Body: verdict})
	if err == nil {
		s.send(reply)
	}
	s.endAfter(code)
}

// OnClose hears why nothing more is read from a socket.
func (events) OnClose(conn *gws.Conn, cause error) { socketOf(conn).cause = cause }

// closed forgets a socket.
func (g *Gateway) closed(s *socket) {
	g.roster.leave(s)
	cause := s.cause
	g.config.Metrics.closed(s, cause)
	if s.member == nil || s.member.connection == nil {
		return
	}
	if expiry := s.member.expiry.Load(); expiry != nil {
		expiry.Stop()
	}
	if !g.closing.Load() {
		g.tracker.Closed(s.member.connection, wasLost(s, cause))
	}
}

// wasLost says whether nobody meant a socket to end, so that its user may be back at once: a page that
// is loaded again closes with 1001. A client that closes with 1000 has logged out or gone to the
// background (wire.md 8 and 16).
func wasLost(s *socket, cause error) bool {
	switch code := s.endedWith(); code {
	case 0:
		closed, ok := errors.AsType[*gws.CloseError](cause)
		return !ok || closed.Code != 1000
	case Revoked, Lost:
		// The first is meant, and the second has been waited for long enough.
		return false
	default:
		return true
	}
}
