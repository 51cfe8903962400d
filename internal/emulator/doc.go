// Package emulator is what a test may do to a server in development mode that nobody may do to another:
// put it back to its start, fill it, move its clock, and make it fail. It is there with --dev only.
package emulator
