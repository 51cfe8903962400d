package admin

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// UserListOptions says which users to list; a user must pass every filter that is given. Zero leaves
// the choice to the server: all users who are not deactivated.
type UserListOptions struct {
	// Page counts from 1.
	Page int
	// PerPage is at most 1000; 100 unless given.
	PerPage int
	// SearchKey is what the uid or the name starts with, in any case; at most 100 characters.
	SearchKey string
	// SearchIn limits SearchKey to "uid" or to "name".
	SearchIn []string
	Status   usher.Status
	// Roles, Tags and UIDs are at most 25 each; a user needs one of each that is given. A tag with a
	// comma cannot be asked for.
	Roles []string
	Tags  []string
	UIDs  []string
	// WithTags shows the users' tags, which lists leave out otherwise.
	WithTags bool
	// Activity takes in deactivated users.
	Activity Activity
	// HideBlocked leaves out users whom the viewer blocked or who blocked the viewer; see
	// [UsersService.OnBehalfOf].
	HideBlocked bool
	// SortBy is "status" unless given (who is online comes first, then by name), "name" or "uid".
	SortBy     string
	Descending bool
}

// Activity says which users a list takes in.
type Activity int

// The activities.
const (
	// Active users are those who are not deactivated.
	Active Activity = iota
	// ActiveAndDeactivated are all users.
	ActiveAndDeactivated
	// Deactivated users only.
	Deactivated
)

// List gives one page of users. Code: usher.CodeBadRequest.
func (s *UsersService) List(ctx context.Context, options UserListOptions) (*Page[usher.User], error) {
	request, err := options.request("")
	if err != nil {
		return nil, err
	}
	return list(ctx, s.service, request, hasUID)
}

// All gives every user that List would give, page after page, each page with a request of its own
// when it is needed. It ends with the first error. Users who come or go meanwhile may be missed or
// given twice.
//
// PerPage of the options is the size of the pages, and Page the first one.
func (s *UsersService) All(ctx context.Context, options UserListOptions) iter.Seq2[*usher.User, error] {
	return all(options.Page, func(page int) (*Page[usher.User], error) {
		options.Page = page
		return s.List(ctx, options)
	})
}

// Count gives the number of users that List would give on all pages. Code: usher.CodeBadRequest.
func (s *UsersService) Count(ctx context.Context, options UserListOptions) (int, error) {
	return count(ctx, s.service, "", options)
}

func count(ctx context.Context, s service, viewer string, options UserListOptions) (int, error) {
	request, err := options.request(viewer)
	if err != nil {
		return 0, err
	}
	request.Query.Set("count", "true")
	var answer struct {
		Count *int `json:"count"`
	}
	if err := s.do(ctx, request, &answer, nil); err != nil {
		return 0, err
	}
	if answer.Count == nil {
		return 0, fmt.Errorf("%w: it holds no count", usher.ErrUnusableAnswer)
	}
	return *answer.Count, nil
}

func (o UserListOptions) request(viewer string) (transport.Request, error) {
	for _, tag := range o.Tags {
		if strings.Contains(tag, ",") {
			// The server would look for its parts.
			return transport.Request{}, usher.NewError(usher.CodeBadRequest, fmt.Errorf("the tag %q holds a comma", tag))
		}
	}
	q := ListOptions{Page: o.Page, PerPage: o.PerPage}.query()
	q.text("searchKey", o.SearchKey)
	q.words("searchIn", o.SearchIn)
	if q.text("status", string(o.Status)); o.Status == usher.StatusOnline {
		q.text("status", "available") // the word of REST
	}
	q.words("roles", o.Roles)
	q.words("tags", o.Tags)
	q.words("uids", o.UIDs)
	q.flag("withTags", o.WithTags)
	q.flag("withDeactivated", o.Activity == ActiveAndDeactivated)
	q.flag("onlyDeactivated", o.Activity == Deactivated)
	q.flag("hideBlockedUsers", o.HideBlocked)
	q.text("sortBy", o.SortBy)
	if o.Descending {
		q.text("sortOrder", "desc")
	}
	return transport.Request{
		Method: http.MethodGet, Path: []string{"users"}, Query: url.Values(q), OnBehalfOf: viewer,
	}, nil
}
