package identity_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// brokenStore answers everything with one error.
type brokenStore struct {
	identity.Store

	err error
}

// PrepareToken needs no database.
func (brokenStore) PrepareToken(identity.Secret) (any, error) { return nil, nil }

func (s brokenStore) Change(context.Context, func(identity.Tx) error) error { return s.err }
func (s brokenStore) Ping(context.Context) error                            { return s.err }

func (s brokenStore) App(context.Context, identity.AppID) (identity.App, error) {
	return identity.App{}, s.err
}

func (s brokenStore) OnlyApp(context.Context) (identity.App, error) { return identity.App{}, s.err }

func (s brokenStore) APIKey(context.Context, identity.AppID, identity.Secret) (identity.APIKey, error) {
	return identity.APIKey{}, s.err
}

func (s brokenStore) Session(context.Context, identity.Secret) (identity.Session, error) {
	return identity.Session{}, s.err
}

func (s brokenStore) User(context.Context, identity.AppID, identity.UID) (identity.User, error) {
	return identity.User{}, s.err
}

func (s brokenStore) Users(context.Context, identity.AppID, identity.UserFilter) ([]identity.User, int, error) {
	return nil, 0, s.err
}

func (s brokenStore) Apps(context.Context, identity.AppFilter) ([]identity.App, int, error) {
	return nil, 0, s.err
}

func (s brokenStore) APIKeys(context.Context, identity.AppID, identity.KeyFilter) ([]identity.APIKey, int, error) {
	return nil, 0, s.err
}

func (s brokenStore) Role(context.Context, identity.AppID, string) (identity.Role, error) {
	return identity.Role{}, s.err
}

func (s brokenStore) Roles(context.Context, identity.AppID, identity.Page) ([]identity.Role, int, error) {
	return nil, 0, s.err
}

func (s brokenStore) Relations(context.Context, identity.User, []identity.User) (map[int64]identity.Relation, error) {
	return nil, s.err
}

func (s brokenStore) Events(context.Context, identity.AppID, identity.EventFilter) ([]identity.Event, error) {
	return nil, s.err
}

