package identity

import (
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Operator is a person who uses the console. Operators belong to the installation, not to an app.
type Operator struct {
	ID int64
	// Name is unique and in lower case; the event log names the operator by it.
	Name string
	Role OperatorRole
	// passwordHash is for a Store only, by PasswordHash and WithPasswordHash.
	passwordHash string
	// HasSecondFactor says that signing in needs a code of an authenticator as well.
	HasSecondFactor bool
	CreatedAt       time.Time
	// SignedInAt is zero for one who never has.
	SignedInAt time.Time
}

// PasswordHash is what a Store keeps of the password: it says by itself how it was made.
func (o Operator) PasswordHash() string { return o.passwordHash }

// WithPasswordHash is the operator with what a Store has kept of the password.
func (o Operator) WithPasswordHash(hash string) Operator {
	o.passwordHash = hash
	return o
}

// OperatorSession is a browser that an operator has signed in with.
type OperatorSession struct {
	ID       int64
	Operator Operator
	// Value is the cookie's; a Store keeps its fingerprint only.
	Value     Secret
	CreatedAt time.Time
	// SeenAt is when it was used last; it may be a minute behind.
	SeenAt time.Time
}

// How long an operator's session lives: unused, and in all.
const (
	OperatorSessionIdle = 12 * time.Hour
	OperatorSessionLife = 7 * 24 * time.Hour
)

// liveAt says whether the session is good at a time.
func (s OperatorSession) liveAt(now time.Time) bool {
	return now.Before(s.SeenAt.Add(OperatorSessionIdle)) && now.Before(s.CreatedAt.Add(OperatorSessionLife))
}

// Invitation lets one person become an operator.
type Invitation struct {
	ID int64
	// Code is in what the invited person gets; a Store keeps its fingerprint only.
	Code Secret
	Role OperatorRole
	// First says that the invitation is good only while there is no operator.
	First bool
	// Name is whom it is for; empty for whoever has the code, who then chooses a name.
	Name string
	// Resets says that the operator of that name sets a password with it, and needs no authenticator any
	// more; otherwise there is no operator of that name yet.
	Resets    bool
	InvitedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// InvitationLife is how long an invitation is good.
const InvitationLife = 24 * time.Hour

// MaxOperators is how many operators an installation may have, and as many open invitations.
const MaxOperators = 200

// What the console has to tell a person of apart from wrong input, which is ERR_BAD_REQUEST with details.
var (
	// ErrWrongSignIn: the name, the password or the code is not right. Which one is not told.
	ErrWrongSignIn = errors.New("the name, the password or the code is not right")
	// ErrNotNoted: the event log lacks a sign-in that was refused.
	ErrNotNoted = errors.New("a refused sign-in could not be written to the event log")
	// ErrNotSignedIn: there is no such session, or not any more.
	ErrNotSignedIn = errors.New("not signed in")
	// ErrNoInvitation: the code is of no invitation, or of one that was used, withdrawn or has expired.
	ErrNoInvitation = errors.New("this invitation was used already, has expired, or never was one")
	// ErrLastOwner: without this one nobody could manage operators any more.
	ErrLastOwner = errors.New("this is the last owner: make another operator owner first")
	// ErrNoOperator: there is no such operator, or not any more.
	ErrNoOperator = errors.New("there is no such operator")
	// ErrTooManyOperators: there are MaxOperators operators or invitations.
	ErrTooManyOperators = errors.New("there may not be more than 200 operators, and as many open invitations")
)

// operatorNameForm is of every name that an operator may have: of those made by earlier builds, too, which could
// begin with any of the characters.
var operatorNameForm = regexp.MustCompile(`^[a-z0-9._@+-]{1,100}$`)

// The event log names others by these.
var reservedOperators = map[string]bool{"cli": true, DevelopmentOperator: true}

// DevelopmentOperator is the name of whoever opens the console of a server in development mode.
const DevelopmentOperator = "dev"

// parseOperatorName folds the name of a new operator to lower case and checks its form. The names . and .. are
// steps to browsers: nobody could manage the operator in the console.
func parseOperatorName(found problems, text string) string {
	name := foldASCII(text)
	switch {
	case !operatorNameForm.MatchString(name) || strings.Contains("._@+-", name[:1]):
		found.add("name", "The name must have 1 to 100 letters, digits and the characters . _ @ + - and begin with a letter or a digit.")
	case reservedOperators[name]:
		found.add("name", "The name %s is reserved: choose another one.", name)
	}
	return name
}

// Bounds of a password, in characters. The upper one only bounds the work of hashing it.
const (
	MinPasswordCharacters = 12
	MaxPasswordCharacters = 256
)

func checkPassword(found problems, field string, password Secret) {
	switch characters := utf8.RuneCountInString(string(password)); {
	case characters < MinPasswordCharacters:
		found.add(field, "The password must have at least %d characters.", MinPasswordCharacters)
	case characters > MaxPasswordCharacters:
		found.add(field, "The password may not have more than %d characters.", MaxPasswordCharacters)
	}
}
