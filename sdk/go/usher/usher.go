// Package usher holds what the packages of the Go SDK share: the errors with their codes, the user,
// the rules that ids and credentials keep, where a session is kept, and who hears of it.
package usher

// Version is the version of the SDK. Every request names it, so that a server's log can.
const Version = "0.1.0"
