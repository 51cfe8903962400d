package sqlstore

import (
	"context"
	"strings"

	"github.com/usherhq/usher/internal/identity"
)

// userQuery is the WHERE of a user list, as it is put together from a filter.
type userQuery struct {
	conditions []string
	values     []any
}

func (q *userQuery) and(condition string, values ...any) {
	q.conditions = append(q.conditions, condition)
	q.values = append(q.values, values...)
}

func (q *userQuery) text() string { return " FROM users WHERE " + strings.Join(q.conditions, " AND ") }

// Users lists by name and uid unless told otherwise; each order has its index.
func (r reader) Users(ctx context.Context, app identity.AppID, filter identity.UserFilter) ([]identity.User, int, error) {
	query := chooseUsers(app, filter)
	rows, err := r.run.queryOnce(ctx, "SELECT count(*)"+query.text(), query.values...)
	counts, err := all(rows, err, scanCount)
	if err != nil {
		return nil, 0, err
	}
	rows, err = r.run.queryOnce(ctx, "SELECT "+userColumns+query.text()+" ORDER BY "+userOrder(filter)+" LIMIT ? OFFSET ?",
		append(query.values, filter.Page.Size, filter.Page.Offset())...)
	users, err := all(rows, err, scanUser)
	return users, counts[0], err
}

func chooseUsers(app identity.AppID, filter identity.UserFilter) *userQuery {
	query := &userQuery{}
	query.and("users.app_id = ?", app)
	switch filter.Activity {
	case identity.ActiveOnly:
		query.and("users.deactivated_at = 0")
	case identity.DeactivatedOnly:
		query.and("users.deactivated_at > 0")
	case identity.AnyActivity:
	}
	if filter.Online != nil && *filter.Online {
		// Presence comes with the realtime gateway; without sockets nobody is online.
		query.and("1 = 0")
	}
	if filter.SearchKey != "" {
		query.andSearch(filter)
	}
	if len(filter.Roles) > 0 {
		query.and("users.role IN ("+marks(len(filter.Roles))+")", anys(filter.Roles)...)
	}
	if len(filter.UIDs) > 0 {
		query.and("users.uid IN ("+marks(len(filter.UIDs))+")", anys(filter.UIDs)...)
	}
	if len(filter.Tags) > 0 {
		query.and("users.user_id IN (SELECT user_id FROM user_tags WHERE app_id = ? AND tag IN ("+marks(len(filter.Tags))+"))",
			append([]any{app}, anys(filter.Tags)...)...)
	}
	if viewer := filter.HideBlockedFor; viewer != nil {
		query.and("NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ? AND blocked_id = users.user_id) AND "+
			"NOT EXISTS (SELECT 1 FROM blocks WHERE blocked_id = ? AND blocker_id = users.user_id)", viewer.ID, viewer.ID)
	}
	return query
}

// andSearch compares beginnings as ranges, which an index can serve on both engines.
func (q *userQuery) andSearch(filter identity.UserFilter) {
	var either []string
	var values []any
	both := !filter.SearchUID && !filter.SearchName
	for _, column := range []struct {
		name   string
		wanted bool
	}{{"users.uid", filter.SearchUID}, {"users.name_folded", filter.SearchName}} {
		if column.wanted || both {
			begin := foldName(filter.SearchKey)
			either = append(either, "("+column.name+" >= ? AND "+column.name+" < ?)")
			// No text begins with the last code point, so what begins with the key comes before this.
			values = append(values, begin, begin+"\U0010FFFF")
		}
	}
	q.and("("+strings.Join(either, " OR ")+")", values...)
}

func userOrder(filter identity.UserFilter) string {
	columns := []string{"users.name_folded", "users.uid"}
	if filter.SortBy == "uid" {
		columns = columns[1:]
	}
	if filter.Descending {
		return strings.Join(columns, " DESC, ") + " DESC"
	}
	return strings.Join(columns, ", ")
}

// anys makes values of texts.
func anys[T ~string](texts []T) []any {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = string(text)
	}
	return values
}
