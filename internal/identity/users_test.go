package identity_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func TestCreateUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	created, _, err := h.CreateUser(t.Context(), h.by(t, identity.ScopeAuthOnly), identity.NewUser{
		UID: "Mina-42", Name: "Mina Okafor", Avatar: "https://img.example.org/m.png", Link: "https://example.org/",
		StatusMessage: "Hello", Metadata: []byte(`{"team":"blue"}`), Tags: []string{"pilot"},
	}, false)
	wantCode(t, "create", err, "")
	want := identity.User{
		ID: created.ID, AppID: "acme", UID: "mina-42", Name: "Mina Okafor", Avatar: "https://img.example.org/m.png",
		Link: "https://example.org/", Role: identity.DefaultRole, StatusMessage: "Hello", Metadata: []byte(`{"team":"blue"}`),
		Tags: []string{"pilot"}, CreatedAt: founded, UpdatedAt: founded,
	}
	wantEqual(t, "the answer", created, want)
	found, err := h.GetUser(t.Context(), h.server(t), "mina-42")
	wantCode(t, "get", err, "")
	wantEqual(t, "the user", found, want)
}

func TestAUIDIsTakenHoweverItIsSpelled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mina := h.mina(t)
	for _, uid := range []string{"mina", "Mina", "MINA"} {
		_, _, err := h.CreateUser(t.Context(), h.server(t), identity.NewUser{UID: uid, Name: "Somebody Else"}, false)
		wantCode(t, "create "+uid, err, fault.CodeUIDTaken)
	}
	found, err := h.GetUser(t.Context(), h.server(t), "mina")
	wantCode(t, "get", err, "")
	wantEqual(t, "the user", found, mina)
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want := h.mina(t)
	// update changes her, expects what want says, and finds it kept.
	update := func(what string, change identity.UserChange) {
		t.Helper()
		h.pass(time.Minute)
		want.UpdatedAt = h.now()
		got, err := h.UpdateUser(t.Context(), h.server(t), "mina", change)
		wantCode(t, what, err, "")
		wantEqual(t, what, got, want)
		found, err := h.GetUser(t.Context(), h.server(t), "mina")
		wantCode(t, what, err, "")
		wantEqual(t, "kept: "+what, found, want)
	}

	want.Name, want.Avatar, want.Link, want.StatusMessage = "Mina O.", "https://example.org/a", "https://example.org/l", "Hi"
	want.Metadata, want.Tags = []byte(`{"a":1}`), []string{"x", "y"}
	update("everything", identity.UserChange{
		Name: &want.Name, Avatar: &want.Avatar, Link: &want.Link, StatusMessage: &want.StatusMessage,
		Metadata: &want.Metadata, Tags: &want.Tags,
	})
	update("nothing", identity.UserChange{})
	want.Name = "M."
	update("one field", identity.UserChange{Name: &want.Name})
	want.Avatar, want.Link, want.StatusMessage, want.Metadata, want.Tags = "", "", "", nil, nil
	update("clearing", identity.UserChange{
		Avatar: new(""), Link: new(""), StatusMessage: new(""), Metadata: &want.Metadata, Tags: &want.Tags,
	})

	_, err := h.UpdateUser(t.Context(), h.server(t), "nobody", identity.UserChange{Name: new("Nobody")})
	wantCode(t, "nobody", err, fault.CodeUnknownUID)
}

func TestListUsers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, uid := range []string{"b", "a", "gone", "c"} {
		user := h.add(t, uid)
		if uid == "gone" {
			h.deactivate(t, user)
		}
	}
	users, total, err := h.ListUsers(t.Context(), h.server(t), identity.UserFilter{Page: identity.Page{Number: 1, Size: 2}})
	wantCode(t, "list", err, "")
	wantEqual(t, "how many", total, 3)
	wantEqual(t, "the page", []identity.UID{users[0].UID, users[1].UID}, []identity.UID{"a", "b"})
}

