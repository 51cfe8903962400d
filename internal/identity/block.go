package identity

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// Relation is how a user stands to the one who looks at it. Zero times say that nobody blocks.
type Relation struct {
	// BlockedAt is since when the viewer blocks the user.
	BlockedAt time.Time
	// HasBlockedMe says that the user blocks the viewer.
	HasBlockedMe bool
}

// Block says that a user blocks another, and since when.
type Block struct {
	Blocker, Blocked UID
	At               time.Time
}

// BlockOutcome is what happened to one of the users that were to be blocked or unblocked.
type BlockOutcome struct {
	Success bool
	Message string
}

// BlockDirection says whose blocks a list is of (contract 1.6).
type BlockDirection string

const (
	// BlockedByMe lists whom the user blocks.
	BlockedByMe BlockDirection = "blockedByMe"
	// HasBlockedMe lists who blocks the user.
	HasBlockedMe BlockDirection = "hasBlockedMe"
	// BlockedEither lists both.
	BlockedEither BlockDirection = "both"
)

// SetBlocked makes a user block others, or unblock them, and tells what became of each; one that
// can't be blocked does not keep the rest from it. Codes: ERR_UID_NOT_FOUND for the user itself,
// ERR_CANNOT_BLOCK_SELF when it is among the others.
func (s *Service) SetBlocked(ctx context.Context, caller Caller, uid UID, others []string, blocked bool) (map[string]BlockOutcome, error) {
	outcomes := map[string]BlockOutcome{}
	if len(others) == 0 {
		return nil, invalid("blockedUids", "The blockedUids field is required.")
	}
	if blocked && slices.ContainsFunc(others, func(text string) bool { return foldASCII(text) == string(uid) }) {
		return nil, fault.BlockSelf(string(uid))
	}
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := lockOwner(tx, caller, uid)
		if err != nil {
			return err
		}
		for _, text := range others {
			if outcomes[text], err = s.setBlocked(tx, caller, user, text, blocked); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, inTime(err)
	}
	return outcomes, nil
}

func (s *Service) setBlocked(tx Tx, caller Caller, user User, text string, blocked bool) (BlockOutcome, error) {
	uid, err := ParsePathUID(text)
	if err != nil {
		return failedOutcome(err)
	}
	other, err := tx.User(caller.App.ID, uid)
	if blocked {
		other, err = activeOnly(other, uid, err)
	}
	// Who was deactivated since can be unblocked: otherwise the block would come back with the user.
	if err = orNotFound(err, fault.UnknownUID(string(uid))); err != nil {
		return failedOutcome(err)
	}
	kind, message := EventUserBlocked, "The user "+string(uid)+" has been blocked successfully."
	if !blocked {
		kind, message = EventUserUnblocked, "The user "+string(uid)+" has been unblocked successfully."
	}
	changed, err := tx.SetBlock(user, other, blocked, s.now())
	if err != nil || !changed {
		return BlockOutcome{Success: err == nil, Message: message}, err
	}
	event := s.event(caller, kind, user.UID)
	event.Subject = "user:" + string(uid)
	return BlockOutcome{Success: true, Message: message}, tx.AddEvent(event)
}

// failedOutcome tells of a refusal in the outcome; a failure of the database stays an error.
func failedOutcome(err error) (BlockOutcome, error) {
	if failure, ok := errors.AsType[*fault.Error](err); ok {
		return BlockOutcome{Message: failure.Message}, nil
	}
	return BlockOutcome{}, err
}

// BlockedUser is a user in a list of blocks.
type BlockedUser struct {
	User     User
	Relation Relation
}

// ListBlocked gives a page of the users that a user blocks or is blocked by, by name, and how many
// there are. Code: ERR_UID_NOT_FOUND.
func (s *Service) ListBlocked(ctx context.Context, caller Caller, uid UID, direction BlockDirection, page Page) ([]BlockedUser, int, error) {
	user, err := s.GetUser(ctx, caller, uid)
	if err != nil {
		return nil, 0, err
	}
	blocked, total, err := s.store.Blocked(ctx, user, direction, page)
	return blocked, total, inTime(err)
}

// Relations says how users stand to a viewer.
func (s *Service) Relations(ctx context.Context, viewer User, users []User) (map[int64]Relation, error) {
	relations, err := s.store.Relations(ctx, viewer, users)
	return relations, inTime(err)
}
