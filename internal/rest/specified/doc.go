// Package specified is for tests: it holds every request and answer that passes through its Transport
// against spec/openapi.yaml, and its Main fails when something of that document was never exercised.
//
// The schemas are compiled once with the JSON Schema library below kin-openapi, not with kin's own
// filter: that one compiles them anew for every request, which takes milliseconds of each.
package specified
