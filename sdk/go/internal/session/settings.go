package session

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// maxDeviceIDLength is in bytes.
const maxDeviceIDLength = 255

// Settings is what a Client is made from.
type Settings struct {
	transport.Settings

	storage  usher.Storage
	logger   *slog.Logger
	deviceID string

	connects     bool
	subscription usher.Subscription
	roles        []string
}

// SetAutoConnect chooses whether a session connects by itself.
func (s *Settings) SetAutoConnect(connects bool) error {
	s.connects = connects
	return nil
}

// SetSubscription chooses whose presence the connection brings.
func (s *Settings) SetSubscription(subscription usher.Subscription, roles []string) error {
	switch subscription {
	case "", usher.SubscribeAllUsers, usher.SubscribeFriends:
		roles = nil
	case usher.SubscribeRoles:
		if len(roles) == 0 {
			return errors.New("the subscription to roles names none")
		}
	default:
		return errors.New("there is no such subscription")
	}
	s.subscription, s.roles = subscription, slices.Clone(roles)
	return nil
}

// SetStorage keeps the session and the device id in storage instead of files of the user.
func (s *Settings) SetStorage(storage usher.Storage) error {
	if storage == nil {
		return errors.New("the storage is nil")
	}
	s.storage = storage
	return nil
}

// SetLogger reports what no error does.
func (s *Settings) SetLogger(logger *slog.Logger) error {
	if logger == nil {
		return errors.New("the logger is nil")
	}
	s.logger = logger
	return nil
}

// SetDeviceID names the device by an id of 1 to 255 bytes without white space.
func (s *Settings) SetDeviceID(id string) error {
	if !isDeviceID(id) {
		return errors.New("the device id is empty, longer than 255 bytes, or holds white space")
	}
	s.deviceID = id
	return nil
}

func isDeviceID(id string) bool {
	return id != "" && len(id) <= maxDeviceIDLength && !strings.ContainsFunc(id, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	})
}
