package chat

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// UsersRequest says which users to give; filters are combined with "and". A value with a comma cannot
// be asked for.
type UsersRequest struct {
	// Limit is the number of users that one request brings, at most 1000; zero leaves it to the server.
	Limit int
	// SearchKeyword is what the uid or the name starts with, in any case; SearchIn limits it to one of
	// the two, "uid" or "name".
	SearchKeyword string
	SearchIn      []string
	// UserStatus limits the list to those who are online, or offline.
	UserStatus usher.Status
	// Roles and UIDs hold ids, Tags words, at most 25 each: users who have any of them.
	Roles, UIDs, Tags []string
	// WithTags has the users' tags given, too.
	WithTags bool
	// HideBlockedUsers leaves out whom the user who is in has blocked, and who has blocked them.
	HideBlockedUsers bool
	// SortBy is "status" (who is online first), "name" or "uid"; "status" unless given.
	SortBy string
	// SortDescending turns the order round.
	SortDescending bool
}

// Users gives the users whom a request names, as the user who is in sees them, page after page, each
// with a request of its own when it is needed. It ends with the first error. Users who come or go
// meanwhile may be missed or given twice. Deactivated users are never given.
//
// Codes: usher.CodeChatNotInitialized, CodeChatNoUserLoggedIn, CodeBadRequest, CodeUnknownAuthToken,
// which ends the session, others of the server, and CodeChatFailedToFetch.
func (c *Client) Users(ctx context.Context, request UsersRequest) iter.Seq2[*usher.User, error] {
	return c.pages(ctx, "users", request.query())
}

func (r UsersRequest) query() url.Values {
	query := make(url.Values)
	set := func(name, value string) {
		if value != "" {
			query.Set(name, value)
		}
	}
	setLimit(query, r.Limit)
	set("searchKey", r.SearchKeyword)
	set("searchIn", strings.Join(r.SearchIn, ","))
	status := string(r.UserStatus)
	if r.UserStatus == usher.StatusOnline {
		status = "available" // REST's word
	}
	set("status", status)
	set("roles", strings.Join(r.Roles, ","))
	set("uids", strings.Join(r.UIDs, ","))
	set("tags", strings.Join(r.Tags, ","))
	set("sortBy", r.SortBy)
	for name, asked := range map[string]bool{"withTags": r.WithTags, "hideBlockedUsers": r.HideBlockedUsers} {
		if asked {
			query.Set(name, "1")
		}
	}
	if r.SortDescending {
		query.Set("sortOrder", "desc")
	}
	return query
}

func setLimit(query url.Values, limit int) {
	if limit != 0 {
		query.Set("per_page", strconv.Itoa(limit))
	}
}

// pages gives the users of a list.
func (c *Client) pages(ctx context.Context, path string, query url.Values) iter.Seq2[*usher.User, error] {
	return func(yield func(*usher.User, error) bool) {
		query := maps.Clone(query) // the list may be gone through more than once
		for page := 1; ; page++ {
			users, pages, err := c.page(ctx, path, query, page)
			if err != nil {
				yield(nil, translated(err))
				return
			}
			for _, user := range users {
				if !yield(user, nil) {
					return
				}
			}
			if len(users) == 0 || page >= pages {
				return
			}
		}
	}
}

func (c *Client) page(ctx context.Context, path string, query url.Values, page int) (users []*usher.User, pages int, err error) {
	query.Set("page", strconv.Itoa(page))
	var meta struct {
		Pagination struct {
			Pages int `json:"total_pages"`
		} `json:"pagination"`
	}
	request := transport.Request{Method: http.MethodGet, Path: []string{path}, Query: query}
	if err := c.machine().Call(ctx, request, &users, &meta); err != nil {
		return nil, 0, err
	}
	for _, user := range users {
		if user == nil || user.UID == "" {
			return nil, 0, unusable("it lists a user without a uid")
		}
	}
	return users, meta.Pagination.Pages, nil
}
