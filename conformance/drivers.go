package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// SDK is one that has a driver.
type SDK struct {
	// Name is the name of its column.
	Name string `json:"sdk"`
	// Needs are files and directories without which the driver cannot be run.
	Needs []string `json:"needs"`
	// Build is run first, Command is the driver; {bin} stands for a file of this run.
	Build   []string `json:"build"`
	Command []string `json:"command"`
	// AtOnce limits how many scenarios it plays at a time; 0 leaves that to the harness.
	AtOnce int `json:"atOnce"`

	root         string
	capabilities []string
	// one is the process of a driver that serves many clients; atOnce holds the scenarios that are played.
	one          *process
	atOnce       chan struct{}
	knownFailing map[string]string
}

const buildTimeLimit = 3 * time.Minute

// sharedAtOnce is how many scenarios one process serves at a time: a page for each client, on a
// machine that has few cores, makes time limits meaningless.
const sharedAtOnce = 4

// registered reads drivers.json and known_failing.json.
func registered(root string) ([]*SDK, error) {
	var list struct {
		Drivers []*SDK `json:"drivers"`
	}
	if err := readJSON(filepath.Join(root, "conformance", "drivers.json"), &list); err != nil {
		return nil, err
	}
	known := make(map[string]map[string]string)
	if err := readJSON(filepath.Join(root, "conformance", "known_failing.json"), &known); err != nil {
		return nil, err
	}
	for _, sdk := range list.Drivers {
		sdk.root, sdk.knownFailing = root, known[sdk.Name]
	}
	return list.Drivers, nil
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// missing says what the driver cannot be run without, or "".
func (s *SDK) missing() string {
	for _, path := range s.Needs {
		if _, err := os.Stat(filepath.Join(s.root, path)); err != nil {
			return path + " is missing"
		}
	}
	for _, command := range [][]string{s.Build, s.Command} {
		if len(command) > 0 && !strings.Contains(command[0], "{bin}") {
			if _, err := exec.LookPath(command[0]); err != nil {
				return "the program " + command[0] + " is missing"
			}
		}
	}
	return ""
}

// prepare builds the driver and asks what it can do.
func (s *SDK) prepare(ctx context.Context, folder string) error {
	binary := filepath.Join(folder, "driver-"+s.Name)
	s.Build, s.Command = s.filled(s.Build, binary), s.filled(s.Command, binary)
	if len(s.Build) > 0 {
		ctx, cancel := context.WithTimeout(ctx, buildTimeLimit)
		defer cancel()
		if raceEnabled && s.Build[0] == "go" {
			s.Build = slices.Insert(s.Build, 2, "-race")
		}
		build := exec.CommandContext(ctx, s.Build[0], s.Build[1:]...) //nolint:gosec // G204: drivers.json is ours
		build.Dir = s.root
		if output, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building the driver of %s: %w\n%s", s.Name, err, output)
		}
	}
	first, err := startProcess(s)
	if err != nil {
		return fmt.Errorf("the driver of %s: %w", s.Name, err)
	}
	s.capabilities = first.capabilities
	if s.can("shared") {
		s.one, s.AtOnce = first, sharedAtOnce
	} else {
		first.kill()
	}
	if s.AtOnce > 0 {
		s.atOnce = make(chan struct{}, s.AtOnce)
	}
	return nil
}

func (s *SDK) filled(command []string, binary string) []string {
	filled := make([]string, len(command))
	for i, word := range command {
		filled[i] = strings.ReplaceAll(word, "{bin}", binary)
	}
	return filled
}

// can says whether the driver claims a capability; "" needs none.
func (s *SDK) can(capability string) bool {
	return capability == "" || slices.Contains(s.capabilities, capability)
}
