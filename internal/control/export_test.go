package control

import (
	"log/slog"
	"net/http"
	"time"
)

// ImpatientHandler is [Handler] with another pause that readers may make.
func ImpatientHandler(desk Desk, log *slog.Logger, pause time.Duration) http.Handler {
	return routes(&handler{desk, log, pause})
}
