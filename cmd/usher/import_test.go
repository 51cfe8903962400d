package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/server"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/internal/userfile"
)

// made is what the clock says when a database is made.
var made = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// makeApp gives an empty database an app without users.
func makeApp(ctx context.Context, data server.Data, id string) error {
	config := server.Config{Database: data.Database, Keyset: data.Keyset}
	store, err := config.OpenStore(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	service := identity.NewService(store, func() time.Time { return made }, rand.Reader)
	_, err = service.SetUp(ctx, identity.FirstApp{ID: id, Region: "us"})
	if errors.Is(err, identity.ErrOtherApp) {
		_, _, err = service.CreateApp(ctx, identity.Caller{}, identity.FirstApp{ID: id, Region: "us"}, identity.AppChange{Name: &id})
	}
	return errors.Join(err, store.Close())
}

// appCommand is "app ID…" in a script: it makes apps in the database that serve uses.
func appCommand(script *testscript.TestScript, _ bool, ids []string) {
	data := server.Data{Database: "sqlite:" + script.MkAbs("usher-data/usher.db")}
	for _, id := range ids {
		script.Check(makeApp(context.Background(), data, id))
	}
}

// onSQLite and onPostgres give the data of an app without users.
func onSQLite(tb testing.TB) server.Data {
	tb.Helper()
	folder := tb.TempDir()
	data := server.Data{Database: "sqlite:" + filepath.Join(folder, "usher.db"), Keyset: filepath.Join(folder, "keyset.json")}
	if err := makeApp(tb.Context(), data, "acme"); err != nil {
		tb.Fatal(err)
	}
	return data
}

func onPostgres(tb testing.TB) server.Data {
	tb.Helper()
	data := server.Data{Database: testdatabase.PostgreSQL(tb), Keyset: filepath.Join(tb.TempDir(), "keyset.json")}
	if err := makeApp(tb.Context(), data, "acme"); err != nil {
		tb.Fatal(err)
	}
	return data
}

// inApp is an app of a service, and who works on it.
type inApp struct {
	service *identity.Service
	caller  identity.Caller
}

func openData(tb testing.TB, data server.Data) inApp {
	tb.Helper()
	opened, err := data.Open(tb.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := opened.Close(); err != nil {
			tb.Error(err)
		}
	})
	app, err := opened.Service.FindApp(tb.Context(), "acme")
	if err != nil {
		tb.Fatal(err)
	}
	return inApp{opened.Service, identity.Caller{App: app}}
}

// withAppOfItsOwn gives a test an app without users in a database that it shares with others.
func withAppOfItsOwn(tb testing.TB, shared inApp) inApp {
	tb.Helper()
	app, _, err := shared.service.CreateApp(tb.Context(), identity.Caller{}, identity.FirstApp{Region: "us"}, identity.AppChange{Name: new("App")})
	if err != nil {
		tb.Fatal(err)
	}
	return inApp{shared.service, identity.Caller{App: app}}
}

// newImport is an import without any flag.
func newImport(data inApp) *userfile.Import {
	return &userfile.Import{Service: data.service, Caller: data.caller, MostProblems: mostProblems}
}

