package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/usherhq/usher/internal/identity"
)

const userColumns = "users.user_id, users.app_id, users.uid, users.name, users.avatar, users.link, users.role, " +
	"users.status_message, users.metadata, users.tags, " +
	"users.created_at, users.updated_at, users.last_active_at, users.deactivated_at, " +
	"EXISTS (SELECT 1 FROM online WHERE online.user_id = users.user_id)"

// storedUser is a row of users on its way in or out.
type storedUser struct {
	user                                              identity.User
	metadata, tags                                    string
	createdAt, updatedAt, lastActiveAt, deactivatedAt int64
}

func (s *storedUser) fields() []any {
	u := &s.user
	return []any{
		&u.ID, &u.AppID, &u.UID, &u.Name, &u.Avatar, &u.Link, &u.Role, &u.StatusMessage, &s.metadata, &s.tags,
		&s.createdAt, &s.updatedAt, &s.lastActiveAt, &s.deactivatedAt, &u.Online,
	}
}

func (s *storedUser) result() (identity.User, error) {
	user := s.user
	user.CreatedAt, user.UpdatedAt = fromSeconds(s.createdAt), fromSeconds(s.updatedAt)
	user.LastActiveAt, user.DeactivatedAt = fromSeconds(s.lastActiveAt), fromSeconds(s.deactivatedAt)
	if s.metadata != "" {
		user.Metadata = json.RawMessage(s.metadata)
	}
	if s.tags != "" {
		if err := json.Unmarshal([]byte(s.tags), &user.Tags); err != nil {
			return identity.User{}, fmt.Errorf("tags of user %d: %w", user.ID, err)
		}
	}
	return user, nil
}

func scanUser(r row) (identity.User, error) {
	var stored storedUser
	if err := r.Scan(stored.fields()...); err != nil {
		return identity.User{}, found(err)
	}
	return stored.result()
}

// tagsText is how tags are kept: a JSON array, or nothing.
func tagsText(tags []string) (string, error) {
	if len(tags) == 0 {
		return "", nil
	}
	text, err := json.Marshal(tags)
	return string(text), err
}

const userByUID = "SELECT " + userColumns + " FROM users WHERE app_id = ? AND uid = ?"

func (r reader) User(ctx context.Context, app identity.AppID, uid identity.UID) (identity.User, error) {
	return scanUser(r.run.queryRow(ctx, userByUID, app, uid))
}

func (t *transaction) LockUser(app identity.AppID, uid identity.UID) (identity.User, error) {
	return scanUser(t.run.queryRow(t.ctx, userByUID+t.rowLock, app, uid))
}

func (t *transaction) LockOwner(app identity.AppID, uid identity.UID) (identity.User, error) {
	user := identity.User{AppID: app, UID: uid}
	var known bool
	if user.ID, known = t.known.id(app, uid); known {
		return user, nil
	}
	var deactivatedAt int64
	err := t.run.queryRow(t.ctx, "SELECT user_id, deactivated_at FROM users WHERE app_id = ? AND uid = ?"+t.rowLock, app, uid).
		Scan(&user.ID, &deactivatedAt)
	if err != nil {
		return identity.User{}, found(err)
	}
	user.DeactivatedAt = fromSeconds(deactivatedAt)
	t.known.meet(user)
	return user, nil
}

func (t *transaction) AddUser(user identity.User) (identity.User, error) {
	tags, err := tagsText(user.Tags)
	if err != nil {
		return identity.User{}, err
	}
	err = t.run.queryRow(t.ctx,
		"INSERT INTO users (app_id, uid, name, name_folded, avatar, link, role, status_message, metadata, tags, "+
			"created_at, updated_at, last_active_at, deactivated_at) "+
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING user_id",
		user.AppID, user.UID, user.Name, foldName(user.Name), user.Avatar, user.Link, user.Role, user.StatusMessage, string(user.Metadata), tags,
		seconds(user.CreatedAt), seconds(user.UpdatedAt), seconds(user.LastActiveAt), seconds(user.DeactivatedAt),
	).Scan(&user.ID)
	if err != nil {
		return identity.User{}, added(err)
	}
	t.known.meet(user)
	t.known.hasTokens(user.ID, 0)
	return user, t.addTags(user)
}

// addTags writes the tags once more, one row each, where lists look for them, with what these ask
// of a user besides.
func (t *transaction) addTags(user identity.User) error {
	for _, tag := range user.Tags {
		_, err := t.run.exec(t.ctx, "INSERT INTO user_tags (user_id, app_id, tag, deactivated_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			user.ID, user.AppID, tag, seconds(user.DeactivatedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// foldName is a name as searching and sorting see it.
func foldName(name string) string { return strings.ToLower(name) }

func (t *transaction) SaveUser(user identity.User) error {
	t.concerns(user.ID)
	tags, err := tagsText(user.Tags)
	if err != nil {
		return err
	}
	err = changedOne(t.run.exec(t.ctx,
		"UPDATE users SET name = ?, name_folded = ?, avatar = ?, link = ?, role = ?, status_message = ?, metadata = ?, tags = ?, "+
			"updated_at = ?, last_active_at = ?, deactivated_at = ? WHERE user_id = ?",
		user.Name, foldName(user.Name), user.Avatar, user.Link, user.Role, user.StatusMessage, string(user.Metadata), tags,
		seconds(user.UpdatedAt), seconds(user.LastActiveAt), seconds(user.DeactivatedAt), user.ID))
	if err != nil {
		return err
	}
	// What stays is left alone: a tag that comes or goes makes totals of lists be counted anew.
	outdated, values := "", []any{user.ID}
	if len(user.Tags) > 0 {
		outdated = " AND NOT (tag IN (" + marks(len(user.Tags)) + ") AND deactivated_at = ?)"
		values = append(append(values, anys(user.Tags)...), seconds(user.DeactivatedAt))
	}
	if _, err := t.run.exec(t.ctx, "DELETE FROM user_tags WHERE user_id = ?"+outdated, values...); err != nil {
		return err
	}
	return t.addTags(user)
}

func (t *transaction) DeleteUser(user identity.User) error {
	t.concerns(user.ID)
	return changedOne(t.run.exec(t.ctx, "DELETE FROM users WHERE user_id = ?", user.ID))
}

func (t *transaction) TouchUser(user identity.User) error {
	t.concerns(user.ID)
	return changedOne(t.run.exec(t.ctx, "UPDATE users SET last_active_at = ? WHERE user_id = ? AND deactivated_at = 0", seconds(user.LastActiveAt), user.ID))
}
