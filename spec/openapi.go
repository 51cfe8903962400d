package spec

import (
	_ "embed"
	"slices"
)

//go:embed openapi.yaml
var openapi []byte

// OpenAPI is the document of the REST API, openapi.yaml, in a copy that the caller may keep.
func OpenAPI() []byte { return slices.Clone(openapi) }
