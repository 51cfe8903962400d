package sqlstore

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

func (t *transaction) User(app identity.AppID, uid identity.UID) (identity.User, error) {
	return scanUser(t.run.queryRow(t.ctx, userByUID+t.keyLock, app, uid))
}

func (t *transaction) SetBlock(blocker, blocked identity.User, on bool, at time.Time) (changed bool, err error) {
	if on {
		err = changedOne(t.run.exec(t.ctx,
			"INSERT INTO blocks (blocker_id, blocked_id, blocked_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", blocker.ID, blocked.ID, seconds(at)))
	} else {
		err = changedOne(t.run.exec(t.ctx, "DELETE FROM blocks WHERE blocker_id = ? AND blocked_id = ?", blocker.ID, blocked.ID))
	}
	if errors.Is(err, identity.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Two joins say how a user stands to a viewer, whose id fills both placeholders.
const (
	relationColumns = "coalesce(mine.blocked_at, 0), coalesce(theirs.blocked_at, 0)"
	relationJoins   = " LEFT JOIN blocks AS mine ON mine.blocker_id = ? AND mine.blocked_id = users.user_id" +
		" LEFT JOIN blocks AS theirs ON theirs.blocked_id = ? AND theirs.blocker_id = users.user_id"
)

func relation(mine, theirs int64) identity.Relation {
	return identity.Relation{BlockedAt: fromSeconds(mine), HasBlockedMe: theirs != 0}
}

func (r reader) Relations(ctx context.Context, viewer identity.User, users []identity.User) (map[int64]identity.Relation, error) {
	relations := map[int64]identity.Relation{}
	if len(users) == 0 {
		return relations, nil
	}
	values := []any{viewer.ID, viewer.ID}
	for _, user := range users {
		values = append(values, user.ID)
	}
	rows, err := r.run.queryOnce(ctx, "SELECT users.user_id, "+relationColumns+" FROM users"+relationJoins+
		" WHERE users.user_id IN ("+marks(len(users))+") AND (mine.blocked_at > 0 OR theirs.blocked_at > 0)", values...)
	_, err = all(rows, err, func(r row) (none struct{}, err error) {
		var id, mine, theirs int64
		if err := r.Scan(&id, &mine, &theirs); err != nil {
			return none, err
		}
		relations[id] = relation(mine, theirs)
		return none, nil
	})
	return relations, err
}

// The users whom a user blocks, and those who block it. The user's id fills each placeholder.
const (
	blockedByOne = "SELECT blocked_id AS user_id FROM blocks WHERE blocker_id = ?"
	blockersOf   = "SELECT blocker_id AS user_id FROM blocks WHERE blocked_id = ?"
	eitherBlock  = blockedByOne + " UNION " + blockersOf
)

func (r reader) Blocked(
	ctx context.Context, user identity.User, direction identity.BlockDirection, page identity.Page,
) ([]identity.BlockedUser, int, error) {
	near, values := blockedByOne, []any{user.ID}
	switch direction {
	case identity.BlockedByMe:
	case identity.HasBlockedMe:
		near = blockersOf
	case identity.BlockedEither:
		near, values = eitherBlock, append(values, user.ID)
	}
	// A cross join keeps SQLite from walking through all users in their order to look for the few.
	from := " FROM (" + near + ") AS near CROSS JOIN users" + relationJoins +
		" WHERE users.user_id = near.user_id AND users.app_id = ? AND users.deactivated_at = 0"
	values = append(values, user.ID, user.ID, user.AppID)
	var total int
	if err := r.run.queryRow(ctx, "SELECT count(*)"+from, values...).Scan(&total); err != nil {
		return nil, 0, err
	}
	rows, err := r.run.query(ctx, "SELECT "+userColumns+", "+relationColumns+from+" ORDER BY users.name_folded, users.uid LIMIT ? OFFSET ?",
		append(values, page.Size, page.Offset())...)
	blocked, err := all(rows, err, func(r row) (identity.BlockedUser, error) {
		var stored storedUser
		var mine, theirs int64
		if err := r.Scan(append(stored.fields(), &mine, &theirs)...); err != nil {
			return identity.BlockedUser{}, err
		}
		user, err := stored.result()
		return identity.BlockedUser{User: user, Relation: relation(mine, theirs)}, err
	})
	return blocked, total, err
}

// marks is a list of placeholders: ?, ?, ?.
func marks(count int) string { return strings.TrimSuffix(strings.Repeat("?, ", count), ", ") }