// A database that has no time is told by its own code; one that is broken is what nobody foresaw,
// and never "not found".
func TestADatabaseThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	const token = "mina_1772366400000000000000000000000000000000"
	key := identity.APIKey{ID: 1, Scope: identity.ScopeFullAccess}
	caller := identity.Caller{App: identity.App{ID: "acme"}, Key: &key}
	client := identity.Caller{App: caller.App, Session: &identity.Session{}}
	page := identity.Page{Number: 1, Size: 1}
	for name, use := range map[string]func(ctx context.Context, s *identity.Service) error{
		"find an app":  func(ctx context.Context, s *identity.Service) error { _, err := s.FindApp(ctx, "acme"); return err },
		"find the app": func(ctx context.Context, s *identity.Service) error { _, err := s.FindApp(ctx, ""); return err },
		"find a key": func(ctx context.Context, s *identity.Service) error {
			_, err := s.FindKey(ctx, caller.App, restKey)
			return err
		},
		"find a session": func(ctx context.Context, s *identity.Service) error {
			_, err := s.FindSession(ctx, "", token)
			return err
		},
		"find no session": func(ctx context.Context, s *identity.Service) error {
			_, err := s.FindSession(ctx, "acme", "")
			return err
		},
		"get a user": func(ctx context.Context, s *identity.Service) error {
			_, err := s.GetUser(ctx, caller, "mina")
			return err
		},
		"list users": func(ctx context.Context, s *identity.Service) error {
			_, _, err := s.ListUsers(ctx, caller, identity.UserFilter{Page: page})
			return err
		},
		"list tokens": func(ctx context.Context, s *identity.Service) error {
			_, _, err := s.ListTokens(ctx, caller, "mina", page)
			return err
		},
		"revoke a token":   func(ctx context.Context, s *identity.Service) error { return s.RevokeToken(ctx, caller, "mina", token) },
		"flush the tokens": func(ctx context.Context, s *identity.Service) error { return s.FlushTokens(ctx, caller, "mina") },
		"sign out":         func(ctx context.Context, s *identity.Service) error { return s.SignOut(ctx, client) },
		"sign in": func(ctx context.Context, s *identity.Service) error {
			_, err := s.SignIn(ctx, client, identity.Device{}, identity.UserChange{})
			return err
		},
		"create a user": func(ctx context.Context, s *identity.Service) error {
			_, _, err := s.CreateUser(ctx, caller, identity.NewUser{UID: "mina", Name: "Mina"}, false)
			return err
		},
		"update a user": func(ctx context.Context, s *identity.Service) error {
			_, err := s.UpdateUser(ctx, caller, "mina", identity.UserChange{})
			return err
		},
		"issue a token": func(ctx context.Context, s *identity.Service) error {
			_, err := s.IssueToken(ctx, caller, "mina", identity.TokenRequest{Force: true})
			return err
		},
		"list apps": func(ctx context.Context, s *identity.Service) error {
			_, _, err := s.ListApps(ctx, identity.AppFilter{Page: page})
			return err
		},
		"get an app": func(ctx context.Context, s *identity.Service) error { _, err := s.GetApp(ctx, "acme"); return err },
		"delete an app": func(ctx context.Context, s *identity.Service) error {
			_, err := s.DeleteApp(ctx, caller, "acme")
			return err
		},
		"create an app": func(ctx context.Context, s *identity.Service) error {
			first := identity.FirstApp{ID: "zeta", Region: "eu", AuthKey: "auth-key-of-zeta", RESTKey: "rest-key-of-zeta"}
			_, _, err := s.CreateApp(ctx, caller, first, identity.AppChange{Name: new("Zeta")})
			return err
		},
		"list keys": func(ctx context.Context, s *identity.Service) error {
			_, _, err := s.ListKeys(ctx, caller, identity.KeyFilter{Page: page})
			return err
		},
		"get a key": func(ctx context.Context, s *identity.Service) error {
			_, err := s.GetKey(ctx, caller, restKey)
			return err
		},
		"create a key": func(ctx context.Context, s *identity.Service) error {
			_, err := s.CreateKey(ctx, caller, identity.KeyChange{Name: new("one")})
			return err
		},
		"delete a key": func(ctx context.Context, s *identity.Service) error { return s.DeleteKey(ctx, caller, restKey) },
		"get a role": func(ctx context.Context, s *identity.Service) error {
			_, err := s.GetRole(ctx, caller, "tutor")
			return err
		},
		"list roles": func(ctx context.Context, s *identity.Service) error {
			_, _, err := s.ListRoles(ctx, caller, page)
			return err
		},
		"create a role": func(ctx context.Context, s *identity.Service) error {
			_, err := s.CreateRole(ctx, caller, "tutor", identity.RoleChange{Name: new("Tutor")})
			return err
		},
		"update a role": func(ctx context.Context, s *identity.Service) error {
			_, err := s.UpdateRole(ctx, caller, "tutor", identity.RoleChange{})
			return err
		},
		"delete a role":     func(ctx context.Context, s *identity.Service) error { return s.DeleteRole(ctx, caller, "tutor") },
		"deactivate a user": func(ctx context.Context, s *identity.Service) error { return s.DeactivateUser(ctx, caller, "mina") },
		"deactivate users": func(ctx context.Context, s *identity.Service) error {
			_, err := s.DeactivateUsers(ctx, caller, []identity.UID{"mina"})
			return err
		},
		"reactivate users": func(ctx context.Context, s *identity.Service) error {
			_, err := s.ReactivateUsers(ctx, caller, []identity.UID{"mina"})
			return err
		},
		"delete a user": func(ctx context.Context, s *identity.Service) error { return s.DeleteUser(ctx, caller, "mina") },
		"block a user": func(ctx context.Context, s *identity.Service) error {
			_, err := s.SetBlocked(ctx, caller, "mina", []string{"oleg"}, true)
			return err
		},
		"list blocks": func(ctx context.Context, s *identity.Service) error {
			_, _, err := s.ListBlocked(ctx, caller, "mina", identity.BlockedEither, page)
			return err
		},
		"relations": func(ctx context.Context, s *identity.Service) error {
			_, err := s.Relations(ctx, identity.User{}, nil)
			return err
		},
		"get a token": func(ctx context.Context, s *identity.Service) error {
			_, err := s.GetToken(ctx, caller, "mina", token)
			return err
		},
		"update a token": func(ctx context.Context, s *identity.Service) error {
			_, err := s.UpdateToken(ctx, caller, "mina", token, identity.DeviceChange{})
			return err
		},
		"list events": func(ctx context.Context, s *identity.Service) error {
			_, err := s.ListEvents(ctx, caller, identity.EventFilter{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, one := range []struct {
				cause error
				want  fault.Code
			}{
				{identity.ErrOverloaded, fault.CodeMissionFailed},
				{fmt.Errorf("query: %w", context.DeadlineExceeded), fault.CodeMissionFailed},
				{errors.New("the disk is on fire"), ""},
			} {
				service := identity.NewService(brokenStore{err: one.cause}, func() time.Time { return founded }, zeros{})
				err := use(t.Context(), service)
				if !errors.Is(err, one.cause) || fault.CodeOf(err) != one.want {
					t.Errorf("%v is answered with %v, want the code %q", one.cause, err, one.want)
				}
			}
		})
	}
}

func TestReadyTellsWhetherTheDatabaseAnswers(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is on fire")
	err := identity.NewService(brokenStore{err: cause}, time.Now, nil).Ready(t.Context())
	wantCode(t, "a broken one", err, fault.CodeNotReady)
	if !errors.Is(err, cause) {
		t.Errorf("the cause is lost: %v", err)
	}
	wantCode(t, "a good one", newHouse(t).Ready(t.Context()), "")
}

// zeros is a source of randomness that has none.
type zeros struct{}

func (zeros) Read(into []byte) (int, error) {
	clear(into)
	return len(into), nil
}

// dry is a source of randomness that has run out.
type dry struct{}

func (dry) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

// Without randomness there is no token: never a guessable one.
func TestNoTokenWithoutRandomness(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	service := identity.NewService(h.store, h.now, dry{})
	if token, err := service.IssueToken(t.Context(), h.server(t), "mina", identity.TokenRequest{Force: true}); err == nil {
		t.Errorf("a token was made: %q", string(token.Value))
	}
	wantEqual(t, "the tokens", h.live(t), []identity.AuthToken{})
	if _, err := identity.NewService(emptyHouse(t).store, h.now, dry{}).SetUp(t.Context(), identity.FirstApp{ID: "zeta", Region: "eu"}); err == nil {
		t.Error("keys were made")
	}
}
