package identity

import (
	"context"
	"errors"

	"github.com/usherhq/usher/internal/fault"
)

// IssueToken gives a user an auth token. Code: ERR_UID_NOT_FOUND.
//
// Without force, the newest token that a key of the same scope minted and that no device has bound
// yet is given again (contract 1.4): a back end that asks twice before its client has logged in does
// not pile up tokens. A client that names its device, as an SDK's login does, gets one of its own.
// Beyond MaxLiveTokens the user's oldest tokens are revoked.
func (s *Service) IssueToken(ctx context.Context, caller Caller, uid UID, device Device, force bool) (AuthToken, error) {
	device = device.trimmed()
	now := s.now()
	value, err := s.newTokenValue(uid, now)
	if err != nil {
		return AuthToken{}, err
	}
	fresh := AuthToken{Value: value, UID: uid, MintedBy: caller.Key.Scope, Device: device, CreatedAt: now}
	var issued AuthToken
	err = s.store.Change(ctx, func(tx Tx) error {
		user, err := lockOwner(tx, caller, uid)
		if err != nil {
			return err
		}
		if !force && !device.Known() {
			issued, err = tx.NewestUnboundToken(user, caller.Key.Scope)
			if !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		var others int
		if issued, others, err = tx.AddAuthToken(user, fresh); err != nil {
			return err
		}
		event := s.event(caller, EventTokenIssued, uid)
		event.Subject = tokenSubject(issued.ID)
		if err := tx.AddEvent(event); err != nil || others < MaxLiveTokens {
			return err
		}
		return s.revokeBeyond(tx, caller, user, MaxLiveTokens)
	})
	return issued, inTime(err)
}

// ListTokens gives a page of a user's live tokens, newest first, and how many there are in all.
// Code: ERR_UID_NOT_FOUND.
func (s *Service) ListTokens(ctx context.Context, caller Caller, uid UID, page Page) ([]AuthToken, int, error) {
	user, err := s.GetUser(ctx, caller, uid)
	if err != nil {
		return nil, 0, err
	}
	tokens, total, err := s.store.AuthTokens(ctx, user, page)
	return tokens, total, inTime(err)
}

// RevokeToken ends one token of a user. Codes: ERR_UID_NOT_FOUND, ERR_AUTH_TOKEN_NOT_FOUND.
func (s *Service) RevokeToken(ctx context.Context, caller Caller, uid UID, value Secret) error {
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := lockOwner(tx, caller, uid)
		if err != nil {
			return err
		}
		if !tokenForm.MatchString(string(value)) {
			return ErrNotFound
		}
		return s.revoke(tx, caller, user, value)
	})
	return orNotFound(err, fault.UnknownPathToken(string(uid)))
}

// FlushTokens ends every token of a user: logged out everywhere. Code: ERR_UID_NOT_FOUND.
func (s *Service) FlushTokens(ctx context.Context, caller Caller, uid UID) error {
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := lockOwner(tx, caller, uid)
		if err != nil {
			return err
		}
		return s.revokeBeyond(tx, caller, user, 0)
	})
	return inTime(err)
}

// lockOwner finds an active user for a change of its tokens.
func lockOwner(tx Tx, caller Caller, uid UID) (User, error) {
	user, err := tx.LockOwner(caller.App.ID, uid)
	return activeOnly(user, uid, err)
}

func (s *Service) revoke(tx Tx, caller Caller, user User, value Secret) error {
	id, err := tx.DeleteAuthToken(user, value)
	if err != nil {
		return err
	}
	return s.addRevoked(tx, caller, user, id)
}

func (s *Service) revokeBeyond(tx Tx, caller Caller, user User, newest int) error {
	ids, err := tx.DeleteAuthTokensBeyond(user, newest)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.addRevoked(tx, caller, user, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) addRevoked(tx Tx, caller Caller, user User, id int64) error {
	event := s.event(caller, EventTokenRevoked, user.UID)
	event.Subject = tokenSubject(id)
	return tx.AddEvent(event)
}
