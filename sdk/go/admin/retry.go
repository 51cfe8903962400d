package admin

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

const (
	defaultRetries = 2
	maxRetries     = 10
	// firstPause is doubled with every attempt; up to half of it is left to chance, so that many
	// callers do not come back at once.
	firstPause = 200 * time.Millisecond
)

// retrying sends a request again while there is a point in it: when the server was not reached, was
// not ready, or asks for patience, and the caller's time lasts. All attempts carry one
// Idempotency-Key, so that a request whose answer was lost is not done twice.
func (s service) retrying(ctx context.Context, request transport.Request, data, meta any) error {
	ctx, cancel := context.WithTimeout(ctx, s.caller.Timeout())
	defer cancel()
	if request.Method == http.MethodPost {
		request.IdempotencyKey = transport.NewID("go", "-")
	}
	for attempt := 0; ; attempt++ {
		err := s.caller.Do(ctx, request, data, meta)
		if err == nil || attempt >= s.retries || !worthAnother(err) || !pause(ctx, attempt, err) {
			return err
		}
	}
}

// worthAnother reports whether the same request may well succeed in a moment.
func worthAnother(err error) bool {
	if refusal, ok := errors.AsType[*usher.Error](err); ok {
		return refusal.Status == http.StatusTooManyRequests || refusal.Status == http.StatusServiceUnavailable ||
			refusal.Code == usher.CodeMissionFailed || refusal.Code == usher.CodeIdempotencyKeyInUse
	}
	_, unreached := errors.AsType[*url.Error](err)
	return unreached
}

// pause waits for as long as the server asks for, or a little while; it gives false when the caller's
// time would be over before that.
func pause(ctx context.Context, attempt int, err error) bool {
	wait := firstPause << attempt
	wait -= rand.N(wait / 2) //nolint:gosec // G404: nothing depends on this being unguessable
	if refusal, ok := errors.AsType[*usher.Error](err); ok && refusal.RetryAfter > 0 {
		wait = refusal.RetryAfter
	}
	return rest(ctx, wait)
}

// rest waits; it gives false when the caller's time is over, or would be before that.
func rest(ctx context.Context, wait time.Duration) bool {
	if end, limited := ctx.Deadline(); limited && time.Until(end) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
