package sqlstore

import (
	"context"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const appColumns = "apps.app_id, apps.region, apps.logout_revokes, apps.created_at"

func appFields(app *identity.App, createdAt *int64) []any {
	return []any{&app.ID, &app.Region, &app.LogoutRevokes, createdAt}
}

func scanApp(r row) (identity.App, error) {
	var app identity.App
	var createdAt int64
	if err := r.Scan(appFields(&app, &createdAt)...); err != nil {
		return identity.App{}, found(err)
	}
	app.CreatedAt = fromSeconds(createdAt)
	return app, nil
}

func (r reader) App(ctx context.Context, id identity.AppID) (identity.App, error) {
	return scanApp(r.run.queryRow(ctx, "SELECT "+appColumns+" FROM apps WHERE app_id = ?", id))
}

func (r reader) OnlyApp(ctx context.Context) (identity.App, error) {
	rows, err := r.run.query(ctx, "SELECT "+appColumns+" FROM apps LIMIT 2")
	apps, err := all(rows, err, scanApp)
	if err != nil {
		return identity.App{}, err
	}
	if len(apps) != 1 {
		return identity.App{}, identity.ErrNotFound
	}
	return apps[0], nil
}

func (r reader) APIKey(ctx context.Context, app identity.AppID, value identity.Secret) (identity.APIKey, error) {
	key := identity.APIKey{AppID: app, Value: value}
	var createdAt int64
	err := r.run.queryRow(ctx,
		"SELECT key_id, name, scope, created_by, created_at FROM api_keys WHERE app_id = ? AND value = ?", app, string(value),
	).Scan(&key.ID, &key.Name, &key.Scope, &key.CreatedBy, &createdAt)
	key.CreatedAt = fromSeconds(createdAt)
	return key, found(err)
}

func (t *transaction) ClaimFirstApp(id identity.AppID) (bool, error) {
	result, err := t.run.exec(t.ctx, "INSERT INTO installation (id, first_app) VALUES (1, ?) ON CONFLICT DO NOTHING", id)
	if err != nil {
		return false, err
	}
	claimed, err := result.RowsAffected()
	return claimed == 1, err
}

func (t *transaction) AddApp(app identity.App) error {
	var id string
	return added(t.run.queryRow(t.ctx,
		"INSERT INTO apps (app_id, region, logout_revokes, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING app_id",
		app.ID, app.Region, app.LogoutRevokes, seconds(app.CreatedAt),
	).Scan(&id))
}

func (t *transaction) AddAPIKey(key identity.APIKey) (identity.APIKey, error) {
	err := t.run.queryRow(t.ctx,
		"INSERT INTO api_keys (app_id, value, name, scope, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING key_id",
		key.AppID, string(key.Value), key.Name, key.Scope, key.CreatedBy, seconds(key.CreatedAt),
	).Scan(&key.ID)
	return key, added(err)
}

// seconds is how a time is kept: unix seconds, 0 for none.
func seconds(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}

func fromSeconds(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.Unix(at, 0).UTC()
}
