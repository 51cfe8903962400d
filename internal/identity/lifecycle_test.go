package identity_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func TestCreateUserWithAToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	log := h.watch(t, h.app)
	for _, one := range []struct {
		uid    string
		caller identity.Caller
		scope  identity.Scope
		actor  string
	}{
		{"mina", h.server(t), identity.ScopeFullAccess, "key:2"},
		{"oleg", h.by(t, identity.ScopeAuthOnly), identity.ScopeAuthOnly, "key:1"},
		// Who has no key, such as the operator, is as good as a back end.
		{"ana", identity.Caller{App: h.app}, identity.ScopeFullAccess, "operator"},
		{"uma", identity.Caller{App: h.app, Operator: "ada@example.org"}, identity.ScopeFullAccess, "operator:ada@example.org"},
	} {
		user, token, err := h.CreateUser(t.Context(), one.caller, identity.NewUser{UID: one.uid, Name: "Somebody"}, true)
		wantCode(t, "create "+one.uid, err, "")
		if token == nil {
			t.Fatalf("%s has no token", one.uid)
		}
		wantEqual(t, "the token of "+one.uid, *token, identity.AuthToken{
			ID: token.ID, Value: token.Value, UID: user.UID, MintedBy: one.scope, IssuerID: token.IssuerID, CreatedAt: founded,
		})
		h.wantSession(t, one.uid, token.Value, true)
		log.hidden = append(log.hidden, string(token.Value))
		log.want(t, "creating "+one.uid, "user_created "+one.uid+"  "+one.actor, fmt.Sprintf("token_issued %s token:%d %s", one.uid, token.ID, one.actor))
	}
	_, token, err := h.CreateUser(t.Context(), h.server(t), identity.NewUser{UID: "mina", Name: "Mina"}, true)
	wantCode(t, "create one who is there", err, fault.CodeUIDTaken)
	if token != nil {
		t.Error("somebody else was given a token of hers")
	}
	_, token, err = h.CreateUser(t.Context(), h.server(t), identity.NewUser{UID: "eve", Name: "Eve"}, false)
	if err != nil || token != nil {
		t.Errorf("without being asked for: %v, %v", token, err)
	}
	log.want(t, "that", "user_created eve  key:2")
}

func TestUIDTakenTellsTheUID(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	_, _, err := h.CreateUser(t.Context(), h.server(t), identity.NewUser{UID: "Mina", Name: "Mina"}, false)
	wantEqual(t, "the failure", err.Error(), fault.UIDTaken("mina").Error())
}

func TestUnsetClearsFields(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want, _, err := h.CreateUser(t.Context(), h.server(t), identity.NewUser{
		UID: "mina", Name: "Mina", Avatar: "https://example.org/a", Link: "https://example.org/l", Metadata: []byte(`{"a":1}`), StatusMessage: "Hi",
	}, false)
	wantCode(t, "create", err, "")
	update := func(change identity.UserChange) {
		t.Helper()
		got, err := h.UpdateUser(t.Context(), h.server(t), "mina", change)
		wantCode(t, "update", err, "")
		wantEqual(t, "the user", got, want)
		found, err := h.GetUser(t.Context(), h.server(t), "mina")
		wantCode(t, "get", err, "")
		wantEqual(t, "the user as it is kept", found, want)
	}
	want.Avatar = ""
	update(identity.UserChange{Unset: []string{"avatar"}})
	want.Link, want.Metadata, want.Name = "", nil, "M."
	update(identity.UserChange{Unset: []string{"link", "metadata", "avatar", "link"}, Name: new("M.")})
	// What is set in the same request counts.
	want.Link, want.Metadata = "https://example.org/new", []byte(`{}`)
	update(identity.UserChange{Unset: []string{"link", "metadata"}, Link: &want.Link, Metadata: new(json.RawMessage(`{}`))})
	for _, field := range []string{"name", "tags", "role", "statusMessage", "uid", "", "Avatar"} {
		_, err := h.UpdateUser(t.Context(), h.server(t), "mina", identity.UserChange{Unset: []string{"link", field}})
		wantEqual(t, "unset "+field, fieldsAtFault(t, err), []string{"unset"})
	}
	update(identity.UserChange{})
}

func TestDeactivateUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	h.add(t, "oleg")
	token, other := h.issue(t, identity.ScopeAuthOnly, "mina"), h.issue(t, identity.ScopeFullAccess, "oleg")
	h.client(t, token.Value)
	log := h.watch(t, h.app, string(token.Value))
	h.pass(time.Hour)
	wantCode(t, "deactivate", h.DeactivateUser(t.Context(), h.server(t), "mina"), "")
	log.want(t, "deactivating", fmt.Sprintf("token_revoked mina token:%d key:2", token.ID), "user_deactivated mina  key:2")
	h.wantSession(t, "the deactivated", token.Value, false)
	h.wantSession(t, "another user", other.Value, true)
	_, err := h.GetUser(t.Context(), h.server(t), "mina")
	wantCode(t, "get", err, fault.CodeUnknownUID)
	wantCode(t, "deactivate again", h.DeactivateUser(t.Context(), h.server(t), "mina"), fault.CodeUnknownUID)
	wantCode(t, "deactivate nobody", h.DeactivateUser(t.Context(), h.server(t), "nobody"), fault.CodeUnknownUID)
	log.want(t, "what was refused")
	listed, total, err := h.ListUsers(t.Context(), h.server(t), identity.UserFilter{
		Page: identity.Page{Number: 1, Size: 10}, Activity: identity.DeactivatedOnly,
	})
	wantCode(t, "list", err, "")
	wantEqual(t, "how many deactivated there are", total, 1)
	wantEqual(t, "since when", listed[0].DeactivatedAt, h.now())
}

func TestReactivatedUsersHaveNoneOfTheirTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want := h.mina(t)
	token := h.issue(t, identity.ScopeFullAccess, "mina")
	client := h.client(t, token.Value)
	wantCode(t, "deactivate", h.DeactivateUser(t.Context(), h.server(t), "mina"), "")
	log := h.watch(t, h.app)
	h.pass(time.Hour)
	uids, err := h.ReactivateUsers(t.Context(), h.server(t), []identity.UID{"mina"})
	wantCode(t, "reactivate", err, "")
	wantEqual(t, "the reactivated", uids, []identity.UID{"mina"})
	log.want(t, "reactivating", "user_reactivated mina  key:2")
	want.UpdatedAt = h.now()
	found, err := h.GetUser(t.Context(), h.server(t), "mina")
	wantCode(t, "get", err, "")
	wantEqual(t, "the user", found, want)
	h.wantSession(t, "before the deactivation", token.Value, false)
	wantEqual(t, "the tokens", h.live(t), []identity.AuthToken{})
	_, err = h.SignIn(t.Context(), client, phone, identity.UserChange{})
	wantCode(t, "sign in with the old session", err, fault.CodeUnknownAuthToken)
	h.wantSession(t, "a new one", h.issue(t, identity.ScopeFullAccess, "mina").Value, true)
}

func TestDeactivateAndReactivateMany(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, uid := range []string{"a", "b", "c", "gone"} {
		h.add(t, uid)
	}
	wantCode(t, "deactivate one", h.DeactivateUser(t.Context(), h.server(t), "gone"), "")
	log := h.watch(t, h.app)
	// In the order of the uids, each once; who does not exist is passed over.
	uids, err := h.DeactivateUsers(t.Context(), h.server(t), []identity.UID{"c", "nobody", "a", "gone", "c"})
	wantCode(t, "deactivate", err, "")
	wantEqual(t, "the deactivated", uids, []identity.UID{"a", "c", "gone"})
	log.want(t, "deactivating", "user_deactivated a  key:2", "user_deactivated c  key:2")
	uids, err = h.ReactivateUsers(t.Context(), h.server(t), []identity.UID{"gone", "b", "nobody", "a"})
	wantCode(t, "reactivate", err, "")
	wantEqual(t, "the active", uids, []identity.UID{"a", "b", "gone"})
	log.want(t, "reactivating", "user_reactivated a  key:2", "user_reactivated gone  key:2")
	for name, many := range map[string]func() ([]identity.UID, error){
		"deactivate": func() ([]identity.UID, error) {
			return h.DeactivateUsers(t.Context(), h.server(t), []identity.UID{"nobody"})
		},
		"reactivate": func() ([]identity.UID, error) { return h.ReactivateUsers(t.Context(), h.server(t), nil) },
	} {
		uids, err := many()
		wantCode(t, name+" nobody", err, "")
		if uids == nil || len(uids) != 0 {
			t.Errorf("%s nobody: %#v, want an empty list", name, uids)
		}
	}
	listed, _, err := h.ListUsers(t.Context(), h.server(t), identity.UserFilter{Page: identity.Page{Number: 1, Size: 10}, SortBy: "uid"})
	wantCode(t, "list", err, "")
	wantEqual(t, "how many are active", len(listed), 3)
}

