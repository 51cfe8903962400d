package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asUsher makes a copy of the test binary run as the command: tests start it, and kill it, as a
// process of its own.
const asUsher = "USHER_TEST_RUNS_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asUsher) != "" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"usher": main})
}
