package control_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/control"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/sqlstore"
	"github.com/usherhq/usher/internal/sqlstore/testdatabase"
	"github.com/usherhq/usher/internal/testlog"
	"github.com/usherhq/usher/internal/vault"
)

// newDesk is a desk with an app without users, and a client of it.
func newDesk(t *testing.T) (control.Desk, *control.Client, *testlog.Log) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), testdatabase.SQLite(t), vault.Ephemeral())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	desk := control.Desk{Service: identity.NewService(store, time.Now, rand.Reader)}
	if _, err := desk.Service.SetUp(t.Context(), identity.FirstApp{ID: "acme", Region: "eu"}); err != nil {
		t.Fatal(err)
	}
	log := &testlog.Log{}
	return desk, serve(t, control.ImpatientHandler(desk, log.Logger(), 100*time.Millisecond).ServeHTTP), log
}

func TestAClientWorksAsIfItWereTheDesk(t *testing.T) {
	t.Parallel()
	desk, client, log := newDesk(t)
	ctx := t.Context()
	lines := `{"uid":"ana","name":"Ana","createdAt":1400000000}` + "\n" + `{"uid":"ben","name":"Ben","createdAt":1400000001}` + "\n"
	report, err := client.ImportUsers(ctx, strings.NewReader(lines+"{}\n"), control.ImportOptions{MostProblems: 5})
	if err != nil || report.Imported != 2 || report.Refused != 1 || len(report.Problems) != 1 {
		t.Errorf("import: %+v, %v", report, err)
	}
	var there, here strings.Builder
	seen := ""
	if _, err := client.ExportUsers(ctx, "acme", &there, func(users, all int) { seen = fmt.Sprint(users, all) }); err != nil {
		t.Error(err)
	}
	if users, err := desk.ExportUsers(ctx, "", &here, func(int, int) {}); err != nil || users != 2 {
		t.Errorf("%d users, %v", users, err)
	}
	if there.String() != here.String() || strings.Count(there.String(), "\n") != 2 || seen != "2 2" {
		t.Errorf("the server exports %q and says %q, the desk %q", &there, seen, &here)
	}

	invitation, err := client.InviteOperator(ctx, "ada", identity.OperatorOwner)
	if err != nil || invitation.Code == "" || invitation.Name != "ada" || invitation.Role != identity.OperatorOwner || invitation.ExpiresAt.Before(time.Now()) {
		t.Errorf("invite: %+v, %v", invitation, err)
	}
	if strings.Contains(log.String(), string(invitation.Code)) {
		t.Error("the log holds the code of an invitation")
	}
	if operators, err := client.ListOperators(ctx); err != nil || len(operators) != 0 {
		t.Errorf("the operators are %v, %v", operators, err)
	}
	const password = "correct horse battery staple"
	if _, err := desk.Service.AcceptInvitation(ctx, identity.Caller{}, invitation.Code, "ada", password); err != nil {
		t.Fatal(err)
	}
	operators, err := client.ListOperators(ctx)
	if err != nil || len(operators) != 1 || operators[0].Name != "ada" || operators[0].Role != identity.OperatorOwner || operators[0].SignedInAt.IsZero() {
		t.Errorf("the operators are %+v, %v", operators, err)
	}
	if operators[0].PasswordHash() != "" {
		t.Error("the hash of a password went over the socket")
	}
	for _, name := range []string{"", "..", "a/b", "nobody"} {
		_, err := client.ResetOperator(ctx, name)
		wantFailure(t, err, "there is no such operator")
	}
}

func TestAnImportEndsWithItsClient(t *testing.T) {
	t.Parallel()
	desk, client, _ := newDesk(t)
	ctx, interrupt := context.WithCancel(t.Context())
	in, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := client.ImportUsers(ctx, in, control.ImportOptions{})
		done <- err
	}()
	if _, err := io.WriteString(out, `{"uid":"ana","name":"Ana"}`+"\n"+`{"uid":"ben",`); err != nil {
		t.Fatal(err)
	}
	interrupt()
	_ = out.Close()
	wantFailure(t, <-done, "context canceled")
	// The server may have taken the whole line, and never half of one.
	var exported strings.Builder
	if _, err := desk.ExportUsers(t.Context(), "", &exported, func(int, int) {}); err != nil || strings.Contains(exported.String(), "ben") {
		t.Errorf("there is %s, %v", &exported, err)
	}
}

func TestAReaderThatStandsStillIsGivenUp(t *testing.T) {
	t.Parallel()
	desk, client, log := newDesk(t)
	var users strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&users, `{"uid":"user-%d","name":"User","metadata":{"text":%q}}`+"\n", i, strings.Repeat("x", 4000))
	}
	if report, err := desk.ImportUsers(t.Context(), strings.NewReader(users.String()), control.ImportOptions{}); err != nil || report.Refused > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	// It takes the beginning, and goes on only when the server has given up.
	reads := func(text []byte) (int, error) {
		for limit := time.After(30 * time.Second); !strings.Contains(log.String(), "an export of users broke off"); {
			select {
			case <-limit:
				return 0, io.ErrShortWrite
			case <-time.After(time.Millisecond):
			}
		}
		return len(text), nil
	}
	_, err := client.ExportUsers(t.Context(), "", writeFunc(reads), func(int, int) {})
	wantFailure(t, err, "the export broke off")
	if !strings.Contains(log.String(), "broke off") {
		t.Errorf("the log says %s", log)
	}
}

type writeFunc func([]byte) (int, error)

func (f writeFunc) Write(text []byte) (int, error) { return f(text) }
