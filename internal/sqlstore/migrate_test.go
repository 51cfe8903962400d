package sqlstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/internal/vault"
)

// What the first version stored, credentials in clear.
const (
	clearKey   = "a-rest-key-in-clear"
	clearToken = "mina_1717000111a1b2c3d4e5f60718293a4b5c6d7e8f"
)

// firstVersion fills an empty database as the first version of the tables had it.
func firstVersion(t *testing.T, address string) {
	t.Helper()
	newOfFirstVersion(t, address,
		"INSERT INTO installation (id, first_app) VALUES (1, 'clinic')",
		"INSERT INTO apps (app_id, region, logout_revokes, created_at) VALUES ('clinic', 'eu', 'never', 1717000000)",
		"INSERT INTO api_keys (app_id, value, name, scope, created_by, created_at) VALUES ('clinic', '"+clearKey+"', 'Rest API Key', 'fullAccess', 'app_system', 1717000000)",
		"INSERT INTO users (app_id, uid, name, avatar, link, role, status_message, metadata, tags, created_at, updated_at, last_active_at, deactivated_at) "+
			"VALUES ('clinic', 'mina', 'ÄRNIE Okafor', '', '', 'default', '', '', '[\"pilot\"]', 1717000000, 1717000000, 0, 0)",
		"INSERT INTO users (app_id, uid, name, avatar, link, role, status_message, metadata, tags, created_at, updated_at, last_active_at, deactivated_at) "+
			"VALUES ('clinic', 'oleg', 'Ärnie Oleg', '', '', 'default', '', '', '[\"pilot\"]', 1717000000, 1717000000, 0, 1717000001)",
		"INSERT INTO auth_tokens (user_id, value, minted_by, platform, device_id, user_agent, app_info, created_at) "+
			"VALUES (1, '"+clearToken+"', 'fullAccess', 'WEB', 'd', '', '', 1717000111)",
		// The newest token was revoked: its id must not be given again.
		"INSERT INTO auth_tokens (user_id, value, minted_by, platform, device_id, user_agent, app_info, created_at) "+
			"VALUES (1, 'revoked', 'fullAccess', '', '', '', '', 1717000112)",
		"DELETE FROM auth_tokens WHERE value = 'revoked'",
	)
}

func TestADatabaseOfTheFirstVersionGoesOnWorkingAndIsSealed(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		firstVersion(t, address)
		store := openInTurn(t, address)
		service := newService(store)
		session, err := service.FindSession(t.Context(), "clinic", clearToken)
		if err != nil {
			t.Fatalf("the token of the first version: %v", err)
		}
		wantEqual(t, "the user", session.User.UID, identity.UID("mina"))
		wantEqual(t, "the app's setting", session.App.LogoutRevokes, identity.LogoutRevokesNever)
		wantEqual(t, "the app's new setting", session.App.AuthOnlyAccess, identity.AuthOnlyFull)
		key, err := service.FindKey(t.Context(), session.App, clearKey)
		if err != nil {
			t.Fatalf("the key of the first version: %v", err)
		}
		caller := identity.Caller{App: session.App, Key: &key}
		listed, _, err := service.ListKeys(t.Context(), caller, identity.KeyFilter{Page: identity.Page{Number: 1, Size: 10}})
		if err != nil || len(listed) != 1 || string(listed[0].Value) != clearKey {
			t.Errorf("the keys are listed as %d, %v", len(listed), err)
		}
		fresh, err := service.IssueToken(t.Context(), caller, "mina", identity.TokenRequest{Force: true})
		if err != nil || fresh.ID != 3 {
			t.Errorf("the next token has the id %d, %v; 2 was a revoked one's", fresh.ID, err)
		}
		// Searching knows letters of every language and the tags, for users from then too.
		for name, filter := range map[string]identity.UserFilter{"name": {SearchKey: "ärnie o"}, "tag": {Tags: []string{"pilot"}}} {
			filter.Page = identity.Page{Number: 1, Size: 10}
			if found, _, err := service.ListUsers(t.Context(), caller, filter); err != nil || len(found) != 1 {
				t.Errorf("by %s: %d users, %v", name, len(found), err)
			}
		}
		// Who was there already is counted, and goes on being counted.
		if _, _, err := service.CreateUser(t.Context(), caller, identity.NewUser{UID: "zoe", Name: "Zoe"}, false); err != nil {
			t.Fatal(err)
		}
		for activity, want := range map[identity.Activity]int{identity.ActiveOnly: 2, identity.DeactivatedOnly: 1, identity.AnyActivity: 3} {
			filter := identity.UserFilter{Activity: activity, Page: identity.Page{Number: 1, Size: 10}}
			if found, total, err := service.ListUsers(t.Context(), caller, filter); err != nil || len(found) != want || total != want {
				t.Errorf("of activity %d: %d users, counted %d, %v; want %d", activity, len(found), total, err, want)
			}
		}
		if !isSQLite(address) {
			return
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(strings.TrimPrefix(address, "sqlite:") + "*")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, credential := range []string{clearKey, clearToken, string(fresh.Value)} {
				if strings.Contains(string(text), credential) {
					t.Errorf("%s still holds a credential in clear", filepath.Base(file))
				}
			}
		}
	})
}

func TestAnotherKeysetIsRefused(t *testing.T) {
	t.Parallel()
	testdatabase.OnEach(t, func(t *testing.T, address string) {
		store := openInTurn(t, address)
		if _, err := newService(store).SetUp(t.Context(), identity.FirstApp{Region: "us"}); err != nil {
			t.Fatal(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		refuseOtherKeyset(t, address)
		openInTurn(t, address)
	})
}

func refuseOtherKeyset(t *testing.T, address string) {
	t.Helper()
	opening.Lock()
	defer opening.Unlock()
	if other, err := sqlstore.Open(t.Context(), address, vault.Ephemeral()); !errors.Is(err, sqlstore.ErrOtherKeyset) {
		t.Errorf("another keyset gave %v, %v", other, err)
	}
}
