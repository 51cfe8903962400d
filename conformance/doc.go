// Package conformance drives every SDK against the real server, behind a proxy that can spoil any
// answer, and holds them to the requirements of spec/session.md. The scenarios are this package's
// tests; README.md describes the protocol that an SDK's driver speaks.
package conformance
