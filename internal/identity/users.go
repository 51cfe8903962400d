package identity

import (
	"context"
	"errors"

	"github.com/usherhq/usher/internal/fault"
)

// CreateUser adds a user. Codes: ERR_BAD_REQUEST with details, ERR_UID_ALREADY_EXISTS.
func (s *Service) CreateUser(ctx context.Context, caller Caller, wanted NewUser) (User, error) {
	user, err := wanted.check()
	if err != nil {
		return User{}, err
	}
	user.AppID, user.CreatedAt = caller.App.ID, s.now()
	user.UpdatedAt = user.CreatedAt
	err = s.store.Change(ctx, func(tx Tx) error {
		if user, err = tx.AddUser(user); err != nil {
			return err
		}
		return tx.AddEvent(s.event(caller, EventUserCreated, user.UID))
	})
	if errors.Is(err, ErrTaken) {
		return User{}, fault.UIDTaken(string(user.UID))
	}
	return user, inTime(err)
}

// GetUser finds an active user. Code: ERR_UID_NOT_FOUND.
func (s *Service) GetUser(ctx context.Context, caller Caller, uid UID) (User, error) {
	user, err := s.store.User(ctx, caller.App.ID, uid)
	return activeOnly(user, uid, err)
}

// ListUsers gives a page of the app's active users, ordered by uid, and how many there are in all.
func (s *Service) ListUsers(ctx context.Context, caller Caller, page Page) ([]User, int, error) {
	users, total, err := s.store.Users(ctx, caller.App.ID, page)
	return users, total, inTime(err)
}

// UpdateUser changes fields of an active user. Codes: ERR_UID_NOT_FOUND, ERR_BAD_REQUEST with details.
func (s *Service) UpdateUser(ctx context.Context, caller Caller, uid UID, change UserChange) (User, error) {
	var user User
	err := s.store.Change(ctx, func(tx Tx) error {
		var err error
		user, err = tx.LockUser(caller.App.ID, uid)
		if user, err = activeOnly(user, uid, err); err != nil {
			return err
		}
		if user, err = change.apply(user); err != nil {
			return err
		}
		user.UpdatedAt = s.now()
		if err := tx.SaveUser(user); err != nil {
			return err
		}
		return tx.AddEvent(s.event(caller, EventUserUpdated, uid))
	})
	return user, inTime(err)
}

// activeOnly hides a deactivated user: it answers as one that does not exist (contract 1.3.4).
func activeOnly(user User, uid UID, err error) (User, error) {
	if err == nil && !user.Active() {
		err = ErrNotFound
	}
	if err != nil {
		return User{}, orNotFound(err, fault.UnknownUID(string(uid)))
	}
	return user, nil
}
