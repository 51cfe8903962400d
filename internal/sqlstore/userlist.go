package sqlstore

import (
	"context"
	"slices"

	"github.com/usherhq/usher/internal/identity"
)

// Users lists by name and uid unless told otherwise. What a page costs must not grow with the app, so
// it is asked for in the way that reads least; how many users the app has and how many meet each
// condition tells which one that is (docs/adr/0005-user-counts.md).
func (r reader) Users(ctx context.Context, app identity.AppID, filter identity.UserFilter) ([]identity.User, int, error) {
	whole := countedUsers{filter: filter, choice: r.chooseUsers(app, filter)}
	var err error
	if whole.matching, err = r.countUsers(ctx, whole.choice); err != nil {
		return nil, 0, err
	}
	if filter.Online == nil && filter.SortBy != "" && filter.SortBy != "status" {
		users, err := r.userPage(ctx, whole, filter.Page.Offset(), filter.Page.Size)
		return users, whole.matching, err
	}
	here, err := r.onlineOf(ctx, whole)
	if err != nil {
		return nil, 0, err
	}
	// Who is offline is all the others. Two statements may see two moments.
	gone := countedUsers{filter: filter, choice: whole.choice.offline(), matching: max(whole.matching-here.matching, 0)}
	if filter.Online != nil {
		wanted := here
		if !*filter.Online {
			wanted = gone
		}
		users, err := r.userPage(ctx, wanted, filter.Page.Offset(), filter.Page.Size)
		return users, wanted.matching, err
	}
	// Sorted by status: those of one come before those of the other, each in the order of an index.
	first, then := here, gone
	if filter.Descending {
		first, then = then, first
	}
	users, err := r.userPage(ctx, first, filter.Page.Offset(), filter.Page.Size)
	if left := filter.Page.Size - len(users); err == nil && left > 0 {
		var rest []identity.User
		rest, err = r.userPage(ctx, then, max(filter.Page.Offset()-first.matching, 0), left)
		users = append(users, rest...)
	}
	return users, here.matching + gone.matching, err
}

// countedUsers is a choice of users, prepared by counting them, and how many match.
type countedUsers struct {
	filter   identity.UserFilter
	choice   *userChoice
	matching int
}

// userPage gives users from an offset on. A page behind the middle is walked to from the end of the list,
// which is nearer.
func (r reader) userPage(ctx context.Context, of countedUsers, offset, size int) ([]identity.User, error) {
	size = min(size, of.matching-offset)
	if size <= 0 {
		return nil, nil
	}
	filter, behind := of.filter, of.matching-offset-size
	backwards := behind < offset
	if backwards {
		filter.Descending, offset = !filter.Descending, behind
	}
	query := &statement{}
	query.add("SELECT " + userColumns)
	of.choice.from(query, offset+size, of.matching)
	query.add(" ORDER BY " + userOrder(filter))
	query.add(" LIMIT ? OFFSET ?", size, offset)
	rows, err := r.run.queryOnce(ctx, query.text(), query.values...)
	users, err := all(rows, err, scanUser)
	if backwards {
		slices.Reverse(users)
	}
	return users, err
}

// from says FROM where and WHERE of a page that ends at a row. There are three ways to it: along an index
// that has just the nearest users in the order of the list; through all of the nearest, to be sorted; or
// along an index with all users in that order, leaving out who does not match until the page is full.
func (c *userChoice) from(query *statement, end, matching int) {
	walk := len(c.conditions) == 0 || !c.conditions[0].inOrder && end*c.walked/max(matching, 1) < c.conditions[0].met
	if walk {
		// That no text comes before '' makes SQLite prefer the index that is in order.
		query.add(" FROM users WHERE " + c.first + " >= ''")
		query.and(c.every)
		c.others(query, 0)
	} else {
		c.fromNearest(query, c.conditions[0].inOrder)
	}
	if c.isOffline {
		query.add(" AND NOT EXISTS (SELECT 1 FROM online WHERE online.user_id = users.user_id)")
	}
	if c.viewer != nil {
		query.add(" AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ? AND blocked_id = users.user_id)", c.viewer.ID)
		query.add(" AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocked_id = ? AND blocker_id = users.user_id)", c.viewer.ID)
	}
}

// fromNearest says FROM where and WHERE, beginning at the users who meet the first condition.
func (c *userChoice) fromNearest(query *statement, directly bool) {
	parts := c.conditions[0].parts
	if directly && len(parts) == 1 && parts[0].ofUsers {
		query.add(" FROM "+parts[0].from.text, parts[0].from.values...)
	} else {
		// A cross join keeps SQLite from walking through all users to look for those.
		query.add(" FROM (")
		for i, part := range parts {
			if i > 0 {
				query.add(" UNION ALL ")
			}
			part.ids(query)
		}
		query.add(") AS near CROSS JOIN users WHERE users.user_id = near.user_id")
		// They do, all of them; but PostgreSQL would not know, and read the users of all apps.
		query.and(c.every)
	}
	c.others(query, 1)
}

// others adds the conditions from one on.
func (c *userChoice) others(query *statement, first int) {
	for _, condition := range c.conditions[first:] {
		query.and(condition.onRow)
	}
}

func userOrder(filter identity.UserFilter) string {
	direction := ""
	if filter.Descending {
		direction = " DESC"
	}
	if filter.SortBy == "uid" {
		return "users.uid" + direction
	}
	return "users.name_folded" + direction + ", users.uid" + direction
}
