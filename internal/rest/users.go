package rest

import (
	"bytes"
	"encoding/json"
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
}

// The two values of a user's status on the wire (contract C18).
const (
	statusOffline   = "offline"
	statusAvailable = "available"
)

// viewUser shows a user as the caller may see it.
func viewUser(c *call, user identity.User) (userView, error) {
	metadata := user.Metadata
	if c.caller.Key == nil || c.caller.Key.Scope != identity.ScopeFullAccess {
		var err error
		if metadata, err = withoutPrivate(metadata); err != nil {
			return userView{}, err
		}
	}
	return userView{
		UID: user.UID, Name: user.Name, Avatar: user.Avatar, Link: user.Link, Role: user.Role,
		Metadata: metadata, StatusMessage: user.StatusMessage, Tags: user.Tags,
		// Presence comes with the realtime gateway; without sockets nobody is seen online.
		Status:    statusOffline,
		CreatedAt: unix(user.CreatedAt), UpdatedAt: unix(user.UpdatedAt),
		LastActiveAt: unix(user.LastActiveAt), DeactivatedAt: unix(user.DeactivatedAt),
	}, nil
}

// withoutPrivate takes out the key that is for servers' use (contract 1.3.1): e-mail addresses and
// telephone numbers, as a rule.
func withoutPrivate(metadata json.RawMessage) (json.RawMessage, error) {
	// The key may also be written with escapes, such as \u0040private.
	if !bytes.Contains(metadata, []byte(`private"`)) && !bytes.ContainsRune(metadata, '\\') {
		return metadata, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(metadata, &fields); err != nil {
		return nil, err
	}
	if _, ok := fields["@private"]; !ok {
		return metadata, nil
	}
	delete(fields, "@private")
	return json.Marshal(fields)
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
	var body userBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	user, err := h.service.CreateUser(c.Context(), c.caller, body.asNew())
	return showUser(c, user, err)
}

func (h *Handler) getUser(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	user, err := h.service.GetUser(c.Context(), c.caller, uid)
	return showUser(c, user, err)
}

func (h *Handler) updateUser(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	var body userBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	user, err := h.service.UpdateUser(c.Context(), c.caller, uid, body.asChange())
	return showUser(c, user, err)
}

func showUser(c *call, user identity.User, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	view, err := viewUser(c, user)
	return answer{Data: view}, err
}

func (h *Handler) listUsers(c *call) (answer, error) {
	page, err := readPage(c)
	if err != nil {
		return answer{}, err
	}
	users, total, err := h.service.ListUsers(c.Context(), c.caller, page)
	if err != nil {
		return answer{}, err
	}
	views := make([]userView, len(users))
	for i, user := range users {
		if views[i], err = viewUser(c, user); err != nil {
			return answer{}, err
		}
		// Lists leave tags out unless asked for (contract 1.3.2).
		if !flag(c, "withTags") {
			views[i].Tags = nil
		}
	}
	return listed(views, page, total), nil
}
