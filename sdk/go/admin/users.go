package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

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

// Create adds a user. Codes: usher.CodeUIDTaken, also for the uid of a deactivated user, and
// usher.CodeBadRequest, whose details name the wrong fields.
func (s *UsersService) Create(ctx context.Context, user NewUser) (*usher.User, error) {
	return get(ctx, s.service, transport.Request{Method: http.MethodPost, Path: []string{"users"}, Body: user}, hasUID)
}

// CreateWithAuthToken adds a user and issues their first auth token, in one step. Of the token it
// gives the credential and whose it is, nothing else. Codes: those of Create.
func (s *UsersService) CreateWithAuthToken(ctx context.Context, user NewUser) (*usher.User, *AuthToken, error) {
	var created struct {
		usher.User

		Token string `json:"authToken"`
	}
	err := s.do(ctx, transport.Request{Method: http.MethodPost, Path: []string{"users"}, Body: struct {
		NewUser

		WithAuthToken bool `json:"withAuthToken"`
	}{user, true}}, &created, nil)
	switch {
	case err != nil:
		return nil, nil, err
	case created.UID == "":
		return nil, nil, errUnnamed
	case created.Token == "":
		return nil, nil, errNoToken
	}
	return &created.User, &AuthToken{UID: created.UID, Token: created.Token}, nil
}

// Get gives a user. Codes: those of usher.CheckUID, and usher.CodeUnknownUID, also for a deactivated
// user.
func (s *UsersService) Get(ctx context.Context, uid string) (*usher.User, error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	return get(ctx, s.service, transport.Request{Method: http.MethodGet, Path: []string{"users", uid}}, hasUID)
}

// Update changes a user and gives the result. Codes: those of usher.CheckUID, usher.CodeUnknownUID
// and usher.CodeBadRequest.
func (s *UsersService) Update(ctx context.Context, uid string, changes UserChanges) (*usher.User, error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	return get(ctx, s.service, transport.Request{Method: http.MethodPut, Path: []string{"users", uid}, Body: changes}, hasUID)
}

// Deactivate shuts a user out: it answers as if it did not exist, its auth tokens stop at once, and
// its uid stays taken. Codes: those of usher.CheckUID, and usher.CodeUnknownUID, also for a user who
// is deactivated already.
func (s *UsersService) Deactivate(ctx context.Context, uid string) error {
	return s.end(ctx, uid, nil)
}

// Delete removes a user for good, active or deactivated, with all that belongs to it, and frees the
// uid. Codes: those of usher.CheckUID, and usher.CodeUnknownUID.
func (s *UsersService) Delete(ctx context.Context, uid string) error {
	return s.end(ctx, uid, map[string]bool{"permanent": true})
}

func (s *UsersService) end(ctx context.Context, uid string, body any) error {
	if err := usher.CheckUID(uid); err != nil {
		return err
	}
	return s.remove(ctx, transport.Request{Path: []string{"users", uid}, Body: body})
}

// DeactivateMany is Deactivate for several users, as many as fit into a request of 10 KB. It gives
// the uids of those who are deactivated now; who does not exist is left out. Codes: those of
// usher.CheckUID, and usher.CodeBadRequest, also for no uid at all.
func (s *UsersService) DeactivateMany(ctx context.Context, uids ...string) ([]string, error) {
	var answer struct {
		UIDs []string `json:"deactivatedUids"`
	}
	err := s.many(ctx, http.MethodDelete, "uidsToDeactivate", uids, &answer)
	return answer.UIDs, err
}

// Reactivate lets deactivated users in again. Their earlier auth tokens stay dead: they need new
// ones. It gives the uids of those who are active now; who does not exist is left out. Codes: those
// of usher.CheckUID, and usher.CodeBadRequest, also for no uid at all.
func (s *UsersService) Reactivate(ctx context.Context, uids ...string) ([]string, error) {
	var answer struct {
		UIDs []string `json:"nonDeactivatedUids"`
	}
	err := s.many(ctx, http.MethodPut, "uidsToActivate", uids, &answer)
	return answer.UIDs, err
}

func (s *UsersService) many(ctx context.Context, method, field string, uids []string, answer any) error {
	if err := checkUIDs(uids); err != nil {
		return err
	}
	return s.do(ctx, transport.Request{Method: method, Path: []string{"users"}, Body: map[string][]string{field: uids}}, answer, nil)
}

// checkUIDs says which uid is the first wrong one.
func checkUIDs(uids []string) error {
	for i, uid := range uids {
		if err := usher.CheckUID(uid); err != nil {
			return fmt.Errorf("admin: uid %d of %d: %w", i+1, len(uids), err)
		}
	}
	return nil
}

func hasUID(user *usher.User) bool { return user.UID != "" }
