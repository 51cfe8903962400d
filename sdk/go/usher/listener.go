package usher

// LogoutReason says why nobody is logged in any more. The type is open.
type LogoutReason string

// The known reasons.
const (
	// ReasonUserInitiated is a call of Logout.
	ReasonUserInitiated LogoutReason = "userInitiated"
	// ReasonRevoked is the server's word that the auth token is dead, see [EndsSession].
	ReasonRevoked LogoutReason = "revoked"
	// ReasonElsewhere is a logout, or a revocation, that another process with the same storage met.
	ReasonElsewhere LogoutReason = "elsewhere"
)

// LoginListener hears of logins and logouts once it was added to a client. Functions may be nil.
//
// A listener hears everything in the order in which it happened, one call at a time, from a goroutine
// of its own: it may call every method of the client, take its time, or panic (which is logged),
// without disturbing a call or another listener. What it hears of has happened already.
type LoginListener struct {
	// LoginSuccess hears of every login that succeeds, one that needed no request included.
	LoginSuccess func(user *User)
	// LoginFailure hears of every login that fails, but for one that fails because another one is
	// running.
	LoginFailure func(err error)
	// LogoutSuccess hears that nobody is logged in any more. A login of another user instead is a
	// LoginSuccess.
	LogoutSuccess func(reason LogoutReason)
	// LogoutFailure hears of every logout that fails.
	LogoutFailure func(err error)
}
