package admin

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// AppsService works on the apps of a server.
type AppsService struct{ service }

// NewApp is an app to create. Name is needed; what else is empty is left to the server.
type NewApp struct {
	// ID is 1 to 63 letters, digits and -, for who moves an app here. The server generates one unless
	// given.
	ID string
	// Name is at most 100 characters.
	Name string
	// Region is a word that may stand in a host name.
	Region string
	// SkipSampleData leaves out the five sample users.
	SkipSampleData bool
	Settings       AppSettings
}

// AppChanges is what to change about an app. What is empty stays as it is.
type AppChanges struct {
	Name     string
	Settings AppSettings
}

// AppListOptions says which apps to list. Zero leaves the choice to the server: those that are active.
type AppListOptions struct {
	// Page counts from 1.
	Page int
	// PerPage is at most 1000; 25 unless given.
	PerPage int
	// SearchKey is what the id or the name contains, in any case; at most 100 characters.
	SearchKey string
	State     AppState
}

// appBody is what is sent of an app.
type appBody struct {
	ID             string         `json:"id,omitempty"`
	Name           string         `json:"name,omitempty"`
	Region         string         `json:"region,omitempty"`
	SkipSampleData bool           `json:"skipSampleData,omitempty"`
	LogoutRevokes  LogoutRevokes  `json:"logoutRevokes,omitempty"`
	AuthOnlyAccess AuthOnlyAccess `json:"authOnlyAccess,omitempty"`
	Lifetime       *int64         `json:"authTokenLifetime,omitempty"`
}

func (b appBody) with(settings AppSettings) appBody {
	b.LogoutRevokes, b.AuthOnlyAccess = settings.LogoutRevokes, settings.AuthOnlyAccess
	if settings.AuthTokenLifetime != nil {
		b.Lifetime = new(seconds(*settings.AuthTokenLifetime))
	}
	return b
}

// Create makes an app with its two keys and, unless told otherwise, five sample users. Code:
// usher.CodeBadRequest, also for an id that is taken.
func (s *AppsService) Create(ctx context.Context, app NewApp) (*App, error) {
	body := appBody{ID: app.ID, Name: app.Name, Region: app.Region, SkipSampleData: app.SkipSampleData}
	return get(ctx, s.service, transport.Request{
		Method: http.MethodPost, Path: []string{"apps"}, Body: body.with(app.Settings),
	}, hasAppID)
}

// List gives one page of apps, without their keys. Code: usher.CodeBadRequest.
func (s *AppsService) List(ctx context.Context, options AppListOptions) (*Page[App], error) {
	q := ListOptions{Page: options.Page, PerPage: options.PerPage}.query()
	q.text("searchKey", options.SearchKey)
	q.text("state", string(options.State))
	return list(ctx, s.service, transport.Request{Path: []string{"apps"}, Query: url.Values(q)}, hasAppID)
}

// All gives every app that List would give, page after page, and ends with the first error.
func (s *AppsService) All(ctx context.Context, options AppListOptions) iter.Seq2[*App, error] {
	return all(options.Page, func(page int) (*Page[App], error) {
		options.Page = page
		return s.List(ctx, options)
	})
}

// Get gives an app with its keys, also one that is deleted and can be restored. Code:
// usher.CodeUnknownApp.
func (s *AppsService) Get(ctx context.Context, id string) (*App, error) {
	return s.one(ctx, http.MethodGet, id, nil)
}

// Update changes an app and gives the result. Codes: usher.CodeUnknownApp, usher.CodeAppArchived for
// an app that is deleted, and usher.CodeBadRequest.
func (s *AppsService) Update(ctx context.Context, id string, changes AppChanges) (*App, error) {
	return s.one(ctx, http.MethodPut, id, appBody{Name: changes.Name}.with(changes.Settings))
}

// Delete stops an app at once, as if it did not exist, and gives the time when it will be removed for
// good. Until then, for 30 days, it can be restored. Codes: usher.CodeUnknownApp and
// usher.CodeAppArchived.
func (s *AppsService) Delete(ctx context.Context, id string) (time.Time, error) {
	if err := checkApp(id); err != nil {
		return time.Time{}, err
	}
	var answer struct {
		RemovedAt int64 `json:"scheduledToDeleteAt"`
	}
	err := s.do(ctx, transport.Request{Method: http.MethodDelete, Path: []string{"apps", id}}, &answer, nil)
	if err != nil {
		return time.Time{}, err
	}
	return time.Unix(answer.RemovedAt, 0), nil
}

// Restore brings back a deleted app with everything it had. An app that is active is given as it is.
// Code: usher.CodeUnknownApp.
func (s *AppsService) Restore(ctx context.Context, id string) (*App, error) {
	return s.one(ctx, http.MethodPost, id, nil, "restore")
}

// one makes a request about one app, which it is answered with.
func (s *AppsService) one(ctx context.Context, method, id string, body any, further ...string) (*App, error) {
	if err := checkApp(id); err != nil {
		return nil, err
	}
	request := transport.Request{Method: method, Path: append([]string{"apps", id}, further...), Body: body}
	return get(ctx, s.service, request, hasAppID)
}

// checkApp keeps what no app can be called, and what would be another path, from being sent: ids of
// apps are uids without an underscore.
func checkApp(id string) error {
	if err := usher.CheckUID(id); err != nil {
		return usher.NewError(usher.CodeUnknownApp, nil)
	}
	return nil
}

func hasAppID(app *App) bool { return app.ID != "" }
