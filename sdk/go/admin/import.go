package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// What one request of an import may hold at most: users, and bytes of JSON, of which some are left
// for what is around the users.
const (
	maxImportUsers = 50
	maxImportBytes = 1<<20 - 1<<10
)

// ImportUser is a user who comes from elsewhere, with the times of there: Unix seconds, 0 for none.
type ImportUser struct {
	NewUser

	CreatedAt    int64 `json:"createdAt,omitempty"`
	LastActiveAt int64 `json:"lastActiveAt,omitempty"`
}

// ImportResult is what became of one user.
type ImportResult struct {
	// UID is the one that the user was given to Import with.
	UID string
	// User is the user as imported, or nil.
	User *usher.User
	// Err is why this user was not imported: a *usher.Error, such as with usher.CodeUIDTaken or
	// usher.CodeBadRequest.
	Err error
}

// ImportBatch adds up to 50 users who come from elsewhere, with one request, and gives what became of
// each, in order. A user who is refused does not keep others out. Codes: usher.CodeBadRequest, also
// for two users with one uid and for more than 1 MB of users.
func (s *UsersService) ImportBatch(ctx context.Context, users []ImportUser) ([]ImportResult, error) {
	var batch importBatch
	for _, user := range users {
		text, err := importText(user)
		if !batch.takes(user.UID, text) {
			why := errors.New("the users are too many, too large, or not different ones")
			return nil, usher.NewError(usher.CodeBadRequest, why)
		}
		batch.add(user.UID, text, err)
	}
	if err := s.send(ctx, &batch); err != nil {
		return nil, err
	}
	return batch.results, nil
}

// Import adds users who come from elsewhere, with one request for every 50, sent once there are so
// many; it gives what became of each, in order. A user who is refused does not keep others out.
//
// Where the server's rate limit is reached (60 requests a minute unless its operator chose another),
// Import waits for as long as the server asks to, however often: give it a context that ends. It ends
// with the first error of another kind. Then it is not known which of the users without a result are
// there; imported again, those who are have usher.CodeUIDTaken.
func (s *UsersService) Import(ctx context.Context, users iter.Seq[ImportUser]) iter.Seq2[ImportResult, error] {
	return func(yield func(ImportResult, error) bool) {
		var batch importBatch
		for user := range users {
			text, err := importText(user)
			if !batch.takes(user.UID, text) {
				if !s.finish(ctx, &batch, yield) {
					return
				}
				batch = importBatch{}
			}
			batch.add(user.UID, text, err)
		}
		s.finish(ctx, &batch, yield)
	}
}

// finish imports a batch, gives its results, and reports whether to go on.
func (s *UsersService) finish(ctx context.Context, batch *importBatch, yield func(ImportResult, error) bool) bool {
	for {
		err := s.send(ctx, batch)
		if err == nil {
			break
		}
		refusal, ok := errors.AsType[*usher.Error](err)
		if !ok || refusal.Status != http.StatusTooManyRequests || !rest(ctx, max(refusal.RetryAfter, time.Second)) {
			yield(ImportResult{}, err)
			return false
		}
	}
	for _, result := range batch.results {
		if !yield(result, nil) {
			return false
		}
	}
	return true
}

// send imports a batch and fills in its results.
func (s *UsersService) send(ctx context.Context, batch *importBatch) error {
	if len(batch.users) == 0 {
		return nil
	}
	var answer map[string]importAnswer
	request := transport.Request{
		Method: http.MethodPost, Path: []string{"data_import", "users"}, Body: map[string]any{"users": batch.users},
	}
	if err := s.do(ctx, request, &answer, nil); err != nil {
		return err
	}
	for i := range batch.results {
		result := &batch.results[i]
		if result.Err != nil {
			continue
		}
		switch outcome := answer[result.UID]; {
		case outcome.Success && outcome.User != nil && hasUID(outcome.User):
			result.User = outcome.User
		case !outcome.Success && outcome.Error.Code != "":
			result.Err = &usher.Error{Code: outcome.Error.Code, Message: outcome.Error.Message, Details: outcome.Error.Details}
		default:
			return fmt.Errorf("%w: it does not say what became of a user", usher.ErrUnusableAnswer)
		}
	}
	return nil
}

// importAnswer is what became of one user: User or Error, as Success says.
type importAnswer struct {
	Success bool        `json:"success"`
	User    *usher.User `json:"data"`
	Error   struct {
		Code    usher.Code          `json:"code"`
		Message string              `json:"message"`
		Details map[string][]string `json:"details"`
	} `json:"error"`
}

// importBatch is what goes out with one request, and a result for each of its users and for those who
// were refused before.
type importBatch struct {
	users   map[string]json.RawMessage
	bytes   int
	results []ImportResult
}

// takes reports whether there is room for one more. Of two users with one uid, the second has to wait
// for the next request.
func (b *importBatch) takes(uid string, text []byte) bool {
	_, twice := b.users[uid]
	return !twice && len(b.results) < maxImportUsers && b.bytes+len(uid)+len(text) < maxImportBytes
}

func (b *importBatch) add(uid string, text []byte, err error) {
	b.results = append(b.results, ImportResult{UID: uid, Err: err})
	if err != nil {
		return
	}
	if b.users == nil {
		b.users = make(map[string]json.RawMessage, maxImportUsers)
	}
	b.users[uid] = text
	b.bytes += len(uid) + len(text) + len(`"":,`)
}

// importText is what is sent for a user, unless nothing can be: the others in the request would be
// refused with it.
func importText(user ImportUser) ([]byte, error) {
	if err := usher.CheckUID(user.UID); err != nil {
		return nil, err
	}
	text, err := json.Marshal(user)
	if err == nil && len(user.UID)+len(text) >= maxImportBytes {
		err = fmt.Errorf("longer than %d bytes", maxImportBytes)
	}
	if err != nil {
		return nil, usher.NewError(usher.CodeBadRequest, err)
	}
	return text, nil
}
