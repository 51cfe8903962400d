package conformance

import (
	"fmt"
	"runtime"
	"testing"
)

// T is the test of one scenario with one SDK. Where it is known to fail, failures are only noted.
type T struct {
	*testing.T
	known string
	noted bool
}

// Errorf reports what is not as it must be.
func (t *T) Errorf(format string, arguments ...any) {
	t.Helper()
	if t.known == "" {
		t.T.Errorf(format, arguments...)
		return
	}
	t.noted = true
	t.Logf("known to fail: "+format, arguments...)
}

// Fatalf reports it and ends the scenario.
func (t *T) Fatalf(format string, arguments ...any) {
	t.Helper()
	if t.known == "" {
		t.T.Fatalf(format, arguments...)
		return
	}
	t.Errorf(format, arguments...)
	runtime.Goexit()
}

// Fatal is Fatalf for an error.
func (t *T) Fatal(err error) {
	t.Helper()
	t.Fatalf("%v", err)
}

// The cells of the table.
const (
	passed     = "✓"
	unclaimed  = "–"
	knownToBad = "✗"
)

// Prove runs the scenario of a requirement with every SDK that can show it.
func Prove(t *testing.T, id string, scenario func(t *T, s *Stage)) {
	t.Helper()
	requirement, known := here.requirements[id]
	if !known {
		t.Fatalf("spec/session.md has no requirement %s", id)
	}
	for _, sdk := range here.sdks {
		t.Run(sdk.Name, func(t *testing.T) {
			t.Parallel()
			if !sdk.can(requirement.Needs) {
				here.record(sdk.Name, id, unclaimed)
				t.Skipf("the driver does not claim %q", requirement.Needs)
			}
			if sdk.atOnce != nil {
				sdk.atOnce <- struct{}{}
				defer func() { <-sdk.atOnce }()
			}
			reason := sdk.knownFailing[id]
			noted := runScenario(t, sdk, reason, scenario)
			switch {
			case reason != "" && !noted:
				t.Errorf("%s is in known_failing.json for %s and passes: take it out", id, sdk.Name)
			case reason != "":
				here.record(sdk.Name, id, knownToBad)
			case !t.Failed():
				here.record(sdk.Name, id, passed)
			}
		})
	}
}

// runScenario says whether a scenario that is known to fail did.
func runScenario(t *testing.T, sdk *SDK, known string, scenario func(*T, *Stage)) (noted bool) {
	t.Helper()
	test := &T{T: t, known: known}
	if known == "" {
		scenario(test, newStage(test, sdk))
		return false
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		scenario(test, newStage(test, sdk))
	}()
	<-done
	return test.noted
}

// Drivers is a test of its own, so that what is not driven here is said once, with the reason.
func Drivers(t *testing.T) {
	t.Helper()
	for _, sdk := range here.sdks {
		t.Run(sdk.Name, func(t *testing.T) {
			t.Parallel()
			t.Logf("%s can: %s", sdk.Name, fmt.Sprint(sdk.capabilities))
			for id := range sdk.knownFailing {
				if _, known := here.requirements[id]; !known {
					t.Errorf("known_failing.json names %s, which spec/session.md does not have", id)
				}
			}
		})
	}
	for name, reason := range here.skipped {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Skipf("%s is not driven: %s", name, reason)
		})
	}
}
