package realtime

// CloseCode says why the gateway ended a socket. The numbers are stable; the ones above 4000 follow the
// HTTP status that would mean the same.
type CloseCode uint16

// The close codes, each with what its client is to do. All but Revoked and Refused leave the session as
// it is.
const (
	// GoingAway: the server stops. Connect again.
	GoingAway CloseCode = 1001
	// Malformed: what came is not the WebSocket protocol.
	Malformed CloseCode = 1002
	// NotText: a frame of text was not UTF-8.
	NotText CloseCode = 1007
	// TooLarge: a frame was larger than MaxFrameBytes.
	TooLarge CloseCode = 1009
	// Failed: a defect of ours. Connect again.
	Failed CloseCode = 1011
	// Unavailable: the database did not answer. Connect again, later.
	Unavailable CloseCode = 1013
	// BadFrame: the first frame was not auth, or a frame was no JSON object in text.
	BadFrame CloseCode = 4400
	// Refused: the JWT is not good, or not any more. Log in again.
	Refused CloseCode = 4401
	// Revoked: the auth token has ended, or its user or app. Log in again.
	Revoked CloseCode = 4403
	// NotAuthenticated: no auth frame came within the time for it.
	NotAuthenticated CloseCode = 4408
	// SecondAuth: an auth frame came on a socket that is authenticated. Open another one.
	SecondAuth CloseCode = 4409
	// Lost: nothing was heard of the client for too long. Connect again.
	Lost CloseCode = 4410
	// TooSlow: the client did not read what was sent to it. Connect again.
	TooSlow CloseCode = 4413
	// TooMany: the user has too many sockets. Close some.
	TooMany CloseCode = 4429
)

var closeReasons = map[CloseCode]string{
	GoingAway:        "the server stops",
	Malformed:        "protocol error",
	NotText:          "not UTF-8",
	TooLarge:         "the frame is too large",
	Failed:           "the server failed",
	Unavailable:      "try again later",
	BadFrame:         "not a frame that is expected here",
	Refused:          "the JWT is not valid",
	Revoked:          "the session has ended",
	NotAuthenticated: "no auth frame came in time",
	SecondAuth:       "already authenticated",
	Lost:             "nothing was heard for too long",
	TooSlow:          "too slow in reading",
	TooMany:          "the user has too many sockets",
}

// String is the reason that goes with the code.
func (c CloseCode) String() string { return closeReasons[c] }