func exported(tb testing.TB, data inApp) string {
	tb.Helper()
	var out bytes.Buffer
	if _, err := userfile.Export(tb.Context(), data.service, data.caller, &out, func(int) {}); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

// manyUsers writes an export of users of every kind.
func manyUsers(out io.Writer, count int) {
	names := []string{"Zoë", "山田太郎", "👩🏽‍🚀 Ama", `"quoted" \ <b>&`, "\u202emirrored", "o\u0308 ö", "a\u2028b"}
	for i := range count {
		fmt.Fprintf(out, `{"uid":"user-%07d","name":%s`, i, jsonText(names[i%len(names)]))
		if i%3 == 0 {
			fmt.Fprintf(out, `,"avatar":"https://img.example.org/%d.png?size=1&round","link":"https://example.org/é/%[1]d"`, i)
		}
		role := "default"
		if i%4 == 0 {
			role = "tutor"
		}
		fmt.Fprintf(out, `,"role":%q`, role)
		if i%5 == 0 {
			fmt.Fprintf(out, `,"statusMessage":%s`, jsonText("line\nand\ttab "+names[i%len(names)]))
		}
		if i%2 == 0 {
			// What a JSON library would write otherwise has to stay as it is.
			fmt.Fprintf(out, `,"metadata":{"n":%d.50,"big":12345678901234567890,"e":"\u00e9\/","a":[1,{}],"@private":{"email":"u%[1]d@example.org"}}`, i)
		}
		if i%6 == 0 {
			fmt.Fprintf(out, `,"tags":["pilot","群 %d"]`, i%9)
		}
		fmt.Fprintf(out, `,"createdAt":%d,"updatedAt":%d`, 1_400_000_000+i, 1_500_000_000+i)
		if i%7 != 0 {
			fmt.Fprintf(out, `,"lastActiveAt":%d`, 1_600_000_000+i)
		}
		if i%50 == 0 {
			fmt.Fprintf(out, `,"deactivatedAt":%d`, 1_700_000_000+i)
		}
		fmt.Fprintln(out, "}")
	}
}

// roundTrip imports users and expects the export to be the same bytes.
func roundTrip(t *testing.T, data server.Data, count int) {
	t.Helper()
	var first bytes.Buffer
	manyUsers(&first, count)
	opened := openData(t, data)
	work := newImport(opened)
	work.CreateRoles = true
	if err := work.Run(t.Context(), bytes.NewReader(first.Bytes())); err != nil {
		t.Fatal(err)
	}
	if work.Imported != count || work.Refused > 0 {
		t.Fatalf("%d users of %d were imported: %q", work.Imported, count, work.Problems)
	}
	second := exported(t, opened)
	if second == first.String() {
		return
	}
	got, want := strings.Split(second, "\n"), strings.Split(first.String(), "\n")
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("line %d of %d was\n%s\nand is\n%s", i+1, len(want), want[i], got[i])
		}
	}
	t.Fatalf("there were %d lines and are %d", len(want), len(got))
}

func TestAnExportThatIsImportedIsExportedTheSame(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		roundTrip(t, onSQLite(t), 20_000)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		roundTrip(t, onPostgres(t), 2_000)
	})
}

