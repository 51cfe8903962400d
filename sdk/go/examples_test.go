package sdk_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What an app calls, it can see run: every exported function and method has an example of its own, and
// every exported type has one, is made, called or named in another's, or is part of what such a function
// takes or gives. Only examples whose output is checked count.
func TestEverythingExportedHasAnExample(t *testing.T) {
	t.Parallel()
	packages, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range packages {
		name := entry.Name()
		if !entry.IsDir() || name == "internal" || name == "conformance" {
			continue // no app can import those
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, identifier := range lacking(t, name) {
				t.Errorf("%s.%s has no example with an output", name, identifier)
			}
		})
	}
}

// calledByOthers are the methods that fmt, log/slog, errors and encoding/json call, not an app.
var calledByOthers = []string{"Error", "Is", "Unwrap", "String", "GoString", "LogValue", "UnmarshalText", "UnmarshalJSON"}

// lacking lists what is exported by a package and has no example.
func lacking(t *testing.T, name string) []string {
	t.Helper()
	found := documentation(t, name)
	used := make(map[string]bool)
	var missing []string
	see := func(examples []*doc.Example) (shown bool) {
		for _, example := range examples {
			if example.Output != "" || example.EmptyOutput {
				shown = true
				note(used, example.Code, name)
			}
		}
		return shown
	}
	seeAll := func(of string, functions []*doc.Func) (anyShown bool) {
		for _, function := range functions {
			shown := see(function.Examples)
			anyShown = anyShown || shown
			if shown {
				part(used, function.Decl.Type)
			}
			if !shown && !slices.Contains(calledByOthers, function.Name) {
				missing = append(missing, of+function.Name)
			}
		}
		return anyShown
	}
	see(found.Examples)
	seeAll("", found.Funcs)
	for _, kind := range found.Types {
		itself, made, called := see(kind.Examples), seeAll("", kind.Funcs), seeAll(kind.Name+".", kind.Methods)
		used[kind.Name] = used[kind.Name] || itself || made || called
	}
	// Once more, for the fields of types that come later in the alphabet.
	for range found.Types {
		for _, kind := range found.Types {
			if used[kind.Name] {
				part(used, kind.Decl)
			}
		}
	}
	for _, kind := range found.Types {
		if !used[kind.Name] {
			missing = append(missing, kind.Name)
		}
	}
	return missing
}

// part marks the types that stand in a declaration.
func part(used map[string]bool, declaration ast.Node) {
	ast.Inspect(declaration, func(node ast.Node) bool {
		if named, ok := node.(*ast.Ident); ok && named.IsExported() {
			used[named.Name] = true
		}
		return true
	})
}

// note marks what an example uses of a package.
func note(used map[string]bool, code ast.Node, name string) {
	ast.Inspect(code, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if from, ok := selector.X.(*ast.Ident); ok && from.Name == name {
				used[selector.Sel.Name] = true
			}
		}
		return true
	})
}

func documentation(t *testing.T, name string) *doc.Package {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(name, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("files of %s: %v, %v", name, paths, err)
	}
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(files, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	found, err := doc.NewFromFiles(files, parsed, "github.com/usherhq/usher/sdk/go/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
