package identity

import (
	"context"
	"errors"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// AppGracePeriod is how long a deleted app can be restored (contract 1.7).
const AppGracePeriod = 30 * 24 * time.Hour

// AppFilter chooses apps of a list; an empty SearchKey chooses all.
type AppFilter struct {
	// Archived chooses deleted apps that can still be restored, instead of active ones.
	Archived bool
	// SearchKey is part of the id or of the name, in any letter case.
	SearchKey string
	Page      Page
}

// AppChange is what an operator wants of an app; nil leaves a field as it is.
type AppChange struct {
	Name           *string
	LogoutRevokes  *LogoutRevokes
	TokenLife      *time.Duration
	AuthOnlyAccess *AuthOnlyAccess
	BindsDevices   *bool
}

func (c AppChange) apply(app App) (App, error) {
	found := problems{}
	if c.Name != nil {
		found.checkName(*c.Name)
		app.Name = *c.Name
	}
	if c.LogoutRevokes != nil {
		switch *c.LogoutRevokes {
		case LogoutRevokesSDK, LogoutRevokesAlways, LogoutRevokesNever:
		default:
			found.add("logoutRevokes", "The logoutRevokes must be sdk, always or never.")
		}
		app.LogoutRevokes = *c.LogoutRevokes
	}
	if c.TokenLife != nil {
		if *c.TokenLife < 0 || *c.TokenLife > MaxTokenLife {
			found.add("authTokenLifetime", "The authTokenLifetime must be from 0, for ever, to 315360000 seconds, ten years.")
		}
		app.TokenLife = *c.TokenLife
	}
	if c.AuthOnlyAccess != nil {
		switch *c.AuthOnlyAccess {
		case AuthOnlyFull, AuthOnlyTokens, AuthOnlyNone:
		default:
			found.add("authOnlyAccess", "The authOnlyAccess must be full, tokens or none.")
		}
		app.AuthOnlyAccess = *c.AuthOnlyAccess
	}
	if c.BindsDevices != nil {
		app.BindsDevices = *c.BindsDevices
	}
	return app, found.asError()
}

// CreateApp adds an app with its two keys and, unless told otherwise, the sample users.
// Codes: ERR_BAD_REQUEST with details.
func (s *Service) CreateApp(ctx context.Context, caller Caller, wanted FirstApp, settings AppChange) (App, []APIKey, error) {
	app, keys, err := s.newApp(wanted)
	if err != nil {
		return App{}, nil, err
	}
	if settings.Name == nil {
		settings.Name = new(string)
	}
	if app, err = settings.apply(app); err != nil {
		return App{}, nil, err
	}
	err = s.store.Change(ctx, func(tx Tx) error {
		if _, err := tx.ClaimFirstApp(app.ID); err != nil {
			return err
		}
		if err := s.addApp(tx, caller, app, keys); err != nil || !wanted.SampleUsers {
			return err
		}
		return s.addSampleUsers(tx, caller, app)
	})
	if errors.Is(err, ErrTaken) {
		err = invalid("id", "There is an app with this id already.")
	}
	return app, keys[:], inTime(err)
}

// ListApps gives a page of the apps by id, and how many there are. Code: ERR_BAD_REQUEST with details.
func (s *Service) ListApps(ctx context.Context, filter AppFilter) ([]App, int, error) {
	if err := checkSearch("searchKey", filter.SearchKey); err != nil {
		return nil, 0, err
	}
	apps, total, err := s.store.Apps(ctx, filter)
	return apps, total, inTime(err)
}

// GetApp finds an app, one that is deleted but can be restored too. Code: ERR_APP_NOT_FOUND.
func (s *Service) GetApp(ctx context.Context, id string) (App, error) {
	parsed, err := ParseAppID(id)
	if err != nil {
		return App{}, fault.UnknownApp(id).Because(err)
	}
	app, err := s.store.App(ctx, parsed)
	return app, orNotFound(err, fault.UnknownApp(id))
}

// UpdateApp changes an app. Codes: ERR_APP_NOT_FOUND, ERR_APP_ARCHIVED, ERR_BAD_REQUEST with details.
func (s *Service) UpdateApp(ctx context.Context, caller Caller, id string, change AppChange) (App, error) {
	return s.changeApp(ctx, caller, id, EventAppUpdated, func(app App) (App, error) {
		if !app.DeleteAt.IsZero() {
			return app, fault.AppArchived(string(app.ID))
		}
		app, err := change.apply(app)
		app.UpdatedAt = s.now()
		return app, err
	})
}

// DeleteApp makes an app stop at once and removes it for good after AppGracePeriod.
// Codes: ERR_APP_NOT_FOUND, ERR_APP_ARCHIVED when it is deleted already.
func (s *Service) DeleteApp(ctx context.Context, caller Caller, id string) (App, error) {
	return s.changeApp(ctx, caller, id, EventAppDeleted, func(app App) (App, error) {
		if !app.DeleteAt.IsZero() {
			return app, fault.AppArchived(string(app.ID))
		}
		app.DeleteAt = s.now().Add(AppGracePeriod)
		return app, nil
	})
}

// RestoreApp undoes DeleteApp: keys, users and tokens work again. Restoring an app that is not
// deleted changes nothing. Code: ERR_APP_NOT_FOUND.
func (s *Service) RestoreApp(ctx context.Context, caller Caller, id string) (App, error) {
	return s.changeApp(ctx, caller, id, EventAppRestored, func(app App) (App, error) {
		if app.DeleteAt.IsZero() {
			return app, errUnchanged
		}
		app.DeleteAt = time.Time{}
		return app, nil
	})
}

// errUnchanged ends a change of an app that is as it should be already.
var errUnchanged = errors.New("unchanged")

func (s *Service) changeApp(ctx context.Context, caller Caller, id string, kind EventKind, change func(App) (App, error)) (App, error) {
	app, err := s.GetApp(ctx, id)
	if err != nil {
		return App{}, err
	}
	caller.App = app
	err = s.store.Change(ctx, func(tx Tx) error {
		// As it is now: what was found before may have changed meanwhile.
		locked, err := tx.LockApp(app.ID)
		if err != nil {
			return err
		}
		changed, err := change(locked)
		if errors.Is(err, errUnchanged) {
			app = locked
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.SaveApp(changed); err != nil {
			return err
		}
		app = changed
		return s.addEventAbout(tx, caller, kind, "app:"+string(app.ID))
	})
	return app, orNotFound(err, fault.UnknownApp(id))
}
