package rest

// Endpoints is what is served, to be held against what is specified.
var Endpoints = func() []string {
	patterns := []string{"GET /healthz", "GET /readyz", "GET " + jwksPath}
	for _, route := range (&Handler{}).endpoints() {
		patterns = append(patterns, route.pattern)
	}
	return patterns
}()
