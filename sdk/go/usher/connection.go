package usher

// ConnectionStatus says how the realtime connection is. The type is open.
type ConnectionStatus string

// The known statuses.
const (
	// Connected is that the server knows whose connection it is: the user is online.
	Connected ConnectionStatus = "connected"
	// Connecting is that there is no connection and the client works on one, pauses between attempts
	// included.
	Connecting ConnectionStatus = "connecting"
	// Disconnected is that there is no connection and nobody works on one.
	Disconnected ConnectionStatus = "disconnected"
)

// ConnectionListener hears how the realtime connection is, once it was added to a client. Functions
// may be nil. It is called as a [LoginListener] is.
//
// A connection that is lost is Disconnected, then at once Connecting, then Connected again.
type ConnectionListener struct {
	// Connecting hears that the client begins to work on a connection, not of every attempt.
	Connecting func()
	// Connected hears that the user is online.
	Connected func()
	// Disconnected hears that there is no connection any more.
	Disconnected func()
}

// UserListener hears of other users who come and go, as far as the client has subscribed to their
// presence, once it was added to a client. Functions may be nil. It is called as a [LoginListener] is.
type UserListener struct {
	// UserOnline hears of a user whose first connection opened.
	UserOnline func(user *User)
	// UserOffline hears of a user whose last connection ended; LastActiveAt says when.
	UserOffline func(user *User)
}

// Subscription says whose presence an app wants to hear of. The zero value asks for nobody's.
type Subscription string

// The subscriptions.
const (
	SubscribeAllUsers Subscription = "ALL_USERS"
	// SubscribeRoles asks for the users of the roles that are named with it.
	SubscribeRoles   Subscription = "ROLES"
	SubscribeFriends Subscription = "FRIENDS"
)
