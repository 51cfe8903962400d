package identity_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

var phone = identity.Device{Platform: "GO", DeviceID: "phone-1", UserAgent: "Usher/1", AppInfo: []byte(`{"version":"1.2"}`)}

// The documented form: uid, underscore, ten digits of unix time, 30 hexadecimal characters.
func TestTokensHaveTheDocumentedForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	token := h.issue(t, identity.ScopeAuthOnly, "mina")
	if !regexp.MustCompile(`^mina_1772366400[0-9a-f]{30}$`).MatchString(string(token.Value)) {
		t.Errorf("the token is %q", string(token.Value))
	}
	wantEqual(t, "the token", token, identity.AuthToken{
		ID: token.ID, Value: token.Value, UID: "mina", MintedBy: identity.ScopeAuthOnly, IssuerID: h.by(t, identity.ScopeAuthOnly).Key.ID, CreatedAt: founded,
	})
	if again := h.issue(t, identity.ScopeAuthOnly, "mina"); again.Value == token.Value {
		t.Error("the next token has the same random part")
	}
}

// Without force, a back end that asks twice before its client has logged in gets one token.
func TestWhenATokenIsGivenAgain(t *testing.T) {
	t.Parallel()
	const full, authOnly = identity.ScopeFullAccess, identity.ScopeAuthOnly
	for _, one := range []struct {
		name         string
		first        identity.Scope
		firstDevice  identity.Device
		second       identity.Scope
		secondDevice identity.Device
		force        bool
		again        bool
	}{
		{"by one key", full, identity.Device{}, full, identity.Device{}, false, true},
		{"by a login key", authOnly, identity.Device{}, authOnly, identity.Device{}, false, true},
		{"with force", full, identity.Device{}, full, identity.Device{}, true, false},
		{"by a key of less scope", full, identity.Device{}, authOnly, identity.Device{}, false, false},
		{"by a key of more scope", authOnly, identity.Device{}, full, identity.Device{}, false, false},
		{"after one that a device has", full, phone, full, identity.Device{}, false, false},
		{"for a device that names itself", full, identity.Device{}, full, phone, false, false},
		{"for the same device", full, phone, full, phone, false, false},
		{"for a device without a name", full, identity.Device{}, full, identity.Device{UserAgent: "curl/8"}, false, true},
		{"for a platform only", full, identity.Device{}, full, identity.Device{Platform: "WEB"}, false, false},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.mina(t)
			first, err := h.IssueToken(t.Context(), h.by(t, one.first), "mina", identity.TokenRequest{Device: one.firstDevice})
			wantCode(t, "the first", err, "")
			h.pass(time.Hour)
			second, err := h.IssueToken(t.Context(), h.by(t, one.second), "mina", identity.TokenRequest{Device: one.secondDevice, Force: one.force})
			wantCode(t, "the second", err, "")
			if one.again {
				wantEqual(t, "the token given again", second, first)
				wantEqual(t, "the tokens", h.live(t), []identity.AuthToken{first})
				return
			}
			wantEqual(t, "the second", second, identity.AuthToken{
				ID: second.ID, Value: second.Value, UID: "mina", MintedBy: one.second, IssuerID: second.IssuerID, Device: one.secondDevice, CreatedAt: h.now(),
			})
			wantEqual(t, "the tokens", h.live(t), []identity.AuthToken{second, first})
		})
	}
}

func TestTheNewestUnboundTokenIsGivenAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	h.issue(t, identity.ScopeFullAccess, "mina")
	newest := h.issue(t, identity.ScopeFullAccess, "mina")
	got, err := h.IssueToken(t.Context(), h.server(t), "mina", identity.TokenRequest{})
	wantCode(t, "issue", err, "")
	wantEqual(t, "the token", got, newest)

	// Once a client has signed in with it, it is that client's.
	_, err = h.SignIn(t.Context(), h.client(t, newest.Value), phone, identity.UserChange{})
	wantCode(t, "sign in", err, "")
	got, err = h.IssueToken(t.Context(), h.server(t), "mina", identity.TokenRequest{})
	wantCode(t, "issue again", err, "")
	if got.Value == newest.Value {
		t.Error("a second client was given the token of the first")
	}
}