// A deactivated user answers as one that never was, but for its uid, and its sessions are over.
func TestADeactivatedUserIsGoneForEveryUseCase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mina := h.mina(t)
	token := h.issue(t, identity.ScopeAuthOnly, "mina")
	client := h.client(t, token.Value)
	h.deactivate(t, mina)
	server := h.server(t)

	for name, use := range map[string]struct {
		do   func(ctx context.Context) error
		want fault.Code
	}{
		"create": {func(ctx context.Context) error {
			_, _, err := h.CreateUser(ctx, server, identity.NewUser{UID: "mina", Name: "Mina"}, false)
			return err
		}, fault.CodeUIDTaken},
		"get": {func(ctx context.Context) error {
			_, err := h.GetUser(ctx, server, "mina")
			return err
		}, fault.CodeUnknownUID},
		"update": {func(ctx context.Context) error {
			_, err := h.UpdateUser(ctx, server, "mina", identity.UserChange{Name: new("M")})
			return err
		}, fault.CodeUnknownUID},
		"issue": {func(ctx context.Context) error {
			_, err := h.IssueToken(ctx, server, "mina", identity.TokenRequest{})
			return err
		}, fault.CodeUnknownUID},
		"list the tokens": {func(ctx context.Context) error {
			_, _, err := h.ListTokens(ctx, server, "mina", identity.Page{Number: 1, Size: 1})
			return err
		}, fault.CodeUnknownUID},
		"revoke":     {func(ctx context.Context) error { return h.RevokeToken(ctx, server, "mina", token.Value) }, fault.CodeUnknownUID},
		"revoke any": {func(ctx context.Context) error { return h.RevokeToken(ctx, server, "mina", "no-token") }, fault.CodeUnknownUID},
		"flush":      {func(ctx context.Context) error { return h.FlushTokens(ctx, server, "mina") }, fault.CodeUnknownUID},
		"a session": {func(ctx context.Context) error {
			_, err := h.FindSession(ctx, "acme", token.Value)
			return err
		}, fault.CodeUnknownAuthToken},
		// By a client whose session was found a moment before.
		"sign in": {func(ctx context.Context) error {
			_, err := h.SignIn(ctx, client, identity.Device{Platform: "WEB"}, identity.UserChange{})
			return err
		}, fault.CodeUnknownAuthToken},
	} {
		wantCode(t, name, use.do(t.Context()), use.want)
	}
}

// Two apps may have users and keys of the same names, and never see each other's.
func TestAppsAreStrangers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	zeta := identity.App{ID: "zeta", Region: "eu", LogoutRevokes: identity.LogoutRevokesSDK, CreatedAt: founded}
	err := h.store.Change(t.Context(), func(tx identity.Tx) error {
		if err := tx.AddApp(zeta); err != nil {
			return err
		}
		_, err := tx.AddAPIKey(identity.APIKey{AppID: "zeta", Value: "rest-key-of-zeta", Scope: identity.ScopeFullAccess, CreatedAt: founded})
		return err
	})
	wantCode(t, "add an app", err, "")
	_, err = h.FindKey(t.Context(), zeta, restKey)
	wantCode(t, "a key of the other app", err, fault.CodeUnknownAPIKey)
	key, err := h.FindKey(t.Context(), zeta, "rest-key-of-zeta")
	wantCode(t, "its own key", err, "")
	stranger := identity.Caller{App: zeta, Key: &key}
	token := h.issue(t, identity.ScopeFullAccess, "mina")

	_, err = h.GetUser(t.Context(), stranger, "mina")
	wantCode(t, "get", err, fault.CodeUnknownUID)
	wantCode(t, "revoke", h.RevokeToken(t.Context(), stranger, "mina", token.Value), fault.CodeUnknownUID)
	_, _, err = h.CreateUser(t.Context(), stranger, identity.NewUser{UID: "mina", Name: "Mina of Zeta"}, false)
	wantCode(t, "create one of the same uid", err, "")
	wantCode(t, "revoke by the same uid", h.RevokeToken(t.Context(), stranger, "mina", token.Value), fault.CodeUnknownPathToken)
	wantCode(t, "flush the same uid", h.FlushTokens(t.Context(), stranger, "mina"), "")
	_, err = h.FindSession(t.Context(), "zeta", token.Value)
	wantCode(t, "the session, with the other app named", err, fault.CodeUnknownAuthToken)
	_, err = h.FindSession(t.Context(), "acme", token.Value)
	wantCode(t, "the session after all that", err, "")
}

func TestPrivateMetadataIsSeenByOperators(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	metadata := json.RawMessage(`{"@private":{"email":"mina@example.org"}}`)
	for _, one := range []struct {
		name   string
		caller identity.Caller
		sees   bool
	}{
		{"an operator", identity.Caller{App: h.app, Operator: "ada"}, true},
		{"nobody in particular", identity.Caller{App: h.app}, false},
	} {
		seen, err := one.caller.VisibleMetadata(metadata)
		if err != nil || bytes.Contains(seen, []byte("mina@example.org")) != one.sees {
			t.Errorf("%s sees %s, %v", one.name, seen, err)
		}
	}
}
