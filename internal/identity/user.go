package identity

import (
	"encoding/json"
	"regexp"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// UID names a user within an app: 1 to 100 of a-z, 0-9, - and _. Make one with ParseUID.
type UID string

var uidForm = regexp.MustCompile(`^[a-z0-9_-]{1,100}$`)

// ParseUID folds a uid to lower case (contract 3: folded everywhere) and checks its form.
func ParseUID(text string) (UID, error) {
	folded := foldASCII(text)
	switch {
	case folded == "":
		return "", invalid("uid", "The uid field is required.")
	case len(folded) > MaxUIDCharacters:
		return "", invalid("uid", "The uid may not be longer than 100 characters.")
	case !uidForm.MatchString(folded):
		return "", invalid("uid", "The uid may only contain letters, digits, - and _.")
	}
	return UID(folded), nil
}

// ParsePathUID is ParseUID for a uid that names an existing user: one that can't exist gets the
// answer of one that doesn't.
func ParsePathUID(text string) (UID, error) {
	uid, err := ParseUID(text)
	if err != nil {
		return "", fault.UnknownUID(text).Because(err)
	}
	return uid, nil
}

// User is somebody who can log in. Absent texts are empty; absent times are zero. Times are kept to
// the second.
type User struct {
	// ID tells a user from an earlier one of the same uid: a token of the old one is none of the new.
	ID            int64
	AppID         AppID
	UID           UID
	Name          string
	Avatar        string
	Link          string
	Role          string
	StatusMessage string
	// Metadata is a JSON object of at most MaxMetadataBytes, or nil.
	Metadata json.RawMessage
	Tags     []string

	CreatedAt time.Time
	UpdatedAt time.Time
	// LastActiveAt is zero for a user who never signed in.
	LastActiveAt time.Time
	// Online says whether the user has a live connection. It is read with the user, and kept nowhere
	// but in the connections: writing a user writes none of it.
	Online bool
	// DeactivatedAt is zero for an active user. A deactivated one answers as if it did not exist,
	// but for its uid, which stays taken.
	DeactivatedAt time.Time
}

// Active says whether the user exists for callers.
func (u User) Active() bool { return u.DeactivatedAt.IsZero() }

// NewUser is what a caller says of a user to create. Only UID and Name are required.
type NewUser struct {
	UID           string
	Name          string
	Avatar        string
	Link          string
	Role          string
	StatusMessage string
	Metadata      json.RawMessage
	Tags          []string
}

// check turns what a caller said into a user that keeps every documented limit.
func (n NewUser) check() (User, error) {
	found := problems{}
	uid, err := ParseUID(n.UID)
	if err != nil {
		found.merge(err)
	}
	if n.Role == "" {
		n.Role = DefaultRole
	}
	found.checkName(n.Name)
	found.checkURL("avatar", n.Avatar)
	found.checkURL("link", n.Link)
	n.Role = found.checkRoleID(n.Role)
	found.checkStatusMessage(n.StatusMessage)
	user := User{
		UID: uid, Name: n.Name, Avatar: n.Avatar, Link: n.Link, Role: n.Role, StatusMessage: n.StatusMessage,
		Metadata: found.checkMetadata(n.Metadata), Tags: found.checkTags(n.Tags),
	}
	return user, found.asError()
}

// UserChange is what a caller wants changed; nil leaves a field as it is, empty clears it. Unset
// clears fields by name: avatar, link, metadata.
type UserChange struct {
	Unset         []string
	Name          *string
	Avatar        *string
	Link          *string
	Role          *string
	StatusMessage *string
	Metadata      *json.RawMessage
	Tags          *[]string
}

// says tells whether the change is one at all.
func (c UserChange) says() bool {
	return len(c.Unset) > 0 || c.Name != nil || c.Avatar != nil || c.Link != nil || c.Role != nil ||
		c.StatusMessage != nil || c.Metadata != nil || c.Tags != nil
}

// apply gives the user as it would be after the change, or says what is wrong with the change.
func (c UserChange) apply(user User) (User, error) {
	found := problems{}
	for _, field := range c.Unset {
		switch field {
		case "avatar":
			user.Avatar = ""
		case "link":
			user.Link = ""
		case "metadata":
			user.Metadata = nil
		default:
			found.add("unset", "Only avatar, link and metadata can be unset.")
		}
	}
	if c.Name != nil {
		found.checkName(*c.Name)
		user.Name = *c.Name
	}
	if c.Avatar != nil {
		found.checkURL("avatar", *c.Avatar)
		user.Avatar = *c.Avatar
	}
	if c.Link != nil {
		found.checkURL("link", *c.Link)
		user.Link = *c.Link
	}
	if c.Role != nil {
		user.Role = found.checkRoleID(*c.Role)
	}
	if c.StatusMessage != nil {
		found.checkStatusMessage(*c.StatusMessage)
		user.StatusMessage = *c.StatusMessage
	}
	if c.Metadata != nil {
		user.Metadata = found.checkMetadata(*c.Metadata)
	}
	if c.Tags != nil {
		user.Tags = found.checkTags(*c.Tags)
	}
	return user, found.asError()
}
