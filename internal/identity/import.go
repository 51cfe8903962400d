package identity

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// MaxUsersPerImport is how many users one request may import (contract 1.3.5).
const MaxUsersPerImport = 50

// maxImportedTime is the last second of the year 9999. Milliseconds, given by mistake, lie beyond it.
const maxImportedTime = 253_402_300_799

// GivenTime is a time as a caller says it: unix seconds, in JSON as a number or as a text of one
// (contract 1.3.5). Empty, null and 0 say nothing.
type GivenTime string

// UnmarshalJSON takes whatever stands there: what is wrong with it is told with the user it belongs to.
func (g *GivenTime) UnmarshalJSON(text []byte) error {
	*g = GivenTime(strings.Trim(string(text), `"`))
	if *g == "null" {
		*g = ""
	}
	return nil
}

// ImportedUser is a user who comes from elsewhere, with times that are kept.
type ImportedUser struct {
	NewUser

	// CreatedAt is now when it says nothing.
	CreatedAt GivenTime
	// UpdatedAt is CreatedAt when it says nothing.
	UpdatedAt     GivenTime
	LastActiveAt  GivenTime
	DeactivatedAt GivenTime
}

// check is that of a new user, and of the times.
func (i ImportedUser) check(now time.Time) (User, error) {
	found := problems{}
	user, err := i.NewUser.check()
	if err != nil {
		found.merge(err)
	}
	user.CreatedAt = found.checkTime("createdAt", i.CreatedAt)
	if user.CreatedAt.IsZero() {
		user.CreatedAt = now
	}
	user.UpdatedAt = found.checkTime("updatedAt", i.UpdatedAt)
	if user.UpdatedAt.IsZero() {
		user.UpdatedAt = user.CreatedAt
	}
	user.LastActiveAt = found.checkTime("lastActiveAt", i.LastActiveAt)
	user.DeactivatedAt = found.checkTime("deactivatedAt", i.DeactivatedAt)
	return user, found.asError()
}

func (p problems) checkTime(field string, given GivenTime) time.Time {
	if given == "" {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(string(given), 10, 64)
	if err != nil || seconds < 0 || seconds > maxImportedTime {
		p.add(field, "The %s must be a time in unix seconds, from 0 to %d.", field, maxImportedTime)
		return time.Time{}
	}
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// ImportOutcome is what became of an imported user: the user, or the reason why there is none.
type ImportOutcome struct {
	User    User
	Refused *fault.Error
}

// ImportUsers adds users in one transaction and says of each, in their order, what became of it. One
// that is refused leaves nothing behind and keeps no other from being added; of several with one uid
// the first is added. The codes of a refusal are those of CreateUser.
func (s *Service) ImportUsers(ctx context.Context, caller Caller, users []ImportedUser) ([]ImportOutcome, error) {
	checked := make([]ImportOutcome, len(users))
	var good []int
	now := s.now()
	for i, imported := range users {
		user, err := imported.check(now)
		user.AppID = caller.App.ID
		checked[i].User = user
		if checked[i].Refused, _ = errors.AsType[*fault.Error](err); checked[i].Refused == nil {
			good = append(good, i)
		}
	}
	if len(good) == 0 {
		return checked, nil
	}
	// In the order of their uids, so that two imports at once never wait for each other.
	slices.SortStableFunc(good, func(a, b int) int { return cmp.Compare(checked[a].User.UID, checked[b].User.UID) })
	var outcomes []ImportOutcome
	err := s.store.Change(ctx, func(tx Tx) error {
		outcomes = slices.Clone(checked)
		for _, i := range good {
			var err error
			if outcomes[i], err = s.importUser(tx, caller, checked[i].User); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, inTime(err)
}

// CheckImport says why ImportUsers would refuse a user, whose role need not exist yet. The codes are those of
// CreateUser.
func (s *Service) CheckImport(ctx context.Context, caller Caller, imported ImportedUser) error {
	user, err := imported.check(s.now())
	if err != nil {
		return err
	}
	_, err = s.store.User(ctx, caller.App.ID, user.UID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return inTime(orTaken(err, fault.UIDTaken(string(user.UID))))
}

// importUser adds a user who keeps all limits, unless the app's other users and roles forbid it.
func (s *Service) importUser(tx Tx, caller Caller, user User) (ImportOutcome, error) {
	added, err := s.addUser(tx, caller, user)
	if err == nil && !added.Active() {
		// Who follows the events alone would take it for an active one.
		err = tx.AddEvent(s.event(caller, EventUserDeactivated, added.UID))
	}
	if errors.Is(err, ErrTaken) {
		err = fault.UIDTaken(string(user.UID))
	}
	if refused, ok := errors.AsType[*fault.Error](err); ok {
		return ImportOutcome{Refused: refused}, nil
	}
	return ImportOutcome{User: added}, err
}

// AllUsers gives every user of the app by uid, deactivated ones included, as they all were at one
// moment. An error is the last that it gives.
func (s *Service) AllUsers(ctx context.Context, caller Caller) iter.Seq2[User, error] {
	return s.store.AllUsers(ctx, caller.App.ID)
}
