package admin

import (
	"context"
	"iter"
	"net/http"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// ViewedUser is a user as another one sees them, with what is between the two. Times are Unix
// seconds, 0 where the server gave none.
type ViewedUser struct {
	usher.User

	ConversationID string `json:"conversationId,omitempty"`
	// BlockedByMe says that the viewer blocked this user, at BlockedByMeAt.
	BlockedByMe   bool  `json:"blockedByMe,omitempty"`
	BlockedByMeAt int64 `json:"blockedByMeAt,omitempty"`
	// HasBlockedMe says that this user blocked the viewer, at BlockedAt.
	HasBlockedMe bool  `json:"hasBlockedMe,omitempty"`
	BlockedAt    int64 `json:"blockedAt,omitempty"`
}

// Views shows users as one of them, the viewer, sees them. [UsersService.OnBehalfOf] makes it. Its
// methods refuse a viewer as they refuse a uid: with the codes of usher.CheckUID, and with
// usher.CodeUnknownUID.
type Views struct {
	service

	viewer string
}

// OnBehalfOf looks at users with the eyes of one of them. It sends no request.
func (s *UsersService) OnBehalfOf(viewer string) *Views {
	return &Views{service: s.service, viewer: viewer}
}

// Get is [UsersService.Get] for the viewer.
func (v *Views) Get(ctx context.Context, uid string) (*ViewedUser, error) {
	if err := usher.CheckUID(v.viewer); err != nil {
		return nil, err
	}
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	request := transport.Request{Method: http.MethodGet, Path: []string{"users", uid}, OnBehalfOf: v.viewer}
	return get(ctx, v.service, request, viewsUID)
}

// List is [UsersService.List] for the viewer.
func (v *Views) List(ctx context.Context, options UserListOptions) (*Page[ViewedUser], error) {
	if err := usher.CheckUID(v.viewer); err != nil {
		return nil, err
	}
	request, err := options.request(v.viewer)
	if err != nil {
		return nil, err
	}
	return list(ctx, v.service, request, viewsUID)
}

// All is [UsersService.All] for the viewer.
func (v *Views) All(ctx context.Context, options UserListOptions) iter.Seq2[*ViewedUser, error] {
	return all(options.Page, func(page int) (*Page[ViewedUser], error) {
		options.Page = page
		return v.List(ctx, options)
	})
}

// Count is [UsersService.Count] for the viewer.
func (v *Views) Count(ctx context.Context, options UserListOptions) (int, error) {
	if err := usher.CheckUID(v.viewer); err != nil {
		return 0, err
	}
	return count(ctx, v.service, v.viewer, options)
}

func viewsUID(user *ViewedUser) bool { return user.UID != "" }