func TestDeleteUserForGood(t *testing.T) {
	t.Parallel()
	for _, deactivated := range []bool{false, true} {
		t.Run(fmt.Sprintf("deactivated %v", deactivated), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			old := h.mina(t)
			h.add(t, "oleg")
			_, err := h.SetBlocked(t.Context(), h.server(t), "mina", []string{"oleg"}, true)
			wantCode(t, "block", err, "")
			token := h.issue(t, identity.ScopeAuthOnly, "mina")
			client := h.client(t, token.Value)
			want := []string{fmt.Sprintf("token_revoked mina token:%d key:2", token.ID), "user_deleted mina  key:2"}
			if deactivated {
				wantCode(t, "deactivate", h.DeactivateUser(t.Context(), h.server(t), "mina"), "")
				want = want[1:]
			}
			log := h.watch(t, h.app, string(token.Value))
			wantCode(t, "delete", h.DeleteUser(t.Context(), h.server(t), "mina"), "")
			log.want(t, "deleting", want...)
			wantCode(t, "delete again", h.DeleteUser(t.Context(), h.server(t), "mina"), fault.CodeUnknownUID)
			h.wantSession(t, "the deleted", token.Value, false)

			fresh := h.mina(t)
			if fresh.ID == old.ID {
				t.Errorf("both have the id %d", fresh.ID)
			}
			h.wantSession(t, "the deleted, once there is a new one", token.Value, false)
			wantEqual(t, "the tokens", h.live(t), []identity.AuthToken{})
			blocked, _, err := h.ListBlocked(t.Context(), h.server(t), "mina", identity.BlockedEither, identity.Page{Number: 1, Size: 10})
			wantCode(t, "list the blocks", err, "")
			wantEqual(t, "the blocks", blocked, []identity.BlockedUser{})
			// A client whose session was found just before does nothing to the new one.
			_, err = h.SignIn(t.Context(), client, phone, identity.UserChange{Name: new("Taken over")})
			wantCode(t, "sign in", err, fault.CodeUnknownAuthToken)
			wantCode(t, "sign out", h.SignOut(t.Context(), client), fault.CodeUnknownAuthToken)
			found, err := h.GetUser(t.Context(), h.server(t), "mina")
			wantCode(t, "get", err, "")
			wantEqual(t, "the new one", found, fresh)
		})
	}
}

func TestListUsersRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	many := make([]string, 26)
	for _, wrong := range []struct {
		name   string
		filter identity.UserFilter
		want   []string
	}{
		{"26 uids", identity.UserFilter{UIDs: make([]identity.UID, 26)}, []string{"uids"}},
		{"26 tags", identity.UserFilter{Tags: many}, []string{"tags"}},
		{"26 roles", identity.UserFilter{Roles: many}, []string{"roles"}},
		{"an order there is not", identity.UserFilter{SortBy: "age"}, []string{"sortBy"}},
		{"control characters", identity.UserFilter{SearchKey: "a\x00"}, []string{"searchKey"}},
		{"what is no text", identity.UserFilter{Tags: []string{"\xff"}}, []string{"searchKey"}},
		{"several", identity.UserFilter{Tags: many, SortBy: "age"}, []string{"sortBy", "tags"}},
	} {
		wrong.filter.Page = identity.Page{Number: 1, Size: 10}
		_, _, err := h.ListUsers(t.Context(), h.server(t), wrong.filter)
		wantEqual(t, wrong.name, fieldsAtFault(t, err), wrong.want)
	}
}
