package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

// userView is the user object (contract 1.3.2). Times are unix seconds; what is absent is left out.
type userView struct {
	UID           identity.UID    `json:"uid"`
	Name          string          `json:"name"`
	Avatar        string          `json:"avatar,omitempty"`
	Link          string          `json:"link,omitempty"`
	Role          string          `json:"role"`
	Metadata      json.RawMessage `json:"metadata,omitempty"`
	Status        string          `json:"status"`
	StatusMessage string          `json:"statusMessage,omitempty"`
	Tags          []string        `json:"tags,omitempty"`
	CreatedAt     int64           `json:"createdAt"`
	UpdatedAt     int64           `json:"updatedAt,omitempty"`
	LastActiveAt  int64           `json:"lastActiveAt,omitempty"`
	DeactivatedAt int64           `json:"deactivatedAt,omitempty"`
	*relationView
	// AuthToken is only there when a back end asked for one at creation: an SDK would take it for its
	// own (wire.md 0.4).
	AuthToken string `json:"authToken,omitempty"`
}

// relationView is how a user stands to the one who looks (contract 1.3.2 and 1.6).
type relationView struct {
	BlockedByMe   bool  `json:"blockedByMe"`
	BlockedByMeAt int64 `json:"blockedByMeAt,omitempty"`
	BlockedAt     int64 `json:"blockedAt,omitempty"`
	HasBlockedMe  bool  `json:"hasBlockedMe"`
}

func viewRelation(relation identity.Relation) *relationView {
	blockedAt := unix(relation.BlockedAt)
	return &relationView{BlockedByMe: blockedAt != 0, BlockedByMeAt: blockedAt, BlockedAt: blockedAt, HasBlockedMe: relation.HasBlockedMe}
}

// The two values of a user's status on the wire (contract C18).
const (
	statusOffline   = "offline"
	statusAvailable = "available"
)

// viewUser shows a user as the caller may see it.
func viewUser(c *call, user identity.User) (userView, error) {
	metadata, err := c.caller.VisibleMetadata(user.Metadata)
	if err != nil {
		return userView{}, err
	}
	return userView{
		UID: user.UID, Name: user.Name, Avatar: user.Avatar, Link: user.Link, Role: user.Role,
		Metadata: metadata, StatusMessage: user.StatusMessage, Tags: user.Tags,
		Status:    statusOf(user),
		CreatedAt: unix(user.CreatedAt), UpdatedAt: unix(user.UpdatedAt),
		LastActiveAt: unix(user.LastActiveAt), DeactivatedAt: unix(user.DeactivatedAt),
	}, nil
}

func statusOf(user identity.User) string {
	if user.Online {
		return statusAvailable
	}
	return statusOffline
}

func unix(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}

// userBody is what a caller may say of a user; a field that is absent or null says nothing.
type userBody struct {
	UID           string          `json:"uid"`
	Name          *string         `json:"name"`
	Avatar        *string         `json:"avatar"`
	Link          *string         `json:"link"`
	Role          *string         `json:"role"`
	StatusMessage *string         `json:"statusMessage"`
	Metadata      json.RawMessage `json:"metadata"`
	Tags          *[]string       `json:"tags"`
}

func (b userBody) asNew() identity.NewUser {
	user := identity.NewUser{
		UID: b.UID, Name: deref(b.Name), Avatar: deref(b.Avatar), Link: deref(b.Link),
		Role: deref(b.Role), StatusMessage: deref(b.StatusMessage), Tags: deref(b.Tags),
	}
	if b.saysMetadata() {
		user.Metadata = b.Metadata
	}
	return user
}

func (b userBody) asChange() identity.UserChange {
	change := identity.UserChange{
		Name: b.Name, Avatar: b.Avatar, Link: b.Link, Role: b.Role, StatusMessage: b.StatusMessage, Tags: b.Tags,
	}
	if b.saysMetadata() {
		change.Metadata = &b.Metadata
	}
	return change
}

func (b userBody) saysMetadata() bool {
	return len(b.Metadata) > 0 && !bytes.Equal(b.Metadata, []byte("null"))
}

func deref[T any](pointer *T) T {
	if pointer == nil {
		var none T
		return none
	}
	return *pointer
}

