package identity_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// short gives a user a token that lives a minute.
func (h *house) short(tb testing.TB, uid identity.UID) identity.AuthToken {
	tb.Helper()
	token, err := h.IssueToken(tb.Context(), h.server(tb), uid, identity.TokenRequest{Life: time.Minute})
	if err != nil {
		tb.Fatalf("issue: %v", err)
	}
	return token
}

func TestATokenLivesAsLongAsItWasGiven(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	forEver := h.issue(t, identity.ScopeFullAccess, "mina")
	token := h.short(t, "mina")
	wantEqual(t, "when it expires", token.ExpiresAt, founded.Add(time.Minute))
	h.pass(59 * time.Second)
	client := h.client(t, token.Value)
	wantEqual(t, "the live", h.live(t), []identity.AuthToken{token, forEver})
	_, err := h.GetToken(t.Context(), h.server(t), "mina", token.Value)
	wantCode(t, "get", err, "")

	h.pass(time.Second)
	h.wantSession(t, "the expired", token.Value, false)
	h.wantSession(t, "the other", forEver.Value, true)
	wantEqual(t, "the live after that", h.live(t), []identity.AuthToken{forEver})
	_, err = h.GetToken(t.Context(), h.server(t), "mina", token.Value)
	wantCode(t, "get the expired", err, fault.CodeUnknownPathToken)
	_, err = h.UpdateToken(t.Context(), h.server(t), "mina", token.Value, identity.DeviceChange{Platform: new("WEB")})
	wantCode(t, "update the expired", err, fault.CodeUnknownPathToken)
	// It is not given again either.
	again, err := h.IssueToken(t.Context(), h.server(t), "mina", identity.TokenRequest{})
	wantCode(t, "issue", err, "")
	wantEqual(t, "the token given again", again, forEver)
	wantEqual(t, "what was found before", client.Session.Token, token)
}

func TestALifeOfItsOwnMeansATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	first := h.issue(t, identity.ScopeFullAccess, "mina")
	second := h.short(t, "mina")
	if third := h.short(t, "mina"); first.Value == second.Value || second.Value == third.Value {
		t.Error("a token with a life of its own was given again")
	}
	for life, good := range map[time.Duration]bool{
		time.Minute: true, identity.MaxTokenLife: true, time.Minute - time.Second: false, identity.MaxTokenLife + time.Second: false, -time.Hour: false,
	} {
		token, err := h.IssueToken(t.Context(), h.server(t), "mina", identity.TokenRequest{Life: life})
		if good {
			wantCode(t, "issue for "+life.String(), err, "")
			wantEqual(t, "when it expires", token.ExpiresAt, founded.Add(life))
			continue
		}
		wantEqual(t, "issue for "+life.String(), fieldsAtFault(t, err), []string{"expiresIn"})
	}
}

func TestTheAppSaysHowLongTokensLive(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	before := h.issue(t, identity.ScopeFullAccess, "mina")
	app, err := h.UpdateApp(t.Context(), identity.Caller{Management: true}, "acme", identity.AppChange{TokenLife: new(time.Hour)})
	wantCode(t, "update the app", err, "")
	h.app = app
	wantEqual(t, "when a new one expires", h.issue(t, identity.ScopeAuthOnly, "mina").ExpiresAt, founded.Add(time.Hour))
	wantEqual(t, "when one with its own life expires", h.short(t, "mina").ExpiresAt, founded.Add(time.Minute))
	_, token, err := h.CreateUser(t.Context(), h.server(t), identity.NewUser{UID: "oleg", Name: "Oleg"}, true)
	wantCode(t, "create a user", err, "")
	wantEqual(t, "when a new user's expires", token.ExpiresAt, founded.Add(time.Hour))
	h.pass(24 * time.Hour)
	h.wantSession(t, "one from before", before.Value, true)
	h.wantSession(t, "one from after", token.Value, false)
}

func TestGetAndUpdateToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	h.add(t, "oleg")
	want := h.issue(t, identity.ScopeFullAccess, "mina")
	log := h.watch(t, h.app, string(want.Value))
	for _, step := range []struct {
		name   string
		change identity.DeviceChange
		then   func(device *identity.Device)
	}{
		{"the platform", identity.DeviceChange{Platform: new("WEB")}, func(d *identity.Device) { d.Platform = "WEB" }},
		{"the user agent", identity.DeviceChange{UserAgent: new("curl/8")}, func(d *identity.Device) { d.UserAgent = "curl/8" }},
		{"the app", identity.DeviceChange{AppInfo: new(json.RawMessage(`{"v":1}`))}, func(d *identity.Device) { d.AppInfo = []byte(`{"v":1}`) }},
		{"nothing", identity.DeviceChange{}, func(*identity.Device) {}},
		{"what a database can't hold", identity.DeviceChange{Platform: new("W\x00EB")}, func(*identity.Device) {}},
		{
			"all back",
			identity.DeviceChange{Platform: new(""), UserAgent: new(""), AppInfo: new(json.RawMessage(nil))},
			func(d *identity.Device) { *d = identity.Device{} },
		},
	} {
		step.then(&want.Device)
		got, err := h.UpdateToken(t.Context(), h.server(t), "mina", want.Value, step.change)
		wantCode(t, step.name, err, "")
		wantEqual(t, step.name, got, want)
		got, err = h.GetToken(t.Context(), h.server(t), "mina", want.Value)
		wantCode(t, "get: "+step.name, err, "")
		wantEqual(t, "kept: "+step.name, got, want)
		log.want(t, step.name, fmt.Sprintf("token_updated mina token:%d key:2", want.ID))
	}
	h.deactivate(t, h.add(t, "gone"))
	for _, wrong := range []struct {
		name  string
		uid   identity.UID
		value identity.Secret
		want  fault.Code
	}{
		{"nobody's", "nobody", want.Value, fault.CodeUnknownUID},
		{"a deactivated user's", "gone", want.Value, fault.CodeUnknownUID},
		{"another user's", "oleg", want.Value, fault.CodeTokenNotAccessible},
		{"none", "mina", "", fault.CodeUnknownPathToken},
		{"an unknown", "mina", want.Value[:len(want.Value)-4] + "0000", fault.CodeUnknownPathToken},
		{"NUL", "mina", want.Value[:len(want.Value)-1] + "\x00", fault.CodeUnknownPathToken},
	} {
		_, err := h.GetToken(t.Context(), h.server(t), wrong.uid, wrong.value)
		wantCode(t, "get "+wrong.name, err, wrong.want)
		_, err = h.UpdateToken(t.Context(), h.server(t), wrong.uid, wrong.value, identity.DeviceChange{Platform: new("WEB")})
		wantCode(t, "update "+wrong.name, err, wrong.want)
	}
	log.want(t, "what was refused", "user_created gone  key:2")
}

// The official SDKs send a change of the user's own profile with their sign-in.
func TestSignInWithAProfile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.newRole(t, "tutor")
	want := h.mina(t)
	token := h.issue(t, identity.ScopeAuthOnly, "mina")
	log := h.watch(t, h.app, string(token.Value))
	h.pass(time.Minute)
	session, err := h.SignIn(t.Context(), h.client(t, token.Value), phone, identity.UserChange{Name: new("M."), Tags: &[]string{"x"}})
	wantCode(t, "sign in", err, "")
	want.Name, want.Tags, want.UpdatedAt, want.LastActiveAt = "M.", []string{"x"}, h.now(), h.now()
	wantEqual(t, "the user", session.User, want)
	wantEqual(t, "the user in a session that is found", h.client(t, token.Value).Session.User, want)
	actor := fmt.Sprintf("token:%d", token.ID)
	log.want(t, "signing in", "user_updated mina  "+actor, "user_signed_in mina "+actor+" "+actor)

	// Nobody changes its own role.
	session, err = h.SignIn(t.Context(), h.client(t, token.Value), phone, identity.UserChange{Role: new("tutor")})
	wantCode(t, "sign in with a role", err, "")
	wantEqual(t, "the role", session.User.Role, identity.DefaultRole)
	log.want(t, "that", "user_signed_in mina "+actor+" "+actor)
	_, err = h.SignIn(t.Context(), h.client(t, token.Value), phone, identity.UserChange{Role: new("no role"), StatusMessage: new("Hi")})
	wantCode(t, "sign in with a role there is not", err, "")
	log.want(t, "that", "user_updated mina  "+actor, "user_signed_in mina "+actor+" "+actor)
	want.StatusMessage = "Hi"

	// What is wrong with a profile is told, and nothing of it is kept, nor of the sign-in.
	before := h.client(t, token.Value)
	h.pass(time.Minute)
	_, err = h.SignIn(t.Context(), before, identity.Device{Platform: "WEB"}, identity.UserChange{Name: new(" "), Avatar: new("nowhere")})
	wantEqual(t, "the fields", fieldsAtFault(t, err), []string{"avatar", "name"})
	wantEqual(t, "the session", *h.client(t, token.Value).Session, *before.Session)
	log.want(t, "what was refused")

	// After any other code, the official SDKs hang.
	wantCode(t, "deactivate", h.DeactivateUser(t.Context(), h.server(t), "mina"), "")
	_, err = h.SignIn(t.Context(), before, phone, identity.UserChange{Name: new("N.")})
	wantCode(t, "sign in as a deactivated user", err, fault.CodeUnknownAuthToken)
}

