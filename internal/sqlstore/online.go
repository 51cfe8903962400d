package sqlstore

import (
	"errors"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func (t *transaction) RenewNode(node string, until time.Time) (added bool, err error) {
	err = changedOne(t.run.exec(t.ctx, "UPDATE nodes SET lease_until = ? WHERE node_id = ?", until.UnixMilli(), node))
	if !errors.Is(err, identity.ErrNotFound) {
		return false, err
	}
	_, err = t.run.exec(t.ctx, "INSERT INTO nodes (node_id, lease_until) VALUES (?, ?)", node, until.UnixMilli())
	return true, err
}

func (t *transaction) LockDeadNode(now time.Time) (node string, err error) {
	err = t.run.queryRow(t.ctx, "SELECT node_id FROM nodes WHERE lease_until <= ? ORDER BY node_id LIMIT 1"+t.rowLock, now.UnixMilli()).Scan(&node)
	return node, found(err)
}

func (t *transaction) UsersAt(node string, limit int) ([]identity.User, error) {
	rows, err := t.run.query(t.ctx, "SELECT "+userColumns+" FROM users JOIN online AS here ON here.user_id = users.user_id "+
		"WHERE here.node_id = ? ORDER BY users.user_id LIMIT ?", node, limit)
	return all(rows, err, scanUser)
}

func (t *transaction) DeleteNode(node string) error {
	return changedOne(t.run.exec(t.ctx, "DELETE FROM nodes WHERE node_id = ?", node))
}

func (t *transaction) SetOnline(user identity.User, node string, online bool, at time.Time) (others int, err error) {
	t.concerns(user.ID)
	// The user first: of two servers that count the others at once, one waits here for the other.
	if err := changedOne(t.run.exec(t.ctx, "UPDATE users SET last_active_at = ? WHERE user_id = ?", seconds(at), user.ID)); err != nil {
		return 0, err
	}
	if online {
		_, err = t.run.exec(t.ctx, "INSERT INTO online (user_id, node_id, app_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", user.ID, node, user.AppID)
	} else {
		_, err = t.run.exec(t.ctx, "DELETE FROM online WHERE user_id = ? AND node_id = ?", user.ID, node)
	}
	if err != nil {
		return 0, err
	}
	err = t.run.queryRow(t.ctx, "SELECT count(*) FROM online WHERE user_id = ? AND node_id <> ?", user.ID, node).Scan(&others)
	return others, err
}
