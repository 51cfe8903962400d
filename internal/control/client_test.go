package control_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/control"
)

// serve answers at a socket, and gives a client of it.
func serve(t *testing.T, handler http.HandlerFunc) *control.Client {
	t.Helper()
	folder, err := os.MkdirTemp("", "usher-control-") //nolint:usetesting // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(folder, "usher.sock")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	client := control.NewClient(socket)
	t.Cleanup(func() {
		if err := errors.Join(client.Close(), server.Close(), os.RemoveAll(folder)); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return client
}

func wantFailure(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("the failure is %v, want %q in it", err, words)
	}
}

func TestAPartOfAnExportIsNotTakenForTheWhole(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Usher-Users", "2")
		_, _ = io.WriteString(w, `{"uid":"ana","name":"Ana"}`+"\n")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	var out strings.Builder
	_, err := client.ExportUsers(t.Context(), "", &out, func(int, int) {})
	wantFailure(t, err, "the export broke off")
}

func TestAServerThatDiesDuringAnImportIsNoSuccess(t *testing.T) {
	t.Parallel()
	client := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 10))
		panic(http.ErrAbortHandler)
	})
	report, err := client.ImportUsers(t.Context(), strings.NewReader(strings.Repeat("x", 1000)), control.ImportOptions{})
	wantFailure(t, err, "could not be asked")
	if report.Lines() != 0 {
		t.Errorf("the report is %+v", report)
	}
}

func TestAnotherVersionThatDoesNotKnowTheDesk(t *testing.T) {
	t.Parallel()
	client := serve(t, http.NotFound)
	wantFailure(t, client.RemoveOperator(t.Context(), "ada"), "is it of another version?")
	_, err := client.ListOperators(t.Context())
	wantFailure(t, err, "HTTP status 404")
}

func TestNobodyAtTheSocket(t *testing.T) {
	t.Parallel()
	client := control.NewClient(filepath.Join(t.TempDir(), "usher.sock"))
	_, err := client.InviteOperator(t.Context(), "ada", "owner")
	wantFailure(t, err, "the server at the control socket could not be asked")
}