func TestExpiredTokensPushOutNoLiveOnes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	first := h.issue(t, identity.ScopeFullAccess, "mina")
	for range identity.MaxLiveTokens - 1 {
		h.short(t, "mina")
	}
	h.pass(time.Minute)
	log := h.watch(t, h.app)
	// The housekeeping has not come by yet.
	second := h.issue(t, identity.ScopeFullAccess, "mina")
	log.want(t, "issuing", fmt.Sprintf("token_issued mina token:%d key:2", second.ID))
	wantEqual(t, "the live", h.live(t), []identity.AuthToken{second, first})
	for range identity.MaxLiveTokens - 2 {
		h.issue(t, identity.ScopeFullAccess, "mina")
	}
	h.wantSession(t, "the first of a hundred", first.Value, true)
	h.issue(t, identity.ScopeFullAccess, "mina")
	h.wantSession(t, "the first of a hundred and one", first.Value, false)
	h.wantSession(t, "the second", second.Value, true)
	wantEqual(t, "how many live", len(h.live(t)), identity.MaxLiveTokens)
}

// interrupted is a store in which something else happens just before the next change.
type interrupted struct {
	identity.Store

	by func()
}

func (s *interrupted) Change(ctx context.Context, do func(tx identity.Tx) error) error {
	if by := s.by; by != nil {
		s.by = nil
		by()
	}
	return s.Store.Change(ctx, do)
}

func TestChangesOfADeviceKeepEachOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	token := h.issue(t, identity.ScopeFullAccess, "mina")
	update := func(service *identity.Service, change identity.DeviceChange) identity.AuthToken {
		t.Helper()
		updated, err := service.UpdateToken(t.Context(), h.server(t), "mina", token.Value, change)
		wantCode(t, "update", err, "")
		return updated
	}
	other := identity.NewService(&interrupted{Store: h.store, by: func() {
		update(h.Service, identity.DeviceChange{Platform: new("WEB")})
	}}, h.now, nil)
	want := identity.Device{Platform: "WEB", UserAgent: "curl/8"}
	wantEqual(t, "the device", update(other, identity.DeviceChange{UserAgent: new("curl/8")}).Device, want)
	wantEqual(t, "the device as it is kept", h.live(t)[0].Device, want)

	// A sign-in that names no device leaves what another one says just before it.
	client := h.client(t, token.Value)
	signingIn := identity.NewService(&interrupted{Store: h.store, by: func() {
		update(h.Service, identity.DeviceChange{Platform: new("IOS")})
	}}, h.now, nil)
	session, err := signingIn.SignIn(t.Context(), client, identity.Device{}, identity.UserChange{})
	wantCode(t, "sign in", err, "")
	want.Platform = "IOS"
	wantEqual(t, "the device of the session", session.Token.Device, want)
	wantEqual(t, "the device after the sign-in", h.live(t)[0].Device, want)

	// A token that is revoked meanwhile is none any more.
	gone := identity.NewService(&interrupted{Store: h.store, by: func() {
		wantCode(t, "revoke", h.RevokeToken(t.Context(), h.server(t), "mina", token.Value), "")
	}}, h.now, nil)
	_, err = gone.UpdateToken(t.Context(), h.server(t), "mina", token.Value, identity.DeviceChange{Platform: new("IOS")})
	wantCode(t, "update the revoked", err, fault.CodeUnknownPathToken)
}
