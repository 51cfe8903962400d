package identity_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// modelToken is what the model knows of a token; its number is its place in model.all.
type modelToken struct {
	owner    identity.UID
	value    identity.Secret
	mintedBy identity.Scope
	device   identity.Device
	live     bool
}

// model is the tokens of some users as the documents tell it, without a database.
type model struct {
	h       *house
	app     identity.App
	callers map[identity.Scope]identity.Caller
	all     []*modelToken
	touched identity.UID // whose tokens the last action was about
}

var modelUsers = []identity.UID{"mina", "oleg", "ana"}

// liveOf gives the live tokens of a user, newest first.
func (m *model) liveOf(uid identity.UID) []*modelToken {
	var live []*modelToken
	for _, token := range slices.Backward(m.all) {
		if token.live && token.owner == uid {
			live = append(live, token)
		}
	}
	return live
}

// Whatever is done in whatever order, the tokens are those that the documents tell of.
func TestTokensLiveAsTheModelSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var apps atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		// An app of its own is as good as a database of its own, and quicker.
		m := newModel(t, h, identity.AppID(fmt.Sprintf("model-%d", apps.Add(1))))
		users := rapid.SampledFrom(modelUsers)
		scopes := rapid.SampledFrom([]identity.Scope{identity.ScopeFullAccess, identity.ScopeAuthOnly})
		devices := rapid.SampledFrom([]identity.Device{{}, {}, {Platform: "WEB"}, {DeviceID: "phone-1"}})
		// A token that some action has made, living or not.
		known := func(rt *rapid.T) *modelToken {
			if len(m.all) == 0 {
				rt.Skip("no token yet")
			}
			return rapid.SampledFrom(m.all).Draw(rt, "token")
		}
		rt.Repeat(map[string]func(*rapid.T){
			"issue": func(rt *rapid.T) {
				m.issue(rt, scopes.Draw(rt, "scope"), users.Draw(rt, "user"), devices.Draw(rt, "device"), rapid.Bool().Draw(rt, "force"))
			},
			"revoke":   func(rt *rapid.T) { m.revoke(rt, users.Draw(rt, "user"), known(rt)) },
			"flush":    func(rt *rapid.T) { m.flush(rt, users.Draw(rt, "user")) },
			"sign in":  func(rt *rapid.T) { m.signIn(rt, known(rt), devices.Draw(rt, "device")) },
			"sign out": func(rt *rapid.T) { m.signOut(rt, known(rt)) },
			// After every action.
			"": func(rt *rapid.T) { m.compare(rt, m.touched) },
		})
		for _, uid := range modelUsers {
			m.compare(rt, uid)
		}
		for _, token := range m.all {
			m.client(rt, token)
		}
	})
}

