package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// audited is an app on a store whose event log a test reads beside it.
type audited struct {
	db       *sql.DB
	service  *identity.Service
	set      identity.SetUpResult
	seen     int // the events that were looked at
	revealed []string
}

func newAudited(tb testing.TB, address string) (*audited, *identity.Service) {
	tb.Helper()
	store := openInTurn(tb, address)
	a := &audited{db: testdatabase.Connect(tb, address), service: newService(store)}
	var err error
	a.set, err = a.service.SetUp(tb.Context(), identity.FirstApp{ID: "acme", Region: "eu", SampleUsers: true})
	if err != nil {
		tb.Fatalf("set up: %v", err)
	}
	a.revealed = []string{string(a.set.AuthKey), string(a.set.RESTKey)}
	return a, newService(withoutEvents{store})
}

// by is a caller with one of the two keys.
func (a *audited) by(scope identity.Scope) identity.Caller {
	id := int64(1)
	if scope == identity.ScopeFullAccess {
		id = 2
	}
	return identity.Caller{App: a.set.App, Key: &identity.APIKey{ID: id, AppID: "acme", Scope: scope}, Address: "203.0.113.7"}
}

// newEvents gives what came into the log since the last look, sorted: one change may revoke several
// tokens in any order.
func (a *audited) newEvents(tb testing.TB) []string {
	tb.Helper()
	var events []string
	for _, row := range rows(tb, a.db, "SELECT app_id, kind, uid, subject, actor, address, at FROM events ORDER BY event_id")[a.seen:] {
		if row[6] != strconv.FormatInt(founded.UnixMilli(), 10) {
			tb.Errorf("the event %v has another time than the clock", row)
		}
		events = append(events, strings.Join(row[:6], " "))
	}
	a.seen += len(events)
	slices.Sort(events)
	return events
}

// issue gives a user a token and remembers its value as one that no log may hold.
func (a *audited) issue(tb testing.TB, scope identity.Scope, uid identity.UID) identity.AuthToken {
	tb.Helper()
	token, err := a.service.IssueToken(tb.Context(), a.by(scope), uid, identity.TokenRequest{Force: true})
	if err != nil {
		tb.Fatalf("issue: %v", err)
	}
	a.revealed = append(a.revealed, string(token.Value))
	return token
}

func (a *audited) session(tb testing.TB, token identity.AuthToken) identity.Caller {
	tb.Helper()
	session, err := a.service.FindSession(tb.Context(), "acme", token.Value)
	if err != nil {
		tb.Fatalf("find the session: %v", err)
	}
	return identity.Caller{App: session.App, Session: &session, Address: "203.0.113.8"}
}

// useCase is one thing that is asked of the service.
type useCase func(ctx context.Context, service *identity.Service) error

func (a *audited) create(uid, name string) useCase {
	return func(ctx context.Context, service *identity.Service) error {
		_, _, err := service.CreateUser(ctx, a.by(identity.ScopeAuthOnly), identity.NewUser{UID: uid, Name: name}, false)
		return err
	}
}

func (a *audited) rename(uid identity.UID, name string) useCase {
	return func(ctx context.Context, service *identity.Service) error {
		_, err := service.UpdateUser(ctx, a.by(identity.ScopeFullAccess), uid, identity.UserChange{Name: &name})
		return err
	}
}

func (a *audited) login(uid identity.UID, force bool) useCase {
	return func(ctx context.Context, service *identity.Service) error {
		token, err := service.IssueToken(ctx, a.by(identity.ScopeFullAccess), uid, identity.TokenRequest{Force: force})
		if err == nil {
			a.revealed = append(a.revealed, string(token.Value))
		}
		return err
	}
}

func (a *audited) revoke(uid identity.UID, value identity.Secret) useCase {
	return func(ctx context.Context, service *identity.Service) error {
		return service.RevokeToken(ctx, a.by(identity.ScopeFullAccess), uid, value)
	}
}

func (a *audited) flush(uid identity.UID) useCase {
	return func(ctx context.Context, service *identity.Service) error {
		return service.FlushTokens(ctx, a.by(identity.ScopeFullAccess), uid)
	}
}

