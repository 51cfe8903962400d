package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/usherhq/usher/internal/vault"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"app": appCommand, "serve": serveScript, "shutdown": shutdownScript, "stranger": strangerScript,
			"newer": newerScript, "foreign": foreignScript, "strangekeyset": strangeKeysetScript,
		},
		Setup: func(env *testscript.Env) error {
			env.Values[runningServer{}] = new(*exec.Cmd)
			return nil
		},
	})
}

// runningServer is the key of the server that a script has started.
type runningServer struct{}

// serveScript starts a server in the folder of the script, and sets URL once it is ready.
func serveScript(script *testscript.TestScript, _ bool, flags []string) {
	command := exec.Command(os.Args[0], append([]string{"serve", "--listen=127.0.0.1:0"}, flags...)...)
	command.Dir, command.Env = script.MkAbs("."), append(os.Environ(), asUsher+"=1")
	out, err := command.StdoutPipe()
	script.Check(err)
	script.Check(command.Start())
	*script.Value(runningServer{}).(**exec.Cmd) = command
	script.Defer(func() {
		// A script that stopped it leaves nothing to do.
		_ = command.Process.Kill()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := readyLine.FindStringSubmatch(lines.Text()); found != nil {
			script.Setenv("URL", found[1])
			return
		}
	}
	script.Fatalf("usher serve did not get ready")
}

// shutdownScript stops the server.
func shutdownScript(script *testscript.TestScript, _ bool, _ []string) {
	command := *script.Value(runningServer{}).(**exec.Cmd)
	script.Check(command.Process.Signal(syscall.SIGTERM))
	script.Check(command.Wait())
}

// strangerScript starts a web server that is not Usher, and sets URL.
func strangerScript(script *testscript.TestScript, _ bool, _ []string) {
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://192.0.2.1/elsewhere", http.StatusFound)
	}))
	script.Defer(stranger.Close)
	script.Setenv("URL", stranger.URL)
}

// newerScript makes of a backup one that a later version has written.
func newerScript(script *testscript.TestScript, _ bool, files []string) {
	text, err := os.ReadFile(script.MkAbs(files[0]))
	script.Check(err)
	script.Check(os.WriteFile(script.MkAbs(files[1]), text, 0o600))
	change(script, files[1], "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
}

// foreignScript makes a database of SQLite that is another program's.
func foreignScript(script *testscript.TestScript, _ bool, files []string) {
	change(script, files[0], "CREATE TABLE users (name TEXT)")
}

func change(script *testscript.TestScript, file, statement string) {
	db, err := sql.Open("sqlite", script.MkAbs(file))
	script.Check(err)
	_, err = db.ExecContext(context.Background(), statement)
	script.Check(errors.Join(err, db.Close()))
}

// strangeKeysetScript makes a keyset that has sealed nothing.
func strangeKeysetScript(script *testscript.TestScript, _ bool, files []string) {
	_, _, err := vault.OpenFile(script.MkAbs(files[0]))
	script.Check(err)
}
