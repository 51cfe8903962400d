package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
)

const auditBody = `{"id":"Audit1","name":"Audit","webhookURL":"https://billing.example.com/usher?a=1","triggers":["user_created","user_blocked","user_created"],
	"useBasicAuth":true,"username":"usher","password":"open5esame"}`

// created makes a webhook and gives its secret, which must not be logged.
func created(a *api, body string) reply {
	a.t.Helper()
	a.isSecret("open5esame")
	got := a.must(http.MethodPost, "/webhooks", byREST(), body)
	a.secretOf(got)
	return got
}

func (a *api) secretOf(got reply) string {
	a.t.Helper()
	secret, _ := got.data()["secret"].(string)
	if !strings.HasPrefix(secret, "whsec_") {
		a.t.Fatalf("there is no secret in %s", got.text)
	}
	a.isSecret(secret)
	return secret
}

// Contract 9.52.
func TestAWebhookGoesThroughItsLife(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	at := float64(noon.Unix())
	want := map[string]any{
		"id": "Audit1", "name": "Audit", "webhookURL": "https://billing.example.com/usher?a=1", "triggers": []any{"user_blocked", "user_created"},
		"useBasicAuth": true, "username": "usher", "enabled": true, "retryOnFailure": true, "createdAt": at, "updatedAt": at,
	}
	secret := a.secretOf(created(a, auditBody))
	// Only the first answer holds the secret, and none the password.
	got := a.must(http.MethodGet, "/webhooks/Audit1", byREST(), "")
	if difference := cmp.Diff(want, got.data()); difference != "" {
		t.Error(difference)
	}
	list := a.must(http.MethodGet, "/webhooks", byREST(), "")
	if difference := cmp.Diff([]map[string]any{want}, list.list()); difference != "" {
		t.Error(difference)
	}
	a.refused(http.MethodPost, "/webhooks", byREST(), auditBody, "ERR_WEBHOOK_ALREADY_EXISTS", 400)

	want["name"], want["webhookURL"], want["triggers"] = "Billing", "https://example.org/", []any{}
	want["useBasicAuth"], want["enabled"], want["retryOnFailure"] = false, false, false
	delete(want, "username")
	changed := a.must(http.MethodPut, "/webhooks/Audit1", byREST(),
		`{"name":"Billing","webhookURL":"https://example.org/","triggers":[],"useBasicAuth":false,"username":"","password":"","enabled":false,"retryOnFailure":false}`)
	if difference := cmp.Diff(want, changed.data()); difference != "" {
		t.Error(difference)
	}
	if a.secretOf(a.must(http.MethodPut, "/webhooks/Audit1", byREST(), `{"renewSecret":true}`)) == secret {
		t.Error("the secret is the old one")
	}
	a.must(http.MethodDelete, "/webhooks/Audit1", byREST(), "")
	for _, call := range []string{"GET ", "PUT ", "DELETE ", "GET /deliveries", "POST /test", "POST /deliveries/1/replay"} {
		method, path, _ := strings.Cut(call, " ")
		a.refused(method, "/webhooks/Audit1"+path, byREST(), "", "ERR_WEBHOOK_NOT_FOUND", 404)
		a.refused(method, "/webhooks/no%20hook"+path, byREST(), "", "ERR_WEBHOOK_NOT_FOUND", 404)
		a.refused(method, "/webhooks/Audit1"+path, byAuthKey(), "", "AUTH_ERR_NO_ACCESS", 403)
	}
	var kinds []string
	for _, event := range a.must(http.MethodGet, "/events", byREST(), "").list() {
		if event["subject"] == "webhook:Audit1" {
			kinds = append(kinds, event["kind"].(string))
		}
	}
	if difference := cmp.Diff([]string{"webhook_created", "webhook_updated", "webhook_updated", "webhook_deleted"}, kinds); difference != "" {
		t.Error(difference)
	}
}

func TestAWebhookGetsAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	id, _ := created(a, `{"name":"A","webhookURL":"https://example.org/"}`).data()["id"].(string)
	a.must(http.MethodGet, "/webhooks/"+id, byREST(), "")
}

func TestAnAppHasAtMost25Webhooks(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for i := range 25 {
		created(a, fmt.Sprintf(`{"id":"hook%d","name":"A","webhookURL":"https://example.org/"}`, i))
	}
	a.refused(http.MethodPost, "/webhooks", byREST(), `{"name":"A","webhookURL":"https://example.org/"}`, "ERR_PLAN_QUOTA_RESTRICTION", 403)
}

