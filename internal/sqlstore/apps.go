package sqlstore

import (
	"context"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const appColumns = "apps.app_id, apps.name, apps.region, apps.logout_revokes, apps.token_life, apps.auth_only_access, apps.binds_devices, " +
	"apps.created_at, apps.updated_at, apps.delete_at"

// storedApp is a row of apps on its way out.
type storedApp struct {
	app                                         identity.App
	life, binds, createdAt, updatedAt, deleteAt int64
}

func (s *storedApp) fields() []any {
	a := &s.app
	return []any{&a.ID, &a.Name, &a.Region, &a.LogoutRevokes, &s.life, &a.AuthOnlyAccess, &s.binds, &s.createdAt, &s.updatedAt, &s.deleteAt}
}

func (s *storedApp) result() identity.App {
	app := s.app
	app.TokenLife = time.Duration(s.life) * time.Second
	app.BindsDevices = s.binds != 0
	app.CreatedAt, app.UpdatedAt, app.DeleteAt = fromSeconds(s.createdAt), fromSeconds(s.updatedAt), fromSeconds(s.deleteAt)
	return app
}

func scanApp(r row) (identity.App, error) {
	var stored storedApp
	if err := r.Scan(stored.fields()...); err != nil {
		return identity.App{}, found(err)
	}
	return stored.result(), nil
}

const appByID = "SELECT " + appColumns + " FROM apps WHERE app_id = ?"

func (r reader) App(ctx context.Context, id identity.AppID) (identity.App, error) {
	return scanApp(r.run.queryRow(ctx, appByID, id))
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

func (r reader) Apps(ctx context.Context, filter identity.AppFilter) ([]identity.App, int, error) {
	where, values := " WHERE delete_at = 0", []any{}
	if filter.Archived {
		where = " WHERE delete_at > 0"
	}
	if filter.SearchKey != "" {
		where += " AND (app_id LIKE ? ESCAPE '\\' OR lower(name) LIKE ? ESCAPE '\\')"
		values = append(values, containing(filter.SearchKey), containing(filter.SearchKey))
	}
	var total int
	if err := r.run.queryRow(ctx, "SELECT count(*) FROM apps"+where, values...).Scan(&total); err != nil {
		return nil, 0, err
	}
	rows, err := r.run.query(ctx, "SELECT "+appColumns+" FROM apps"+where+" ORDER BY app_id LIMIT ? OFFSET ?",
		append(values, filter.Page.Size, filter.Page.Offset())...)
	apps, err := all(rows, err, scanApp)
	return apps, total, err
}

// containing is the LIKE pattern for a text that holds what was searched. Only A to Z lose their case,
// as in what lower() gives on both engines.
func containing(text string) string {
	lower := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, text)
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(lower) + "%"
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
	if err := t.writeEvents(); err != nil {
		return err
	}
	var id string
	return added(t.run.queryRow(t.ctx,
		"INSERT INTO apps (app_id, name, region, logout_revokes, token_life, auth_only_access, binds_devices, created_at, updated_at, delete_at, events_after) "+
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(event_id), 0) FROM events)) ON CONFLICT DO NOTHING RETURNING app_id",
		app.ID, app.Name, app.Region, app.LogoutRevokes, int64(app.TokenLife/time.Second), app.AuthOnlyAccess, number01(app.BindsDevices),
		seconds(app.CreatedAt), seconds(app.UpdatedAt), seconds(app.DeleteAt),
	).Scan(&id))
}

func (t *transaction) LockApp(id identity.AppID) (identity.App, error) {
	return scanApp(t.run.queryRow(t.ctx, appByID+t.rowLock, id))
}

func (t *transaction) SaveApp(app identity.App) error {
	t.concernsAll()
	return changedOne(t.run.exec(t.ctx,
		"UPDATE apps SET name = ?, logout_revokes = ?, token_life = ?, auth_only_access = ?, binds_devices = ?, updated_at = ?, delete_at = ? WHERE app_id = ?",
		app.Name, app.LogoutRevokes, int64(app.TokenLife/time.Second), app.AuthOnlyAccess, number01(app.BindsDevices), seconds(app.UpdatedAt), seconds(app.DeleteAt), app.ID))
}

func (t *transaction) DeleteApps(now time.Time) ([]identity.AppID, error) {
	rows, err := t.run.query(t.ctx, "DELETE FROM apps WHERE delete_at > 0 AND delete_at <= ? RETURNING app_id", seconds(now))
	ids, err := all(rows, err, func(r row) (identity.AppID, error) {
		var id identity.AppID
		err := r.Scan(&id)
		return id, err
	})
	if len(ids) > 0 {
		t.concernsAll()
	}
	return ids, err
}

// number01 is how a switch is kept, which the engines have no common type for.
func number01(on bool) int64 {
	if on {
		return 1
	}
	return 0
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
