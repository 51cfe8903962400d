// Package apidocs serves the document of the REST API, and a page that people can read it on.
//
// The page is drawn by Redoc, which vendor.sh put into redoc/: nothing is asked of another host.
package apidocs

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/usherhq/usher/spec"
)

//go:embed page.html
var page []byte

//go:embed redoc/redoc.standalone.js
var redoc []byte

// The page may run the script that comes with it and no other, and may talk to this server only. Redoc
// writes its styles into the page, and searches in a worker that it makes from a text of its own.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; " +
	"connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Paths are what Handler answers, with GET and HEAD.
var Paths = []string{"/openapi.yaml", "/docs", "/docs/redoc.js"}

// Handler answers Paths. Nobody has to prove anything: the documents hold no secret.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /openapi.yaml", file("application/yaml", spec.OpenAPI()))
	mux.Handle("GET /docs", file("text/html; charset=utf-8", page))
	mux.Handle("GET /docs/redoc.js", file("text/javascript; charset=utf-8", redoc))
	return mux
}

// file serves a content that stays as it is while the process lives. Browsers ask again each time,
// because the next version of the server has another; the ETag spares them the body.
func file(kind string, content []byte) http.HandlerFunc {
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	return func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Type", kind)
		header.Set("ETag", tag)
		header.Set("Cache-Control", "no-cache")
		header.Set("Content-Security-Policy", contentSecurityPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}
