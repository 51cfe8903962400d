package verify

import "errors"

// Why a token was not accepted. Find them with errors.Is; their texts are for people.
var (
	// ErrMalformed says that the text is no JWT of an Usher server.
	ErrMalformed = errors.New("the text is not a JWT of an Usher server")
	// ErrAlgorithm says that the JWT is not signed with ES256, whatever it claims to be signed with.
	ErrAlgorithm = errors.New("the JWT is not signed with ES256")
	// ErrUnknownKey says that the server publishes no key of the name in the JWT, asked just now.
	ErrUnknownKey = errors.New("the JWT was signed with a key that the server does not publish")
	// ErrSignature says that the JWT was not signed with the key that it names, or was changed.
	ErrSignature = errors.New("the signature of the JWT is wrong")
	// ErrExpired says that the JWT was good once.
	ErrExpired = errors.New("the JWT is expired")
	// ErrNotYetValid says that the JWT is of a time to come; a clock may be wrong.
	ErrNotYetValid = errors.New("the JWT is not valid yet")
	// ErrIssuer says that another server made the JWT.
	ErrIssuer = errors.New("the JWT is of another issuer")
	// ErrApp says that the JWT is of a user of another app.
	ErrApp = errors.New("the JWT is of another app")
	// ErrUse says that a call token was given for a session's JWT, or the other way round.
	ErrUse = errors.New("the JWT is for another use")
	// ErrUnavailable says that nothing is known about the JWT: the keys could not be fetched, or not in
	// the time that the context left. It is the only reason that trying again can help.
	ErrUnavailable = errors.New("the server's keys are not available")
)

// Error is the error of every token that was not accepted. Its text never holds any of the token.
type Error struct {
	// Reason is one of the errors of this package, and never nil.
	Reason error
	// Cause is what is behind it, such as a *url.Error; it may be nil.
	Cause error
}

// Error gives the reason and the cause.
func (e *Error) Error() string {
	if e.Cause == nil {
		return "verify: " + e.Reason.Error()
	}
	return "verify: " + e.Reason.Error() + ": " + e.Cause.Error()
}

// Unwrap gives the reason and the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Cause}
}

func refuse(reason error) error { return &Error{Reason: reason} }
