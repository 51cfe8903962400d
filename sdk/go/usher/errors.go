package usher

import (
	"errors"
	"time"
)

// Code is a stable error code. Decide by it, never by a message. The type is open: a code that this
// version of the SDK has no constant for reaches you as the server sent it.
type Code string

// ErrUnusableAnswer is wrapped by the error of a call that was answered with something other than
// the documented JSON: HTML of a proxy, an empty body, too many bytes, or data that is not what was
// asked for. Package calls gives such an error the code CodeUnusableAnswer; from package admin it has
// none.
var ErrUnusableAnswer = errors.New("usher: the server's answer cannot be used")

// Error is an error with a code: a refusal by the server, or by the SDK before a request was sent.
// Package calls gives every error a code, also that the server was not reached (CodeNotReached, which
// wraps a *url.Error); from package admin such errors have none.
//
// No text of an Error holds an API key or an auth token.
type Error struct {
	// Code says which refusal it is.
	Code Code
	// Message is for people and may change.
	Message string
	// Details names the wrong fields and why they are; only validation by the server has them.
	Details map[string][]string
	// Status is the HTTP status of the server's answer, 0 when no request was made.
	Status int
	// RetryAfter is how long the server asks to wait before the next attempt, 0 when it does not.
	RetryAfter time.Duration
	cause      error
}

// NewError makes the error of a code that the SDK itself gives, with the text that belongs to it.
// The cause may be nil.
func NewError(code Code, cause error) *Error {
	return &Error{Code: code, Message: messages[code], cause: cause}
}

// Error gives the code, the message and the cause.
func (e *Error) Error() string {
	text := string(e.Code)
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.cause != nil {
		text += " (" + e.cause.Error() + ")"
	}
	return text
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is an *Error of the same code, so that
// errors.Is(err, &usher.Error{Code: usher.CodeUnknownUID}) works.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// CodeOf is the code of the first *Error in err's tree, or "" when there is none.
func CodeOf(err error) Code {
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal.Code
	}
	return ""
}

// EndsSession reports whether err is the server's word that the auth token it was sent with is dead:
// revoked, deleted or expired, or its user is gone. No other error means that, least of all one of
// the network.
func EndsSession(err error) bool { return verdicts[CodeOf(err)] }
