package rest

import (
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// appView is the app object (contract 1.7), with the settings that are ours.
type appView struct {
	ID                  identity.AppID          `json:"id"`
	Name                string                  `json:"name"`
	Region              string                  `json:"region"`
	Version             string                  `json:"version"`
	State               string                  `json:"state"`
	CreatedAt           int64                   `json:"createdAt"`
	UpdatedAt           int64                   `json:"updatedAt,omitempty"`
	ScheduledToDeleteAt int64                   `json:"scheduledToDeleteAt,omitempty"`
	LogoutRevokes       identity.LogoutRevokes  `json:"logoutRevokes"`
	AuthOnlyAccess      identity.AuthOnlyAccess `json:"authOnlyAccess"`
	AuthTokenLifetime   int64                   `json:"authTokenLifetime"`
	BindTokensToDevice  bool                    `json:"bindTokensToDevice"`
	// APIKeys is by value, as documented; lists leave it out.
	APIKeys map[string]keyView `json:"apiKeys,omitempty"`
}

// The states of an app.
const (
	stateActive   = "active"
	stateArchived = "archived"
)

// defaultAppPageSize is the documented size of a page of apps.
const defaultAppPageSize = 25

func viewApp(app identity.App) appView {
	view := appView{
		ID: app.ID, Name: app.Name, Region: app.Region, Version: "3", State: stateActive,
		CreatedAt: unix(app.CreatedAt), UpdatedAt: unix(app.UpdatedAt), ScheduledToDeleteAt: unix(app.DeleteAt),
		LogoutRevokes: app.LogoutRevokes, AuthOnlyAccess: app.AuthOnlyAccess, AuthTokenLifetime: int64(app.TokenLife / time.Second),
		BindTokensToDevice: app.BindsDevices,
	}
	// An app that was made at the first start has no name of its own.
	if view.Name == "" {
		view.Name = string(app.ID)
	}
	if !app.DeleteAt.IsZero() {
		view.State = stateArchived
	}
	return view
}

type appBody struct {
	ID                 string                   `json:"id"`
	Name               *string                  `json:"name"`
	Region             string                   `json:"region"`
	Version            string                   `json:"version"`
	SkipSampleData     bool                     `json:"skipSampleData"`
	LogoutRevokes      *identity.LogoutRevokes  `json:"logoutRevokes"`
	AuthOnlyAccess     *identity.AuthOnlyAccess `json:"authOnlyAccess"`
	AuthTokenLifetime  *int64                   `json:"authTokenLifetime"`
	BindTokensToDevice *bool                    `json:"bindTokensToDevice"`
}

func (b appBody) asChange() identity.AppChange {
	change := identity.AppChange{Name: b.Name, LogoutRevokes: b.LogoutRevokes, AuthOnlyAccess: b.AuthOnlyAccess, BindsDevices: b.BindTokensToDevice}
	if b.AuthTokenLifetime != nil {
		// Out of range stays out of range, however far: no product may overflow.
		change.TokenLife = new(time.Duration(max(-1, min(*b.AuthTokenLifetime, 1<<30))) * time.Second)
	}
	return change
}

func (h *Handler) createApp(c *call) (answer, error) {
	var body appBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	if body.Version != "" && body.Version != "3" {
		return answer{}, invalid("version", "The version must be 3.")
	}
	if body.Region == "" {
		body.Region = h.region
	}
	wanted := identity.FirstApp{ID: body.ID, Region: body.Region, SampleUsers: !body.SkipSampleData}
	app, keys, err := h.service.CreateApp(c.Context(), c.caller, wanted, body.asChange())
	if err != nil {
		return answer{}, err
	}
	return showApp(app, keys), nil
}

func showApp(app identity.App, keys []identity.APIKey) answer {
	view := viewApp(app)
	view.APIKeys = map[string]keyView{}
	for _, key := range keys {
		view.APIKeys[string(key.Value)] = viewKey(key)
	}
	return answer{Data: view}
}

// withKeys shows an app as a single one is shown: with its keys.
func (h *Handler) withKeys(c *call, app identity.App, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	c.caller.App = app
	filter := identity.KeyFilter{Page: identity.Page{Number: 1, Size: identity.MaxAPIKeys}}
	keys, _, err := h.service.ListKeys(c.Context(), c.caller, filter)
	if err != nil {
		return answer{}, err
	}
	return showApp(app, keys), nil
}

func (h *Handler) listApps(c *call) (answer, error) {
	page, err := readPageOf(c, defaultAppPageSize)
	if err != nil {
		return answer{}, err
	}
	filter := identity.AppFilter{Page: page, SearchKey: c.URL.Query().Get("searchKey")}
	switch c.URL.Query().Get("state") {
	case "", stateActive:
	case stateArchived:
		filter.Archived = true
	default:
		return answer{}, invalid("state", "The state must be active or archived.")
	}
	apps, total, err := h.service.ListApps(c.Context(), filter)
	if err != nil {
		return answer{}, err
	}
	views := make([]appView, len(apps))
	for i, app := range apps {
		views[i] = viewApp(app)
	}
	return listed(views, page, total), nil
}

func (h *Handler) getApp(c *call) (answer, error) {
	app, err := h.service.GetApp(c.Context(), c.PathValue("appId"))
	return h.withKeys(c, app, err)
}

func (h *Handler) updateApp(c *call) (answer, error) {
	var body appBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	app, err := h.service.UpdateApp(c.Context(), c.caller, c.PathValue("appId"), body.asChange())
	return h.withKeys(c, app, err)
}

func (h *Handler) deleteApp(c *call) (answer, error) {
	app, err := h.service.DeleteApp(c.Context(), c.caller, c.PathValue("appId"))
	if err != nil {
		return answer{}, err
	}
	return answer{Data: struct {
		Success             bool  `json:"success"`
		ScheduledToDeleteAt int64 `json:"scheduledToDeleteAt"`
	}{true, unix(app.DeleteAt)}}, nil
}

func (h *Handler) restoreApp(c *call) (answer, error) {
	app, err := h.service.RestoreApp(c.Context(), c.caller, c.PathValue("appId"))
	return h.withKeys(c, app, err)
}
