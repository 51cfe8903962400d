package sqlstore

import "github.com/usherhq/usher/internal/identity"

// PragmaOfWriter gives a setting of the connection that a change runs on; none of the promises of
// identity.Tx shows it.
func PragmaOfWriter(tx identity.Tx, name string) (value string, err error) {
	t := tx.(*transaction)
	err = t.run.queryRow(t.ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}
