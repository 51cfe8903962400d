package identity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// checkFixture holds every part of a fixture to its rules and fills in what was left unsaid. What has
// to do with other parts is seen when they are loaded.
func (s *Service) checkFixture(fixture Fixture) (Fixture, error) {
	checking := fixtureCheck{service: s, now: s.now(), tokens: map[Secret]struct{}{}}
	checked := Fixture{Apps: make([]FixtureApp, len(fixture.Apps))}
	for i, app := range fixture.Apps {
		var part string
		var err error
		if checked.Apps[i], part, err = checking.app(app); err != nil {
			return Fixture{}, fixtureFailure(i, part, err)
		}
	}
	return checked, nil
}

// fixtureCheck is the check of one fixture.
type fixtureCheck struct {
	service *Service
	now     time.Time
	// tokens are those of all apps so far.
	tokens map[Secret]struct{}
}

// app gives an app as it may be loaded, or the part that is wrong.
func (c fixtureCheck) app(given FixtureApp) (checked FixtureApp, part string, err error) {
	if checked.App, err = c.settings(given.App); err != nil {
		return checked, "", err
	}
	if len(given.Keys) > MaxAPIKeys {
		return checked, "apiKeys", fault.QuotaExceeded("25", "API keys")
	}
	for i, key := range given.Keys {
		key.AppID = checked.App.ID
		if key, err = c.key(key); err != nil {
			return checked, fmt.Sprintf("apiKeys[%d]", i), err
		}
		checked.Keys = append(checked.Keys, key)
	}
	roles := given.Roles
	if !slices.ContainsFunc(roles, func(role Role) bool { return foldASCII(role.ID) == DefaultRole }) {
		roles = append(slices.Clone(roles), Role{ID: DefaultRole, Name: "Default", CreatedAt: checked.App.CreatedAt})
	}
	if len(roles) > MaxRoles {
		return checked, "roles", fault.QuotaExceeded("25", "roles")
	}
	for i, role := range roles {
		role.AppID = checked.App.ID
		if role, err = c.role(role); err != nil {
			return checked, fmt.Sprintf("roles[%d]", i), err
		}
		checked.Roles = append(checked.Roles, role)
	}
	for i, user := range given.Users {
		user.User.AppID = checked.App.ID
		checkedUser, part, err := c.user(user)
		if err != nil {
			return checked, fmt.Sprintf("users[%d]%s", i, part), err
		}
		checked.Users = append(checked.Users, checkedUser)
	}
	return checked, "", nil
}

func (c fixtureCheck) settings(given App) (App, error) {
	id, err := ParseAppID(string(given.ID))
	if err != nil {
		return App{}, err
	}
	region, err := ParseRegion(given.Region)
	if err != nil {
		return App{}, err
	}
	change := AppChange{LogoutRevokes: &given.LogoutRevokes, TokenLife: &given.TokenLife, AuthOnlyAccess: &given.AuthOnlyAccess, BindsDevices: &given.BindsDevices}
	if given.Name != "" {
		change.Name = &given.Name
	}
	app, err := change.apply(App{ID: id, Region: region, UpdatedAt: given.UpdatedAt, DeleteAt: given.DeleteAt})
	app.CreatedAt = c.orNow(given.CreatedAt)
	return app, err
}

func (c fixtureCheck) orNow(at time.Time) time.Time {
	if at.IsZero() {
		return c.now
	}
	return at
}

func (c fixtureCheck) key(key APIKey) (APIKey, error) {
	if _, err := ParseKey("apiKey", string(key.Value)); err != nil {
		return key, err
	}
	key.CreatedAt = c.orNow(key.CreatedAt)
	return KeyChange{Name: &key.Name, Scope: &key.Scope}.apply(key, c.now)
}

func (c fixtureCheck) role(role Role) (Role, error) {
	id, err := parseRoleID(role.ID)
	if err != nil {
		return role, err
	}
	role.ID, role.CreatedAt = id, c.orNow(role.CreatedAt)
	if role.UpdatedAt.IsZero() {
		role.UpdatedAt = role.CreatedAt
	}
	restricted := role.Restricted
	role.Restricted = nil
	if role, err = (FeatureChange{Restrict: restricted}).apply(role); err != nil {
		return role, err
	}
	return RoleChange{Name: &role.Name, Description: &role.Description, Metadata: &role.Metadata, Settings: &role.Settings}.apply(role)
}

// user gives a user as it may be loaded, or the part of it that is wrong.
func (c fixtureCheck) user(given FixtureUser) (checked FixtureUser, part string, err error) {
	user := given.User
	checked.User, err = NewUser{
		UID: string(user.UID), Name: user.Name, Avatar: user.Avatar, Link: user.Link, Role: user.Role,
		StatusMessage: user.StatusMessage, Metadata: user.Metadata, Tags: user.Tags,
	}.check()
	if err != nil {
		return checked, "", err
	}
	checked.User.AppID = user.AppID
	checked.User.CreatedAt = c.orNow(user.CreatedAt)
	checked.User.UpdatedAt = user.UpdatedAt
	if user.UpdatedAt.IsZero() {
		checked.User.UpdatedAt = checked.User.CreatedAt
	}
	checked.User.LastActiveAt, checked.User.DeactivatedAt = user.LastActiveAt, user.DeactivatedAt
	if len(given.Tokens) > MaxLiveTokens {
		return checked, ".authTokens", fault.QuotaExceeded("100", "auth tokens of one user")
	}
	if !checked.User.Active() && len(given.Tokens) > 0 {
		return checked, "", invalid("authTokens", "A deactivated user has no authTokens: they ended with the deactivation.")
	}
	for i, token := range given.Tokens {
		token.UID = checked.User.UID
		if token, err = c.token(token); err != nil {
			return checked, fmt.Sprintf(".authTokens[%d]", i), err
		}
		checked.Tokens = append(checked.Tokens, token)
	}
	for i, block := range given.Blocks {
		uid, err := ParseUID(string(block.Blocked))
		if err == nil && uid == checked.User.UID {
			err = fault.BlockSelf(string(uid))
		}
		if err != nil {
			return checked, fmt.Sprintf(".blocks[%d]", i), err
		}
		checked.Blocks = append(checked.Blocks, Block{Blocked: uid, At: c.orNow(block.At)})
	}
	return checked, "", nil
}

func (c fixtureCheck) token(token AuthToken) (AuthToken, error) {
	found := problems{}
	if !hasTokenForm(token.Value) || !strings.HasPrefix(string(token.Value), string(token.UID)+"_") ||
		len(token.Value) != len(token.UID)+41 {
		found.add("authToken", "The authToken must be the uid, an underscore and 40 of the digits 0-9 and a-f, such as %s_%040d.", token.UID, 1)
	}
	if _, known := c.tokens[token.Value]; known {
		found.add("authToken", "This authToken is there already.")
	}
	c.tokens[token.Value] = struct{}{}
	if token.MintedBy != ScopeFullAccess && token.MintedBy != ScopeAuthOnly {
		found.add("mintedBy", "The mintedBy must be authOnly or fullAccess.")
	}
	token.Device = token.Device.Trimmed()
	token.CreatedAt = c.orNow(token.CreatedAt)
	if err := found.asError(); err != nil {
		return token, err
	}
	prepared, err := c.service.store.PrepareToken(token.Value)
	token.Prepared = prepared
	return token, err
}
