package dashboard

import (
	"context"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/usherhq/usher/internal/identity"
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

// RecentNumbers are the numbers that live views share, of which a test needs one.
type RecentNumbers struct{ shared recentNumbers }

// Users is how many users an app has, as count says where nobody has counted just now.
func (r *RecentNumbers) Users(ctx context.Context, app identity.AppID, count func() int) int {
	numbers, _ := r.shared.get(ctx, recentKey{app: app}, time.Now, func() (overviewNumbers, error) { return overviewNumbers{Users: count()}, nil })
	return numbers.Users
}
