package identity

import (
	"context"
	"errors"
)

// What a Store answers where a use case must decide. Everything else is a failure of the database.
var (
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrTaken: another row has the same name already.
	ErrTaken = errors.New("taken")
	// ErrOverloaded: the write waited in vain and was not made. It may be tried again.
	ErrOverloaded = errors.New("database overloaded")
)

// Page is a part of a list: Number counts from 1, Size is at most MaxPageSize.
type Page struct {
	Number int
	Size   int
}

// Paging as documented (contract 0.4).
const (
	DefaultPageSize = 100
	MaxPageSize     = 1000
)

// Offset is how many rows come before the page.
func (p Page) Offset() int { return (p.Number - 1) * p.Size }

// Session is a live auth token with whom and what it stands for.
type Session struct {
	Token AuthToken
	User  User
	App   App
}

// Reader is what can be asked of a database. Each method sees everything that was answered before.
type Reader interface {
	// App gives ErrNotFound for an unknown one.
	App(ctx context.Context, id AppID) (App, error)
	// OnlyApp gives the only app there is, or ErrNotFound when there is none or more than one.
	OnlyApp(ctx context.Context) (App, error)
	// APIKey finds a key of an app by its value, or gives ErrNotFound.
	APIKey(ctx context.Context, app AppID, value Secret) (APIKey, error)
	// Session finds a token by its value, or gives ErrNotFound; a deactivated user has no sessions.
	Session(ctx context.Context, value Secret) (Session, error)
	// User finds a user, deactivated ones included, or gives ErrNotFound.
	User(ctx context.Context, app AppID, uid UID) (User, error)
	// Users lists the active users of an app by uid, and counts all of them.
	Users(ctx context.Context, app AppID, page Page) (users []User, total int, err error)
	// AuthTokens lists a user's live tokens, newest first, and counts all of them.
	AuthTokens(ctx context.Context, user User, page Page) (tokens []AuthToken, total int, err error)
}

// Tx is what a change may do, all or nothing.
type Tx interface {
	// ClaimFirstApp says whether this database has had no app so far, and makes that answer true only
	// once, whoever else asks at the same time.
	ClaimFirstApp(id AppID) (bool, error)
	// AddApp gives ErrTaken when the id is in use.
	AddApp(app App) error
	AddAPIKey(key APIKey) (APIKey, error)
	// AddUser gives ErrTaken when the uid is in use, by a deactivated user too.
	AddUser(user User) (User, error)
	// LockUser finds a user as User does and keeps every other change of it waiting until this one ends.
	LockUser(app AppID, uid UID) (User, error)
	// LockOwner is LockUser with no more of the user than ID, AppID, UID and DeactivatedAt: what a
	// change of its tokens needs, on the busiest way there is.
	LockOwner(app AppID, uid UID) (User, error)
	// SaveUser writes all fields of a user found by LockUser.
	SaveUser(user User) error
	// TouchUser writes only the user's LastActiveAt; ErrNotFound when the user was deactivated meanwhile.
	TouchUser(user User) error
	// NewestUnboundToken finds the newest token of the user that the scope minted and no device has
	// bound, or gives ErrNotFound.
	NewestUnboundToken(user User, mintedBy Scope) (AuthToken, error)
	// AddAuthToken adds a token of a locked user, and says how many others the user has.
	AddAuthToken(user User, token AuthToken) (added AuthToken, others int, err error)
	// BindDevice writes the device of a user's token; ErrNotFound when it was revoked meanwhile.
	BindDevice(user User, token AuthToken) error
	// DeleteAuthToken revokes one token of the user by its value and gives its id, or ErrNotFound.
	DeleteAuthToken(user User, value Secret) (int64, error)
	// DeleteAuthTokensBeyond revokes the oldest tokens of the user until newest are left, and gives
	// the ids of the revoked.
	DeleteAuthTokensBeyond(user User, newest int) ([]int64, error)
	AddEvent(event Event) error
}

// Store is a database as the use cases need it.
type Store interface {
	Reader
	// Change runs do in one transaction and returns after the commit. do has no other way to the
	// database than tx, and no effect outside: it may run again when the transaction has to be
	// repeated. Its error undoes the change and comes back as it is.
	Change(ctx context.Context, do func(tx Tx) error) error
	// Ping says whether the database answers.
	Ping(ctx context.Context) error
	// Close waits for running changes and releases the database.
	Close() error
}
