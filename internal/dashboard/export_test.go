package dashboard

import (
	"net/http"
	"net/http/httptest"
)

// GuardedRoutes are the patterns of the routes that take a capability.
func GuardedRoutes() []string {
	var patterns []string
	for _, route := range (*Dashboard)(nil).routes() {
		if route.needs != open && route.needs != signedIn {
			patterns = append(patterns, route.pattern)
		}
	}
	return patterns
}

// RouteOf is the pattern of the route that an address leads to.
func RouteOf(method, path string) string {
	mux := http.NewServeMux()
	for _, route := range (*Dashboard)(nil).routes() {
		mux.HandleFunc(route.pattern, http.NotFound)
	}
	_, pattern := mux.Handler(httptest.NewRequest(method, path, http.NoBody))
	return pattern
}
