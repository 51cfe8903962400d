package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// nodeBatch is how many users of a server that is gone are released in one transaction.
const nodeBatch = 500

// Connection is one live socket of a logged-in user. There are many, and so it holds no more of the user
// than what is written with it.
type Connection struct {
	// ID names the connection in the event log.
	ID      string
	UserID  int64
	AppID   AppID
	UID     UID
	TokenID int64
	// Device is what the client tells of itself; nothing in it is trusted.
	Device      Device
	Address     string
	ConnectedAt time.Time
}

// PresenceChange says what a connection's beginning or end means for its user at a server.
type PresenceChange int

const (
	// PresenceStays says that the user has other connections there.
	PresenceStays PresenceChange = iota
	// PresenceBegins says that it is the first one.
	PresenceBegins
	// PresenceEnds says that it was the last one.
	PresenceEnds
	// PresenceGoesOn tells of a user again whom the others may have taken for offline. Where they have
	// not, it is no event.
	PresenceGoesOn
)

// ConnectionChange is a connection's beginning or end.
type ConnectionChange struct {
	Connection *Connection
	Opened     bool
	Presence   PresenceChange
	At         time.Time
}

// ConnectionDetail is the detail of user_connected and user_disconnected events, in the words of the
// documented webhook (contract 7.3).
type ConnectionDetail struct {
	// PresenceChanged says that the user came online or went offline by it, over all servers.
	PresenceChanged bool   `json:"presenceChanged"`
	Platform        string `json:"platform,omitempty"`
	UserAgent       string `json:"userAgent,omitempty"`
	// AppInfo is a JSON object that the client sent.
	AppInfo json.RawMessage `json:"appInfo,omitempty"`
	// ConnectedAt is in unix milliseconds; absent where the server that held the connection is gone.
	ConnectedAt int64 `json:"connectedAt,omitempty"`
}

// RecordConnections writes changes of connections at a server, in their order, in one transaction: who
// is online, when users were last active, and an event for each. Changes of users who are gone
// meanwhile are left out.
func (s *Service) RecordConnections(ctx context.Context, node string, changes []ConnectionChange) error {
	// Each transaction takes users in one order, so that two of them don't wait for each other.
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b ConnectionChange) int { return cmp.Compare(a.Connection.UserID, b.Connection.UserID) })
	return s.store.Change(ctx, func(tx Tx) error {
		if err := tx.LockPresence(); err != nil {
			return err
		}
		for _, change := range changes {
			if err := s.recordConnection(tx, node, change); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		return nil
	})
}

func (s *Service) recordConnection(tx Tx, node string, change ConnectionChange) error {
	connection := change.Connection
	detail := ConnectionDetail{
		Platform: connection.Device.Platform, UserAgent: connection.Device.UserAgent, AppInfo: connection.Device.AppInfo,
		ConnectedAt: connection.ConnectedAt.UnixMilli(),
	}
	if change.Presence == PresenceStays {
		// A user made anew with the uid is another one.
		if user, err := tx.User(connection.AppID, connection.UID); err != nil || user.ID != connection.UserID {
			return cmp.Or(err, ErrNotFound)
		}
	} else {
		changed, err := tx.SetOnline(User{ID: connection.UserID, AppID: connection.AppID, UID: connection.UID}, node, change.Presence != PresenceEnds, change.At)
		if err != nil || change.Presence == PresenceGoesOn && !changed {
			return err
		}
		detail.PresenceChanged = changed
	}
	kind := EventUserDisconnected
	if change.Opened {
		kind = EventUserConnected
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	return tx.AddEvent(Event{
		Kind: kind, AppID: connection.AppID, UID: connection.UID, Subject: "connection:" + connection.ID,
		Actor: tokenSubject(connection.TokenID), Address: connection.Address, UserAgent: connection.Device.UserAgent,
		Detail: string(text), At: change.At,
	})
}

// RenewNode tells the others that a server is alive for some more time. It says whether the server was
// not known, or no more: then any of its users may have been made offline, whatever it recorded before.
func (s *Service) RenewNode(ctx context.Context, node string, lease time.Duration) (added bool, err error) {
	err = s.store.Change(ctx, func(tx Tx) (err error) {
		added, err = tx.RenewNode(node, s.clock().Add(lease))
		return err
	})
	return added, err
}

// ReleaseDeadNodes makes offline who was online at servers that have ended without saying so. Several
// servers may do it at once.
func (s *Service) ReleaseDeadNodes(ctx context.Context) error {
	for {
		err := s.store.Change(ctx, s.releaseSome)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// releaseSome makes a batch of users of one such server offline, or removes the server when there are
// none left. ErrNotFound says that there is no such server.
func (s *Service) releaseSome(tx Tx) error {
	now := s.clock()
	if err := tx.LockPresence(); err != nil {
		return err
	}
	node, err := tx.LockDeadNode(now)
	if err != nil {
		return err
	}
	users, err := tx.UsersAt(node, nodeBatch)
	if err != nil {
		return err
	}
	for _, user := range users {
		changed, err := tx.SetOnline(user, node, false, now)
		if err != nil {
			return err
		}
		text, err := json.Marshal(ConnectionDetail{PresenceChanged: changed})
		if err != nil {
			return err
		}
		event := s.event(Caller{App: App{ID: user.AppID}}, EventUserDisconnected, user.UID)
		event.Subject, event.Actor, event.Detail = "node:"+node, "server", string(text)
		if err := tx.AddEvent(event); err != nil {
			return err
		}
	}
	if len(users) == 0 {
		return tx.DeleteNode(node)
	}
	return nil
}
