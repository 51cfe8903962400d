package rest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/usherhq/usher/internal/fault"
)

const idempotencyHeader = "Idempotency-Key"

// idempotencyKeyForm is what a key may look like: 1 to 255 printable characters of ASCII.
var idempotencyKeyForm = regexp.MustCompile(`^[ -~]{1,255}$`)

// repeatable are the routes that a request may be sent to again without being done again. What else
// changes something is no different when it is done twice.
var repeatable = map[string]bool{
	"POST /users": true, "POST /users/{uid}/auth_tokens": true, "POST /users/{uid}/blockedusers": true,
	"POST /roles": true, "POST /apikeys": true, "POST /apps": true, "POST /signing_keys": true, "POST " + importPath: true, "POST /roles/{role}/restrictedfeatures": true,
	"POST /webhooks": true, "POST /webhooks/{id}/test": true, "POST /webhooks/{id}/deliveries/{deliveryId}/replay": true,
}

// keptAnswer is the body of an answer, as it is kept and read back.
type keptAnswer struct {
	Data  json.RawMessage `json:"data,omitempty"`
	Meta  *meta           `json:"meta,omitempty"`
	Error *failureBody    `json:"error,omitempty"`
}

// once is the endpoint of a route, which gives the same answer to the same request when that is sent
// again with the same Idempotency-Key. Refusals are answers too; failures of ours are not, for they
// are worth another try.
func (h *Handler) once(route route) endpoint {
	if !repeatable[route.pattern] {
		return route.run
	}
	return func(c *call) (answer, error) {
		given := c.Header[idempotencyHeader]
		if len(given) == 0 {
			return route.run(c)
		}
		if len(given) > 1 || !idempotencyKeyForm.MatchString(given[0]) {
			return answer{}, invalid(idempotencyHeader, "The Idempotency-Key must be one text of 1 to 255 printable ASCII characters.")
		}
		request, err := digestRequest(c.Request)
		if err != nil {
			return answer{}, err
		}
		attempt, err := h.service.BeginAttempt(c.Context(), c.caller, given[0], request)
		if err != nil {
			return answer{}, err
		}
		if attempt.Answer != "" {
			return readAnswer(attempt.Answer)
		}
		result, err := guarded(route.run, c)
		kept, keepErr := keep(result, err)
		if keepErr == nil {
			keepErr = h.service.EndAttempt(c.Context(), attempt, kept)
		}
		if keepErr != nil {
			// What was done is done, and the caller has to hear of it.
			h.log.Error("an answer could not be kept for its Idempotency-Key", slog.Any("error", keepErr), slog.String("request", c.id))
		}
		return result, err
	}
}

// digestRequest stands for method, path and body. The body can be read once more afterwards.
func digestRequest(r *http.Request) (sum [sha256.Size]byte, err error) {
	body, err := readBody(r.Body)
	if err != nil {
		return sum, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	digest := sha256.New()
	_, _ = io.WriteString(digest, r.Method+" "+r.URL.RequestURI()+"\n")
	_, _ = digest.Write(body)
	digest.Sum(sum[:0])
	return sum, nil
}

// keep makes the text of an answer that can be given again, or an empty one of what can't.
func keep(result answer, failed error) (string, error) {
	var body any = result
	if failed != nil {
		known, ok := errors.AsType[*fault.Error](failed)
		if !ok || known.Code.Status() >= http.StatusInternalServerError {
			return "", nil
		}
		body = failure{failureBody{Code: known.Code, Message: known.Message, Details: known.Details}}
	}
	text, err := json.Marshal(body)
	return string(text), err
}

// readAnswer is what keep was given.
func readAnswer(text string) (answer, error) {
	var kept keptAnswer
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		return answer{}, err
	}
	if kept.Error != nil {
		return answer{}, &fault.Error{Code: kept.Error.Code, Message: kept.Error.Message, Details: kept.Error.Details}
	}
	return answer{Data: kept.Data, Meta: kept.Meta}, nil
}
