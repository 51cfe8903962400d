package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

const webhookColumns = "webhook_number, app_id, webhook_id, name, url, triggers, uses_basic_auth, username, fingerprint, sealed, " +
	"enabled, retries, position, created_at, updated_at"

// webhookSecrets is what the seal of a webhook holds, as JSON.
type webhookSecrets struct {
	Secret   string `json:"secret"`
	Password string `json:"password,omitempty"`
}

// storedWebhook is a row of webhooks, its secrets still sealed.
type storedWebhook struct {
	webhook identity.Webhook
	stored  sealedCredential
}

func scanWebhook(r row) (storedWebhook, error) {
	var webhook identity.Webhook
	var stored sealedCredential
	var triggers string
	var basic, enabled, retries, createdAt, updatedAt int64
	err := r.Scan(&webhook.Number, &webhook.AppID, &webhook.ID, &webhook.Name, &webhook.URL, &triggers, &basic, &webhook.Username,
		&stored.fingerprint, &stored.sealed, &enabled, &retries, &webhook.Position, &createdAt, &updatedAt)
	if err != nil {
		return storedWebhook{}, found(err)
	}
	if triggers != "" {
		for trigger := range strings.SplitSeq(triggers, ",") {
			webhook.Triggers = append(webhook.Triggers, identity.Trigger(trigger))
		}
	}
	webhook.UsesBasicAuth, webhook.Enabled, webhook.Retries = basic == 1, enabled == 1, retries == 1
	webhook.CreatedAt, webhook.UpdatedAt = fromSeconds(createdAt), fromSeconds(updatedAt)
	return storedWebhook{webhook, stored}, nil
}

// openWebhook reads a webhook with its secrets.
func openWebhook(keys *vault.Vault) func(row) (identity.Webhook, error) {
	return func(r row) (identity.Webhook, error) {
		found, err := scanWebhook(r)
		if err != nil {
			return identity.Webhook{}, err
		}
		text, err := found.stored.open(keys, vault.PurposeWebhook)
		if err != nil {
			return identity.Webhook{}, err
		}
		var secrets webhookSecrets
		if err := json.Unmarshal([]byte(text), &secrets); err != nil {
			return identity.Webhook{}, fmt.Errorf("the secrets of the webhook %d are no JSON object", found.webhook.Number)
		}
		found.webhook.Secret, found.webhook.Password = identity.Secret(secrets.Secret), identity.Secret(secrets.Password)
		return found.webhook, nil
	}
}

func sealWebhook(keys *vault.Vault, webhook identity.Webhook) (sealedCredential, error) {
	text, err := json.Marshal(webhookSecrets{string(webhook.Secret), string(webhook.Password)}) //nolint:gosec // to be sealed
	if err != nil {
		return sealedCredential{}, err
	}
	return seal(keys, vault.PurposeWebhook, string(text))
}

// joinTriggers is how triggers are kept; none has a comma in it.
func joinTriggers(triggers []identity.Trigger) string {
	words := make([]string, len(triggers))
	for i, trigger := range triggers {
		words[i] = string(trigger)
	}
	return strings.Join(words, ",")
}

