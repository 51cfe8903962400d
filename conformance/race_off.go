//go:build !race

package conformance

// raceEnabled says whether the race detector is on here, so that it is in the Go driver, too.
const raceEnabled = false
