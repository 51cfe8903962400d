package main

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"app": appCommand, "serve": serveScript, "stop": stopScript, "stranger": strangerScript,
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

// stopScript stops the server.
func stopScript(script *testscript.TestScript, _ bool, _ []string) {
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
