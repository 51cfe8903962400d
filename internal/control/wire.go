package control

import (
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/userfile"
)

// Path is what all that [Handler] answers lies under: nothing of the REST API does.
const Path = "/control/"

const (
	usersPath     = Path + "users"
	operatorsPath = Path + "operators"
)

// totalHeader says about how many users an export will have.
const totalHeader = "Usher-Users"

// imported is the answer to an import, whole or broken off.
type imported struct {
	Report userfile.Report
	// Failure says why it ended before the file did.
	Failure string `json:",omitempty"`
}

// invited is an invitation; unlike [identity.Invitation], it is written with its code.
type invited struct {
	Code      string
	Name      string
	Role      identity.OperatorRole
	ExpiresAt time.Time
}

func (i invited) invitation() identity.Invitation {
	return identity.Invitation{Code: identity.Secret(i.Code), Name: i.Name, Role: i.Role, ExpiresAt: i.ExpiresAt}
}

// failure is every other answer than 200.
type failure struct{ Failure string }
