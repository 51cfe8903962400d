package rest

import "net/http"

// What pages of other origins may send and read (wire.md 10). No cookie is used, so any origin may
// call: what proves a caller is a key or a token, which another page does not have.
var (
	anyOrigin      = []string{"*"}
	exposedHeaders = []string{"X-Request-Id, Retry-After, X-Rate-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset, " +
		"X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"}
	allowedMethods = []string{"GET, POST, PUT, PATCH, DELETE, OPTIONS"}
	// The names are listed because "*" does not cover Authorization.
	allowedHeaders = []string{"appId, apiKey, authToken, resource, sdk, Content-Type, Accept, Authorization, " +
		"settingsHash, settingsHashReceivedAt, onBehalfOf, onBehalfOfUser, callToken, Idempotency-Key"}
	// One day; Chromium caps it at two hours.
	preflightAge = []string{"86400"}
)

// allowOrigins belongs on every answer, errors too: without it a page sees only a network failure.
func allowOrigins(header http.Header) {
	header["Access-Control-Allow-Origin"] = anyOrigin
	header["Access-Control-Expose-Headers"] = exposedHeaders
}

func answerPreflight(w http.ResponseWriter) {
	header := w.Header()
	header["Access-Control-Allow-Methods"] = allowedMethods
	header["Access-Control-Allow-Headers"] = allowedHeaders
	header["Access-Control-Max-Age"] = preflightAge
	w.WriteHeader(http.StatusNoContent)
}
