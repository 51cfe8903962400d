package sqlstore

import (
	"errors"
	"fmt"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// dead is the lease of a server that was declared dead: it ends with the server's row, or when the server
// is heard of again and learns of it.
const dead = 0

func (t *transaction) LockPresence() error {
	// One row stands for who is online, as it does for the signing keys. PostgreSQL numbers a transaction
	// when it gets its first lock of a row, and so in the order in which they hold this one.
	var id int
	if err := t.run.queryRow(t.ctx, "SELECT id FROM installation"+t.rowLock).Scan(&id); err != nil {
		return fmt.Errorf("lock who is online: %w", found(err))
	}
	return nil
}

func (t *transaction) RenewNode(node string, until time.Time) (added bool, err error) {
	err = changedOne(t.run.exec(t.ctx, "UPDATE nodes SET lease_until = ? WHERE node_id = ? AND lease_until <> ?", until.UnixMilli(), node, dead))
	if !errors.Is(err, identity.ErrNotFound) {
		return false, err
	}
	_, err = t.run.exec(t.ctx, "INSERT INTO nodes (node_id, lease_until) VALUES (?, ?) ON CONFLICT (node_id) DO UPDATE SET lease_until = excluded.lease_until",
		node, until.UnixMilli())
	return true, err
}

func (t *transaction) LockDeadNode(now time.Time) (node string, err error) {
	// Whether the lease is over is asked twice: it may be renewed while this waits for the row.
	err = t.run.queryRow(t.ctx, "UPDATE nodes SET lease_until = ? WHERE lease_until <= ? AND node_id = "+
		"(SELECT node_id FROM nodes WHERE lease_until <= ? ORDER BY node_id LIMIT 1) RETURNING node_id",
		dead, now.UnixMilli(), now.UnixMilli()).Scan(&node)
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

func (t *transaction) SetOnline(user identity.User, node string, online bool, at time.Time) (changed bool, err error) {
	t.concerns(user.ID)
	// The user first: of two servers that count the others at once, one waits here for the other.
	if err := changedOne(t.run.exec(t.ctx, "UPDATE users SET last_active_at = ? WHERE user_id = ?", seconds(at), user.ID)); err != nil {
		return false, err
	}
	if online {
		err = changedOne(t.run.exec(t.ctx, "INSERT INTO online (user_id, node_id, app_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", user.ID, node, user.AppID))
	} else {
		err = changedOne(t.run.exec(t.ctx, "DELETE FROM online WHERE user_id = ? AND node_id = ?", user.ID, node))
	}
	if errors.Is(err, identity.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var others int
	err = t.run.queryRow(t.ctx, "SELECT count(*) FROM online WHERE user_id = ? AND node_id <> ?", user.ID, node).Scan(&others)
	return others == 0, err
}
