package chat

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// UserChanges is what to change about a user. What is nil stays as it is; a pointer to "" clears the
// field. The limits are those of [usher.User].
type UserChanges struct {
	// Name cannot be cleared.
	Name   *string `json:"name,omitempty"`
	Avatar *string `json:"avatar,omitempty"`
	Link   *string `json:"link,omitempty"`
	// Role must exist. Nobody changes their own: [Client.UpdateCurrentUserDetails] leaves it out.
	Role          *string `json:"role,omitempty"`
	StatusMessage *string `json:"statusMessage,omitempty"`
	// Metadata replaces the whole object.
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// Tags replaces all tags; a slice that is empty but not nil clears them.
	Tags []string `json:"tags,omitzero"`
}

// newUser is what of a user can be said when they are created.
type newUser struct {
	UID           string          `json:"uid"`
	Name          string          `json:"name"`
	Avatar        string          `json:"avatar,omitempty"`
	Link          string          `json:"link,omitempty"`
	Role          string          `json:"role,omitempty"`
	StatusMessage string          `json:"statusMessage,omitempty"`
	Metadata      json.RawMessage `json:"metadata,omitempty"`
	Tags          []string        `json:"tags,omitempty"`
}

// CreateUser creates a user with an Auth Key: for development only. The session stays as it is. Uid and
// name are needed; the status and the times of the user given are the server's to say.
//
// Codes, in the order of the checks: usher.CodeChatNotInitialized, CodeChatMissingParameters (the
// uid), CodeChatInvalidUID, CodeChatMissingParameters (the key), CodeUnknownAPIKey, CodeUIDTaken, also
// for the uid of a deactivated user, CodeBadRequest, whose details name the wrong fields, others of
// the server, and CodeChatFailedToFetch.
func (c *Client) CreateUser(ctx context.Context, user usher.User, authKey string) (*usher.User, error) {
	return c.withKey(ctx, user.UID, authKey, transport.Request{
		Method: http.MethodPost,
		Path:   []string{"users"},
		Body: newUser{
			UID: user.UID, Name: user.Name, Avatar: user.Avatar, Link: user.Link, Role: user.Role,
			StatusMessage: user.StatusMessage, Metadata: user.Metadata, Tags: user.Tags,
		},
	})
}

// UpdateUser changes a user with an Auth Key: for development only. The session stays as it is.
//
// Codes: those of [Client.CreateUser], with usher.CodeUnknownUID in place of CodeUIDTaken.
func (c *Client) UpdateUser(ctx context.Context, uid string, changes UserChanges, authKey string) (*usher.User, error) {
	return c.withKey(ctx, uid, authKey, transport.Request{
		Method: http.MethodPut,
		Path:   []string{"users", uid},
		Body:   changes,
	})
}

func (c *Client) withKey(ctx context.Context, uid, authKey string, request transport.Request) (*usher.User, error) {
	invalid := cmp.Or(c.machine().Initialized(), checked(uid, usher.CheckUID), checked(authKey, usher.CheckAPIKey))
	if invalid != nil {
		return nil, translated(invalid)
	}
	request.Key = authKey
	var user usher.User
	if err := c.machine().CallWithKey(ctx, request, &user); err != nil {
		return nil, translated(err)
	}
	return about(&user, uid)
}

// UpdateCurrentUserDetails changes the profile of the user who is in, and gives the result, which the
// getters give from then on.
//
// Codes: usher.CodeBadRequest, whose details name the wrong fields, and those of
// [Client.CheckSession], under the same rules.
func (c *Client) UpdateCurrentUserDetails(ctx context.Context, changes UserChanges) (*usher.User, error) {
	changes.Role = nil
	user, err := c.machine().UpdateMe(ctx, changes)
	return user, translated(err)
}

// GetUser gives a user as the one who is in sees them, with who of the two has blocked the other.
//
// Codes, in the order of the checks: usher.CodeChatNotInitialized, CodeChatMissingParameters,
// CodeChatInvalidUID, CodeChatNoUserLoggedIn, CodeUnknownUID, also for a deactivated user,
// CodeUnknownAuthToken, which ends the session, others of the server, and CodeChatFailedToFetch.
func (c *Client) GetUser(ctx context.Context, uid string) (*usher.User, error) {
	if err := cmp.Or(c.machine().Initialized(), checked(uid, usher.CheckUID)); err != nil {
		return nil, translated(err)
	}
	var user usher.User
	request := transport.Request{Method: http.MethodGet, Path: []string{"users", uid}}
	if err := c.machine().Call(ctx, request, &user, nil); err != nil {
		return nil, translated(err)
	}
	return about(&user, uid)
}

// about holds that an answer is about the user who was asked for.
func about(user *usher.User, uid string) (*usher.User, error) {
	if !strings.EqualFold(user.UID, uid) {
		return nil, unusable("it is not about the user who was asked for")
	}
	return user, nil
}
