// Package server makes a running server out of a configuration: it opens the database, makes the
// first app, listens, says what a person needs next, and stops in good order. The command uses it,
// and so does every end-to-end test.
package server
