package admin

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/usherhq/usher/sdk/go/internal/transport"
)

// HealthService asks the server how it is. Its calls carry no credential and are never repeated.
type HealthService struct{ service }

// Alive gives no error when the server answers at all.
func (s *HealthService) Alive(ctx context.Context) error { return s.ask(ctx, "healthz") }

// Ready gives no error when the server can answer requests. Code: usher.CodeNotReady while it starts,
// stops or has no database.
func (s *HealthService) Ready(ctx context.Context) error { return s.ask(ctx, "readyz") }

func (s *HealthService) ask(ctx context.Context, path string) error {
	var answer json.RawMessage
	return s.caller.Do(ctx, transport.Request{Method: http.MethodGet, Path: []string{path}, Unversioned: true}, &answer, nil)
}
