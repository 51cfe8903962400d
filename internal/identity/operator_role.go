package identity

import "slices"

// OperatorRole is what an operator may do in the console.
type OperatorRole string

// The roles of operators. Each may do what those behind it may.
const (
	OperatorOwner     OperatorRole = "owner"
	OperatorDeveloper OperatorRole = "developer"
	OperatorViewer    OperatorRole = "viewer"
)

// OperatorRoles are the roles, from the one that may do least.
var OperatorRoles = []OperatorRole{OperatorViewer, OperatorDeveloper, OperatorOwner}

// Capability is something that an operator may or may not do.
type Capability string

// The capabilities.
const (
	// CanLook is to see apps, users, keys without their values, events and deliveries.
	CanLook Capability = "look"
	// CanManageKeys is to see the values of API keys, and to make, change and delete keys.
	CanManageKeys Capability = "manage keys"
	// CanManageUsers is to make, change, import and delete users and their roles, and to issue and revoke their
	// auth tokens.
	CanManageUsers Capability = "manage users"
	// CanManageWebhooks is to make, change, try and delete webhooks, and to replay deliveries.
	CanManageWebhooks Capability = "manage webhooks"
	// CanManageApps is to make, change, delete and restore apps.
	CanManageApps Capability = "manage apps"
	// CanManageOperators is to invite, change and remove operators.
	CanManageOperators Capability = "manage operators"
)

// leastRole says, of every capability, which role is the least that has it. Nothing else decides that.
var leastRole = map[Capability]OperatorRole{
	CanLook:            OperatorViewer,
	CanManageKeys:      OperatorDeveloper,
	CanManageUsers:     OperatorDeveloper,
	CanManageWebhooks:  OperatorDeveloper,
	CanManageApps:      OperatorOwner,
	CanManageOperators: OperatorOwner,
}

// Has says whether the role has a capability. An unknown role has none, and nobody an unknown capability.
func (r OperatorRole) Has(capability Capability) bool {
	least, known := leastRole[capability]
	return known && slices.Contains(OperatorRoles, r) && slices.Index(OperatorRoles, r) >= slices.Index(OperatorRoles, least)
}

func parseOperatorRole(found problems, role OperatorRole) {
	if !slices.Contains(OperatorRoles, role) {
		found.add("role", "The role must be owner, developer or viewer.")
	}
}