func TestTheHundredAndFirstTokenRevokesTheOldest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	h.add(t, "oleg")
	other := h.issue(t, identity.ScopeFullAccess, "oleg")
	var issued []identity.AuthToken
	for range identity.MaxLiveTokens {
		issued = append(issued, h.issue(t, identity.ScopeFullAccess, "mina"))
	}
	h.wantSession(t, "the oldest of 100", issued[0].Value, true)

	issued = append(issued, h.issue(t, identity.ScopeAuthOnly, "mina"))
	h.wantSession(t, "the oldest of 101", issued[0].Value, false)
	h.wantSession(t, "the second", issued[1].Value, true)
	h.wantSession(t, "another user's", other.Value, true)
	newest := issued[1:]
	slices.Reverse(newest)
	wantEqual(t, "the tokens", h.live(t), newest)
}

func TestRevokeToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	h.add(t, "oleg")
	first, second := h.issue(t, identity.ScopeFullAccess, "mina"), h.issue(t, identity.ScopeFullAccess, "mina")
	for _, wrong := range []struct {
		name  string
		uid   identity.UID
		value identity.Secret
		want  fault.Code
	}{
		{"nobody's", "nobody", first.Value, fault.CodeUnknownUID},
		{"another user's", "oleg", first.Value, fault.CodeTokenNotAccessible},
		{"none", "mina", "", fault.CodeUnknownPathToken},
		{"half of one", "mina", first.Value[:20], fault.CodeUnknownPathToken},
		{"NUL", "mina", first.Value[:len(first.Value)-1] + "\x00", fault.CodeUnknownPathToken},
		{"bytes that are no text", "mina", first.Value[:len(first.Value)-1] + "\xff", fault.CodeUnknownPathToken},
	} {
		wantCode(t, "revoke "+wrong.name, h.RevokeToken(t.Context(), h.server(t), wrong.uid, wrong.value), wrong.want)
	}
	wantEqual(t, "the tokens", h.live(t), []identity.AuthToken{second, first})

	wantCode(t, "revoke", h.RevokeToken(t.Context(), h.server(t), "mina", first.Value), "")
	wantCode(t, "revoke again", h.RevokeToken(t.Context(), h.server(t), "mina", first.Value), fault.CodeUnknownPathToken)
	h.wantSession(t, "the revoked", first.Value, false)
	h.wantSession(t, "the other", second.Value, true)
}

func TestRevokeTokenByID(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	h.add(t, "oleg")
	first, second := h.issue(t, identity.ScopeFullAccess, "mina"), h.issue(t, identity.ScopeFullAccess, "mina")
	elsewhere := h.server(t)
	elsewhere.App.ID = "elsewhere"
	for _, wrong := range []struct {
		name   string
		caller identity.Caller
		uid    identity.UID
		id     int64
	}{
		{"another user's", h.server(t), "oleg", first.ID},
		{"nobody's", h.server(t), "nobody", first.ID},
		{"one that is not there", h.server(t), "mina", 99},
		{"another app's", elsewhere, "mina", first.ID},
	} {
		wantCode(t, "revoke "+wrong.name, h.RevokeTokenByID(t.Context(), wrong.caller, wrong.uid, wrong.id), fault.CodeUnknownPathToken)
	}
	wantEqual(t, "the tokens", h.live(t), []identity.AuthToken{second, first})

	wantCode(t, "revoke", h.RevokeTokenByID(t.Context(), h.server(t), "mina", first.ID), "")
	wantCode(t, "revoke again", h.RevokeTokenByID(t.Context(), h.server(t), "mina", first.ID), fault.CodeUnknownPathToken)
	h.wantSession(t, "the revoked", first.Value, false)
	h.wantSession(t, "the other", second.Value, true)
}

func TestFlushTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	h.add(t, "oleg")
	first, second := h.issue(t, identity.ScopeFullAccess, "mina"), h.issue(t, identity.ScopeAuthOnly, "mina")
	other := h.issue(t, identity.ScopeFullAccess, "oleg")
	for range 2 {
		wantCode(t, "flush", h.FlushTokens(t.Context(), h.server(t), "mina"), "")
	}
	h.wantSession(t, "the first", first.Value, false)
	h.wantSession(t, "the second", second.Value, false)
	h.wantSession(t, "another user's", other.Value, true)
	wantCode(t, "flush nobody", h.FlushTokens(t.Context(), h.server(t), "nobody"), fault.CodeUnknownUID)
}
