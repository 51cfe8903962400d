package admin

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"time"
)

// App is one app of a server. Times are Unix seconds, 0 where the server gave none.
type App struct {
	ID        string
	Name      string
	Region    string
	Version   string
	State     AppState
	CreatedAt int64
	UpdatedAt int64
	// ScheduledToDeleteAt is when a deleted app will be removed for good.
	ScheduledToDeleteAt int64
	// Settings are all set.
	Settings AppSettings
	// APIKeys are the app's keys, oldest first; lists leave them out. Printing or logging an App does
	// too.
	APIKeys []*APIKey
}

// AppState says whether an app works.
type AppState string

// The states. An archived app is a deleted one that can be restored.
const (
	AppActive   AppState = "active"
	AppArchived AppState = "archived"
)

// AppSettings are the switches of an app. Sent, what is empty or nil leaves a switch as it is.
type AppSettings struct {
	LogoutRevokes  LogoutRevokes
	AuthOnlyAccess AuthOnlyAccess
	// AuthTokenLifetime is how long new auth tokens live, in whole seconds and at most ten years; 0 is
	// for ever.
	AuthTokenLifetime *time.Duration
}

// LogoutRevokes says which auth tokens a logout of an app ends.
type LogoutRevokes string

// What a logout ends: the tokens of logins with an authOnly key, all tokens, or none.
const (
	LogoutRevokesSDK    LogoutRevokes = "sdk"
	LogoutRevokesAlways LogoutRevokes = "always"
	LogoutRevokesNever  LogoutRevokes = "never"
)

// AuthOnlyAccess says what API keys of the scope authOnly may do.
type AuthOnlyAccess string

// What such keys may do: create and update users and issue auth tokens, only issue tokens, or
// nothing, as it should be in production.
const (
	AuthOnlyFull   AuthOnlyAccess = "full"
	AuthOnlyTokens AuthOnlyAccess = "tokens"
	AuthOnlyNone   AuthOnlyAccess = "none"
)

// String leaves the keys out.
func (a App) String() string { return "app " + a.ID }

// GoString leaves the keys out.
func (a App) GoString() string { return a.String() }

// LogValue leaves the keys out.
func (a App) LogValue() slog.Value { return slog.StringValue(a.String()) }

// UnmarshalJSON reads the app object of the REST API.
func (a *App) UnmarshalJSON(text []byte) error {
	var fields struct {
		ID                  string             `json:"id"`
		Name                string             `json:"name"`
		Region              string             `json:"region"`
		Version             string             `json:"version"`
		State               AppState           `json:"state"`
		CreatedAt           int64              `json:"createdAt"`
		UpdatedAt           int64              `json:"updatedAt"`
		ScheduledToDeleteAt int64              `json:"scheduledToDeleteAt"`
		LogoutRevokes       LogoutRevokes      `json:"logoutRevokes"`
		AuthOnlyAccess      AuthOnlyAccess     `json:"authOnlyAccess"`
		Lifetime            int64              `json:"authTokenLifetime"`
		APIKeys             map[string]*APIKey `json:"apiKeys"`
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	*a = App{
		ID: fields.ID, Name: fields.Name, Region: fields.Region, Version: fields.Version, State: fields.State,
		CreatedAt: fields.CreatedAt, UpdatedAt: fields.UpdatedAt, ScheduledToDeleteAt: fields.ScheduledToDeleteAt,
		Settings: AppSettings{
			LogoutRevokes: fields.LogoutRevokes, AuthOnlyAccess: fields.AuthOnlyAccess,
			AuthTokenLifetime: new(time.Duration(fields.Lifetime) * time.Second),
		},
	}
	for key := range maps.Values(fields.APIKeys) {
		if key != nil {
			a.APIKeys = append(a.APIKeys, key)
		}
	}
	slices.SortFunc(a.APIKeys, func(one, other *APIKey) int {
		return cmp.Or(cmp.Compare(one.CreatedAt, other.CreatedAt), cmp.Compare(one.Name, other.Name), cmp.Compare(one.Key, other.Key))
	})
	return nil
}