func (h *Handler) createUser(c *call) (answer, error) {
	var body struct {
		userBody
		WithAuthToken bool `json:"withAuthToken"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	user, token, err := h.service.CreateUser(c.Context(), c.caller, body.asNew(), body.WithAuthToken)
	if err != nil {
		return answer{}, err
	}
	view, err := viewUser(c, user)
	if token != nil {
		view.AuthToken = string(token.Value)
	}
	return answer{Data: view}, err
}

func (h *Handler) getUser(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	viewer, err := h.viewer(c)
	if err != nil {
		return answer{}, err
	}
	user, err := h.service.GetUser(c.Context(), c.caller, uid)
	if err != nil {
		return answer{}, err
	}
	views, err := h.viewUsers(c, viewer, []identity.User{user})
	if err != nil {
		return answer{}, err
	}
	return answer{Data: views[0]}, nil
}

// viewer is who looks at users: the logged-in one, or whom a back end acts for; nil when nobody.
func (h *Handler) viewer(c *call) (*identity.User, error) {
	if c.caller.Session != nil {
		return &c.caller.Session.User, nil
	}
	named := c.Header.Get("Onbehalfof")
	if named == "" {
		return nil, nil
	}
	uid, err := identity.ParsePathUID(named)
	if err != nil {
		return nil, err
	}
	user, err := h.service.GetUser(c.Context(), c.caller, uid)
	return &user, err
}

// viewUsers shows users as the caller may see them, with how they stand to a viewer.
func (h *Handler) viewUsers(c *call, viewer *identity.User, users []identity.User) ([]userView, error) {
	var relations map[int64]identity.Relation
	if viewer != nil {
		var err error
		if relations, err = h.service.Relations(c.Context(), *viewer, users); err != nil {
			return nil, err
		}
	}
	views := make([]userView, len(users))
	for i, user := range users {
		var err error
		if views[i], err = viewUser(c, user); err != nil {
			return nil, err
		}
		if viewer != nil {
			views[i].relationView = viewRelation(relations[user.ID])
		}
	}
	return views, nil
}

func (h *Handler) updateUser(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	var body struct {
		userBody
		Unset []string `json:"unset"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	change := body.asChange()
	change.Unset = body.Unset
	user, err := h.service.UpdateUser(c.Context(), c.caller, uid, change)
	return showUser(c, user, err)
}

// deleteUser deactivates, unless told to remove for good (contract 1.3.4).
func (h *Handler) deleteUser(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	var body struct {
		Permanent bool `json:"permanent"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	remove := h.service.DeactivateUser
	if body.Permanent {
		remove = h.service.DeleteUser
	}
	if err := remove(c.Context(), c.caller, uid); err != nil {
		return answer{}, err
	}
	return done(fmt.Sprintf("User with %s has been deleted successfully.", uid)), nil
}

func (h *Handler) deactivateUsers(c *call) (answer, error) {
	var body struct {
		UIDs []string `json:"uidsToDeactivate"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	uids, err := parseUIDs("uidsToDeactivate", body.UIDs)
	if err != nil {
		return answer{}, err
	}
	changed, err := h.service.DeactivateUsers(c.Context(), c.caller, uids)
	return answer{Data: map[string][]identity.UID{"deactivatedUids": changed}}, err
}

func (h *Handler) reactivateUsers(c *call) (answer, error) {
	var body struct {
		UIDs []string `json:"uidsToActivate"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	uids, err := parseUIDs("uidsToActivate", body.UIDs)
	if err != nil {
		return answer{}, err
	}
	changed, err := h.service.ReactivateUsers(c.Context(), c.caller, uids)
	return answer{Data: map[string][]identity.UID{"nonDeactivatedUids": changed}}, err
}

// parseUIDs checks the uids of a field that needs at least one.
func parseUIDs(field string, texts []string) ([]identity.UID, error) {
	if len(texts) == 0 {
		return nil, invalid(field, "The "+field+" field is required.")
	}
	uids := make([]identity.UID, len(texts))
	for i, text := range texts {
		uid, err := identity.ParseUID(text)
		if err != nil {
			return nil, invalid(field, "The "+field+" may only hold uids.").Because(err)
		}
		uids[i] = uid
	}
	return uids, nil
}

func showUser(c *call, user identity.User, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	view, err := viewUser(c, user)
	return answer{Data: view}, err
}
