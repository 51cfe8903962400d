package identity

import (
	"context"
	"errors"
	"slices"

	"github.com/usherhq/usher/internal/fault"
)

// CreateUser adds a user, with a first auth token if wanted. Codes: ERR_BAD_REQUEST with details,
// ERR_UID_ALREADY_EXISTS.
func (s *Service) CreateUser(ctx context.Context, caller Caller, wanted NewUser, withToken bool) (User, *AuthToken, error) {
	fresh, err := wanted.check()
	if err != nil {
		return User{}, nil, err
	}
	fresh.AppID, fresh.CreatedAt = caller.App.ID, s.now()
	fresh.UpdatedAt = fresh.CreatedAt
	var user User
	var token *AuthToken
	err = s.store.Change(ctx, func(tx Tx) error {
		var err error
		if user, err = s.addUser(tx, caller, fresh); err != nil || !withToken {
			return err
		}
		first, err := s.newToken(user.UID, fresh.CreatedAt)
		if err != nil {
			return err
		}
		issued, err := s.mint(tx, caller, user, first, Device{}, 0)
		token = &issued
		return err
	})
	if errors.Is(err, ErrTaken) {
		return User{}, nil, fault.UIDTaken(string(fresh.UID))
	}
	return user, token, inTime(err)
}

func (s *Service) addUser(tx Tx, caller Caller, user User) (User, error) {
	if err := checkRoleExists(tx, user); err != nil {
		return User{}, err
	}
	user, err := tx.AddUser(user)
	if err != nil {
		return user, err
	}
	return user, tx.AddEvent(s.event(caller, EventUserCreated, user.UID))
}

// checkRoleExists: a role must have been created first (contract 1.5).
func checkRoleExists(tx Tx, user User) error {
	if user.Role == DefaultRole {
		return nil
	}
	_, err := tx.Role(user.AppID, user.Role)
	return orNotFound(err, invalid("role", "The role "+user.Role+" does not exist."))
}

// GetUser finds an active user. Code: ERR_UID_NOT_FOUND.
func (s *Service) GetUser(ctx context.Context, caller Caller, uid UID) (User, error) {
	user, err := s.store.User(ctx, caller.App.ID, uid)
	return activeOnly(user, uid, err)
}

// ListUsers gives a page of the app's users that a filter chooses, and how many there are in all.
// Codes: ERR_BAD_REQUEST with details, AUTH_ERR_NO_ACCESS for a client whose role may not list users.
func (s *Service) ListUsers(ctx context.Context, caller Caller, filter UserFilter) ([]User, int, error) {
	if err := filter.check(); err != nil {
		return nil, 0, err
	}
	if err := s.mayListUsers(ctx, caller); err != nil {
		return nil, 0, inTime(err)
	}
	users, total, err := s.store.Users(ctx, caller.App.ID, filter)
	return users, total, inTime(err)
}

// mayListUsers asks the role of a client; a back end may always.
func (s *Service) mayListUsers(ctx context.Context, caller Caller) error {
	if caller.Session == nil {
		return nil
	}
	role, err := s.store.Role(ctx, caller.App.ID, caller.Session.User.Role)
	if err == nil && slices.Contains(role.Restricted, FeatureListUsers) {
		return &fault.Error{Code: fault.CodeNoAccess, Message: "Users with the role " + role.ID + " may not list users."}
	}
	if errors.Is(err, ErrNotFound) {
		return nil // deleted this moment: its users have the default role now
	}
	return err
}

// UpdateUser changes fields of an active user. Codes: ERR_UID_NOT_FOUND, ERR_BAD_REQUEST with details.
func (s *Service) UpdateUser(ctx context.Context, caller Caller, uid UID, change UserChange) (User, error) {
	var user User
	err := s.store.Change(ctx, func(tx Tx) error {
		var err error
		user, err = s.changeUser(tx, caller, uid, change)
		return err
	})
	return user, inTime(err)
}

