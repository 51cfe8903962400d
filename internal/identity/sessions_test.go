package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

func TestFindSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mina := h.mina(t)
	token := h.issue(t, identity.ScopeAuthOnly, "mina")
	for _, one := range []struct {
		name, app string
		value     identity.Secret
		want      fault.Code
	}{
		{"with its app", "acme", token.Value, ""},
		{"with its app in capitals", "ACME", token.Value, ""},
		{"without an app: a token names its own", "", token.Value, ""},
		{"with an app that does not exist", "zeta", token.Value, fault.CodeInvalidAppID},
		{"with an app that can't exist", "no app", token.Value, fault.CodeInvalidAppID},
		{"without a token", "acme", "", fault.CodeEmptyAuthToken},
		{"without anything", "", "", fault.CodeEmptyAuthToken},
		{"without a token, with an unknown app", "zeta", "", fault.CodeInvalidAppID},
		{"with an unknown token", "acme", "mina_1772366400" + identity.Secret(strings.Repeat("0", 30)), fault.CodeUnknownAuthToken},
		{"in capitals", "acme", identity.Secret(strings.ToUpper(string(token.Value))), fault.CodeUnknownAuthToken},
		{"cut short", "acme", token.Value[:len(token.Value)-1], fault.CodeUnknownAuthToken},
		{"with a space behind", "acme", token.Value + " ", fault.CodeUnknownAuthToken},
	} {
		session, err := h.FindSession(t.Context(), one.app, one.value)
		wantCode(t, one.name, err, one.want)
		if err == nil {
			wantEqual(t, one.name, session, identity.Session{Token: token, User: mina, App: h.app})
		}
	}
}

// What can't be a token or a key is refused before a database could stumble over it: this service
// has none.
func TestWhatCanNotBeACredentialIsNotLookedUp(t *testing.T) {
	t.Parallel()
	service := identity.NewService(nil, time.Now, nil)
	hex := strings.Repeat("0", 40)
	for name, value := range map[string]string{
		"too short":              "_" + hex,
		"too long":               strings.Repeat("a", 101) + "_" + hex,
		"very long":              strings.Repeat("a", 1<<20),
		"no underscore":          "mina-" + hex,
		"NUL":                    "mina_" + hex[:39] + "\x00",
		"bytes that are no text": "mina_" + hex[:39] + "\xff",
		"a space":                "mina " + "_" + hex,
		"letters of no number":   "mina_" + hex[:39] + "g",
	} {
		_, err := service.FindSession(t.Context(), "", identity.Secret(value))
		wantCode(t, "a token: "+name, err, fault.CodeUnknownAuthToken)
	}
	for name, value := range map[string]string{
		"too short": "1234567", "too long": strings.Repeat("a", 101), "NUL": "12345678\x00", "bytes that are no text": "12345678\xff",
	} {
		_, err := service.FindKey(t.Context(), identity.App{ID: "acme"}, identity.Secret(value))
		wantCode(t, "a key: "+name, err, fault.CodeUnknownAPIKey)
	}
	_, err := service.FindKey(t.Context(), identity.App{ID: "acme"}, "")
	wantCode(t, "no key", err, fault.CodeEmptyAPIKey)
}

func TestFindApp(t *testing.T) {
	t.Parallel()
	h := emptyHouse(t)
	_, err := h.FindApp(t.Context(), "")
	wantCode(t, "none named, none there", err, fault.CodeEmptyAppID)

	h = newHouse(t)
	for named, want := range map[string]fault.Code{
		"acme": "", "ACME": "", "": "", "zeta": fault.CodeInvalidAppID, "no app": fault.CodeInvalidAppID, "\x00": fault.CodeInvalidAppID,
	} {
		app, err := h.FindApp(t.Context(), named)
		wantCode(t, "find "+named, err, want)
		if err == nil {
			wantEqual(t, "the app", app, h.app)
		}
	}
}

func TestSignInBindsTheDeviceAndTouchesTheUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mina := h.mina(t)
	token := h.issue(t, identity.ScopeFullAccess, "mina")
	client := h.client(t, token.Value)
	want := identity.Session{Token: token, User: mina, App: h.app}

	// signIn signs in a minute later and expects what want says, now and when it is found again.
	signIn := func(what string, device identity.Device) {
		t.Helper()
		h.pass(time.Minute)
		want.User.LastActiveAt = h.now()
		got, err := h.SignIn(t.Context(), h.client(t, token.Value), device, identity.UserChange{})
		wantCode(t, what, err, "")
		wantEqual(t, what, got, want)
		found, err := h.FindSession(t.Context(), "acme", token.Value)
		wantCode(t, what, err, "")
		wantEqual(t, "kept: "+what, found, want)
	}
	signIn("from a client that does not name itself", identity.Device{UserAgent: "curl/8"})
	want.Token.Device = phone
	signIn("from a phone", phone)
	signIn("again, without a name", identity.Device{})
	want.Token.Device = identity.Device{Platform: "WEB"}
	signIn("from another device", want.Token.Device)

	wantEqual(t, "the session that was found before", *client.Session, identity.Session{Token: token, User: mina, App: h.app})
	wantCode(t, "revoke", h.RevokeToken(t.Context(), h.server(t), "mina", token.Value), "")
	_, err := h.SignIn(t.Context(), client, phone, identity.UserChange{})
	wantCode(t, "sign in after that", err, fault.CodeUnknownAuthToken)
}

