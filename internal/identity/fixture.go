package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/usherhq/usher/internal/fault"
)

// Fixture is a known state to test against: all apps with what they hold. What has an absent time gets
// the time at which the fixture is loaded.
type Fixture struct{ Apps []FixtureApp }

// FixtureApp is an app of a fixture. Of its fields and those of its keys, roles and users, what the
// REST API lets a caller choose is checked as it is there.
type FixtureApp struct {
	App App
	// Keys have IDs by which the tokens of the fixture name who issued them.
	Keys []APIKey
	// Roles need not hold the default one, which every app has.
	Roles []Role
	Users []FixtureUser
}

// FixtureUser is a user of a fixture with what belongs to it.
type FixtureUser struct {
	User   User
	Tokens []AuthToken
	// Blocks are of others by this user, who need not be named in them.
	Blocks []Block
}

// FixtureError says which part of a fixture can't be loaded, and why.
type FixtureError struct {
	// App is the place of the app in the fixture, from 0.
	App int
	// Part is the place within the app, such as users[2].authTokens[0]; empty for the app itself.
	Part string
	// Cause is a fault whose details, if any, name fields of the part.
	Cause *fault.Error
}

// Error names the place and the reasons.
func (e *FixtureError) Error() string {
	return fmt.Sprintf("app %d: %s: %v %v", e.App, e.Part, e.Cause.Message, e.Cause.Details)
}

// Unwrap gives the fault.
func (e *FixtureError) Unwrap() error { return e.Cause }

// LoadFixture replaces everything there is by a fixture, all or nothing: other apps go with all that
// they hold, every session ends, and the event log begins anew. Keys that sign JWTs stay, for others
// may remember them. It fails with a FixtureError when the fixture breaks a rule.
func (s *Service) LoadFixture(ctx context.Context, fixture Fixture) error {
	checked, err := s.checkFixture(fixture)
	if err != nil {
		return err
	}
	// What was counted and not written yet goes with the apps.
	if err := s.WriteAllActivity(ctx); err != nil {
		return err
	}
	err = s.store.Change(ctx, func(tx Tx) error {
		// Before users who may be online are written, as RecordConnections does.
		if err := tx.LockPresence(); err != nil {
			return err
		}
		removed, err := tx.Clear()
		if err != nil {
			return err
		}
		for _, id := range removed {
			if err := s.addEventAbout(tx, Caller{App: App{ID: id}}, EventAppRemoved, "app:"+string(id)); err != nil {
				return err
			}
		}
		for i, app := range checked.Apps {
			if err := s.loadApp(tx, app, func(part string, err error) error { return fixtureFailure(i, part, err) }); err != nil {
				return err
			}
		}
		return nil
	})
	return inTime(err)
}

// located gives a failure its place in the fixture.
type located func(part string, err error) error

// fixtureFailure makes a FixtureError of a fault; any other error stays as it is.
func fixtureFailure(app int, part string, err error) error {
	if cause, ok := errors.AsType[*fault.Error](err); ok {
		return &FixtureError{App: app, Part: part, Cause: cause}
	}
	return err
}

// ifTaken turns a store's ErrTaken into the answer that the caller gets.
func ifTaken(err error, answer *fault.Error) error {
	if errors.Is(err, ErrTaken) {
		return answer
	}
	return err
}

func (s *Service) loadApp(tx Tx, app FixtureApp, at located) error {
	caller := Caller{App: app.App}
	if err := tx.AddApp(app.App); err != nil {
		return at("", ifTaken(err, invalid("id", "There is an app with this id already.")))
	}
	if err := s.addEventAbout(tx, caller, EventAppCreated, "app:"+string(app.App.ID)); err != nil {
		return err
	}
	issuers := map[int64]int64{}
	for i, key := range app.Keys {
		id, err := loadKey(tx, key)
		if err != nil {
			return at(fmt.Sprintf("apiKeys[%d]", i), ifTaken(err, invalid("apiKey", "The app has this key already.")))
		}
		issuers[key.ID] = id
	}
	for i, role := range app.Roles {
		if err := s.loadRole(tx, caller, role); err != nil {
			return at(fmt.Sprintf("roles[%d]", i), err)
		}
	}
	for i := range app.Users {
		user := &app.Users[i]
		added, err := s.addUser(tx, caller, user.User)
		if err == nil && !added.Active() {
			err = tx.AddEvent(s.event(caller, EventUserDeactivated, added.UID))
		}
		if err != nil {
			return at(fmt.Sprintf("users[%d]", i), ifTaken(err, fault.UIDTaken(string(user.User.UID))))
		}
		for _, token := range user.Tokens {
			token.IssuerID = issuers[token.IssuerID]
			if err := s.loadToken(tx, caller, added, token); err != nil {
				return err
			}
		}
	}
	return s.loadBlocks(tx, caller, app.Users, at)
}

func loadKey(tx Tx, key APIKey) (id int64, err error) {
	added, err := tx.AddAPIKey(key)
	if err != nil {
		return 0, err
	}
	if err := tx.SaveAPIKey(added); err != nil || key.LastUsedAt.IsZero() {
		return added.ID, err
	}
	return added.ID, tx.TouchAPIKey(added.ID, key.LastUsedAt)
}

