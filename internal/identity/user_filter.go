package identity

import "slices"

// MaxUIDsInFilter is how many users a list may be asked for by uid (contract 3).
const MaxUIDsInFilter = 25

// Activity chooses users by whether they are deactivated.
type Activity int

const (
	// ActiveOnly is what lists show unless told otherwise.
	ActiveOnly Activity = iota
	// DeactivatedOnly shows just the deactivated.
	DeactivatedOnly
	// AnyActivity shows both.
	AnyActivity
)

// UserFilter chooses users of a list (contract 1.3.3). Empty fields choose all; several choose what
// all of them choose.
type UserFilter struct {
	Page Page
	// SearchKey is how the uid or the name begins, in any letter case.
	SearchKey string
	// SearchUID and SearchName say where; neither means both.
	SearchUID, SearchName bool
	// Online is nil for all users.
	Online *bool
	// Roles and Tags: any one of them.
	Roles, Tags []string
	UIDs        []UID
	Activity    Activity
	// HideBlockedFor leaves out whom this user blocks, and who blocks it.
	HideBlockedFor *User
	// SortBy is status, the default (who is available first, then by name and uid), name or uid.
	SortBy     string
	Descending bool
}

func (f *UserFilter) check() error {
	found := problems{}
	if len(f.UIDs) > MaxUIDsInFilter {
		found.add("uids", "There may not be more than %d uids.", MaxUIDsInFilter)
	}
	if len(f.Tags) > MaxTags {
		found.add("tags", "There may not be more than %d tags.", MaxTags)
	}
	if len(f.Roles) > MaxRoles {
		found.add("roles", "There may not be more than %d roles.", MaxRoles)
	}
	if !slices.Contains([]string{"", "status", "name", "uid"}, f.SortBy) {
		found.add("sortBy", "The sortBy must be status, name or uid.")
	}
	if slices.ContainsFunc(slices.Concat([]string{f.SearchKey}, f.Roles, f.Tags), holdsControls) {
		found.add("searchKey", "A filter may not contain control characters.")
	}
	if !f.SearchUID && !f.SearchName {
		f.SearchUID, f.SearchName = true, true
	}
	return found.asError()
}

func sortedUnique(uids []UID) []UID {
	return slices.Compact(slices.Sorted(slices.Values(uids)))
}
