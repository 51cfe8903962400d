package fault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"strconv"
	"testing"

	"github.com/usherhq/usher/internal/fault"
)

// constants reads the codes that are declared in this package, by their names.
func constants(tb testing.TB) map[string]fault.Code {
	tb.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes_gen.go", nil, 0)
	if err != nil {
		tb.Fatal(err)
	}
	codes := map[string]fault.Code{}
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			value := spec.(*ast.ValueSpec)
			text, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				tb.Fatal(err)
			}
			codes[value.Names[0].Name] = fault.Code(text)
		}
	}
	return codes
}

func TestEveryCodeHasItsStatus(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../spec/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var registry struct {
		Errors []struct {
			Name, Code, SeenBy string
			Status             int
			Retired            bool
		}
	}
	if err := json.Unmarshal(text, &registry); err != nil {
		t.Fatal(err)
	}
	codes := constants(t)
	count := 0
	for _, entry := range registry.Errors {
		if entry.SeenBy != "rest" || entry.Retired {
			continue
		}
		count++
		if codes["Code"+entry.Name] != fault.Code(entry.Code) {
			t.Errorf("%s is not declared as Code%s", entry.Code, entry.Name)
		}
		if status := fault.Code(entry.Code).Status(); status != entry.Status || http.StatusText(status) == "" {
			t.Errorf("%s is answered with %d, want %d", entry.Code, status, entry.Status)
		}
	}
	if count == 0 || count != len(codes) {
		t.Errorf("%d codes are declared, and %d registered", len(codes), count)
	}
}

func TestAnUnknownCodeIsTheServersFault(t *testing.T) {
	t.Parallel()
	if status := fault.Code("ERR_NEVER_HEARD_OF").Status(); status != http.StatusInternalServerError {
		t.Errorf("answered with %d", status)
	}
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	unknown := fault.UnknownUID("mina")
	for _, one := range []struct {
		name string
		err  error
		want fault.Code
	}{
		{"no error", nil, ""},
		{"an error that is no fault", errors.New("the disk is on fire"), ""},
		{"a fault", unknown, fault.CodeUnknownUID},
		{"a fault that was wrapped", fmt.Errorf("first: %w", fmt.Errorf("second: %w", unknown)), fault.CodeUnknownUID},
		{"a fault among others", errors.Join(errors.New("another"), unknown), fault.CodeUnknownUID},
		{"a fault because of a fault", fault.NotReady().Because(unknown), fault.CodeNotReady},
	} {
		if got := fault.CodeOf(one.err); got != one.want {
			t.Errorf("%s: the code is %q, want %q", one.name, got, one.want)
		}
	}
}

// The cause is for errors.Is and for the log; the message is for the caller.
func TestTheCauseIsKeptApartFromTheMessage(t *testing.T) {
	t.Parallel()
	cause := errors.New("secret-host refused the connection")
	err := fault.MissionFailed().Because(cause)
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if want := "ERR_MISSION_FAILED: " + fault.MissionFailed().Message + " (secret-host refused the connection)"; err.Error() != want {
		t.Errorf("the log gets %q, want %q", err.Error(), want)
	}
	if err.Message != fault.MissionFailed().Message {
		t.Errorf("the caller gets %q", err.Message)
	}
	if plain := fault.MissionFailed(); errors.Unwrap(plain) != nil {
		t.Error("the next fault of the same code has the cause of the first")
	}
}

func TestAMessageIsFilledIn(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		fault.UnknownUID("mina").Message:      "The user mina does not exist. Create the user first.",
		fault.NoAccess("authOnly").Message:    "An API key with the scope authOnly may not do this.",
		fault.InvalidAppID(`a"b%s{}`).Message: `The app a"b%s{} does not exist on this server.`,
	} {
		if got != want {
			t.Errorf("the message is %q, want %q", got, want)
		}
	}
}
