package chat

import (
	"errors"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// Subscription says whose presence an app wants to hear of.
type Subscription string

// The subscriptions. The zero value asks for nobody's presence.
const (
	SubscribeAllUsers Subscription = "ALL_USERS"
	// SubscribeRoles asks for the users of AppSettings.Roles.
	SubscribeRoles   Subscription = "ROLES"
	SubscribeFriends Subscription = "FRIENDS"
)

// AppSettings says which app on which server a client belongs to.
type AppSettings struct {
	// AppID is the id of the app. It is always needed.
	AppID string
	// Region is the region of the app, for example "eu". It is needed only without hosts.
	Region string
	// Host is the base URL of an Usher server, such as http://127.0.0.1:8080 or
	// https://auth.example.com/v3; https may be left out. When it is empty the documented hosts are
	// derived: https://APPID.api-REGION.cometchat.io/v3.0 for requests with an Auth Key and
	// https://APPID.apiclient-REGION.cometchat.io/v3.0 for those with an auth token.
	Host string
	// AdminHost and ClientHost are the documented overrides: like Host, and winning over it, for
	// requests with an Auth Key and for those with an auth token.
	AdminHost, ClientHost string
	// Subscription is kept for the realtime connection, which this version does not make.
	Subscription Subscription
	// Roles are the ids of the roles for SubscribeRoles.
	Roles []string
}

// check gives what transport does not look at.
func (s AppSettings) check() error {
	if s.AppID == "" {
		return usher.NewError(usher.CodeChatMissingParameters, nil)
	}
	switch s.Subscription {
	case "", SubscribeAllUsers, SubscribeFriends:
	case SubscribeRoles:
		if len(s.Roles) == 0 {
			return usher.NewError(usher.CodeInvalidSettings, errors.New("the subscription to roles names none"))
		}
	default:
		return usher.NewError(usher.CodeInvalidSettings, errors.New("there is no such subscription"))
	}
	return nil
}

func (s AppSettings) place() transport.Settings {
	return transport.Settings{
		AppID:      s.AppID,
		Region:     s.Region,
		Host:       s.Host,
		AdminHost:  s.AdminHost,
		ClientHost: s.ClientHost,
	}
}
