package realtime_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/presence"
	"github.com/usherhq/usher/internal/realtime"
)

func TestTheEndOfATokensLifeEndsItsSockets(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token, err := h.IssueToken(t.Context(), h.operator(), andrew, identity.TokenRequest{Life: identity.MinTokenLife})
	if err != nil {
		t.Fatal(err)
	}
	lasting, _ := h.login(andrew)
	jwt := h.jwt(token)
	// Before the sockets open: to one that is there, a leap of the clock is a long silence.
	h.ahead.Store(int64(time.Until(token.ExpiresAt) - 2*time.Second))
	kept := h.enter(lasting, "")
	h.enter(jwt, "").wantEnd(realtime.Revoked)
	h.wantCount(ended("4403"), 1)
	kept.wantQuiet()
	late := h.dial()
	late.write(authFrame(jwt, ""))
	late.wantEnd(realtime.Refused)
}

func TestADisabledKeyEndsOnlyWhatItIssued(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	issuer := func() (identity.APIKey, string) {
		key, err := h.CreateKey(t.Context(), h.operator(), identity.KeyChange{Name: new("a key"), Scope: new(identity.ScopeFullAccess)})
		if err != nil {
			t.Fatal(err)
		}
		token, err := h.IssueToken(t.Context(), identity.Caller{App: h.app, Key: &key}, andrew, identity.TokenRequest{Force: true})
		if err != nil {
			t.Fatal(err)
		}
		return key, h.jwt(token)
	}
	bad, badJWT := issuer()
	_, goodJWT := issuer()
	operators, _ := h.login(andrew)
	doomed, kept, others := h.enter(badJWT, ""), h.enter(goodJWT, ""), h.enter(operators, "")
	if _, err := h.UpdateKey(t.Context(), h.operator(), bad.Value, identity.KeyChange{Name: new("another name")}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.UpdateKey(t.Context(), h.operator(), bad.Value, identity.KeyChange{Disabled: new(true)}); err != nil {
		t.Fatal(err)
	}
	doomed.wantEnd(realtime.Revoked)
	for _, s := range []*socket{kept, others} {
		s.wantQuiet()
	}
	h.wantCount(ended("4403"), 1)
}

func TestAWithdrawnSigningKeyEndsTheSocketsThatShowedIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	early, _ := h.login(george)
	if _, err := h.RotateSigningKey(t.Context(), h.operator(), true); err != nil {
		t.Fatal(err)
	}
	stolen, token := h.login(andrew)
	kept, doomed := h.enter(early, ""), h.enter(stolen, "")
	if err := h.WithdrawSigningKey(t.Context(), h.operator(), signer(t, stolen)); err != nil {
		t.Fatal(err)
	}
	doomed.wantEnd(realtime.Refused)
	kept.wantQuiet()
	late := h.dial()
	late.write(authFrame(stolen, ""))
	late.wantEnd(realtime.Refused)
	h.enter(h.jwt(token), "").wantQuiet()
}

// signer is the id of the key that signed a JWT.
func signer(t *testing.T, jwt string) string {
	t.Helper()
	parsed, err := jose.ParseSignedCompact(jwt, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Signatures[0].Header.KeyID
}

func TestAppsNeverHearOfEachOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made, _, err := h.CreateApp(t.Context(), identity.Caller{Management: true}, identity.FirstApp{ID: "zeta", Region: "eu", SampleUsers: true}, identity.AppChange{Name: new("Zeta")})
	if err != nil {
		t.Fatal(err)
	}
	zeta := *h
	zeta.app = made
	jwt, _ := h.login(andrew)
	listener := h.enter(jwt, "ALL_USERS")
	h.eventually("Andrew is online", func() bool { return h.online(andrew) })
	enterZeta := func(uid identity.UID, subscription string) *socket {
		jwt, _ := zeta.login(uid)
		s := h.dial()
		s.write(strings.Replace(authFrame(jwt, subscription), `"appId":"acme"`, `"appId":"zeta"`, 1))
		if reply := s.read(); reply["appId"] != "zeta" {
			t.Fatalf("the answer is %v", reply)
		}
		return s
	}
	// The same uids, in the other app.
	other := enterZeta(andrew, "ALL_USERS")
	h.eventually("the other Andrew is online", func() bool { return zeta.online(andrew) })
	// Who subscribes now might still be told of Andrew: the list knows of him before those who listen do.
	georges := enterZeta(george, "")
	other.wantPresence(george, "online")
	listener.wantQuiet()
	if h.online(george) {
		t.Error("George is online in the wrong app")
	}
	nancys, _ := h.login(nancy)
	h.enter(nancys, "")
	listener.wantPresence(nancy, "online")
	for _, s := range []*socket{other, georges} {
		s.wantQuiet()
	}
	if _, err := h.DeleteApp(t.Context(), identity.Caller{Management: true}, "zeta"); err != nil {
		t.Fatal(err)
	}
	other.wantEnd(realtime.Revoked)
	georges.wantEnd(realtime.Revoked)
	listener.wantQuiet()
}

func TestAnAppThatIsTheOnlyOneNeedsNoName(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, _ := h.login(andrew)
	s := h.dial()
	s.write(`{"type":"auth","body":{"auth":"` + jwt + `"}}`)
	if reply := s.read(); reply["appId"] != "acme" || reply["sender"] != string(andrew) {
		t.Errorf("the answer is %v", reply)
	}
}

func TestAUserWhoIsRemovedIsToldToBeOffline(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, _ := h.login(andrew)
	listener := h.enter(jwt, "ALL_USERS")
	georges, _ := h.login(george)
	s := h.enter(georges, "")
	listener.wantPresence(george, "online")
	if err := h.DeleteUser(t.Context(), h.operator(), george); err != nil {
		t.Fatal(err)
	}
	s.wantEnd(realtime.Revoked)
	listener.wantPresence(george, "offline")
	h.eventually("nothing waits", func() bool { return h.tracker.Waiting() == 0 })
	listener.wantQuiet()
}

func TestAServerThatStopsSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(_ *realtime.Config, tracking *presence.Config) { tracking.Grace = 0 })
	jwt, _ := h.login(andrew)
	sockets := []*socket{h.enter(jwt, "ALL_USERS"), h.enter(jwt, ""), h.dial()}
	h.eventually("Andrew is online", func() bool { return h.online(andrew) })
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		h.gateway.Close()
	}()
	for _, s := range sockets {
		s.wantEnd(realtime.GoingAway)
	}
	<-stopped
	h.wantCount(ended("1001"), 3)
	if err := h.tracker.Close(); err != nil {
		t.Fatal(err)
	}
	// Its clients are on the way to another server, or back.
	if !h.online(andrew) {
		t.Error("Andrew is offline while the server is started again")
	}
	answer, err := http.Get("http" + strings.TrimPrefix(h.url, "ws"))
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a server that stops answers %s, %v", answer.Status, err)
	}
}

// A database that fails is no reason to send anybody to the login page.
func TestADatabaseThatFailsRefusesNobodyForGood(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt, _ := h.login(andrew)
	h.store.broken.Store(true)
	s := h.dial()
	s.write(authFrame(jwt, ""))
	if body, _ := s.read()["body"].(map[string]any); body["code"] != "503" {
		t.Errorf("the answer is %v", body)
	}
	s.wantEnd(realtime.Unavailable)
	h.wantCount(`usher_socket_authentications_total{outcome="failed"}`, 1)
	h.store.broken.Store(false)
	h.enter(jwt, "").wantQuiet()
}