func TestLinesOfAnImport(t *testing.T) {
	t.Parallel()
	whole := openData(t, onSQLite(t))
	const ana = `{"uid":"ana","name":"Ana"}`
	wide := func(bytes int) string {
		return `{"uid":"wide","name":"Wide","metadata":{"a":1` + strings.Repeat(" ", bytes) + `}}`
	}
	for name, test := range map[string]struct {
		text     string
		uids     string
		problems []string
	}{
		"nothing":              {text: ""},
		"empty lines":          {text: "\n\n" + ana + "\n \t\n\r\n", uids: "ana"},
		"no end of line":       {text: ana, uids: "ana"},
		"Windows' end of line": {text: ana + "\r\n" + `{"uid":"ben","name":"Ben"}` + "\r\n", uids: "ana ben"},
		"a byte order mark":    {text: "\uFEFF" + ana + "\n", uids: "ana"},
		"only such a mark":     {text: "\uFEFF"},
		"space around":         {text: "  " + ana + "\t\n", uids: "ana"},
		"a user's own spelling": {text: `{"name":"Ana","uid":"ANA","role":null,"tags":null,"metadata":null,"createdAt":"1609459200","status":"available",` +
			`"hasBlockedMe":false,"conversationId":"x"}`, uids: "ana"},
		"a line of almost 1 MB": {text: wide(1<<20-100) + "\n" + ana, uids: "ana wide"},
		"a line of 2 MB":        {text: wide(2<<20) + "\n" + ana, uids: "ana", problems: []string{"line 1: The line is longer than 1024 KB."}},
		"2 MB without an end":   {text: ana + "\n" + strings.Repeat("x", 2<<20), uids: "ana", problems: []string{"line 2: The line is longer than 1024 KB."}},
		"what is not JSON":      {text: ana + "\nuid,name\n", uids: "ana", problems: []string{"line 2: The line is not a JSON object."}},
		"an array":              {text: "[" + ana + "]", problems: []string{"line 1: The line is not a JSON object."}},
		"null":                  {text: "null\n" + ana, uids: "ana", problems: []string{"line 1: The line is not a JSON object."}},
		"a cut line": {
			text:     ana[:len(ana)-3],
			problems: []string{"line 1: The line is not the JSON object of a user: unexpected EOF."},
		},
		"two on a line": {
			text:     ana + " " + ana,
			problems: []string{"line 1: The line is not the JSON object of a user: there is more than one value."},
		},
		"a field that nobody knows": {
			text:     `{"uid":"ana","name":"Ana","lastActive":1}`,
			problems: []string{`line 1: The line is not the JSON object of a user: unknown field "lastActive".`},
		},
		"other bytes than UTF-8": {text: "{\"uid\":\"ana\",\"name\":\"A\xff\"}", problems: []string{"line 1: The line can't be taken: it holds bytes that are not UTF-8, or half of a surrogate pair."}},
		"a name twice":           {text: `{"uid":"ana","name":"A","UID":"eve"}`, problems: []string{"line 1: The line can't be taken: it names a field twice."}},
		"a wrong type":           {text: `{"uid":"ana","name":5}`, problems: []string{"line 1: The name may not be or hold a value of the type number."}},
		"no uid":                 {text: `{"name":"Ana"}`, problems: []string{"line 1: The uid field is required."}},
		"too long a name":        {text: `{"uid":"ana","name":"` + strings.Repeat("é", 101) + `"}`, problems: []string{"line 1: The name may not be longer than 100 characters."}},
		"several at once": {
			text:     `{"uid":"ana","createdAt":"soon"}`,
			problems: []string{"line 1: The createdAt must be a time in unix seconds, from 0 to 253402300799. The name field is required."},
		},
		"a role that is not there": {text: "\n" + `{"uid":"ana","name":"Ana","role":"tutor"}`, problems: []string{"line 2: The role tutor does not exist."}},
		"one uid twice": {
			text: ana + "\n" + `{"uid":"ANA","name":"Ana again"}`, uids: "ana",
			problems: []string{"line 2: A user with the uid ana exists already. Choose another uid."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := withAppOfItsOwn(t, whole)
			work := newImport(data)
			if err := work.Run(t.Context(), strings.NewReader(test.text)); err != nil {
				t.Fatal(err)
			}
			if difference := cmp.Diff(test.problems, work.Problems); difference != "" {
				t.Error(difference)
			}
			var uids []string
			for user, err := range data.service.AllUsers(t.Context(), data.caller) {
				if err != nil {
					t.Fatal(err)
				}
				uids = append(uids, string(user.UID))
			}
			if got := strings.Join(uids, " "); got != test.uids {
				t.Errorf("the users are %q, want %q", got, test.uids)
			}
			if work.Imported != len(uids) || work.Refused != len(test.problems) {
				t.Errorf("it counted %d imported and %d failed", work.Imported, work.Refused)
			}
		})
	}
}

