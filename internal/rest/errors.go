package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/usherhq/usher/internal/fault"
)

// failure is the body of every error, in the shape that the SDKs read (wire.md 3).
type failure struct {
	Error failureBody `json:"error"`
}

type failureBody struct {
	Code    fault.Code          `json:"code"`
	Message string              `json:"message"`
	Details map[string][]string `json:"details,omitempty"`
}

// refuse is the one door for errors: a fault is answered as it is, anything else is a 500 whose text
// only the log gets.
func (h *Handler) refuse(c *call, err error) (status int, body any) {
	known, ok := errors.AsType[*fault.Error](err)
	if !ok {
		known = fault.Exception(c.id)
		if errors.Is(err, context.Canceled) && c.Context().Err() != nil {
			// The caller has gone; it is not a defect, and nobody reads the answer.
			known = fault.MissionFailed()
		}
		known = known.Because(err)
	}
	h.noteRefusal(c, known)
	status = known.Code.Status()
	level, message := slog.LevelInfo, "request refused"
	if status >= http.StatusInternalServerError {
		level, message = slog.LevelError, "request failed"
	}
	attributes := []slog.Attr{
		slog.String("code", string(known.Code)), slog.String("method", c.Method), slog.String("route", c.Pattern),
		slog.String("app", string(c.caller.App.ID)), slog.String("address", c.address), slog.String("request", c.id),
	}
	if cause := errors.Unwrap(known); cause != nil {
		attributes = append(attributes, slog.String("cause", cause.Error()))
	}
	h.log.LogAttrs(c.Context(), level, message, attributes...)
	return status, failure{failureBody{Code: known.Code, Message: known.Message, Details: known.Details}}
}
