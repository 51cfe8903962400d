package dashboard_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// newHook makes a webhook in the console.
func newHook(t *testing.T, b *browser, id string, more ...string) page {
	t.Helper()
	created := b.post(appPage("/webhooks"), append([]string{
		"id", id, "name", "Back end", "webhookURL", "https://example.com/usher", "triggers", "user_created", "enabled", "on", "retryOnFailure", "on",
	}, more...)...)
	wantStatus(t, "create a webhook", created, http.StatusOK)
	return created
}

// hook is the webhook hook1.
func (c *console) hook() identity.Webhook {
	c.t.Helper()
	webhook, err := c.service.GetWebhook(c.t.Context(), callerOf(c.t, c), "hook1")
	if err != nil {
		c.t.Fatal(err)
	}
	return webhook
}

func TestTheSecretOfAWebhookIsShownOnce(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	created := newHook(t, owner, "hook1", "useBasicAuth", "on", "username", "usher", "password", "s3cretPassword")
	secret := string(c.hook().Secret)
	wantText(t, "the new webhook", created, secret)
	for _, path := range []string{"/webhooks", "/webhooks/hook1", "/webhooks/hook1/edit"} {
		if got := owner.get(appPage(path)); got.status != http.StatusOK || strings.Contains(got.body, secret) || strings.Contains(got.body, "s3cretPassword") {
			t.Errorf("%s: status %d, or it shows a secret", path, got.status)
		}
	}
	renewed := owner.post(appPage("/webhooks/hook1/secret"))
	wantStatus(t, "renew", renewed, http.StatusOK)
	fresh := string(c.hook().Secret)
	wantText(t, "the renewed secret", renewed, fresh)
	if fresh == secret || strings.Contains(renewed.body, secret) {
		t.Error("the secret is the one before, or that is shown")
	}
	if log := c.log.String(); strings.Contains(log, secret) || strings.Contains(log, fresh) || strings.Contains(log, "s3cretPassword") {
		t.Error("the log has a secret")
	}
}

func TestAWebhookIsChanged(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		developer := func() *browser { c.owner(); return c.member(identity.OperatorDeveloper) }()
		newHook(t, developer, "hook1", "useBasicAuth", "on", "username", "usher", "password", "s3cretPassword")
		form := url.Values{
			"name": {"Other"}, "webhookURL": {" https://example.org/ "}, "triggers": {"user_deleted", "user_created"}, "useBasicAuth": {"on"}, "username": {"usher2"},
		}
		wantStatus(t, "change", developer.postForm(appPage("/webhooks/hook1/edit"), form), http.StatusSeeOther)
		hook := c.hook()
		if hook.Name != "Other" || hook.URL != "https://example.org/" || len(hook.Triggers) != 2 || hook.Enabled || hook.Retries || hook.Username != "usher2" || hook.Password != "s3cretPassword" {
			t.Errorf("the webhook is %+v", hook)
		}
		shown := developer.get(appPage("/webhooks/hook1/edit"))
		wantText(t, "the form", shown, `value="user_deleted" checked`)
		wantText(t, "the form", shown, `name="useBasicAuth" value="on" checked`)
		if strings.Contains(shown.body, `name="enabled" value="on" checked`) {
			t.Error("the form says that the webhook is on")
		}
	})
}

func TestWhatIsWrongWithAWebhookStandsAtItsField(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	newHook(t, owner, "hook1")
	for field, value := range map[string]string{
		"name": "", "id": "with-hyphen", "webhookURL": "http://127.0.0.1/", "triggers": "user_exploded", "username": "not/alphanumeric", "password": "ö",
	} {
		fields := map[string]string{"name": "A", "id": "hook2", "webhookURL": "https://example.com", "triggers": "user_created", "useBasicAuth": "on", "username": "a", "password": "b"}
		fields[field] = value
		form := url.Values{}
		for name, value := range fields {
			form.Set(name, value)
		}
		got := owner.postForm(appPage("/webhooks"), form)
		wantStatus(t, field, got, http.StatusUnprocessableEntity)
		if part := regexp.MustCompile(`(?s)class="field wrong">.*?class="problems"`).FindString(got.body); !strings.Contains(part, `name="`+field+`"`) {
			t.Errorf("%s: what is wrong does not stand there: %s", field, part)
		}
	}
	taken := owner.post(appPage("/webhooks"), "id", "hook1", "name", "A", "webhookURL", "https://example.com", "triggers", "user_created")
	wantStatus(t, "an id that is taken", taken, http.StatusUnprocessableEntity)
	wantText(t, "an id that is taken", taken, `id="field-id-problems"`)
	wantText(t, "what was filled in", taken, `value="user_created" checked`)
}

