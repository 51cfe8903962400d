package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/usherhq/usher/internal/identity"
)

const roleColumns = "app_id, role, name, description, metadata, settings, created_at, updated_at"

func scanRole(r row) (identity.Role, error) {
	var role identity.Role
	var metadata, settings string
	var createdAt, updatedAt int64
	err := r.Scan(&role.AppID, &role.ID, &role.Name, &role.Description, &metadata, &settings, &createdAt, &updatedAt)
	if err != nil {
		return identity.Role{}, found(err)
	}
	role.CreatedAt, role.UpdatedAt = fromSeconds(createdAt), fromSeconds(updatedAt)
	if metadata != "" {
		role.Metadata = json.RawMessage(metadata)
	}
	if settings != "" {
		var stored storedSettings
		if err := json.Unmarshal([]byte(settings), &stored); err != nil {
			return identity.Role{}, fmt.Errorf("settings of role %s: %w", role.ID, err)
		}
		role.Settings, role.Restricted = stored.RoleSettings, stored.Restricted
	}
	return role, nil
}

// storedSettings is what a role may do, as it is kept.
type storedSettings struct {
	identity.RoleSettings
	Restricted []string `json:"restrictedFeatures,omitempty"`
}

const roleByID = "SELECT " + roleColumns + " FROM roles WHERE app_id = ? AND role = ?"

func (r reader) Role(ctx context.Context, app identity.AppID, id string) (identity.Role, error) {
	return scanRole(r.run.queryRow(ctx, roleByID, app, id))
}

func (r reader) Roles(ctx context.Context, app identity.AppID, page identity.Page) ([]identity.Role, int, error) {
	var total int
	if err := r.run.queryRow(ctx, countRoles, app).Scan(&total); err != nil {
		return nil, 0, err
	}
	rows, err := r.run.query(ctx, "SELECT "+roleColumns+" FROM roles WHERE app_id = ? ORDER BY role LIMIT ? OFFSET ?",
		app, page.Size, page.Offset())
	roles, err := all(rows, err, scanRole)
	return roles, total, err
}

const countRoles = "SELECT count(*) FROM roles WHERE app_id = ?"

func (t *transaction) Role(app identity.AppID, id string) (identity.Role, error) {
	return scanRole(t.run.queryRow(t.ctx, roleByID+t.keyLock, app, id))
}

func (t *transaction) CountRoles(app identity.AppID) (count int, err error) {
	err = t.run.queryRow(t.ctx, countRoles, app).Scan(&count)
	return count, err
}

func (t *transaction) AddRole(role identity.Role) error {
	settings, err := json.Marshal(storedSettings{role.Settings, role.Restricted})
	if err != nil {
		return err
	}
	_, err = t.run.exec(t.ctx,
		"INSERT INTO roles (app_id, role, name, description, metadata, settings, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		role.AppID, role.ID, role.Name, role.Description, string(role.Metadata), string(settings),
		seconds(role.CreatedAt), seconds(role.UpdatedAt))
	return err
}

func (t *transaction) SaveRole(role identity.Role) error {
	settings, err := json.Marshal(storedSettings{role.Settings, role.Restricted})
	if err != nil {
		return err
	}
	return changedOne(t.run.exec(t.ctx,
		"UPDATE roles SET name = ?, description = ?, metadata = ?, settings = ?, updated_at = ? WHERE app_id = ? AND role = ?",
		role.Name, role.Description, string(role.Metadata), string(settings), seconds(role.UpdatedAt), role.AppID, role.ID))
}

func (t *transaction) DeleteRole(app identity.AppID, id string) error {
	if err := changedOne(t.run.exec(t.ctx, "DELETE FROM roles WHERE app_id = ? AND role = ?", app, id)); err != nil {
		return err
	}
	t.concernsAll()
	_, err := t.run.exec(t.ctx, "UPDATE users SET role = ? WHERE app_id = ? AND role = ?", identity.DefaultRole, app, id)
	return err
}
