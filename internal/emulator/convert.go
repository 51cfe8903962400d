package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// maxTime is the last second of the year 9999. Milliseconds, given by mistake, lie beyond it.
const maxTime = 253_402_300_799

// maxLife is where a number of seconds can't be a duration any more; what is far too long is refused later.
const maxLife = 1 << 32

// time reads unix seconds, of which 0 says nothing.
func (p problems) time(place, field string, seconds int64) time.Time {
	switch {
	case seconds < 0 || seconds > maxTime:
		p[below(place, field)] = []string{fmt.Sprintf("This must be a time in unix seconds, from 0 to %d.", maxTime)}
		return time.Time{}
	case seconds == 0:
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// app gives an app with what a document says of it.
func (p problems) app(place string, app identity.FixtureApp, said contents, now time.Time) identity.FixtureApp {
	app.App.Name = said.Name
	if said.Region != "" {
		app.App.Region = said.Region
	}
	if said.LogoutRevokes != "" {
		app.App.LogoutRevokes = said.LogoutRevokes
	}
	if said.AuthOnlyAccess != "" {
		app.App.AuthOnlyAccess = said.AuthOnlyAccess
	}
	app.App.TokenLife = time.Duration(max(-1, min(said.AuthTokenLifetime, maxLife))) * time.Second
	app.App.BindsDevices = said.BindTokensToDevice
	app.App.CreatedAt = p.time(place, "createdAt", said.CreatedAt)
	app.App.UpdatedAt = p.time(place, "updatedAt", said.UpdatedAt)
	app.App.DeleteAt = p.time(place, "scheduledToDeleteAt", said.ScheduledToDeleteAt)
	if said.keys != nil {
		app.Keys = nil
	}
	for i, key := range said.keys {
		app.Keys = append(app.Keys, p.key(fmt.Sprintf("%s[%d]", below(place, "apiKeys"), i), int64(i+1), key, now))
	}
	for i, role := range said.roles {
		app.Roles = append(app.Roles, p.role(fmt.Sprintf("%s[%d]", below(place, "roles"), i), role))
	}
	if said.users != nil {
		app.Users = nil
	}
	for i, user := range said.users {
		app.Users = append(app.Users, p.user(fmt.Sprintf("%s[%d]", below(place, "users"), i), user, app.Keys, now))
	}
	return app
}

func (p problems) key(place string, id int64, said keyText, now time.Time) identity.APIKey {
	key := identity.APIKey{
		ID: id, Value: identity.Secret(said.APIKey), Name: said.Name, Scope: said.Scope, CreatedBy: said.CreatedBy,
		CreatedAt: p.time(place, "createdAt", said.CreatedAt), LastUsedAt: p.time(place, "lastUsedAt", said.LastUsedAt),
	}
	if key.Scope == "" {
		key.Scope = identity.ScopeAuthOnly
	}
	if key.Name == "" {
		key.Name = "Seeded key"
	}
	if key.CreatedBy == "" {
		key.CreatedBy = "app_system"
	}
	if said.Disabled {
		key.DisabledAt = now
	}
	return key
}

func (p problems) role(place string, said roleText) identity.Role {
	role := identity.Role{
		ID: said.Role, Name: said.Name, Description: said.Description, Metadata: orAbsent(said.Metadata), Restricted: said.RestrictedFeatures,
		CreatedAt: p.time(place, "createdAt", said.CreatedAt), UpdatedAt: p.time(place, "updatedAt", said.UpdatedAt),
	}
	if said.Settings != nil {
		role.Settings = *said.Settings
	}
	return role
}

func (p problems) user(place string, said userText, keys []identity.APIKey, now time.Time) identity.FixtureUser {
	user := identity.FixtureUser{User: identity.User{
		UID: identity.UID(said.UID), Name: said.Name, Avatar: said.Avatar, Link: said.Link, Role: said.Role,
		StatusMessage: said.StatusMessage, Metadata: orAbsent(said.Metadata), Tags: said.Tags,
		CreatedAt: p.time(place, "createdAt", said.CreatedAt), UpdatedAt: p.time(place, "updatedAt", said.UpdatedAt),
		LastActiveAt: p.time(place, "lastActiveAt", said.LastActiveAt), DeactivatedAt: p.time(place, "deactivatedAt", said.DeactivatedAt),
	}}
	for i, token := range said.tokens {
		user.Tokens = append(user.Tokens, p.token(fmt.Sprintf("%s.authTokens[%d]", place, i), token, keys, now))
	}
	for i, block := range said.blocks {
		at := p.time(fmt.Sprintf("%s.blocks[%d]", place, i), "blockedAt", block.BlockedAt)
		user.Blocks = append(user.Blocks, identity.Block{Blocked: identity.UID(block.UID), At: at})
	}
	return user
}

func (p problems) token(place string, said tokenText, keys []identity.APIKey, now time.Time) identity.AuthToken {
	token := identity.AuthToken{
		Value: identity.Secret(said.AuthToken), MintedBy: said.MintedBy,
		Device:    identity.Device{Platform: said.Platform, DeviceID: said.DeviceID, UserAgent: said.UserAgent, AppInfo: orAbsent(said.AppInfo)},
		CreatedAt: p.time(place, "createdAt", said.CreatedAt), ExpiresAt: p.time(place, "expiresAt", said.ExpiresAt),
	}
	issuer := identity.APIKey{Scope: identity.ScopeFullAccess}
	if said.APIKey != "" {
		for _, key := range keys {
			if string(key.Value) == said.APIKey {
				issuer = key
			}
		}
		if issuer.ID == 0 {
			p[below(place, "apiKey")] = []string{"The app has no such key."}
		}
	}
	token.IssuerID = issuer.ID
	if token.MintedBy == "" {
		token.MintedBy = issuer.Scope
	}
	switch {
	case said.ExpiresIn == 0:
	case said.ExpiresAt != 0:
		p[below(place, "expiresIn")] = []string{"Say expiresAt or expiresIn, not both."}
	case said.ExpiresIn < 0 || said.ExpiresIn > maxLife:
		p[below(place, "expiresIn")] = []string{fmt.Sprintf("This must be a number of seconds from 1 to %d.", int64(maxLife))}
	default:
		token.ExpiresAt = now.Truncate(time.Second).Add(time.Duration(said.ExpiresIn) * time.Second)
	}
	return token
}

// orAbsent takes null for what is not there.
func orAbsent(text json.RawMessage) json.RawMessage {
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	return text
}