// yes is how a yes or no is kept where both engines shall have one word for it.
func yes(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

func (r reader) Webhook(ctx context.Context, app identity.AppID, id string) (identity.Webhook, error) {
	return openWebhook(r.keys)(r.run.queryRow(ctx, "SELECT "+webhookColumns+" FROM webhooks WHERE app_id = ? AND webhook_id = ?", app, id))
}

func (r reader) Webhooks(ctx context.Context, app identity.AppID, page identity.Page) ([]identity.Webhook, int, error) {
	total, err := scanCount(r.run.queryRow(ctx, "SELECT count(*) FROM webhooks WHERE app_id = ?", app))
	if err != nil {
		return nil, 0, err
	}
	rows, err := r.run.query(ctx, "SELECT "+webhookColumns+" FROM webhooks WHERE app_id = ? ORDER BY webhook_number LIMIT ? OFFSET ?",
		app, page.Size, page.Offset())
	webhooks, err := all(rows, err, openWebhook(r.keys))
	return webhooks, total, err
}

func (r reader) EnabledWebhooks(ctx context.Context) ([]identity.Webhook, error) {
	rows, err := r.run.query(ctx, "SELECT "+webhookColumns+" FROM webhooks WHERE enabled = 1 ORDER BY webhook_number")
	return all(rows, err, func(r row) (identity.Webhook, error) {
		found, err := scanWebhook(r)
		return found.webhook, err
	})
}

func (r reader) EventsOfApp(
	ctx context.Context, app identity.AppID, after, through int64, kinds []identity.EventKind, limit int,
) ([]identity.Event, error) {
	values := slices.Concat([]any{app}, times(r.events.after, after), times(r.events.through, through), anys(kinds), []any{limit})
	rows, err := r.run.query(ctx, "SELECT "+eventColumns+" FROM events WHERE app_id = ? AND "+r.events.after+" AND "+r.events.through+
		" AND kind IN ("+marks(len(kinds))+") ORDER BY "+r.events.order+" LIMIT ?", values...)
	return all(rows, err, scanEvent)
}

func (t *transaction) CountWebhooks(app identity.AppID) (int, error) {
	return scanCount(t.run.queryRow(t.ctx, "SELECT count(*) FROM webhooks WHERE app_id = ?", app))
}

func (t *transaction) AddWebhook(webhook identity.Webhook) (identity.Webhook, error) {
	stored, err := sealWebhook(t.keys, webhook)
	if err != nil {
		return identity.Webhook{}, err
	}
	err = t.run.queryRow(t.ctx, "INSERT INTO webhooks (app_id, webhook_id, name, url, triggers, uses_basic_auth, username, fingerprint, sealed, "+
		"enabled, retries, position, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT DO NOTHING RETURNING webhook_number",
		webhook.AppID, webhook.ID, webhook.Name, webhook.URL, joinTriggers(webhook.Triggers), yes(webhook.UsesBasicAuth), webhook.Username,
		stored.fingerprint, stored.sealed, yes(webhook.Enabled), yes(webhook.Retries), webhook.Position,
		seconds(webhook.CreatedAt), seconds(webhook.UpdatedAt)).Scan(&webhook.Number)
	return webhook, added(err)
}

func (t *transaction) LockWebhook(number int64) (identity.Webhook, error) {
	return openWebhook(t.keys)(t.run.queryRow(t.ctx, "SELECT "+webhookColumns+" FROM webhooks WHERE webhook_number = ?"+t.rowLock, number))
}

func (t *transaction) SaveWebhook(webhook identity.Webhook) error {
	stored, err := sealWebhook(t.keys, webhook)
	if err != nil {
		return err
	}
	return changedOne(t.run.exec(t.ctx, "UPDATE webhooks SET name = ?, url = ?, triggers = ?, uses_basic_auth = ?, username = ?, "+
		"fingerprint = ?, sealed = ?, enabled = ?, retries = ?, position = ?, updated_at = ? WHERE webhook_number = ?",
		webhook.Name, webhook.URL, joinTriggers(webhook.Triggers), yes(webhook.UsesBasicAuth), webhook.Username,
		stored.fingerprint, stored.sealed, yes(webhook.Enabled), yes(webhook.Retries), webhook.Position, seconds(webhook.UpdatedAt), webhook.Number))
}

func (t *transaction) MoveWebhook(number, position int64) error {
	return changedOne(t.run.exec(t.ctx, "UPDATE webhooks SET position = ? WHERE webhook_number = ?", position, number))
}

func (t *transaction) DeleteWebhook(number int64) error {
	return changedOne(t.run.exec(t.ctx, "DELETE FROM webhooks WHERE webhook_number = ?", number))
}