func TestDeliveriesAreListedTestedAndReplayed(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	newHook(t, owner, "hook1")
	wantText(t, "before there is one", owner.get(appPage("/webhooks/hook1")), "No deliveries")
	wantStatus(t, "a test", owner.post(appPage("/webhooks/hook1/test")), http.StatusSeeOther)
	claimed, err := c.service.ClaimDeliveries(t.Context(), c.hook().Number, 9)
	if err != nil || len(claimed.Deliveries) != 1 {
		t.Fatalf("claimed %v, %v", claimed.Deliveries, err)
	}
	if _, err := c.service.FinishAttempt(t.Context(), claimed.Deliveries[0], identity.Outcome{Status: 503, Failure: identity.FailureStatus}); err != nil {
		t.Fatal(err)
	}
	log := owner.get(appPage("/webhooks/hook1"))
	for _, want := range []string{"webhook_test", "given up", "<code>503</code> status", `data-label="Attempts" class="number">1<`} {
		wantText(t, "the log", log, want)
	}
	wantText(t, "of another state", owner.get(appPage("/webhooks/hook1?state=delivered")), "No deliveries")
	wantText(t, "of its state", owner.get(appPage("/webhooks/hook1?state=given_up")), "webhook_test")
	replay := regexp.MustCompile(`/deliveries/\d+/replay`).FindString(log.body)
	wantStatus(t, "replay", owner.post(appPage("/webhooks/hook1"+replay)), http.StatusSeeOther)
	if _, total, _ := c.service.ListDeliveries(t.Context(), callerOf(t, c), "hook1", identity.DeliveryFilter{Page: identity.Page{Number: 1, Size: 9}}); total != 2 {
		t.Errorf("there are %d deliveries", total)
	}
	for range 25 {
		owner.post(appPage("/webhooks/hook1/test"))
	}
	wantText(t, "the second page", owner.get(appPage("/webhooks/hook1?page=2")), "26–27 of 27")
	for _, wrong := range []string{"/deliveries/999/replay", "/deliveries/x/replay"} {
		wantStatus(t, wrong, owner.post(appPage("/webhooks/hook1"+wrong)), http.StatusNotFound)
	}
	wantStatus(t, "a webhook that is not there", owner.get(appPage("/webhooks/nonsense")), http.StatusNotFound)

	owner.post(appPage("/webhooks/hook1/edit"), "name", "Back end", "webhookURL", "https://example.com")
	owner.post(appPage("/webhooks/hook1/test"))
	wantText(t, "a test of one that is off", owner.get(appPage("/webhooks/hook1")), "The webhook is disabled: enable it first.")
	owner.post(appPage("/webhooks/hook1/delete"), "confirmed", "back end")
	wantText(t, "delete without its name", owner.get(appPage("/webhooks/hook1")), "what you typed is not its name")
	wantStatus(t, "delete", owner.post(appPage("/webhooks/hook1/delete"), "confirmed", "Back end"), http.StatusSeeOther)
	wantStatus(t, "the deleted", owner.get(appPage("/webhooks/hook1")), http.StatusNotFound)
}

func TestAnAppHasNoMoreWebhooksThanItMay(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	for range identity.MaxWebhooks {
		newHook(t, owner, "")
	}
	if got := owner.get(appPage("/webhooks")); strings.Contains(got.body, "New webhook") || !strings.Contains(got.body, "as many as it may have") {
		t.Errorf("the list is %s", got.body)
	}
	wantStatus(t, "one more", owner.post(appPage("/webhooks"), "name", "A", "webhookURL", "https://example.com"), http.StatusForbidden)
}
