// Package sdk_test holds what is true of the whole Go SDK.
package sdk_test

import (
	"os/exec"
	"strings"
	"testing"
)

// An app that uses the SDK gets nothing else with it.
func TestOnlyTheStandardLibraryIsImported(t *testing.T) {
	t.Parallel()
	const format = `{{if not .Standard}}{{.ImportPath}}{{end}}`
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", format, "./...")
	var complaints strings.Builder
	list.Stderr = &complaints
	output, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &complaints)
	}
	packages := strings.Fields(string(output))
	if len(packages) < 3 {
		t.Errorf("go list found only %v", packages)
	}
	for _, path := range packages {
		if !strings.HasPrefix(path, "github.com/usherhq/usher/sdk/go") {
			t.Errorf("the SDK depends on %s", path)
		}
	}
}
