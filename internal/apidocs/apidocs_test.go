package apidocs

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/usherhq/usher/spec"
)

func get(t *testing.T, method, path, etag string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	if etag != "" {
		request.Header.Set("If-None-Match", etag)
	}
	recorder := httptest.NewRecorder()
	Handler().ServeHTTP(recorder, request)
	return recorder
}

func TestEveryPathIsServed(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{
		"/openapi.yaml":  "application/yaml",
		"/docs":          "text/html; charset=utf-8",
		"/docs/redoc.js": "text/javascript; charset=utf-8",
	}
	if len(kinds) != len(Paths) {
		t.Errorf("Paths has %d, want %d", len(Paths), len(kinds))
	}
	for _, path := range Paths {
		got := get(t, http.MethodGet, path, "")
		if got.Code != http.StatusOK || got.Body.Len() == 0 {
			t.Errorf("%s: status %d with %d bytes", path, got.Code, got.Body.Len())
		}
		for name, want := range map[string]string{
			"Content-Type": kinds[path], "Cache-Control": "no-cache",
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		} {
			if value := got.Header().Get(name); value != want {
				t.Errorf("%s: %s is %q, want %q", path, name, value, want)
			}
		}
		again := get(t, http.MethodGet, path, got.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s, asked again with its ETag: status %d with %d bytes", path, again.Code, again.Body.Len())
		}
		head := get(t, http.MethodHead, path, "")
		if head.Code != http.StatusOK || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: status %d with %d bytes", path, head.Code, head.Body.Len())
		}
	}
}

func TestTheDocumentIsTheSpecification(t *testing.T) {
	t.Parallel()
	if got := get(t, http.MethodGet, "/openapi.yaml", ""); !bytes.Equal(got.Body.Bytes(), spec.OpenAPI()) {
		t.Error("/openapi.yaml is not spec/openapi.yaml")
	}
}

// Were there an inline script, or eval, or a resource of another host, this policy would break the
// page: so it must hold, and the page must need no more.
func TestThePageRunsNothingButItsScript(t *testing.T) {
	t.Parallel()
	got := get(t, http.MethodGet, "/docs", "")
	policy := got.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self';", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "http") {
		t.Errorf("the policy lets in too much: %s", policy)
	}
	body := got.Body.String()
	if scripts := regexp.MustCompile(`<script[^>]*>`).FindAllString(body, -1); len(scripts) != 1 || scripts[0] != `<script src="/docs/redoc.js">` {
		t.Errorf("the page has the scripts %q", scripts)
	}
	if regexp.MustCompile(`\son[a-z]+=|https?://|javascript:`).MatchString(body) {
		t.Error("the page has a handler in an attribute, or names another host")
	}
}

// The bundle as published asks a host for a logo; vendor.sh takes that out.
func TestTheRendererAsksNoOtherHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"cdn.", "fonts.googleapis.com"} {
		if bytes.Contains(redoc, []byte(host)) {
			t.Errorf("the bundle names %s", host)
		}
	}
}

func TestOtherPathsAndMethodsAreNotServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/docs/", "/docs/page.html", "/docs/../page.html"} {
		if got := get(t, http.MethodGet, path, ""); got.Code == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
	if got := get(t, http.MethodPost, "/docs", ""); got.Code == http.StatusOK {
		t.Error("POST /docs is served")
	}
}
