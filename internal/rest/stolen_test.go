package rest_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
)

// copyOfDatabase is what a thief of a backup has: the files of SQLite, or a dump of PostgreSQL.
func (a *api) copyOfDatabase() string {
	a.t.Helper()
	if path, isFile := strings.CutPrefix(a.address, "sqlite:"); isFile {
		var all strings.Builder
		files, err := filepath.Glob(path + "*")
		if err != nil {
			a.t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				a.t.Fatal(err)
			}
			all.Write(content)
		}
		return all.String()
	}
	address, err := url.Parse(a.address)
	if err != nil {
		a.t.Fatal("the address of the database is no URL")
	}
	schema := address.Query().Get("search_path")
	program, found := findPgDump()
	if !found {
		return a.copyOfTables(schema)
	}
	query := address.Query()
	query.Del("search_path")
	address.RawQuery = query.Encode()
	dump := exec.CommandContext(a.t.Context(), program, "--schema="+schema, "--dbname="+address.String())
	var complaints strings.Builder
	dump.Stderr = &complaints
	text, err := dump.Output()
	if err != nil {
		a.t.Fatalf("pg_dump: %v\n%s", err, &complaints)
	}
	return string(text)
}

// findPgDump looks beside the servers that Debian installs first: the one on PATH may be older than the
// server, and then refuses it.
func findPgDump() (path string, found bool) {
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err == nil && len(installed) > 0 {
		return slices.Max(installed), true
	}
	path, err = exec.LookPath("pg_dump")
	return path, err == nil
}

// copyOfTables is every row of every table as text: a dump without the program for it.
func (a *api) copyOfTables(schema string) string {
	a.t.Helper()
	db := testdatabase.Connect(a.t, a.address)
	texts := func(statement string, values ...any) (found []string) {
		rows, err := db.QueryContext(context.WithoutCancel(a.t.Context()), statement, values...)
		if err != nil {
			a.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				a.t.Fatal(err)
			}
			found = append(found, text)
		}
		if err := rows.Err(); err != nil {
			a.t.Fatal(err)
		}
		return found
	}
	var all []string
	for _, table := range texts("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema) {
		all = append(all, texts(`SELECT it::text FROM "`+table+`" AS it`)...)
	}
	return strings.Join(all, "\n")
}

func TestAStolenDatabaseHoldsNoCredential(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, a *api) {
		t.Helper()
		// Every way on which a credential comes into being, is used, changes, or ends.
		spare := a.newKey(`{"name":"Spare","scope":"fullAccess"}`)
		gone := a.newKey(`{"name":"Gone"}`)
		a.must(http.MethodPut, "/apikeys/"+spare, byREST(), `{"name":"Changed"}`)
		a.must(http.MethodDelete, "/apikeys/"+gone, byREST(), "")
		for range 5 {
			a.issue(andrew, byREST())
		}
		a.must(http.MethodPost, "/users", byREST().once("key 1"), `{"uid":"mina","name":"Mina","withAuthToken":true}`)
		login := a.must(http.MethodPost, "/users/"+george+"/auth_tokens", byAuthKey().once("key 2"), `{"platform":"WEB","deviceId":"d"}`).data()["authToken"].(string)
		a.must(http.MethodPut, "/me", byToken(login), `{"platform":"WEB","appInfo":{"version":"1"}}`)
		a.must(http.MethodDelete, "/me", byToken(login), "")
		a.must(http.MethodDelete, "/users/"+andrew+"/auth_tokens/"+a.issue(andrew, byREST()), byREST(), "")
		a.must(http.MethodPost, "/users", byREST(), `{"uid":"eve","name":"Eve"}`)
		a.issue("eve", byREST())
		a.must(http.MethodDelete, "/users/eve", byREST(), `{"permanent":true}`)
		for value := range a.must(http.MethodPost, "/apps", byManager(), `{"name":"Clinic","id":"clinic"}`).data()["apiKeys"].(map[string]any) {
			a.isSecret(value)
		}
		if err := a.service.WriteKeyUses(t.Context()); err != nil {
			t.Fatal(err)
		}

		stolen := a.copyOfDatabase()
		for _, known := range []string{andrew, "Changed", "clinic", "user_signed_in"} {
			if !strings.Contains(stolen, known) {
				t.Fatalf("the copy lacks %q, so that it proves nothing", known)
			}
		}
		lower := strings.ToLower(stolen)
		credentials := slices.Sorted(maps.Keys(a.secrets))
		for _, credential := range credentials {
			// The random part of a token, and most of a key: enough to go on from.
			part := credential[len(credential)-min(len(credential), 16):]
			for form, text := range map[string]string{
				"clear": part, "hexadecimal": hex.EncodeToString([]byte(part)),
				"base 64": base64.RawStdEncoding.EncodeToString([]byte(credential))[:20],
			} {
				if strings.Contains(stolen, text) || strings.Contains(lower, text) {
					t.Errorf("the copy holds a credential (%d characters) in %s", len(credential), form)
				}
			}
		}
		if len(credentials) < 15 {
			t.Errorf("only %d credentials were looked for", len(credentials))
		}

		// Beside its keyset the database gives them back.
		values := map[string]any{}
		for _, key := range a.must(http.MethodGet, "/apikeys", byREST(), "").list() {
			values[key["apiKey"].(string)] = key["name"]
		}
		if len(values) != 3 || values[restKey] == nil || values[authKey] == nil || values[spare] != "Changed" {
			t.Errorf("with the keyset there are %d keys: %v", len(values), slices.Sorted(maps.Keys(values)))
		}
	})
}
