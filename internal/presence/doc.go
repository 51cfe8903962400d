// Package presence knows who is online: a user is while at least one authenticated connection lives.
//
// Each server tracks the connections that it holds itself and writes down only what changes: a row per
// user and server while the user is online there, and an event per connection. All servers of a
// database see the same rows, and tell their clients what the event log says. A server renews a lease
// beside its rows; when it ends without a word, the others make its users offline once the lease is
// over.
package presence
