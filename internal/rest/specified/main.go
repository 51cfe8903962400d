package specified

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

// Main runs the tests of a package, with m its *testing.M, and gives the process's exit code. It fails
// when they succeed but an operation of the document was never answered with success, and when served,
// the endpoints of the server in the form "POST /users", are others than the document's. It prints how
// many there are. A run of some of the tests only is not judged.
func Main(m interface{ Run() int }, served []string) int {
	code := m.Run()
	if code != 0 || partial() {
		return code
	}
	contract, err := document()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if !contract.report(os.Stdout, served) {
		return 1
	}
	return 0
}

// partial says whether the command line chose among the tests.
func partial() bool {
	for name, unset := range map[string]string{
		"test.run": "", "test.skip": "", "test.list": "", "test.fuzz": "", "test.short": "false",
	} {
		if chosen := flag.Lookup(name); chosen != nil && chosen.Value.String() != unset {
			return true
		}
	}
	return false
}

// report prints how much of the document was exercised and everything that is missing, and says
// whether nothing is.
func (c *contract) report(out io.Writer, served []string) bool {
	count := 0
	var missing, specified []string
	for _, operation := range c.operations {
		endpoint := operation.method + " " + operation.path
		specified = append(specified, endpoint)
		if _, ok := exercised.Load(operation.id); ok {
			count++
		} else {
			missing = append(missing, endpoint+" is specified, and no test got a success from it")
		}
		if !slices.Contains(served, endpoint) {
			missing = append(missing, endpoint+" is specified and not served")
		}
	}
	for _, endpoint := range served {
		if !slices.Contains(specified, endpoint) {
			missing = append(missing, endpoint+" is served and not specified in openapi.yaml")
		}
	}
	slices.Sort(missing)
	for _, line := range missing {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintf(out, "%d endpoints specified, %d exercised\n", len(c.operations), count)
	return len(missing) == 0
}