func TestWrongWebhooksAreRefusedFieldByField(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	with := func(field, value string) string {
		fields := map[string]string{"id": `"hook"`, "name": `"A"`, "webhookURL": `"https://example.org/"`}
		fields[field] = value
		var parts []string
		for name, value := range fields {
			parts = append(parts, `"`+name+`":`+value)
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	url := func(text string) (field, body string) { return "webhookURL", with("webhookURL", `"`+text+`"`) }
	type wrong struct{ field, body string }
	tests := []wrong{
		{"id", with("id", `"no spaces"`)},
		{"id", with("id", `"`+strings.Repeat("a", 51)+`"`)},
		{"id", with("id", `"a-b"`)},
		{"name", with("name", `" "`)},
		{"name", with("name", `"`+strings.Repeat("a", 51)+`"`)},
		{"name", `{"webhookURL":"https://example.org/"}`},
		{"webhookURL", `{"name":"A"}`},
		{"triggers", with("triggers", `["user_eaten"]`)},
		{"triggers", with("triggers", `["webhook_test"]`)},
		{"triggers", with("triggers", `"user_created"`)},
		{"username", with("useBasicAuth", `true,"password":"abc"`)},
		{"password", with("useBasicAuth", `true,"username":"abc"`)},
		{"username", with("username", `"`+strings.Repeat("a", 51)+`"`)},
		{"username", with("username", `"a:b"`)},
		{"password", with("password", `"`+strings.Repeat("a", 101)+`"`)},
		{"password", with("password", `"a b"`)},
	}
	for _, text := range []string{
		"ftp://example.org/", "example.org", "https://", "https://user:secret@example.org/", "https://example.org/#a", "http://example.org/",
		"https://" + strings.Repeat("a", 250) + ".org/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/",
		"https://10.0.0.1/", "https://192.168.0.1:8443/", "https://169.254.169.254/latest", "https://localhost/", "https://a.localhost./",
		"https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://[fd00::1]/", "https://[fe80::1%25eth0]/", "https://100.64.0.1/",
		"https://example.org/\\u0000", "https:example.org",
	} {
		field, body := url(text)
		tests = append(tests, wrong{field, body})
	}
	for _, test := range tests {
		unchanged(t, a, func() {
			t.Helper()
			got := a.refused(http.MethodPost, "/webhooks", byREST(), test.body, "ERR_BAD_REQUEST", 400)
			details, _ := got.body["error"].(map[string]any)["details"].(map[string]any)
			if len(details) != 1 || details[test.field] == nil {
				t.Errorf("%s: the details are %v", test.body, details)
			}
		})
	}
	created(a, with("webhookURL", `"https://192.0.0.1.example.org:8443/"`))
}

func TestPrivateAddressesAreAllowedWhereTheServerSaysSo(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(_ *identity.FirstApp, config *rest.Config) { config.WebhooksAllowPrivate = true })
	for i, url := range []string{"http://127.0.0.1:8080/", "http://localhost/", "https://10.0.0.1/"} {
		created(a, fmt.Sprintf(`{"id":"hook%d","name":"A","webhookURL":%q}`, i, url))
	}
}

func TestDeliveriesAreListedAndReplayed(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	created(a, auditBody)
	first := a.must(http.MethodPost, "/webhooks/Audit1/test", byREST(), "").data()
	a.must(http.MethodPost, "/webhooks/Audit1/test", byREST(), "")
	want := map[string]any{
		"id": float64(1), "eventId": first["eventId"], "trigger": "webhook_test", "state": "waiting", "attempts": float64(0),
		"createdAt": float64(noon.Unix()), "nextAttemptAt": float64(noon.Unix()),
	}
	if difference := cmp.Diff(want, first); difference != "" {
		t.Error(difference)
	}
	again := a.must(http.MethodPost, "/webhooks/Audit1/deliveries/1/replay", byREST(), "").data()
	if again["id"] != float64(3) || again["eventId"] != first["eventId"] || again["state"] != "behind" {
		t.Errorf("replayed as %v", again)
	}
	list := a.must(http.MethodGet, "/webhooks/Audit1/deliveries?perPage=2", byREST(), "")
	if ids := list.list(); len(ids) != 2 || ids[0]["id"] != float64(3) || ids[1]["id"] != float64(2) {
		t.Errorf("listed %s", list.text)
	}
	if some := a.must(http.MethodGet, "/webhooks/Audit1/deliveries?state=waiting", byREST(), "").list(); len(some) != 1 || some[0]["id"] != float64(1) {
		t.Errorf("waiting are %v", some)
	}
	a.refused(http.MethodGet, "/webhooks/Audit1/deliveries?state=lost", byREST(), "", "ERR_BAD_REQUEST", 400)
	for _, id := range []string{"99", "x", "99999999999999999999"} {
		a.refused(http.MethodPost, "/webhooks/Audit1/deliveries/"+id+"/replay", byREST(), "", "ERR_DELIVERY_NOT_FOUND", 404)
	}
	a.must(http.MethodPut, "/webhooks/Audit1", byREST(), `{"enabled":false}`)
	a.refused(http.MethodPost, "/webhooks/Audit1/test", byREST(), "", "ERR_BAD_REQUEST", 400)
	a.refused(http.MethodPost, "/webhooks/Audit1/deliveries/1/replay", byREST(), "", "ERR_BAD_REQUEST", 400)
}