// A login must not fail because a browser is talkative, nor its talk break what is stored.
func TestWhatADeviceSaysIsCut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mina(t)
	for _, one := range []struct {
		name      string
		say, kept identity.Device
	}{
		{
			"at 500 bytes, between characters",
			identity.Device{Platform: strings.Repeat("é", 400), DeviceID: "a" + strings.Repeat("é", 400), UserAgent: strings.Repeat("x", 600)},
			identity.Device{Platform: strings.Repeat("é", 250), DeviceID: "a" + strings.Repeat("é", 249), UserAgent: strings.Repeat("x", 500)},
		},
		{
			"what a database can't hold",
			identity.Device{Platform: "W\x00EB", DeviceID: "one\xfftwo", UserAgent: "\x00"},
			identity.Device{Platform: "WEB", DeviceID: "onetwo"},
		},
		{"information up to 5 KB", identity.Device{Platform: "WEB", AppInfo: object(5 << 10)}, identity.Device{Platform: "WEB", AppInfo: object(5 << 10)}},
		{"information beyond 5 KB", identity.Device{Platform: "WEB", AppInfo: object(5<<10 + 1)}, identity.Device{Platform: "WEB"}},
		{"information that is no object", identity.Device{Platform: "WEB", AppInfo: []byte(`"1.2"`)}, identity.Device{Platform: "WEB"}},
		{"information that is half an object", identity.Device{Platform: "WEB", AppInfo: []byte(`{"version"`)}, identity.Device{Platform: "WEB"}},
		{"information that is no text", identity.Device{Platform: "WEB", AppInfo: []byte("{\"v\":\"\xff\"}")}, identity.Device{Platform: "WEB"}},
	} {
		token, err := h.IssueToken(t.Context(), h.server(t), "mina", identity.TokenRequest{Device: one.say})
		wantCode(t, one.name, err, "")
		wantEqual(t, "issued: "+one.name, token.Device, one.kept)
		bound := h.issue(t, identity.ScopeFullAccess, "mina")
		session, err := h.SignIn(t.Context(), h.client(t, bound.Value), one.say, identity.UserChange{})
		wantCode(t, one.name, err, "")
		wantEqual(t, "signed in: "+one.name, session.Token.Device, one.kept)
		wantEqual(t, "kept: "+one.name, h.live(t)[0].Device, one.kept)
	}
}

// object is a JSON object of a size.
func object(size int) []byte {
	return []byte(`{"k":"` + strings.Repeat("x", size-len(`{"k":""}`)) + `"}`)
}

func TestWhichTokensSignOutRevokes(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		setting  identity.LogoutRevokes
		mintedBy identity.Scope
		revoked  bool
	}{
		{identity.LogoutRevokesSDK, identity.ScopeAuthOnly, true},
		{identity.LogoutRevokesSDK, identity.ScopeFullAccess, false},
		{identity.LogoutRevokesAlways, identity.ScopeAuthOnly, true},
		{identity.LogoutRevokesAlways, identity.ScopeFullAccess, true},
		{identity.LogoutRevokesNever, identity.ScopeAuthOnly, false},
		{identity.LogoutRevokesNever, identity.ScopeFullAccess, false},
		// One that a later version wrote: the side that can't leak.
		{"sometimes", identity.ScopeFullAccess, true},
	} {
		t.Run(string(one.setting)+" "+string(one.mintedBy), func(t *testing.T) {
			t.Parallel()
			h := emptyHouse(t)
			set, err := h.SetUp(t.Context(), identity.FirstApp{
				ID: "acme", Region: "eu", AuthKey: string(authKey), RESTKey: string(restKey), LogoutRevokes: one.setting,
			})
			wantCode(t, "set up", err, "")
			h.app = set.App
			h.mina(t)
			other := h.issue(t, one.mintedBy, "mina")
			token := h.issue(t, one.mintedBy, "mina")
			client := h.client(t, token.Value)
			wantCode(t, "sign out", h.SignOut(t.Context(), client), "")
			h.wantSession(t, "the client", token.Value, !one.revoked)
			h.wantSession(t, "the user's other client", other.Value, true)
			if one.revoked {
				wantCode(t, "sign out again", h.SignOut(t.Context(), client), fault.CodeUnknownAuthToken)
			}
		})
	}
}
