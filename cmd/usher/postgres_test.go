package main

import (
	"strings"
	"testing"
)

func TestCommandsWorkBesideServersOnPostgreSQL(t *testing.T) {
	t.Parallel()
	data := onPostgres(t)
	where := []string{"--database=" + data.Database, "--keyset=" + data.Keyset}
	folder := t.TempDir()
	running := start(t, folder, append(where, "--rest-key="+testKey)...)
	usher := func(want string, arguments ...string) {
		t.Helper()
		out, err := run(t, folder, append(arguments, where...)...)
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("usher %s: %v, %s", strings.Join(arguments, " "), err, out)
		}
		if strings.Contains(out, data.Database) {
			t.Errorf("usher %s shows the address of the database", strings.Join(arguments, " "))
		}
	}
	usher("directly on the PostgreSQL database", "users", "create", "mina", "Mina")
	usher("mina ", "users", "list", "--search=mina")
	usher("signs from now on", "jwt-keys", "rotate", "--now")
	usher("user_created", "events", "list")
	usher("ok    database       PostgreSQL answers", "doctor", "--public-url="+running.url)
	usher("ok    clock          agrees with the database's", "doctor", "--public-url="+running.url)
	if out, err := run(t, folder, append([]string{"doctor", "--public-url=" + running.url, where[0]}, "--keyset="+folder+"/none.json")...); err == nil || !strings.Contains(out, "there is no keyset") {
		t.Errorf("doctor without a keyset: %v, %s", err, out)
	}
}