func (a *audited) signIn(caller identity.Caller) useCase {
	return func(ctx context.Context, service *identity.Service) error {
		_, err := service.SignIn(ctx, caller, identity.Device{Platform: "WEB"}, identity.UserChange{})
		return err
	}
}

func (a *audited) signOut(caller identity.Caller) useCase {
	return func(ctx context.Context, service *identity.Service) error { return service.SignOut(ctx, caller) }
}

// step is a use case with the code it ends with, if any, and the events it leaves.
type step struct {
	name string
	do   useCase
	code fault.Code
	want []string
}

// take takes a step, first on a service that can't write events: nothing may be left of that.
func (a *audited) take(tb testing.TB, noEvents *identity.Service, next step) {
	tb.Helper()
	if len(next.want) > 0 {
		before := a.dump(tb)
		if err := next.do(tb.Context(), noEvents); !errors.Is(err, errNoEvents) {
			tb.Errorf("%s without an event: %v, want it to fail", next.name, err)
		}
		wantEqual(tb, "what "+next.name+" left without its event", a.dump(tb), before)
	}
	if err := next.do(tb.Context(), a.service); (err != nil) != (next.code != "") || fault.CodeOf(err) != next.code {
		tb.Errorf("%s: %v, want the code %q", next.name, err, next.code)
	}
	wantEqual(tb, "the events of "+next.name, a.newEvents(tb), next.want)
}

func (a *audited) dump(tb testing.TB) map[string][][]string {
	tb.Helper()
	content := map[string][][]string{}
	for _, table := range []string{"apps", "api_keys", "users", "auth_tokens", "events"} {
		content[table] = rows(tb, a.db, "SELECT * FROM "+table+" ORDER BY 1")
	}
	return content
}

var errNoEvents = errors.New("the event log is full")

// withoutEvents is a store whose event log takes nothing.
type withoutEvents struct{ identity.Store }

func (s withoutEvents) Change(ctx context.Context, do func(tx identity.Tx) error) error {
	return s.Store.Change(ctx, func(tx identity.Tx) error { return do(txWithoutEvents{tx}) })
}

type txWithoutEvents struct{ identity.Tx }

func (txWithoutEvents) AddEvent(identity.Event) error { return errNoEvents }

