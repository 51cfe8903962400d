package conformance_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/usherhq/usher/conformance"
)

func TestDrivers(t *testing.T) {
	t.Parallel()
	conformance.Drivers(t)
}

func TestEveryRequirementHasAScenario(t *testing.T) {
	t.Parallel()
	requirements, err := conformance.Requirements("..")
	if err != nil {
		t.Fatal(err)
	}
	proved := citedIDs(t)
	known := make(map[string]bool)
	for _, requirement := range requirements {
		if known[requirement.ID] {
			t.Errorf("%s stands twice in spec/session.md", requirement.ID)
		}
		known[requirement.ID] = true
		switch proved[requirement.ID] {
		case 1:
		case 0:
			t.Errorf("%s has no scenario", requirement.ID)
		default:
			t.Errorf("%s has several scenarios, which would overwrite each other's results", requirement.ID)
		}
	}
	for id := range proved {
		if !known[id] {
			t.Errorf("a scenario cites %s, which spec/session.md does not have", id)
		}
	}
}

// citedIDs counts the calls of prove per requirement in this package's tests.
func citedIDs(t *testing.T) map[string]int {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	cited := make(map[string]int)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			called, isName := call.Fun.(*ast.Ident)
			id, isText := call.Args[1].(*ast.BasicLit)
			if isName && isText && called.Name == "prove" {
				if text, err := strconv.Unquote(id.Value); err == nil {
					cited[text]++
				}
			}
			return true
		})
	}
	return cited
}