func newModel(tb testing.TB, h *house, id identity.AppID) *model {
	tb.Helper()
	m := &model{h: h, callers: map[identity.Scope]identity.Caller{}}
	m.app = identity.App{ID: id, Region: "eu", LogoutRevokes: identity.LogoutRevokesSDK, CreatedAt: founded}
	err := h.store.Change(tb.Context(), func(tx identity.Tx) error {
		if err := tx.AddApp(m.app); err != nil {
			return err
		}
		for _, uid := range modelUsers {
			if _, err := tx.AddUser(identity.User{AppID: id, UID: uid, Name: "Somebody", Role: identity.DefaultRole, CreatedAt: founded}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatalf("add the app: %v", err)
	}
	for number, scope := range []identity.Scope{identity.ScopeFullAccess, identity.ScopeAuthOnly} {
		m.callers[scope] = identity.Caller{App: m.app, Key: &identity.APIKey{ID: int64(number), AppID: id, Scope: scope}}
	}
	return m
}

func (m *model) server() identity.Caller { return m.callers[identity.ScopeFullAccess] }

func (m *model) issue(rt *rapid.T, scope identity.Scope, uid identity.UID, device identity.Device, force bool) {
	m.h.pass(time.Second)
	m.touched = uid
	got, err := m.h.IssueToken(rt.Context(), m.callers[scope], uid, identity.TokenRequest{Device: device, Force: force})
	wantModel(rt, "issue", err, "")
	if !force && !device.Known() {
		for _, token := range m.liveOf(uid) {
			if token.mintedBy == scope && !token.device.Known() {
				if got.Value != token.value {
					rt.Fatalf("a new token was made though one is unbound")
				}
				return
			}
		}
	}
	for _, token := range m.all {
		if token.value == got.Value {
			rt.Fatalf("an old token was given again")
		}
	}
	m.all = append(m.all, &modelToken{owner: uid, value: got.Value, mintedBy: scope, device: device, live: true})
	if live := m.liveOf(uid); len(live) > identity.MaxLiveTokens {
		live[len(live)-1].live = false
	}
}

func (m *model) revoke(rt *rapid.T, uid identity.UID, token *modelToken) {
	m.touched = uid
	want := fault.Code("")
	switch {
	case !token.live:
		want = fault.CodeUnknownPathToken
	case token.owner != uid:
		want = fault.CodeTokenNotAccessible
	}
	wantModel(rt, "revoke", m.h.RevokeToken(rt.Context(), m.server(), uid, token.value), want)
	if want == "" {
		token.live = false
	}
}

func (m *model) flush(rt *rapid.T, uid identity.UID) {
	m.touched = uid
	wantModel(rt, "flush", m.h.FlushTokens(rt.Context(), m.server(), uid), "")
	for _, token := range m.liveOf(uid) {
		token.live = false
	}
}

// client proves a token, or learns that it is dead.
func (m *model) client(rt *rapid.T, token *modelToken) (caller identity.Caller, live bool) {
	m.touched = token.owner
	session, err := m.h.FindSession(rt.Context(), string(m.app.ID), token.value)
	if !token.live {
		wantModel(rt, "find a dead session", err, fault.CodeUnknownAuthToken)
		return identity.Caller{}, false
	}
	wantModel(rt, "find the session", err, "")
	if session.User.UID != token.owner || session.App.ID != m.app.ID {
		rt.Fatalf("the token of %s is a session of %s", token.owner, session.User.UID)
	}
	return identity.Caller{App: session.App, Session: &session}, true
}

func (m *model) signIn(rt *rapid.T, token *modelToken, device identity.Device) {
	caller, live := m.client(rt, token)
	if !live {
		return
	}
	_, err := m.h.SignIn(rt.Context(), caller, device, identity.UserChange{})
	wantModel(rt, "sign in", err, "")
	if device.Known() {
		token.device = device
	}
}

func (m *model) signOut(rt *rapid.T, token *modelToken) {
	caller, live := m.client(rt, token)
	if !live {
		return
	}
	wantModel(rt, "sign out", m.h.SignOut(rt.Context(), caller), "")
	// A back end's token outlives its client's logout.
	token.live = token.mintedBy == identity.ScopeFullAccess
}

// compare holds the tokens of a user against the model.
func (m *model) compare(rt *rapid.T, uid identity.UID) {
	if uid == "" {
		return
	}
	tokens, total, err := m.h.ListTokens(rt.Context(), m.server(), uid, identity.Page{Number: 1, Size: identity.MaxPageSize})
	wantModel(rt, "list", err, "")
	var got, want []string
	for _, token := range tokens {
		got = append(got, fmt.Sprint(string(token.Value), token.MintedBy, token.Device.Platform, token.Device.DeviceID))
	}
	for _, token := range m.liveOf(uid) {
		want = append(want, fmt.Sprint(string(token.value), token.mintedBy, token.device.Platform, token.device.DeviceID))
	}
	if total != len(want) || !slices.Equal(got, want) {
		rt.Fatalf("%s has %d tokens\n%q, want\n%q", uid, total, got, want)
	}
}

func wantModel(rt *rapid.T, what string, err error, want fault.Code) {
	if got := fault.CodeOf(err); got != want || (err != nil) != (want != "") {
		rt.Fatalf("%s: %v, want the code %q", what, err, want)
	}
}