func TestEveryUseCaseWritesItsEvents(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		a, noEvents := newAudited(t, address)
		started := a.newEvents(t)
		// The key that signs for all apps has a name that nobody chooses.
		signing := slices.IndexFunc(started, func(event string) bool { return strings.HasPrefix(event, " signing_key_added  signing_key:") })
		if signing < 0 {
			t.Fatalf("no signing key among %q", started)
		}
		wantEqual(t, "the events of the first start", slices.Delete(started, signing, signing+1), []string{
			"acme app_created  app:acme operator ",
			"acme user_created cometchat-uid-1  operator ",
			"acme user_created cometchat-uid-2  operator ",
			"acme user_created cometchat-uid-3  operator ",
			"acme user_created cometchat-uid-4  operator ",
			"acme user_created cometchat-uid-5  operator ",
		})
		mina := func(kind string, token int64, actor string) string {
			return "acme " + kind + " mina token:" + strconv.FormatInt(token, 10) + " " + actor
		}
		const byKey = "key:2 203.0.113.7"
		for _, next := range []step{
			{"a second start", func(ctx context.Context, service *identity.Service) error {
				_, err := service.SetUp(ctx, identity.FirstApp{ID: "acme", Region: "eu"})
				return err
			}, "", nil},
			{"creating a user", a.create("mina", "Mina"), "", []string{"acme user_created mina  key:1 203.0.113.7"}},
			{"creating her again", a.create("mina", "Mina"), fault.CodeUIDTaken, nil},
			{"creating nobody", a.create("", ""), fault.CodeBadRequest, nil},
			{"renaming her", a.rename("mina", "Mina O."), "", []string{"acme user_updated mina  " + byKey}},
			{"a name that is none", a.rename("mina", " "), fault.CodeBadRequest, nil},
			{"renaming nobody", a.rename("nobody", "Nobody"), fault.CodeUnknownUID, nil},
			{"issuing to nobody", a.login("nobody", true), fault.CodeUnknownUID, nil},
			{"flushing nobody", a.flush("nobody"), fault.CodeUnknownUID, nil},
			{"flushing nothing", a.flush("mina"), "", nil},
		} {
			a.take(t, noEvents, next)
		}

		first := a.issue(t, identity.ScopeAuthOnly, "mina")
		wantEqual(t, "issuing", a.newEvents(t), []string{mina("token_issued", first.ID, "key:1 203.0.113.7")})
		client := a.session(t, first)
		wantEqual(t, "reading", a.newEvents(t), []string{})
		byClient := "token:" + strconv.FormatInt(first.ID, 10) + " 203.0.113.8"
		for _, next := range []step{
			{"signing in", a.signIn(client), "", []string{mina("user_signed_in", first.ID, byClient)}},
			{"signing out", a.signOut(client), "", []string{
				mina("token_revoked", first.ID, byClient), mina("user_signed_out", first.ID, byClient),
			}},
			{"signing out again", a.signOut(client), fault.CodeUnknownAuthToken, nil},
			{"signing in again", a.signIn(client), fault.CodeUnknownAuthToken, nil},
		} {
			a.take(t, noEvents, next)
		}

		kept, second := a.issue(t, identity.ScopeFullAccess, "mina"), a.issue(t, identity.ScopeFullAccess, "mina")
		third := a.issue(t, identity.ScopeFullAccess, "mina")
		client = a.session(t, kept)
		byClient = "token:" + strconv.FormatInt(kept.ID, 10) + " 203.0.113.8"
		a.newEvents(t)
		for _, next := range []step{
			{"issuing one that is there", a.login("mina", false), "", nil},
			{"signing out of a back end's token", a.signOut(client), "", []string{mina("user_signed_out", kept.ID, byClient)}},
			{"revoking one", a.revoke("mina", second.Value), "", []string{mina("token_revoked", second.ID, byKey)}},
			{"revoking it again", a.revoke("mina", second.Value), fault.CodeUnknownPathToken, nil},
			{"flushing", a.flush("mina"), "", []string{
				mina("token_revoked", kept.ID, byKey), mina("token_revoked", third.ID, byKey),
			}},
		} {
			a.take(t, noEvents, next)
		}
		a.wantNothingRevealed(t)
	})
}

func TestTheHundredAndFirstTokenRevokesTheOldestInItsOwnTransaction(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		a, noEvents := newAudited(t, address)
		uid := identity.SampleUIDs[0]
		oldest := a.issue(t, identity.ScopeFullAccess, uid)
		for range identity.MaxLiveTokens - 1 {
			a.issue(t, identity.ScopeFullAccess, uid)
		}
		a.newEvents(t)
		before := a.dump(t)
		if err := a.login(uid, true)(t.Context(), noEvents); !errors.Is(err, errNoEvents) {
			t.Errorf("without an event: %v", err)
		}
		wantEqual(t, "what that left", a.dump(t), before)

		newest := a.issue(t, identity.ScopeFullAccess, uid)
		wantEqual(t, "the events", a.newEvents(t), []string{
			"acme token_issued cometchat-uid-1 token:" + strconv.FormatInt(newest.ID, 10) + " key:2 203.0.113.7",
			"acme token_revoked cometchat-uid-1 token:" + strconv.FormatInt(oldest.ID, 10) + " key:2 203.0.113.7",
		})
		a.wantNothingRevealed(t)
	})
}

// wantNothingRevealed looks for credentials in every column of the log.
func (a *audited) wantNothingRevealed(tb testing.TB) {
	tb.Helper()
	for _, row := range rows(tb, a.db, "SELECT * FROM events") {
		for _, text := range row {
			for _, secret := range a.revealed {
				if strings.Contains(text, secret) {
					tb.Errorf("the event %v tells a credential", row)
				}
			}
		}
	}
}
