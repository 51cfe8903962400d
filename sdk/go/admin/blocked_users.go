package admin

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// BlockedUsersService works on who has blocked whom.
type BlockedUsersService struct{ service }

// Outcome is what became of one user of several.
type Outcome struct {
	Success bool `json:"success"`
	// Message is for people and may change.
	Message string `json:"message"`
}

// Direction says who blocked.
type Direction string

// The directions.
const (
	BlockedByMe  Direction = "blockedByMe"
	HasBlockedMe Direction = "hasBlockedMe"
)

// BlockedListOptions says which blocked users to list. Zero leaves the choice to the server.
type BlockedListOptions struct {
	// Page counts from 1.
	Page int
	// PerPage is at most 1000; 100 unless given.
	PerPage int
	// Direction is whom the user blocked, or who blocked the user; both unless given.
	Direction Direction
}

// Block makes the user block others, as many as fit into a request of 10 KB, and gives by uid what
// became of each: one who does not exist has Success false. Codes: those of usher.CheckUID,
// usher.CodeUnknownUID, usher.CodeBlockSelf (then none of them is blocked) and usher.CodeBadRequest.
func (s *BlockedUsersService) Block(ctx context.Context, uid string, others ...string) (map[string]Outcome, error) {
	return s.change(ctx, http.MethodPost, uid, others)
}

// Unblock takes Block back. Codes: those of usher.CheckUID, usher.CodeUnknownUID and
// usher.CodeBadRequest.
func (s *BlockedUsersService) Unblock(ctx context.Context, uid string, others ...string) (map[string]Outcome, error) {
	return s.change(ctx, http.MethodDelete, uid, others)
}

func (s *BlockedUsersService) change(ctx context.Context, method, uid string, others []string) (map[string]Outcome, error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	if err := checkUIDs(others); err != nil {
		return nil, err
	}
	var outcomes map[string]Outcome
	err := s.do(ctx, transport.Request{
		Method: method, Path: []string{"users", uid, "blockedusers"}, Body: map[string][]string{"blockedUids": others},
	}, &outcomes, nil)
	return outcomes, err
}

// List gives one page of the users between whom and this one there is a block. Codes: those of
// usher.CheckUID, usher.CodeUnknownUID and usher.CodeBadRequest.
func (s *BlockedUsersService) List(ctx context.Context, uid string, options BlockedListOptions) (*Page[ViewedUser], error) {
	if err := usher.CheckUID(uid); err != nil {
		return nil, err
	}
	q := ListOptions{Page: options.Page, PerPage: options.PerPage}.query()
	q.text("direction", string(options.Direction))
	return list(ctx, s.service, transport.Request{Path: []string{"users", uid, "blockedusers"}, Query: url.Values(q)}, viewsUID)
}

// All gives every user that List would give, page after page, and ends with the first error.
func (s *BlockedUsersService) All(ctx context.Context, uid string, options BlockedListOptions) iter.Seq2[*ViewedUser, error] {
	return all(options.Page, func(page int) (*Page[ViewedUser], error) {
		options.Page = page
		return s.List(ctx, uid, options)
	})
}
