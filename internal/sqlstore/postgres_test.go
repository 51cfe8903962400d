package sqlstore_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
)

// Two servers that start on one empty database: both come up, and one makes the app.
func TestPostgresServersStartTogether(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	opening.Lock()
	defer opening.Unlock()
	const servers = 2
	var created [servers]identity.SetUpResult
	var starting sync.WaitGroup
	for server := range servers {
		starting.Go(func() {
			store, err := sqlstore.Open(t.Context(), address)
			if err != nil {
				t.Errorf("server %d: open: %v", server, err)
				return
			}
			defer store.Close()
			created[server], err = newService(store).SetUp(t.Context(), identity.FirstApp{Region: "eu", SampleUsers: true})
			if err != nil {
				t.Errorf("server %d: set up: %v", server, err)
			}
		})
	}
	starting.Wait()
	if created[0].Created == created[1].Created {
		t.Errorf("created: %v and %v, want one of them", created[0].Created, created[1].Created)
	}
	if created[0].App.ID == "" || created[0].App.ID != created[1].App.ID {
		t.Errorf("the servers have the apps %q and %q, want one app", created[0].App.ID, created[1].App.ID)
	}
	users, total, err := open(t, address).Users(t.Context(), created[0].App.ID, identity.Page{Number: 1, Size: 100})
	if err != nil || total != len(identity.SampleUIDs) {
		t.Errorf("the sample users are %v (%v)", users, err)
	}
}

// What one server has written the other one reads at once.
func TestPostgresServersShareWhatTheyWrite(t *testing.T) {
	t.Parallel()
	address := newSchema(t)
	one, other := openInTurn(t, address), openInTurn(t, address)
	set, err := newService(one).SetUp(t.Context(), identity.FirstApp{Region: "eu", SampleUsers: true})
	if err != nil {
		t.Fatalf("set up: %v", err)
	}
	caller := identity.Caller{App: set.App, Key: &identity.APIKey{ID: 1, Scope: identity.ScopeFullAccess}}
	token, err := newService(one).IssueToken(t.Context(), caller, identity.SampleUIDs[0], identity.Device{}, false)
	if err != nil {
		t.Fatalf("issue: %v", err)
	}
	if _, err := other.Session(t.Context(), token.Value); err != nil {
		t.Errorf("the session on the other server: %v", err)
	}
	if err := newService(other).FlushTokens(t.Context(), caller, identity.SampleUIDs[0]); err != nil {
		t.Fatalf("flush: %v", err)
	}
	if _, err := one.Session(t.Context(), token.Value); err == nil {
		t.Error("a token that the other server revoked works here")
	}
}

// A password that the server refuses, or a database that is not there, is the commonest mistake.
func TestPostgresErrorsKeepThePassword(t *testing.T) {
	t.Parallel()
	parsed, err := url.Parse(newSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	parsed.User = url.UserPassword("nobody-like-that", "hunter2")
	for _, database := range []string{"/postgres", "/not-there"} {
		parsed.Path = database
		store, err := sqlstore.Open(t.Context(), parsed.String())
		if err == nil {
			_ = store.Close()
			t.Errorf("%s was opened", database)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells the password: %v", database, err)
		}
	}
}