func (s *Service) changeUser(tx Tx, caller Caller, uid UID, change UserChange) (User, error) {
	user, err := tx.LockUser(caller.App.ID, uid)
	if user, err = activeOnly(user, uid, err); err != nil {
		return User{}, err
	}
	before := user
	if user, err = change.apply(user); err != nil {
		return User{}, err
	}
	if !caller.seesPrivate() {
		if user.Metadata, err = keepPrivate(before.Metadata, user.Metadata); err != nil {
			return User{}, err
		}
	}
	if user.Role != before.Role {
		if err := checkRoleExists(tx, user); err != nil {
			return User{}, err
		}
	}
	user.UpdatedAt = s.now()
	if err := tx.SaveUser(user); err != nil {
		return User{}, err
	}
	return user, tx.AddEvent(s.event(caller, EventUserUpdated, uid))
}

// DeactivateUser makes an active user one that does not exist for callers, and ends its tokens for
// good: after a reactivation they stay dead. Code: ERR_UID_NOT_FOUND.
func (s *Service) DeactivateUser(ctx context.Context, caller Caller, uid UID) error {
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := tx.LockUser(caller.App.ID, uid)
		if user, err = activeOnly(user, uid, err); err != nil {
			return err
		}
		return s.deactivate(tx, caller, user)
	})
	return inTime(err)
}

func (s *Service) deactivate(tx Tx, caller Caller, user User) error {
	user.DeactivatedAt = s.now()
	if err := tx.SaveUser(user); err != nil {
		return err
	}
	if err := s.revokeBeyond(tx, caller, user, 0); err != nil {
		return err
	}
	return tx.AddEvent(s.event(caller, EventUserDeactivated, user.UID))
}

// DeactivateUsers deactivates several users and gives the uids of those that are deactivated now.
// One that does not exist is passed over.
func (s *Service) DeactivateUsers(ctx context.Context, caller Caller, uids []UID) ([]UID, error) {
	return s.changeMany(ctx, caller, uids, func(tx Tx, user User) error {
		if !user.Active() {
			return nil
		}
		return s.deactivate(tx, caller, user)
	})
}

// ReactivateUsers undoes deactivations and gives the uids of those that are active now (contract C9).
func (s *Service) ReactivateUsers(ctx context.Context, caller Caller, uids []UID) ([]UID, error) {
	return s.changeMany(ctx, caller, uids, func(tx Tx, user User) error {
		if user.Active() {
			return nil
		}
		user.DeactivatedAt, user.UpdatedAt = User{}.DeactivatedAt, s.now()
		if err := tx.SaveUser(user); err != nil {
			return err
		}
		return tx.AddEvent(s.event(caller, EventUserReactivated, user.UID))
	})
}

// changeMany changes the users that exist, in one transaction, and gives their uids in order. They
// are locked in the order of their uids, so that two such changes never wait for each other.
func (s *Service) changeMany(ctx context.Context, caller Caller, uids []UID, change func(Tx, User) error) ([]UID, error) {
	changed := []UID{}
	err := s.store.Change(ctx, func(tx Tx) error {
		changed = changed[:0]
		for _, uid := range sortedUnique(uids) {
			user, err := tx.LockUser(caller.App.ID, uid)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if err := change(tx, user); err != nil {
				return err
			}
			changed = append(changed, uid)
		}
		return nil
	})
	return changed, inTime(err)
}

// DeleteUser removes a user for good, a deactivated one too: its uid can be given again, and a user
// made with it has nothing of the old one. Code: ERR_UID_NOT_FOUND.
func (s *Service) DeleteUser(ctx context.Context, caller Caller, uid UID) error {
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := tx.LockUser(caller.App.ID, uid)
		if err != nil {
			return err
		}
		if err := s.revokeBeyond(tx, caller, user, 0); err != nil {
			return err
		}
		if err := tx.DeleteUser(user); err != nil {
			return err
		}
		return tx.AddEvent(s.event(caller, EventUserDeleted, uid))
	})
	return orNotFound(err, fault.UnknownUID(string(uid)))
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

// KnownUser finds a user, a deactivated one too: for telling others of whom they may remember. Code:
// ERR_UID_NOT_FOUND.
func (s *Service) KnownUser(ctx context.Context, app AppID, uid UID) (User, error) {
	user, err := s.store.User(ctx, app, uid)
	return user, orNotFound(err, fault.UnknownUID(string(uid)))
}
