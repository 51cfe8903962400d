// Package sdk_test holds what is true of the whole Go SDK.
package sdk_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/usherhq/usher/sdk/go"
	// sockets is what an app that uses the SDK gets with it: one library, which imports nothing else.
	sockets = "github.com/coder/websocket"
	// verifier is for servers, which take the implementation of JOSE that is looked at most.
	verifier = module + "/verify"
	jose     = "github.com/go-jose/go-jose/v4"
)

func TestNothingElseIsImported(t *testing.T) {
	t.Parallel()
	packages := list(t, "{{.ImportPath}}", "./...")
	if len(packages) < 4 || !slices.Contains(packages, verifier) {
		t.Errorf("go list found only %v", packages)
	}
	const format = `{{if not .Standard}}{{.ImportPath}}{{end}}`
	for _, path := range packages {
		for _, imported := range list(t, format, "-deps", path) {
			ours := strings.HasPrefix(imported, module) || strings.HasPrefix(imported, sockets)
			if !ours && (path != verifier || !strings.HasPrefix(imported, jose)) {
				t.Errorf("%s depends on %s", path, imported)
			}
		}
	}
}

func list(t *testing.T, format string, what ...string) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-f", format}, what...)...)
	var complaints strings.Builder
	command.Stderr = &complaints
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &complaints)
	}
	return strings.Fields(string(output))
}
