package sqlstore

import (
	"context"
	"iter"

	"github.com/usherhq/usher/internal/identity"
)

// AllUsers is one statement, read as it goes: both engines let a statement see one moment, however
// long it is read, and neither holds the rows that are still to come in this process.
func (r reader) AllUsers(ctx context.Context, app identity.AppID) iter.Seq2[identity.User, error] {
	return func(yield func(identity.User, error) bool) {
		rows, err := r.run.query(ctx, "SELECT "+userColumns+" FROM users WHERE app_id = ? ORDER BY uid", app)
		if err != nil {
			yield(identity.User{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			user, err := scanUser(rows)
			if !yield(user, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(identity.User{}, err)
		}
	}
}
