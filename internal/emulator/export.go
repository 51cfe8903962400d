package emulator

import (
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// appView is an app as a document writes it.
type appView struct {
	ID string `json:"id,omitempty"`
	settings

	APIKeys []keyText  `json:"apiKeys"`
	Roles   []roleText `json:"roles"`
	Users   []userView `json:"users"`
	// Apps is there for the app of a fresh start only.
	Apps []appView `json:"apps,omitempty"`
}

type userView struct {
	userFields

	AuthTokens []tokenText `json:"authTokens,omitempty"`
	Blocks     []blockText `json:"blocks,omitempty"`
}

func (e *Emulator) export(c *call) (any, error) {
	fixture, err := e.service.FixtureNow(c.Context())
	if err != nil {
		return nil, err
	}
	var document appView
	var others []appView
	for _, app := range fixture.Apps {
		view := viewApp(app)
		if string(app.App.ID) == e.config.App.ID {
			view.ID = ""
			document = view
			continue
		}
		others = append(others, view)
	}
	document.Apps = others
	return document, nil
}

func viewApp(app identity.FixtureApp) appView {
	a := app.App
	view := appView{
		ID: string(a.ID),
		settings: settings{
			Name: a.Name, Region: a.Region, LogoutRevokes: a.LogoutRevokes, AuthOnlyAccess: a.AuthOnlyAccess,
			AuthTokenLifetime: int64(a.TokenLife / time.Second), BindTokensToDevice: a.BindsDevices,
			CreatedAt: unix(a.CreatedAt), UpdatedAt: unix(a.UpdatedAt), ScheduledToDeleteAt: unix(a.DeleteAt),
		},
		APIKeys: []keyText{}, Roles: []roleText{}, Users: []userView{},
	}
	keys := map[int64]string{}
	for _, key := range app.Keys {
		keys[key.ID] = string(key.Value)
		view.APIKeys = append(view.APIKeys, keyText{
			APIKey: string(key.Value), Name: key.Name, Scope: key.Scope, CreatedBy: key.CreatedBy,
			CreatedAt: unix(key.CreatedAt), LastUsedAt: unix(key.LastUsedAt), Disabled: !key.DisabledAt.IsZero(),
		})
	}
	for _, role := range app.Roles {
		one := roleText{
			Role: role.ID, Name: role.Name, Description: role.Description, Metadata: role.Metadata,
			RestrictedFeatures: role.Restricted, CreatedAt: unix(role.CreatedAt), UpdatedAt: unix(role.UpdatedAt),
		}
		if role.Settings != (identity.RoleSettings{}) {
			one.Settings = &role.Settings
		}
		view.Roles = append(view.Roles, one)
	}
	for _, user := range app.Users {
		view.Users = append(view.Users, viewUser(user, keys))
	}
	return view
}

func viewUser(user identity.FixtureUser, keys map[int64]string) userView {
	u := user.User
	view := userView{userFields: userFields{
		UID: string(u.UID), Name: u.Name, Avatar: u.Avatar, Link: u.Link, Role: u.Role, StatusMessage: u.StatusMessage,
		Metadata: u.Metadata, Tags: u.Tags, CreatedAt: unix(u.CreatedAt), UpdatedAt: unix(u.UpdatedAt),
		LastActiveAt: unix(u.LastActiveAt), DeactivatedAt: unix(u.DeactivatedAt),
	}}
	for _, token := range user.Tokens {
		view.AuthTokens = append(view.AuthTokens, tokenText{
			AuthToken: string(token.Value), APIKey: keys[token.IssuerID], MintedBy: token.MintedBy,
			Platform: token.Device.Platform, DeviceID: token.Device.DeviceID, UserAgent: token.Device.UserAgent, AppInfo: token.Device.AppInfo,
			CreatedAt: unix(token.CreatedAt), ExpiresAt: unix(token.ExpiresAt),
		})
	}
	for _, block := range user.Blocks {
		view.Blocks = append(view.Blocks, blockText{UID: string(block.Blocked), BlockedAt: unix(block.At)})
	}
	return view
}

func unix(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}
