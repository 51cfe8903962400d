package chat

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// BlockOutcome is what became of one user of several.
type BlockOutcome struct {
	Success bool `json:"success"`
	// Message is for people.
	Message string `json:"message"`
}

// BlockDirection says who has blocked whom.
type BlockDirection string

// The directions. The zero value is both.
const (
	// BlockedByMe are those whom the user who is in has blocked.
	BlockedByMe BlockDirection = "blockedByMe"
	// HasBlockedMe are those who have blocked the user who is in.
	HasBlockedMe BlockDirection = "hasBlockedMe"
)

// BlockedUsersRequest says which blocked users to give.
type BlockedUsersRequest struct {
	// Limit is the number of users that one request brings, at most 1000; zero leaves it to the server.
	Limit     int
	Direction BlockDirection
}

// BlockUsers has the user who is in block others, and gives what became of each, by uid. Who is
// blocked already stays so.
//
// Codes, in the order of the checks: usher.CodeChatNotInitialized, CodeChatMissingParameters without
// uids or for an empty one, CodeChatInvalidUID, CodeChatNoUserLoggedIn, CodeBlockSelf, in which case
// nobody is blocked, CodeUnknownAuthToken, which ends the session, others of the server, and
// CodeChatFailedToFetch.
func (c *Client) BlockUsers(ctx context.Context, uids []string) (map[string]BlockOutcome, error) {
	return c.setBlocked(ctx, http.MethodPost, uids)
}

// UnblockUsers takes back what BlockUsers did, and gives what became of each, by uid.
//
// Codes: those of [Client.BlockUsers] but for CodeBlockSelf.
func (c *Client) UnblockUsers(ctx context.Context, uids []string) (map[string]BlockOutcome, error) {
	return c.setBlocked(ctx, http.MethodDelete, uids)
}

func (c *Client) setBlocked(ctx context.Context, method string, uids []string) (map[string]BlockOutcome, error) {
	if err := cmp.Or(c.machine().Initialized(), checkedUIDs(uids)); err != nil {
		return nil, translated(err)
	}
	body := struct {
		UIDs []string `json:"blockedUids"`
	}{uids}
	var outcomes map[string]BlockOutcome
	request := transport.Request{Method: method, Path: []string{"blockedusers"}, Body: body}
	if err := c.machine().Call(ctx, request, &outcomes, nil); err != nil {
		return nil, translated(err)
	}
	return outcomes, nil
}

func checkedUIDs(uids []string) error {
	if len(uids) == 0 {
		return usher.NewError(usher.CodeChatMissingParameters, nil)
	}
	for _, uid := range uids {
		if err := checked(uid, usher.CheckUID); err != nil {
			return err
		}
	}
	return nil
}

// BlockedUsers gives the users who are blocked, or have blocked, as [Client.Users] gives users.
func (c *Client) BlockedUsers(ctx context.Context, request BlockedUsersRequest) iter.Seq2[*usher.User, error] {
	query := make(url.Values)
	setLimit(query, request.Limit)
	if request.Direction != "" {
		query.Set("direction", string(request.Direction))
	}
	return c.pages(ctx, "blockedusers", query)
}
