package identity

import (
	"regexp"
	"time"
)

// AppID names an app (a tenant). Make one with ParseAppID.
type AppID string

// An app id is the first label of a host name (APPID.api-us.example.com), so it keeps to what a
// label may hold: at most 63 letters, digits and hyphens, no hyphen at the ends.
var appIDForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// ParseAppID folds an app id to lower case, as host names are, and checks its form.
func ParseAppID(text string) (AppID, error) {
	folded := foldASCII(text)
	if !appIDForm.MatchString(folded) {
		return "", invalid("appId", "The app id must have 1 to 63 letters, digits and hyphens, with no hyphen at its ends.")
	}
	return AppID(folded), nil
}

// A region is the part of a host name behind "api-" (contract C17: regions are free-form).
var regionForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

// ParseRegion folds a region to lower case, as the official SDKs do, and checks its form.
func ParseRegion(text string) (string, error) {
	folded := foldASCII(text)
	if !regionForm.MatchString(folded) {
		return "", invalid("region", "The region must have 1 to 32 letters, digits and hyphens, with no hyphen at its ends.")
	}
	return folded, nil
}

// LogoutRevokes says which auth tokens a client's logout revokes (contract C14 and C20).
type LogoutRevokes string

const (
	// LogoutRevokesSDK revokes a token that an SDK login minted with an authOnly key and keeps one
	// that a back end minted, because the documents tell apps to store that one and use it again.
	LogoutRevokesSDK LogoutRevokes = "sdk"
	// LogoutRevokesAlways revokes whichever token the client held.
	LogoutRevokesAlways LogoutRevokes = "always"
	// LogoutRevokesNever leaves every token to the back end.
	LogoutRevokesNever LogoutRevokes = "never"
)

// AuthOnlyAccess says what keys of the scope authOnly may do (contract C1).
type AuthOnlyAccess string

const (
	// AuthOnlyFull lets them create and update users and issue auth tokens.
	AuthOnlyFull AuthOnlyAccess = "full"
	// AuthOnlyTokens lets them issue auth tokens only.
	AuthOnlyTokens AuthOnlyAccess = "tokens"
	// AuthOnlyNone refuses them.
	AuthOnlyNone AuthOnlyAccess = "none"
)

// App is one tenant. Nothing of an app is visible to another one.
type App struct {
	ID            AppID
	Name          string
	Region        string
	LogoutRevokes LogoutRevokes
	// TokenLife is how long a new auth token lives; 0 for ever.
	TokenLife time.Duration
	// AuthOnlyAccess is what keys of the scope authOnly may do; an app in production needs none of it.
	AuthOnlyAccess AuthOnlyAccess
	// BindsDevices makes an auth token belong to the device that signs in with it first (contract C13):
	// on another one it is no good. Otherwise a token may serve several devices.
	BindsDevices bool
	CreatedAt    time.Time
	// UpdatedAt is zero for an app that was never changed.
	UpdatedAt time.Time
	// DeleteAt is when a deleted app is removed for good; zero for one that is not deleted.
	DeleteAt time.Time
}

// revokesOnLogout decides whether a client's logout ends the token it held.
func (a App) revokesOnLogout(token AuthToken) bool {
	switch a.LogoutRevokes {
	case LogoutRevokesAlways:
		return true
	case LogoutRevokesNever:
		return false
	case LogoutRevokesSDK:
		return token.MintedBy == ScopeAuthOnly
	}
	// A setting that this version does not know: end the token, the side that cannot leak.
	return true
}
