package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// maxBodyBytes bounds a request that is no document.
const maxBodyBytes = 10 << 10

// call is one request for a control.
type call struct {
	*http.Request
	// writer is where a request whose body is too large is told so.
	writer http.ResponseWriter
}

// decode reads the body, an object without fields that into does not have.
func (c *call) decode(into any) error {
	text, err := c.read(maxBodyBytes)
	if err != nil {
		return err
	}
	return decodeStrictly("", text, into)
}

func (c *call) read(most int64) ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(c.writer, c.Body, most))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, invalid("body", fmt.Sprintf("The body may not be larger than %d KB.", most>>10))
	}
	if err != nil {
		return nil, invalid("body", "The body could not be read.").Because(err)
	}
	return text, nil
}

func invalid(place, reason string) *fault.Error {
	failure := fault.BadRequest()
	failure.Details = map[string][]string{place: {reason}}
	return failure
}

// adapt gives a control its time limit, and writes what it answers.
func (e *Emulator) adapt(run func(c *call) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), workTimeLimit)
		defer cancel()
		// A large document takes longer than the server lets a client of the API take. Where it can't be said,
		// the server's own bounds hold.
		deadline := time.Now().Add(workTimeLimit + time.Second)
		answering := http.NewResponseController(w)
		_ = errors.Join(answering.SetReadDeadline(deadline), answering.SetWriteDeadline(deadline))
		data, err := run(&call{Request: r.WithContext(ctx), writer: w})
		e.config.Log.Debug("control", slog.String("route", r.Pattern), slog.Any("error", err))
		if err != nil {
			e.refuse(w, r, err)
			return
		}
		e.write(w, http.StatusOK, map[string]any{"data": data})
	}
}

// refuse answers an error in the shape of the API.
func (e *Emulator) refuse(w http.ResponseWriter, r *http.Request, err error) {
	known, ok := errors.AsType[*fault.Error](err)
	if !ok {
		e.config.Log.Error("a control failed", slog.String("path", r.URL.Path), slog.Any("error", err))
		known = &fault.Error{Code: fault.CodeException, Message: "Something went wrong on the server; its log has the cause."}
	}
	e.write(w, known.Code.Status(), failure(string(known.Code), known.Message, known.Details))
}

// failure is the body of an error.
func failure(code, message string, details map[string][]string) any {
	type body struct {
		Code    string              `json:"code"`
		Message string              `json:"message"`
		Details map[string][]string `json:"details,omitempty"`
	}
	return map[string]body{"error": {code, message, details}}
}

// write sends a body that a person can read too, who has opened it in a browser.
func (e *Emulator) write(w http.ResponseWriter, status int, body any) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(body); err != nil {
		e.config.Log.Error("answer could not be encoded", slog.Any("error", err))
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// Whoever does not read the answer has gone.
	_, _ = w.Write(text.Bytes())
}

// below is the place of a field of what is at a place.
func below(place, field string) string {
	return strings.Trim(place+"."+field, ".")
}
