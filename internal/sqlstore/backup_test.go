package sqlstore_test

import (
	"database/sql"
	"maps"
	"path/filepath"
	"testing"

	"github.com/usherhq/usher/internal/sqlstore"
)

// insertEvents writes events of 20 KB each, in one commit.
const insertEvents = `WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)
	INSERT INTO events (at, app_id, kind, uid, subject, actor, address) SELECT n, 'acme', 'user_created', '', printf('%.*c', 20000, 'x'), 'operator', '' FROM counted`

func TestABackupIsOfOneMomentHoweverLongItTakes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "usher.db")
	open(t, "sqlite:"+path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write := func(count int) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), insertEvents, count); err != nil {
			t.Fatal(err)
		}
	}
	// Some 12 MB, of which 4 are copied at once.
	const before = 600
	write(before)
	file := filepath.Join(t.TempDir(), "backup.db")
	meanwhile := 0
	taken, err := sqlstore.Backup(t.Context(), "sqlite:"+path, file, func(done, whole int) {
		if done < whole && meanwhile < 5 {
			write(10)
			meanwhile++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if meanwhile < 2 {
		t.Fatalf("it was written to %d times meanwhile: that proves nothing", meanwhile)
	}
	found, err := sqlstore.Verify(t.Context(), file, keys)
	if err != nil {
		t.Fatal(err)
	}
	if found.Rows["events"] != before || found.Version != taken.Version || !maps.Equal(found.Rows, taken.Rows) {
		t.Errorf("the copy holds %v, and the database held %v", found, taken)
	}
}
