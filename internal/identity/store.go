package identity

import (
	"context"
	"errors"
	"iter"
	"time"
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
	// Apps lists apps by id, and counts all that match.
	Apps(ctx context.Context, filter AppFilter) (apps []App, total int, err error)
	// APIKey finds a key of an app by its value, a disabled one too, or gives ErrNotFound.
	APIKey(ctx context.Context, app AppID, value Secret) (APIKey, error)
	// APIKeys lists the keys of an app, oldest first, and counts all that match.
	APIKeys(ctx context.Context, app AppID, filter KeyFilter) (keys []APIKey, total int, err error)
	// Role finds a role of an app, or gives ErrNotFound.
	Role(ctx context.Context, app AppID, id string) (Role, error)
	// Roles lists the roles of an app by id, and counts all of them.
	Roles(ctx context.Context, app AppID, page Page) (roles []Role, total int, err error)
	// Session finds a token by its value, or gives ErrNotFound; a deactivated user has no sessions.
	Session(ctx context.Context, value Secret) (Session, error)
	// SessionOfToken finds a token by its id, or gives ErrNotFound. It is never a kept answer.
	SessionOfToken(ctx context.Context, id int64) (Session, error)
	// User finds a user, deactivated ones included, or gives ErrNotFound.
	User(ctx context.Context, app AppID, uid UID) (User, error)
	// Users lists the users of an app that a filter chooses, and counts all of them.
	Users(ctx context.Context, app AppID, filter UserFilter) (users []User, total int, err error)
	// AllUsers gives every user of an app by uid, deactivated ones included, as they were at one
	// moment. An error is the last that it gives.
	AllUsers(ctx context.Context, app AppID) iter.Seq2[User, error]
	// Relations says how users stand to a viewer; who has no entry has no blocks.
	Relations(ctx context.Context, viewer User, users []User) (map[int64]Relation, error)
	// Blocked lists the active users that a user blocks, or is blocked by, by name and uid.
	Blocked(ctx context.Context, user User, direction BlockDirection, page Page) (blocked []BlockedUser, total int, err error)
	// AuthToken finds a token of a user by its value, or gives ErrNotFound.
	AuthToken(ctx context.Context, user User, value Secret) (AuthToken, error)
	// AuthTokens lists a user's tokens that have not expired by now, newest first, and counts all of them.
	AuthTokens(ctx context.Context, user User, now time.Time, page Page) (tokens []AuthToken, total int, err error)
	// AllTokens lists every token of an app, oldest first, expired ones that were not removed yet included.
	AllTokens(ctx context.Context, app AppID) ([]AuthToken, error)
	// AllBlocks lists every block among users of an app, deactivated ones included, by who blocks whom.
	AllBlocks(ctx context.Context, app AppID) ([]Block, error)
	// CountLiveTokens counts the auth tokens of all apps that have not expired by now.
	CountLiveTokens(ctx context.Context, now time.Time) (int, error)
	// Events lists an app's events, none of which is of an earlier app with its id, in an order that
	// grows at its end only: what is listed behind an
	// event now stays there, and what is yet to come comes behind it. That order is that of their ids
	// but for changes that were made at the same time.
	Events(ctx context.Context, app AppID, filter EventFilter) ([]Event, error)
	// LastEvent gives the id of the event that comes last now in the order of the events of all apps,
	// which grows at its end only, or 0.
	LastEvent(ctx context.Context) (int64, error)
	// EventsOfKinds lists, in that order, the first events of the kinds behind one and not behind another.
	EventsOfKinds(ctx context.Context, after, through int64, kinds []EventKind, limit int) ([]Event, error)
	// SigningKeys lists the keys that sign JWTs, oldest first.
	SigningKeys(ctx context.Context) ([]SigningKey, error)

	ActivityStore
	WebhookStore
	OperatorStore
}

