package admin

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// RolesService works on the roles of the app.
type RolesService struct{ service }

// Role is what a group of users may do. Times are Unix seconds, 0 where the server gave none.
type Role struct {
	// ID is 1 to 100 letters, digits, - and _. The server keeps it in lower case.
	ID   string `json:"role"`
	Name string `json:"name"`
	// Description is at most 255 characters.
	Description string `json:"description,omitempty"`
	// Metadata is the app's own JSON object, or nil.
	Metadata  json.RawMessage `json:"metadata,omitempty"`
	Settings  RoleSettings    `json:"settings,omitzero"`
	CreatedAt int64           `json:"createdAt"`
	UpdatedAt int64           `json:"updatedAt,omitempty"`
}

// RoleSettings is what the users of a role may do; what is empty is not said.
type RoleSettings struct {
	ListUsers      Audience `json:"listUsers,omitempty"`
	SendMessagesTo Audience `json:"sendMessagesTo,omitempty"`
}

// Audience is who a setting of a role reaches.
type Audience string

// The audiences.
const (
	Everybody   Audience = "all"
	FriendsOnly Audience = "friendsOnly"
)

// NewRole is a role to create. ID and Name are needed; the limits are those of [Role].
type NewRole struct {
	ID          string          `json:"role"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Settings    RoleSettings    `json:"settings,omitzero"`
}

// RoleChanges is what to change about a role. What is empty stays as it is.
type RoleChanges struct {
	Name        string          `json:"name,omitempty"`
	Description string          `json:"description,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Settings    RoleSettings    `json:"settings,omitzero"`
	// Unset clears fields: "settings", "description" and "metadata" are those that can be.
	Unset []string `json:"unset,omitempty"`
}

// Create adds a role. An app has at most 25. Codes: usher.CodeRoleTaken, usher.CodeBadRequest and
// usher.CodeQuotaExceeded.
func (s *RolesService) Create(ctx context.Context, role NewRole) (*Role, error) {
	return get(ctx, s.service, transport.Request{Method: http.MethodPost, Path: []string{"roles"}, Body: role}, hasRoleID)
}

// List gives one page of roles, by id. Code: usher.CodeBadRequest.
func (s *RolesService) List(ctx context.Context, options ListOptions) (*Page[Role], error) {
	return list(ctx, s.service, transport.Request{Path: []string{"roles"}, Query: url.Values(options.query())}, hasRoleID)
}

// All gives every role, page after page, and ends with the first error.
func (s *RolesService) All(ctx context.Context, options ListOptions) iter.Seq2[*Role, error] {
	return all(options.Page, func(page int) (*Page[Role], error) {
		options.Page = page
		return s.List(ctx, options)
	})
}

// Get gives a role. Code: usher.CodeUnknownRole.
func (s *RolesService) Get(ctx context.Context, id string) (*Role, error) {
	if err := checkRole(id); err != nil {
		return nil, err
	}
	return get(ctx, s.service, transport.Request{Method: http.MethodGet, Path: []string{"roles", id}}, hasRoleID)
}

// Update changes a role and gives the result. Codes: usher.CodeUnknownRole and usher.CodeBadRequest.
func (s *RolesService) Update(ctx context.Context, id string, changes RoleChanges) (*Role, error) {
	if err := checkRole(id); err != nil {
		return nil, err
	}
	return get(ctx, s.service, transport.Request{Method: http.MethodPut, Path: []string{"roles", id}, Body: changes}, hasRoleID)
}

// Delete removes a role. Its users get the role "default", which itself cannot be removed. Codes:
// usher.CodeUnknownRole and usher.CodeRoleDeleteDenied.
func (s *RolesService) Delete(ctx context.Context, id string) error {
	if err := checkRole(id); err != nil {
		return err
	}
	return s.remove(ctx, transport.Request{Path: []string{"roles", id}})
}

// checkRole keeps what no role can be called, and what would be another path, from being sent. Ids of
// roles follow the rules of uids.
func checkRole(id string) error {
	if err := usher.CheckUID(id); err != nil {
		return usher.NewError(usher.CodeUnknownRole, nil)
	}
	return nil
}

func hasRoleID(role *Role) bool { return role.ID != "" }
