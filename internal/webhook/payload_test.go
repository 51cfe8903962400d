package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// object reads what a payload should be.
func object(t *testing.T, form string, values ...any) map[string]any {
	t.Helper()
	var read map[string]any
	if err := json.Unmarshal(fmt.Appendf(nil, form, values...), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

const (
	unixFounded = 1772366400
	minaNow     = `"uid":"mina","name":"Mina Okafor","status":"%s","role":"default","createdAt":1772366400,"updatedAt":1772366400`
	byBilling   = `"timestamp":1772366400000,"actor":"key:2","address":"203.0.113.7","userAgent":"billing/1.4"`
)

// connected records that a connection of mina began or ended.
func connected(t *testing.T, h *house, opened bool, presence identity.PresenceChange) {
	t.Helper()
	if _, err := h.RenewNode(t.Context(), "node", time.Hour); err != nil {
		t.Fatal(err)
	}
	user, err := h.GetUser(t.Context(), h.caller, "mina")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.RecordConnections(t.Context(), "node", []identity.ConnectionChange{{
		Connection: &identity.Connection{
			ID: "c1", UserID: user.ID, AppID: user.AppID, UID: user.UID, TokenID: 7, Address: "203.0.113.9", ConnectedAt: founded.Add(-time.Second),
			Device: identity.Device{Platform: "javascript", UserAgent: "Mozilla/5.0", AppInfo: json.RawMessage(`{"version":"1.2.0","uts":1716999000846,"clientIp":"10.0.0.1"}`)},
		}, Opened: opened, Presence: presence, At: founded,
	}}); err != nil {
		t.Fatal(err)
	}
}

func TestEachTriggerSendsItsPayload(t *testing.T) {
	t.Parallel()
	mina := "{" + fmt.Sprintf(minaNow, "offline") + "}"
	issue := func(t *testing.T, h *house) identity.AuthToken {
		t.Helper()
		token, err := h.IssueToken(t.Context(), h.caller, "mina", identity.TokenRequest{Force: true})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	session := func(t *testing.T, h *house, token identity.AuthToken) identity.Caller {
		t.Helper()
		found, err := h.FindSession(t.Context(), "acme", token.Value)
		if err != nil {
			t.Fatal(err)
		}
		return identity.Caller{App: found.App, Session: &found, Address: "203.0.113.8"}
	}
	connect := func(opened bool, presence identity.PresenceChange) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			t.Helper()
			connected(t, h, opened, presence)
		}
	}
	const connection = `{"timestamp":1772366400000,"user":{` + minaNow + `,"lastActiveAt":1772366400},"status":"%s","currentConnection":{"action":"%s",
		"appInfo":{"version":"1.2.0","uts":1716999000846,"clientIp":"203.0.113.9"},"platform":"javascript","userAgent":"Mozilla/5.0","connectedAt":1772366399000},
		"userPresenceChanged":%t}`
	block := `{"timestamp":1772366400000,"users":{"oleg":{"uid":"oleg","name":"Mina Okafor","status":"offline","role":"default",
		"createdAt":1772366400,"updatedAt":1772366400,"conversationId":"mina_user_oleg"}},"by":` + mina + `}`
	for _, test := range []struct {
		name    string
		trigger identity.Trigger
		do      func(t *testing.T, h *house)
		data    string
	}{
		{"online", identity.TriggerConnection, connect(true, identity.PresenceBegins), fmt.Sprintf(connection, "available", "available", "connected", true)},
		{"one more connection", identity.TriggerConnection, connect(true, identity.PresenceStays), strings.Replace(fmt.Sprintf(connection, "available", "available", "connected", false), `,"lastActiveAt":1772366400`, "", 1)},
		{"offline", identity.TriggerConnection, connect(false, identity.PresenceEnds), fmt.Sprintf(connection, "offline", "offline", "disconnected", true)},
		{"blocked", "user_blocked", func(t *testing.T, h *house) {
			t.Helper()
			if _, err := h.SetBlocked(t.Context(), h.caller, "mina", []string{"oleg"}, true); err != nil {
				t.Fatal(err)
			}
		}, block},
		{"unblocked", "user_unblocked", func(t *testing.T, h *house) {
			t.Helper()
			for _, on := range []bool{true, false} {
				if _, err := h.SetBlocked(t.Context(), h.caller, "mina", []string{"oleg"}, on); err != nil {
					t.Fatal(err)
				}
			}
		}, block},
		{"created", "user_created", func(t *testing.T, h *house) {
			t.Helper()
			_, _, err := h.CreateUser(t.Context(), h.caller, identity.NewUser{
				UID: "ana", Name: "Ana <3", Metadata: json.RawMessage(`{"team":"blue","@private":{"email":"ana@example.org"}}`), Tags: []string{"pilot"},
			}, false)
			if err != nil {
				t.Fatal(err)
			}
		}, `{"user":{"uid":"ana","name":"Ana <3","status":"offline","role":"default","metadata":{"team":"blue"},"tags":["pilot"],"createdAt":1772366400,"updatedAt":1772366400},` + byBilling + `}`},
		{"updated", "user_updated", func(_ *testing.T, h *house) { h.rename("mina", "Mina Okafor") }, `{"user":` + mina + `,` + byBilling + `}`},
		{"deactivated", "user_deactivated", func(t *testing.T, h *house) {
			t.Helper()
			if err := h.DeactivateUser(t.Context(), h.caller, "mina"); err != nil {
				t.Fatal(err)
			}
		}, `{"user":` + strings.TrimSuffix(mina, "}") + `,"deactivatedAt":1772366400},` + byBilling + `}`},
		{"reactivated", "user_reactivated", func(t *testing.T, h *house) {
			t.Helper()
			if err := h.DeactivateUser(t.Context(), h.caller, "mina"); err != nil {
				t.Fatal(err)
			}
			if _, err := h.ReactivateUsers(t.Context(), h.caller, []identity.UID{"mina"}); err != nil {
				t.Fatal(err)
			}
		}, `{"user":` + mina + `,` + byBilling + `}`},
		{"deleted", "user_deleted", func(t *testing.T, h *house) {
			t.Helper()
			if err := h.DeleteUser(t.Context(), h.caller, "mina"); err != nil {
				t.Fatal(err)
			}
		}, `{"user":{"uid":"mina"},` + byBilling + `}`},
		{"token issued", "token_issued", func(t *testing.T, h *house) {
			t.Helper()
			issue(t, h)
		}, `{"user":` + mina + `,"subject":"token:1",` + byBilling + `}`},
		{"token revoked", "token_revoked", func(t *testing.T, h *house) {
			t.Helper()
			if err := h.RevokeToken(t.Context(), h.caller, "mina", issue(t, h).Value); err != nil {
				t.Fatal(err)
			}
		}, `{"user":` + mina + `,"subject":"token:1",` + byBilling + `}`},
		{"signed in", "user_signed_in", func(t *testing.T, h *house) {
			t.Helper()
			if _, err := h.SignIn(t.Context(), session(t, h, issue(t, h)), identity.Device{}, identity.UserChange{}); err != nil {
				t.Fatal(err)
			}
		}, `{"user":` + strings.TrimSuffix(mina, "}") + `,"lastActiveAt":1772366400},"timestamp":1772366400000,"subject":"token:1","actor":"token:1","address":"203.0.113.8"}`},
		{"signed out", "user_signed_out", func(t *testing.T, h *house) {
			t.Helper()
			if err := h.SignOut(t.Context(), session(t, h, issue(t, h))); err != nil {
				t.Fatal(err)
			}
		}, `{"user":` + mina + `,"timestamp":1772366400000,"subject":"token:1","actor":"token:1","address":"203.0.113.8"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.add("mina")
			h.add("oleg")
			if test.name == "offline" {
				connected(t, h, true, identity.PresenceBegins) // who goes was there
			}
			to := h.newReceiver(nil)
			h.hook("audit", to.URL, identity.WebhookChange{}, test.trigger)
			test.do(t, h)
			h.serve(true)
			got := h.first(to, 1)[0]
			id := h.deliveries("audit")[0].Event
			wantEqual(t, "the payload", got.said(), object(t,
				`{"trigger":%q,"data":%s,"appId":"acme","region":"eu","webhook":"audit","id":%q}`, test.trigger, test.data, id))
			wantEqual(t, "the id in the headers", got.header.Get("X-Usher-Event-Id"), id)
			wantEqual(t, "the type", got.header.Get("Content-Type"), "application/json")
			wantEqual(t, "the credentials", got.header.Get("Authorization"), "")
			if strings.Contains(string(got.body), "@private") || strings.Contains(string(got.body), `\u003c`) {
				t.Errorf("sent %s", got.body)
			}
			h.settled("audit", 1)
		})
	}
}

func TestAReceiverCanVerifyTheSignature(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(nil)
	made := h.hook("audit", to.URL, identity.WebhookChange{}, "user_created")
	h.serve(true)
	h.add("mina")
	verify := func(got call, secret identity.Secret) bool {
		at, signature, _ := strings.Cut(got.header.Get("X-Usher-Signature"), ",v1=")
		mac := hmac.New(sha256.New, []byte(string(secret)))
		mac.Write([]byte(strings.TrimPrefix(at, "t=") + "."))
		mac.Write(got.body)
		return at == fmt.Sprintf("t=%d", unixFounded) && hex.EncodeToString(mac.Sum(nil)) == signature
	}
	first := h.first(to, 1)[0]
	if !verify(first, made.Secret) {
		t.Errorf("the signature %s is not right", first.header.Get("X-Usher-Signature"))
	}
	renewed, err := h.UpdateWebhook(t.Context(), h.caller, "audit", identity.WebhookChange{RenewSecret: true})
	if err != nil || renewed.Secret == made.Secret || len(renewed.Secret) != len("whsec_")+64 {
		t.Fatalf("the secret was not renewed: %v", err)
	}
	h.add("oleg")
	if second := h.first(to, 2)[1]; !verify(second, renewed.Secret) || verify(second, made.Secret) {
		t.Error("the old secret still signs")
	}
	for _, secret := range []identity.Secret{made.Secret, renewed.Secret} {
		if strings.Contains(h.log.String(), string(secret)) {
			t.Error("the log has the secret")
		}
	}
}

func TestBasicAuthIsSentAsDocumented(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	to := h.newReceiver(nil)
	h.hook("audit", to.URL, identity.WebhookChange{
		UsesBasicAuth: new(true), Username: new("usher"), Password: new(identity.Secret("open5esame")),
	}, "user_created")
	h.serve(true)
	h.add("mina")
	wantEqual(t, "the header", h.first(to, 1)[0].header.Get("Authorization"), "Basic dXNoZXI6b3BlbjVlc2FtZQ==")
}
