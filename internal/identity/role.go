package identity

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/usherhq/usher/internal/fault"
)

// The limits of roles (contract 1.5 and 3).
const (
	MaxRoles                     = 25
	MaxRoleDescriptionCharacters = 255
)

// DefaultRole is the role of a user who was given none. It always exists.
const DefaultRole = "default"

// Role is a kind of user within an app. Its settings are for the chat and call services that ask.
type Role struct {
	AppID AppID
	// ID keeps to the rules of a uid.
	ID          string
	Name        string
	Description string
	// Metadata is a JSON object, or nil.
	Metadata json.RawMessage
	Settings RoleSettings
	// Restricted are the features that users of the role may not use, sorted. Of these, FeatureListUsers is
	// enforced here; the others are for the services that ask.
	Restricted []string
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// RoleSettings is whom users of a role may see and write to: all, friendsOnly, or "" for unsaid.
type RoleSettings struct {
	ListUsers      string `json:"listUsers,omitempty"`
	SendMessagesTo string `json:"sendMessagesTo,omitempty"`
}

// FeatureListUsers is the feature of clients that list users (contract 1.5).
const FeatureListUsers = "u.listUsers"

// MaxRestrictedFeatures bounds the features that a role may be without; the documents name no limit.
const MaxRestrictedFeatures = 100

var featureForm = regexp.MustCompile(`^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$`)

// FeatureChange is what a caller wants of the restrictions of a role.
type FeatureChange struct {
	Restrict, Allow []string
	AllowAll        bool
}

func (c FeatureChange) apply(role Role) (Role, error) {
	found := problems{}
	for field, features := range map[string][]string{"featuresToRestrict": c.Restrict, "featuresToAllow": c.Allow} {
		for _, feature := range features {
			if len(feature) > MaxUIDCharacters || !featureForm.MatchString(feature) {
				found.add(field, "A feature is a name like u.listUsers, of at most 100 characters.")
			}
		}
	}
	restricted := append(slices.Clone(role.Restricted), c.Restrict...)
	restricted = slices.DeleteFunc(restricted, func(feature string) bool { return c.AllowAll || slices.Contains(c.Allow, feature) })
	slices.Sort(restricted)
	role.Restricted = slices.Compact(restricted)
	if len(role.Restricted) > MaxRestrictedFeatures {
		found.add("featuresToRestrict", "There may not be more than %d restricted features.", MaxRestrictedFeatures)
	}
	return role, found.asError()
}

// RoleChange is what a caller wants a role to be; nil leaves a field as it is, empty clears it.
type RoleChange struct {
	Name        *string
	Description *string
	Metadata    *json.RawMessage
	Settings    *RoleSettings
}

// apply gives the role as it would be after the change, or says what is wrong with the change.
func (c RoleChange) apply(role Role) (Role, error) {
	found := problems{}
	if c.Name != nil {
		found.checkName(*c.Name)
		role.Name = *c.Name
	}
	if c.Description != nil {
		text := *c.Description
		if utf8.RuneCountInString(text) > MaxRoleDescriptionCharacters || strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
			found.add("description", "The description may not be longer than %d characters or hold NUL.", MaxRoleDescriptionCharacters)
		}
		role.Description = *c.Description
	}
	if c.Metadata != nil {
		role.Metadata = found.checkMetadata(*c.Metadata)
	}
	if c.Settings != nil {
		for _, value := range []string{c.Settings.ListUsers, c.Settings.SendMessagesTo} {
			if !slices.Contains([]string{"", "all", "friendsOnly"}, value) {
				found.add("settings", "The settings must be all or friendsOnly.")
			}
		}
		role.Settings = *c.Settings
	}
	return role, found.asError()
}

// parseRoleID folds and checks the id of a role.
func parseRoleID(text string) (string, error) {
	uid, err := ParseUID(text)
	if err != nil {
		return "", invalid("role", "The role must have 1 to 100 letters, digits, - and _.")
	}
	return string(uid), nil
}

// parsePathRole is parseRoleID for a role that should exist: one that can't exist gets the answer of
// one that doesn't.
func parsePathRole(text string) (string, error) {
	id, err := parseRoleID(text)
	if err != nil {
		return "", fault.UnknownRole(text).Because(err)
	}
	return id, nil
}