func TestAnImportGoesOnWhereItWasInterrupted(t *testing.T) {
	t.Parallel()
	const count = 3 * userfile.LargestBatch
	var text bytes.Buffer
	manyUsers(&text, count)
	data := openData(t, onSQLite(t))
	ctx, interrupt := context.WithCancel(t.Context())
	first := newImport(data)
	first.CreateRoles = true
	// Two batches go by, and the third is read while somebody presses Ctrl-C.
	lines := bytes.SplitAfter(text.Bytes(), []byte("\n"))
	third := readFunc(func([]byte) (int, error) {
		interrupt()
		return 0, errors.New("the file can't be read any more")
	})
	whole := io.MultiReader(bytes.NewReader(bytes.Join(lines[:2*userfile.LargestBatch+7], nil)), third)
	if err := first.Run(ctx, whole); err == nil {
		t.Error("an import of a part looks like a whole one")
	}
	if first.Imported != 2*userfile.LargestBatch {
		t.Errorf("%d were imported before the interruption, want two batches", first.Imported)
	}
	second := newImport(data)
	second.SkipExisting, second.CreateRoles = true, true
	if err := second.Run(t.Context(), &text); err != nil {
		t.Fatal(err)
	}
	if second.Skipped != first.Imported || second.Imported != count-first.Imported || second.Refused != 0 {
		t.Errorf("after %d, %d were passed over, %d imported and %d refused", first.Imported, second.Skipped, second.Imported, second.Refused)
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

func TestRolesAreMadeWhenAskedFor(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	// The role default is there, so 24 more can be made; and no role has a space.
	for i := range identity.MaxRoles + 2 {
		fmt.Fprintf(&text, `{"uid":"user-%d","name":"User","role":"Role-%[1]d"}`+"\n", i)
	}
	text.WriteString(`{"uid":"again","name":"User","role":"role-0"}` + "\n" + `{"uid":"wrong","name":"User","role":"a b"}` + "\n")
	data := openData(t, onSQLite(t))
	work := newImport(data)
	work.CreateRoles = true
	if err := work.Run(t.Context(), strings.NewReader(text.String())); err != nil {
		t.Fatal(err)
	}
	if work.Imported != identity.MaxRoles || work.Refused != 4 {
		t.Errorf("%d imported, %d refused: %q", work.Imported, work.Refused, work.Problems)
	}
	role, err := data.service.GetRole(t.Context(), data.caller, "role-0")
	if err != nil || role.Name != "Role-0" {
		t.Errorf("the role is %+v, %v", role, err)
	}
}

func TestWhoIsRefusedLeavesNoRole(t *testing.T) {
	t.Parallel()
	whole := openData(t, onSQLite(t))
	for name, test := range map[string]struct {
		line             string
		skipped, refused int
	}{
		"a wrong uid":             {line: `{"uid":"a b","name":"X","role":"new"}`, refused: 1},
		"no name":                 {line: `{"uid":"ben","role":"new"}`, refused: 1},
		"a wrong time":            {line: `{"uid":"ben","name":"Ben","createdAt":"soon","role":"new"}`, refused: 1},
		"who is there already":    {line: `{"uid":"ANA","name":"Ana","role":"new"}`, skipped: 1},
		"who is there, and wrong": {line: `{"uid":"ana","role":"new"}`, refused: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := withAppOfItsOwn(t, whole)
			work := newImport(data)
			work.CreateRoles, work.SkipExisting = true, true
			if err := work.Run(t.Context(), strings.NewReader(`{"uid":"ana","name":"Ana"}`)); err != nil {
				t.Fatal(err)
			}
			if err := work.Run(t.Context(), strings.NewReader(test.line+"\n"+`{"uid":"eve","name":"Eve"}`)); err != nil {
				t.Fatal(err)
			}
			if work.Imported != 2 || work.Skipped != test.skipped || work.Refused != test.refused {
				t.Errorf("%d imported, %d passed over, %d refused: %q", work.Imported, work.Skipped, work.Refused, work.Problems)
			}
			if role, err := data.service.GetRole(t.Context(), data.caller, "new"); err == nil {
				t.Errorf("it left the role %s", role.ID)
			}
		})
	}
}

func TestTheReportOfAnImport(t *testing.T) {
	t.Parallel()
	at := made
	shown := &progress{clock: func() time.Time { return at }, started: made.Add(-2 * time.Second)}
	problems := []string{"line 1: One.", "line 2: Two."}
	for want, report := range map[string]userfile.Report{
		"Imported 1 user (0 users/s).\n":           {Imported: 1},
		"Imported 100000 users (50000 users/s).\n": {Imported: 100_000},
		"Imported 10 users (5 users/s), passed over 3 that were there already, refused 2.\n  line 1: One.\n  line 2: Two.\n": {
			Imported: 10, Skipped: 3, Refused: 2, Problems: problems,
		},
		"Imported 0 users (0 users/s), refused 12.\n  line 1: One.\n  line 2: Two.\n  and 10 more\n": {Refused: 12, Problems: problems},
	} {
		var out strings.Builder
		reportImport(&out, report, shown)
		if difference := cmp.Diff(want, out.String()); difference != "" {
			t.Error(difference)
		}
	}
}

func TestTheFirstProblemsAreKept(t *testing.T) {
	t.Parallel()
	work := newImport(openData(t, onSQLite(t)))
	if err := work.Run(t.Context(), strings.NewReader(strings.Repeat("x\n", 2*userfile.LargestBatch+1))); err != nil {
		t.Fatal(err)
	}
	if work.Refused != 2*userfile.LargestBatch+1 || len(work.Problems) != mostProblems || !strings.HasPrefix(work.Problems[9], "line 10:") {
		t.Errorf("%d failed, and kept are %q", work.Refused, work.Problems)
	}
}

// jsonText is a text as an export writes it.
func jsonText(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	// A text always has a form in JSON.
	if err := encoder.Encode(text); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}
