// Package fault is the one kind of error that reaches a caller: a code from spec/errors.json, a
// text for people, and a cause that only the log sees.
package fault

import (
	"errors"
	"net/http"
)

// Code is a stable error code of spec/errors.json. Callers decide by it, never by the message.
type Code string

// Status is the HTTP status a code is answered with.
func (c Code) Status() int {
	if status, known := statuses[c]; known {
		return status
	}
	return http.StatusInternalServerError
}

// Error is an answer that the caller may see. Make one with the constructor of its code.
type Error struct {
	Code    Code
	Message string
	// Details names the fields that are wrong and why; only validation has them.
	Details map[string][]string
	cause   error
}

// Error gives the code, the message and the cause, for the log.
func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Message
	if e.cause != nil {
		text += " (" + e.cause.Error() + ")"
	}
	return text
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// Because attaches the cause, which is logged and never answered.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// CodeOf is the code of the first fault in err's chain, or "" when there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}
