package chat

import (
	"github.com/usherhq/usher/sdk/go/internal/session"
	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
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
	// Subscription says whose presence a usher.UserListener hears of; nobody's unless it is set.
	Subscription usher.Subscription
	// Roles are the ids of the roles for usher.SubscribeRoles.
	Roles []string
}

// check gives what transport does not look at.
func (s AppSettings) check() error {
	if s.AppID == "" {
		return usher.NewError(usher.CodeChatMissingParameters, nil)
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

// subscribe is the option that the settings are.
func (s AppSettings) subscribe(chosen *session.Settings) error {
	return chosen.SetSubscription(s.Subscription, s.Roles)
}
