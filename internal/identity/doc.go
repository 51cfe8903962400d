// Package identity is the domain: apps, API keys, users and auth tokens, their rules and limits, and
// the use cases that change them. It knows no HTTP and no SQL; what it needs of a database is Store.
package identity