func (s *Service) loadRole(tx Tx, caller Caller, role Role) error {
	if _, err := tx.Role(caller.App.ID, role.ID); !errors.Is(err, ErrNotFound) {
		return orTaken(err, fault.RoleTaken(role.ID))
	}
	if err := tx.AddRole(role); err != nil || role.ID == DefaultRole {
		// The default one comes with the app, in whose event it is.
		return err
	}
	return s.addEventAbout(tx, caller, EventRoleCreated, "role:"+role.ID)
}

func (s *Service) loadToken(tx Tx, caller Caller, user User, token AuthToken) error {
	added, _, err := tx.AddAuthToken(user, token)
	if err != nil {
		return err
	}
	event := s.event(caller, EventTokenIssued, user.UID)
	event.Subject = tokenSubject(added.ID)
	return tx.AddEvent(event)
}

// loadBlocks comes when all users are there.
func (s *Service) loadBlocks(tx Tx, caller Caller, users []FixtureUser, at located) error {
	for i, blocker := range users {
		if len(blocker.Blocks) == 0 {
			continue
		}
		user, err := tx.User(caller.App.ID, blocker.User.UID)
		if err != nil {
			return err
		}
		for j, block := range blocker.Blocks {
			other, err := tx.User(caller.App.ID, block.Blocked)
			if err != nil {
				return at(fmt.Sprintf("users[%d].blocks[%d]", i, j), orNotFound(err, fault.UnknownUID(string(block.Blocked))))
			}
			if _, err := tx.SetBlock(user, other, true, block.At); err != nil {
				return err
			}
			event := s.event(caller, EventUserBlocked, user.UID)
			event.Subject = "user:" + string(other.UID)
			if err := tx.AddEvent(event); err != nil {
				return err
			}
		}
	}
	return nil
}

// FirstFixture gives the fixture of an app as SetUp makes it.
func (s *Service) FirstFixture(first FirstApp) (FixtureApp, error) {
	app, keys, err := s.newApp(first)
	if err != nil {
		return FixtureApp{}, err
	}
	fixture := FixtureApp{App: app}
	for i, key := range keys {
		key.ID = int64(i + 1)
		fixture.Keys = append(fixture.Keys, key)
	}
	if first.SampleUsers {
		for i, uid := range SampleUIDs {
			fixture.Users = append(fixture.Users, FixtureUser{User: User{UID: uid, Name: sampleNames[i]}})
		}
	}
	return fixture, nil
}

// FixtureNow gives the fixture that stands for what there is now. What changes while it is read may be
// in it in part; it can be loaded all the same.
func (s *Service) FixtureNow(ctx context.Context) (Fixture, error) {
	var fixture Fixture
	for _, archived := range []bool{false, true} {
		for page := 1; ; page++ {
			filter := AppFilter{Archived: archived, Page: Page{Number: page, Size: MaxPageSize}}
			apps, total, err := s.store.Apps(ctx, filter)
			if err != nil {
				return Fixture{}, inTime(err)
			}
			for _, app := range apps {
				one, err := s.fixtureOf(ctx, app)
				if err != nil {
					return Fixture{}, inTime(err)
				}
				fixture.Apps = append(fixture.Apps, one)
			}
			if filter.Page.Offset()+len(apps) >= total || len(apps) == 0 {
				break
			}
		}
	}
	return fixture, nil
}

func (s *Service) fixtureOf(ctx context.Context, app App) (FixtureApp, error) {
	of := FixtureApp{App: app}
	// The users first: what is read of others later is left out.
	places := map[UID]int{}
	for user, err := range s.store.AllUsers(ctx, app.ID) {
		if err != nil {
			return of, err
		}
		places[user.UID] = len(of.Users)
		of.Users = append(of.Users, FixtureUser{User: user})
	}
	tokens, err := s.store.AllTokens(ctx, app.ID)
	if err != nil {
		return of, err
	}
	for _, token := range tokens {
		if i, known := places[token.UID]; known {
			of.Users[i].Tokens = append(of.Users[i].Tokens, token)
		}
	}
	blocks, err := s.store.AllBlocks(ctx, app.ID)
	if err != nil {
		return of, err
	}
	for _, block := range blocks {
		i, known := places[block.Blocker]
		if _, both := places[block.Blocked]; known && both {
			of.Users[i].Blocks = append(of.Users[i].Blocks, block)
		}
	}
	if of.Keys, _, err = s.store.APIKeys(ctx, app.ID, KeyFilter{Page: Page{Number: 1, Size: MaxPageSize}}); err != nil {
		return of, err
	}
	of.Roles, _, err = s.store.Roles(ctx, app.ID, Page{Number: 1, Size: MaxPageSize})
	// A user whose role was made meanwhile has it; one whose role is gone would not be taken.
	for i := range of.Users {
		user := &of.Users[i].User
		if !slices.ContainsFunc(of.Roles, func(role Role) bool { return role.ID == user.Role }) {
			user.Role = DefaultRole
		}
	}
	return of, err
}