// CreateRole adds a role. Codes: ERR_BAD_REQUEST with details, ERR_ROLE_ALREADY_EXISTS,
// ERR_PLAN_QUOTA_RESTRICTION.
func (s *Service) CreateRole(ctx context.Context, caller Caller, id string, wanted RoleChange) (Role, error) {
	now := s.now()
	found := problems{}
	role := Role{AppID: caller.App.ID, CreatedAt: now, UpdatedAt: now}
	var err error
	if role.ID, err = parseRoleID(id); err != nil {
		found.merge(err)
	}
	if wanted.Name == nil {
		wanted.Name = new(string)
	}
	if role, err = wanted.apply(role); err != nil {
		found.merge(err)
	}
	if err := found.asError(); err != nil {
		return Role{}, err
	}
	err = s.store.Change(ctx, func(tx Tx) error {
		if _, err := tx.LockApp(caller.App.ID); err != nil {
			return err
		}
		if _, err := tx.Role(caller.App.ID, role.ID); !errors.Is(err, ErrNotFound) {
			return orTaken(err, fault.RoleTaken(role.ID))
		}
		count, err := tx.CountRoles(caller.App.ID)
		if err != nil {
			return err
		}
		if count >= MaxRoles {
			return fault.QuotaExceeded("25", "roles")
		}
		if err := tx.AddRole(role); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventRoleCreated, "role:"+role.ID)
	})
	return role, inTime(err)
}

// orTaken gives the answer for something that was found where nothing should be.
func orTaken(err error, taken *fault.Error) error {
	if err == nil {
		return taken
	}
	return err
}

// GetRole finds a role. Code: ERR_ROLE_NOT_FOUND.
func (s *Service) GetRole(ctx context.Context, caller Caller, id string) (Role, error) {
	parsed, err := parsePathRole(id)
	if err != nil {
		return Role{}, err
	}
	role, err := s.store.Role(ctx, caller.App.ID, parsed)
	return role, orNotFound(err, fault.UnknownRole(id))
}

// ListRoles gives a page of the app's roles by id, and how many there are.
func (s *Service) ListRoles(ctx context.Context, caller Caller, page Page) ([]Role, int, error) {
	roles, total, err := s.store.Roles(ctx, caller.App.ID, page)
	return roles, total, inTime(err)
}

// UpdateRole changes a role. Codes: ERR_ROLE_NOT_FOUND, ERR_BAD_REQUEST with details.
func (s *Service) UpdateRole(ctx context.Context, caller Caller, id string, change RoleChange) (Role, error) {
	return s.changeRole(ctx, caller, id, change.apply)
}

// RestrictFeatures changes what users of a role may not do. Codes as for UpdateRole.
func (s *Service) RestrictFeatures(ctx context.Context, caller Caller, id string, change FeatureChange) (Role, error) {
	return s.changeRole(ctx, caller, id, change.apply)
}

func (s *Service) changeRole(ctx context.Context, caller Caller, id string, apply func(Role) (Role, error)) (Role, error) {
	parsed, err := parsePathRole(id)
	if err != nil {
		return Role{}, err
	}
	var role Role
	err = s.store.Change(ctx, func(tx Tx) error {
		if _, err := tx.LockApp(caller.App.ID); err != nil {
			return err
		}
		var err error
		if role, err = tx.Role(caller.App.ID, parsed); err != nil {
			return err
		}
		if role, err = apply(role); err != nil {
			return err
		}
		role.UpdatedAt = s.now()
		if err := tx.SaveRole(role); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventRoleUpdated, "role:"+role.ID)
	})
	return role, orNotFound(err, fault.UnknownRole(id))
}

// DeleteRole removes a role; its users get the role default. Codes: ERR_ROLE_NOT_FOUND,
// ERR_ROLE_DELETE_DENIED for the role default.
func (s *Service) DeleteRole(ctx context.Context, caller Caller, id string) error {
	id, err := parsePathRole(id)
	if err != nil {
		return err
	}
	if id == DefaultRole {
		return fault.RoleDeleteDenied(id)
	}
	err = s.store.Change(ctx, func(tx Tx) error {
		if _, err := tx.LockApp(caller.App.ID); err != nil {
			return err
		}
		if err := tx.DeleteRole(caller.App.ID, id); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventRoleDeleted, "role:"+id)
	})
	return orNotFound(err, fault.UnknownRole(id))
}
