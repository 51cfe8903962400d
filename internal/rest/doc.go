// Package rest speaks the documented REST API and the client API of the official SDKs over HTTP.
//
// A request's way: handler.go (request id, CORS, time limit) → router.go (which endpoint, which app,
// which key or token, with which scope) → the endpoint, one file per resource → errors.go when it
// fails. Endpoints decode, call one use case of package identity, and shape its result.
package rest