// Tx is what a change may do, all or nothing.
type Tx interface {
	// ClaimFirstApp says whether this database has had no app so far, and makes that answer true only
	// once, whoever else asks at the same time.
	ClaimFirstApp(id AppID) (bool, error)
	// AddApp gives ErrTaken when the id is in use.
	AddApp(app App) error
	// LockApp finds an app and keeps every other change that locks it waiting until this one ends: for
	// what must be counted before it is added.
	LockApp(id AppID) (App, error)
	// SaveApp writes all fields of an app.
	SaveApp(app App) error
	// DeleteApps removes, with all that they hold, the apps whose time has come.
	DeleteApps(now time.Time) ([]AppID, error)
	// Clear removes every app with all that it holds, every attempt and the events, and gives the ids of the
	// apps. What numbers things goes on where it was; the signing keys and the running servers stay.
	Clear() ([]AppID, error)
	AddAPIKey(key APIKey) (APIKey, error)
	CountAPIKeys(app AppID) (int, error)
	// LockAPIKey finds a key by its id and keeps other changes of it waiting. Its value is not read.
	LockAPIKey(id int64) (APIKey, error)
	SaveAPIKey(key APIKey) error
	DeleteAPIKey(id int64) error
	// TouchAPIKey writes when a key was used last.
	TouchAPIKey(id int64, at time.Time) error
	// Role finds a role of an app, which then stays until the change ends, or gives ErrNotFound.
	Role(app AppID, id string) (Role, error)
	CountRoles(app AppID) (int, error)
	AddRole(role Role) error
	SaveRole(role Role) error
	// DeleteRole removes a role and gives its users the role default; ErrNotFound for an unknown one.
	DeleteRole(app AppID, id string) error
	// User finds a user, who then is not deleted until the change ends but may be changed, or gives
	// ErrNotFound.
	User(app AppID, uid UID) (User, error)
	// SetBlock makes a user block another or not, and says whether that is a change.
	SetBlock(blocker, blocked User, on bool, at time.Time) (changed bool, err error)
	// DeleteUser removes a user with all that is its own.
	DeleteUser(user User) error
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
	// NewestUnboundToken finds the newest token of the user that the scope minted, no device has
	// bound and has not expired by now, or gives ErrNotFound.
	NewestUnboundToken(user User, mintedBy Scope, now time.Time) (AuthToken, error)
	// AuthToken finds a token of a locked user by its value, or gives ErrNotFound.
	AuthToken(user User, value Secret) (AuthToken, error)
	// AddAuthToken adds a token of a locked user, and says how many others the user has, those included
	// that have expired and were not removed yet.
	AddAuthToken(user User, token AuthToken) (added AuthToken, others int, err error)
	// BindDevice writes the device of a user's token; ErrNotFound when it was revoked meanwhile.
	BindDevice(user User, token AuthToken) error
	// DeleteAuthToken revokes one token of the user by its value and gives its id, or ErrNotFound.
	DeleteAuthToken(user User, value Secret) (int64, error)
	// DeleteAuthTokensBeyond removes the tokens of the user that have expired by now, revokes the oldest
	// of the others until newest are left, and gives the ids of the revoked.
	DeleteAuthTokensBeyond(user User, newest int, now time.Time) ([]int64, error)
	// DeleteTokensOfIssuer revokes every token that an API key issued, and says how many.
	DeleteTokensOfIssuer(issuer int64) (int, error)
	// DeleteExpiredTokens removes tokens that had expired by then, at most limit, and says how many.
	DeleteExpiredTokens(now time.Time, limit int) (int, error)
	// LockSigningKeys lists them as SigningKeys does, and keeps whoever else locks them waiting until
	// this change ends.
	LockSigningKeys() ([]SigningKey, error)
	AddSigningKey(key SigningKey) (SigningKey, error)
	DeleteSigningKey(id int64) error
	// LockPresence keeps whoever else locks it waiting until this change ends. Whoever sets users online
	// or not calls it before anything else: so the events come in the order of the changes.
	LockPresence() error
	// RenewNode says until when a server is alive, if nothing else is heard of it. added says that the
	// server was not there, or had been declared dead: then any of its users may be online no more.
	RenewNode(node string, until time.Time) (added bool, err error)
	// LockDeadNode finds a server whose lease was over by then, declares it dead and keeps whoever else
	// wants to lock or renew it waiting, or gives ErrNotFound.
	LockDeadNode(now time.Time) (string, error)
	// UsersAt lists users who are online at a server, by id, at most limit.
	UsersAt(node string, limit int) ([]User, error)
	// DeleteNode removes a server where nobody is online.
	DeleteNode(node string) error
	// SetOnline makes a user, found by its ID, online at a server or not, and writes when the user was
	// last active. changed says that the user came online or went offline by it, over all servers.
	// ErrNotFound when the user is gone.
	SetOnline(user User, node string, online bool, at time.Time) (changed bool, err error)
	// AddEvent comes after another write or lock of the change: only who has written something keeps
	// readers of the events waiting for what it commits.
	AddEvent(event Event) error
	// DeleteEvents removes events from before a time, at most limit, and says how many.
	DeleteEvents(before time.Time, limit int) (int, error)
	// ClaimAttempt stores an attempt that has no answer yet, and says whether it did: not when there is
	// one with its ID already that started after what limits say. Of several callers, one claims it.
	ClaimAttempt(attempt Attempt, limits AttemptLimits) (bool, error)
	// Attempt finds an attempt, with its answer if there is one, or gives ErrNotFound.
	Attempt(id [32]byte) (Attempt, error)
	// AnswerAttempt stores the answer to a claimed attempt; ErrNotFound when another claimed it meanwhile.
	AnswerAttempt(attempt Attempt) error
	// DropAttempt removes a claimed attempt; ErrNotFound as for AnswerAttempt.
	DropAttempt(attempt Attempt) error
	// DeleteAttempts removes attempts that had started by then, at most limit, and says how many.
	DeleteAttempts(before time.Time, limit int) (int, error)

	ActivityTx
	WebhookTx
	OperatorTx
}

// Store is a database as the use cases need it.
type Store interface {
	Reader
	// PrepareToken does the work of storing a token's value that needs no transaction, so that it is not
	// done while others wait for one. What it gives is for AuthToken.Prepared, with the same value.
	PrepareToken(value Secret) (any, error)
	// Change runs do in one transaction and returns after the commit. do has no other way to the
	// database than tx, and no effect outside: it may run again when the transaction has to be
	// repeated. Its error undoes the change and comes back as it is.
	Change(ctx context.Context, do func(tx Tx) error) error
	// Ping says whether the database answers.
	Ping(ctx context.Context) error
	// Close waits for running changes and releases the database.
	Close() error
}
