package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// UsersService works on the users of the app.
type UsersService struct{ service }

// NewUser is a user to create. UID and Name are needed; what else is empty is left to the server.
type NewUser struct {
	// UID is 1 to 100 letters, digits, - and _. The server keeps it in lower case, for good.
	UID string `json:"uid"`
	// Name is at most 100 characters.
	Name string `json:"name"`
	// Avatar and Link are URLs of at most 3000 characters.
	Avatar string `json:"avatar,omitempty"`
	Link   string `json:"link,omitempty"`
	// Role must exist; "default" unless given.
	Role          string `json:"role,omitempty"`
	StatusMessage string `json:"statusMessage,omitempty"`
	// Metadata is a JSON object of at most 5 KB.
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// Tags are at most 25, each of at most 100 characters.
	Tags []string `json:"tags,omitempty"`
}

// UserChanges is what to change about a user. What is empty stays as it is; the limits are those of
// [NewUser].
type UserChanges struct {
	Name     string          `json:"name,omitempty"`
	Avatar   string          `json:"avatar,omitempty"`
	Link     string          `json:"link,omitempty"`
	Role     string          `json:"role,omitempty"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// StatusMessage may point to "", which clears it.
	StatusMessage *string `json:"statusMessage,omitempty"`
	// Tags replaces all tags; a slice that is empty but not nil clears them.
	Tags []string `json:"tags,omitzero"`
	// Unset clears fields: "avatar", "link" and "metadata" are those that can be.
	Unset []string `json:"unset,omitempty"`
}

// ListOptions says which part of a list to give. Zero leaves the choice to the server.
type ListOptions struct {
	// Page counts from 1.
	Page int
	// PerPage is at most 1000; 100 unless given.
	PerPage int
}

// UserPage is one part of the list of users.
type UserPage struct {
	Users []*usher.User
	// Total is the number of users on all pages.
	Total int
	// Page is the number of this page, and Pages that of the last one.
	Page, Pages int
}

// Create adds a user. Codes: usher.CodeUIDTaken, also for the uid of a deactivated user, and
// usher.CodeBadRequest, whose details name the wrong fields.
func (s *UsersService) Create(ctx context.Context, user NewUser) (*usher.User, error) {
	return s.send(ctx, transport.Request{Method: http.MethodPost, Path: []string{"users"}, Body: user})
}

// Get gives a user. Codes: those of usher.CheckUID, and usher.CodeUnknownUID, also for a deactivated
// user.
func (s *UsersService) Get(ctx context.Context, uid string) (*usher.User, error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	return s.send(ctx, transport.Request{Method: http.MethodGet, Path: []string{"users", uid}})
}

// Update changes a user and gives the result. Codes: those of usher.CheckUID, usher.CodeUnknownUID
// and usher.CodeBadRequest.
func (s *UsersService) Update(ctx context.Context, uid string, changes UserChanges) (*usher.User, error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	return s.send(ctx, transport.Request{Method: http.MethodPut, Path: []string{"users", uid}, Body: changes})
}

// List gives one page of the users who are not deactivated. A page beyond the last one is empty.
// Code: usher.CodeBadRequest.
func (s *UsersService) List(ctx context.Context, options ListOptions) (*UserPage, error) {
	query := make(url.Values)
	if options.Page != 0 {
		query.Set("page", strconv.Itoa(options.Page))
	}
	if options.PerPage != 0 {
		query.Set("perPage", strconv.Itoa(options.PerPage))
	}
	var users []*usher.User
	var meta struct {
		Pagination struct {
			Total int `json:"total"`
			Page  int `json:"current_page"`
			Pages int `json:"total_pages"`
		} `json:"pagination"`
	}
	request := transport.Request{Method: http.MethodGet, Path: []string{"users"}, Query: query}
	if err := s.do(ctx, request, &users, &meta); err != nil {
		return nil, err
	}
	for _, user := range users {
		if user == nil || user.UID == "" {
			return nil, errLacksUID
		}
	}
	pagination := meta.Pagination
	return &UserPage{Users: users, Total: pagination.Total, Page: pagination.Page, Pages: pagination.Pages}, nil
}

// send makes a request that is answered with a user.
func (s *UsersService) send(ctx context.Context, request transport.Request) (*usher.User, error) {
	var user usher.User
	if err := s.do(ctx, request, &user, nil); err != nil {
		return nil, err
	}
	if user.UID == "" {
		return nil, errLacksUID
	}
	return &user, nil
}
