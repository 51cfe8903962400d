package identity

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/usherhq/usher/internal/fault"
)

// FirstApp says how the first app of an empty database is called. Empty keys and an empty id are
// generated.
type FirstApp struct {
	ID            string
	Region        string
	AuthKey       string
	RESTKey       string
	LogoutRevokes LogoutRevokes
	// SampleUsers adds the five users of the documents.
	SampleUsers bool
}

// SetUpResult is the app that a server starts with. The keys are set only when it was created just
// now: they are shown once.
type SetUpResult struct {
	App     App
	Created bool
	AuthKey Secret
	RESTKey Secret
}

// ErrOtherApp says that the database has apps already, and the one that was named is not among them.
var ErrOtherApp = errors.New("the database already has an app, with another id; an app can be named only while it is empty")

// SetUp makes the first app when the database is empty, and otherwise finds the app named, or any
// one when none is named (App.ID is empty in the result when several could be meant). Of several
// servers that start at once on one empty database, one creates it.
func (s *Service) SetUp(ctx context.Context, first FirstApp) (SetUpResult, error) {
	app, keys, err := s.newApp(first)
	if err != nil {
		return SetUpResult{}, err
	}
	result := SetUpResult{App: app, AuthKey: keys[0].Value, RESTKey: keys[1].Value}
	err = s.store.Change(ctx, func(tx Tx) error {
		var err error
		if result.Created, err = tx.ClaimFirstApp(app.ID); err != nil || !result.Created {
			return err
		}
		if err := s.addApp(tx, Caller{}, app, keys); err != nil || !first.SampleUsers {
			return err
		}
		return s.addSampleUsers(tx, Caller{}, app)
	})
	if err != nil {
		return result, err
	}
	if err := s.KeepSigningKeys(ctx); err != nil {
		return result, err
	}
	if result.Created {
		return result, nil
	}
	if first.ID == "" {
		app, err = s.store.OnlyApp(ctx)
	} else if app, err = s.store.App(ctx, app.ID); errors.Is(err, ErrNotFound) {
		return SetUpResult{}, ErrOtherApp
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return SetUpResult{}, err
	}
	return SetUpResult{App: app}, nil
}

// newApp checks what was named and generates what was not.
func (s *Service) newApp(first FirstApp) (App, [2]APIKey, error) {
	var keys [2]APIKey
	if first.ID == "" {
		generated, err := s.randomBytes(8)
		if err != nil {
			return App{}, keys, err
		}
		first.ID = hex.EncodeToString(generated)
	}
	id, err := ParseAppID(first.ID)
	if err != nil {
		return App{}, keys, err
	}
	region, err := ParseRegion(first.Region)
	if err != nil {
		return App{}, keys, err
	}
	now := s.now()
	app := App{ID: id, Region: region, LogoutRevokes: first.LogoutRevokes, AuthOnlyAccess: AuthOnlyFull, CreatedAt: now}
	if app.LogoutRevokes == "" {
		app.LogoutRevokes = LogoutRevokesSDK
	}
	// The two keys that every app starts with, named as the documents name them (contract 1.1).
	for i, wanted := range []struct {
		field, text, name string
		scope             Scope
	}{
		{"auth-key", first.AuthKey, "Auth Key", ScopeAuthOnly},
		{"rest-key", first.RESTKey, "Rest API Key", ScopeFullAccess},
	} {
		value, err := s.keyValue(wanted.field, wanted.text)
		if err != nil {
			return App{}, keys, err
		}
		keys[i] = APIKey{AppID: id, Value: value, Name: wanted.name, Scope: wanted.scope, CreatedBy: "app_system", CreatedAt: now}
	}
	if keys[0].Value == keys[1].Value {
		return App{}, keys, invalid("rest-key", "The rest-key must differ from the auth-key: clients see the latter.")
	}
	return app, keys, nil
}

func (s *Service) keyValue(field, text string) (Secret, error) {
	if text == "" {
		return s.newKeyValue()
	}
	return ParseKey(field, text)
}

func (s *Service) addApp(tx Tx, caller Caller, app App, keys [2]APIKey) error {
	if err := tx.AddApp(app); err != nil {
		return err
	}
	for _, key := range keys {
		if _, err := tx.AddAPIKey(key); err != nil {
			return err
		}
	}
	role := Role{AppID: app.ID, ID: DefaultRole, Name: "Default", CreatedAt: app.CreatedAt, UpdatedAt: app.CreatedAt}
	if err := tx.AddRole(role); err != nil {
		return err
	}
	caller.App = app
	return s.addEventAbout(tx, caller, EventAppCreated, "app:"+string(app.ID))
}

// sampleNames are the names of cometchat-uid-1 to -5 in the documents (contract 1.1).
var sampleNames = [...]string{"Andrew Joseph", "George Alan", "Nancy Grace", "Susan Marie", "John Paul"}

// SampleUIDs are the uids of the sample users, in order.
var SampleUIDs = [...]UID{"cometchat-uid-1", "cometchat-uid-2", "cometchat-uid-3", "cometchat-uid-4", "cometchat-uid-5"}

func (s *Service) addSampleUsers(tx Tx, caller Caller, app App) error {
	caller.App = app
	now := s.now()
	for i, uid := range SampleUIDs {
		user := User{AppID: app.ID, UID: uid, Name: sampleNames[i], Role: DefaultRole, CreatedAt: now, UpdatedAt: now}
		if _, err := tx.AddUser(user); err != nil {
			return err
		}
		if err := tx.AddEvent(s.event(caller, EventUserCreated, uid)); err != nil {
			return err
		}
	}
	return nil
}

// FindApp gives the app that a request names, or the only one there is when it names none.
func (s *Service) FindApp(ctx context.Context, named string) (App, error) {
	if named == "" {
		app, err := s.store.OnlyApp(ctx)
		if err == nil && !app.DeleteAt.IsZero() {
			err = ErrNotFound
		}
		return app, orNotFound(err, fault.EmptyAppID())
	}
	id, err := ParseAppID(named)
	if err != nil {
		return App{}, fault.InvalidAppID(named).Because(err)
	}
	app, err := s.store.App(ctx, id)
	if err == nil && !app.DeleteAt.IsZero() {
		err = ErrNotFound
	}
	if err == nil {
		s.activity.know(id)
	}
	return app, orNotFound(err, fault.InvalidAppID(named))
}

// FindKey proves an API key of an app.
func (s *Service) FindKey(ctx context.Context, app App, value Secret) (APIKey, error) {
	if value == "" {
		return APIKey{}, fault.EmptyAPIKey()
	}
	if !keyForm.MatchString(string(value)) {
		return APIKey{}, fault.UnknownAPIKey()
	}
	key, err := s.store.APIKey(ctx, app.ID, value)
	if err == nil && !key.DisabledAt.IsZero() {
		err = ErrNotFound
	}
	if err == nil {
		s.used.note(key, s.now())
	}
	return key, orNotFound(err, fault.UnknownAPIKey())
}
