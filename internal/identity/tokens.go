package identity

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// The bounds of the life of a token that expires: shorter than a minute, clocks and networks would
// decide; longer than ten years is for ever.
const (
	MinTokenLife = time.Minute
	MaxTokenLife = 10 * 365 * 24 * time.Hour
)

// TokenRequest says which token a caller wants.
type TokenRequest struct {
	// Device is empty when a back end asks.
	Device Device
	// Force asks for a new token even where one could be given again.
	Force bool
	// Life is how long a new token lives; 0 for what the app says.
	Life time.Duration
}

// IssueToken gives a user an auth token. Codes: ERR_UID_NOT_FOUND, ERR_BAD_REQUEST with details.
//
// Without force, the newest token that a key of the same scope minted and that no device has bound
// yet is given again (contract 1.4): a back end that asks twice before its client has logged in does
// not pile up tokens. A client that names its device, as an SDK's login does, gets one of its own,
// and so does who wants a life of its own for the token.
// Beyond MaxLiveTokens the user's oldest tokens are revoked.
func (s *Service) IssueToken(ctx context.Context, caller Caller, uid UID, wanted TokenRequest) (AuthToken, error) {
	if wanted.Life != 0 && (wanted.Life < MinTokenLife || wanted.Life > MaxTokenLife) {
		return AuthToken{}, invalid("expiresIn", "The expiresIn must be from 60 to 315360000 seconds, ten years.")
	}
	wanted.Device = wanted.Device.Trimmed()
	again := !wanted.Force && wanted.Life == 0 && !wanted.Device.Known()
	var fresh freshToken
	if !again {
		// A new one it will be: the making of it need not wait for the database, nor others for it.
		var err error
		if fresh, err = s.newToken(uid, s.now()); err != nil {
			return AuthToken{}, err
		}
	}
	var issued AuthToken
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := lockOwner(tx, caller, uid)
		if err != nil {
			return err
		}
		if again {
			issued, err = tx.NewestUnboundToken(user, caller.scope(), s.now())
			if !errors.Is(err, ErrNotFound) {
				return err
			}
			if fresh, err = s.newToken(uid, s.now()); err != nil {
				return err
			}
		}
		issued, err = s.mint(tx, caller, user, fresh, wanted.Device, wanted.Life)
		return err
	})
	return issued, inTime(err)
}

// freshToken is the value of a token to come, as the store wants it, and when it was made.
type freshToken struct {
	value    Secret
	prepared any
	at       time.Time
}

func (s *Service) newToken(uid UID, now time.Time) (freshToken, error) {
	value, err := s.newTokenValue(uid, now)
	if err != nil {
		return freshToken{}, err
	}
	prepared, err := s.store.PrepareToken(value)
	return freshToken{value, prepared, now}, err
}

// mint gives a locked user a new token.
func (s *Service) mint(tx Tx, caller Caller, user User, fresh freshToken, device Device, life time.Duration) (AuthToken, error) {
	token := AuthToken{
		Value: fresh.value, Prepared: fresh.prepared, UID: user.UID, MintedBy: caller.scope(), Device: device, CreatedAt: fresh.at,
	}
	if caller.Key != nil {
		token.IssuerID = caller.Key.ID
	}
	if life == 0 {
		life = caller.App.TokenLife
	}
	if life > 0 {
		token.ExpiresAt = fresh.at.Add(life)
	}
	token, others, err := tx.AddAuthToken(user, token)
	if err != nil {
		return AuthToken{}, err
	}
	event := s.event(caller, EventTokenIssued, user.UID)
	event.Subject = tokenSubject(token.ID)
	if err := tx.AddEvent(event); err != nil || others < MaxLiveTokens {
		return token, err
	}
	return token, s.revokeBeyond(tx, caller, user, MaxLiveTokens)
}

// GetToken finds a live token of a user. Codes: ERR_UID_NOT_FOUND, ERR_AUTH_TOKEN_NOT_FOUND,
// ERR_AUTHTOKEN_NOT_ACCESSIBLE for a token of another user.
func (s *Service) GetToken(ctx context.Context, caller Caller, uid UID, value Secret) (AuthToken, error) {
	user, err := s.GetUser(ctx, caller, uid)
	if err != nil {
		return AuthToken{}, err
	}
	var token AuthToken
	err = ErrNotFound
	if hasTokenForm(value) {
		token, err = s.store.AuthToken(ctx, user, value)
	}
	if err == nil && !token.LiveAt(s.clock()) {
		err = ErrNotFound
	}
	if errors.Is(err, ErrNotFound) {
		err = s.orOthers(ctx, caller, uid, value)
	}
	return token, inTime(err)
}

// orOthers tells a token of another user of the app from one that is not there.
func (s *Service) orOthers(ctx context.Context, caller Caller, uid UID, value Secret) error {
	session, err := s.session(ctx, value)
	if err == nil && session.App.ID == caller.App.ID && session.User.UID != uid {
		return fault.TokenNotAccessible(string(uid))
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return fault.UnknownPathToken(string(uid))
}

// DeviceChange is what a caller wants of a token's device; nil leaves a field as it is.
type DeviceChange struct {
	Platform, UserAgent *string
	AppInfo             *json.RawMessage
}

func (c DeviceChange) apply(device Device) Device {
	if c.Platform != nil {
		device.Platform = *c.Platform
	}
	if c.UserAgent != nil {
		device.UserAgent = *c.UserAgent
	}
	if c.AppInfo != nil {
		device.AppInfo = *c.AppInfo
	}
	return device.Trimmed()
}

// UpdateToken changes what is known of a token's device. Codes: ERR_UID_NOT_FOUND,
// ERR_AUTH_TOKEN_NOT_FOUND, ERR_AUTHTOKEN_NOT_ACCESSIBLE for a token of another user.
func (s *Service) UpdateToken(ctx context.Context, caller Caller, uid UID, value Secret, change DeviceChange) (AuthToken, error) {
	var token AuthToken
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := lockOwner(tx, caller, uid)
		if err != nil {
			return err
		}
		if !hasTokenForm(value) {
			return ErrNotFound
		}
		// As it is now: another change of the device may have come just before this one.
		if token, err = tx.AuthToken(user, value); err != nil {
			return err
		}
		if !token.LiveAt(s.clock()) {
			return ErrNotFound
		}
		changed := change.apply(token.Device)
		if caller.App.BindsDevices && token.Device.Platform != "" && changed.Platform != token.Device.Platform {
			return fault.TokenUnavailable()
		}
		token.Device = changed
		if err := tx.BindDevice(user, token); err != nil {
			return err
		}
		event := s.event(caller, EventTokenUpdated, uid)
		event.Subject = tokenSubject(token.ID)
		return tx.AddEvent(event)
	})
	if errors.Is(err, ErrNotFound) {
		err = s.orOthers(ctx, caller, uid, value)
	}
	if err != nil {
		return AuthToken{}, inTime(err)
	}
	return token, nil
}

// ListTokens gives a page of a user's live tokens, newest first, and how many there are in all.
// Code: ERR_UID_NOT_FOUND.
func (s *Service) ListTokens(ctx context.Context, caller Caller, uid UID, page Page) ([]AuthToken, int, error) {
	user, err := s.GetUser(ctx, caller, uid)
	if err != nil {
		return nil, 0, err
	}
	tokens, total, err := s.store.AuthTokens(ctx, user, s.clock(), page)
	return tokens, total, inTime(err)
}

// RevokeToken ends one token of a user. Codes: ERR_UID_NOT_FOUND, ERR_AUTH_TOKEN_NOT_FOUND,
// ERR_AUTHTOKEN_NOT_ACCESSIBLE for a token of another user.
func (s *Service) RevokeToken(ctx context.Context, caller Caller, uid UID, value Secret) error {
	err := s.store.Change(ctx, func(tx Tx) error {
		user, err := lockOwner(tx, caller, uid)
		if err != nil {
			return err
		}
		if !hasTokenForm(value) {
			return ErrNotFound
		}
		return s.revoke(tx, caller, user, value)
	})
	if errors.Is(err, ErrNotFound) {
		err = s.orOthers(ctx, caller, uid, value)
	}
	return inTime(err)
}

// RevokeTokenByID is RevokeToken for who knows of a token only what the event log says of it. Codes:
// ERR_UID_NOT_FOUND, ERR_AUTH_TOKEN_NOT_FOUND, also for a token of another user.
func (s *Service) RevokeTokenByID(ctx context.Context, caller Caller, uid UID, id int64) error {
	session, err := s.store.SessionOfToken(ctx, id)
	if err == nil && (session.App.ID != caller.App.ID || session.User.UID != uid) {
		err = ErrNotFound
	}
	if err != nil {
		return orNotFound(err, fault.UnknownPathToken(string(uid)))
	}
	return s.RevokeToken(ctx, caller, uid, session.Token.Value)
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
	ids, err := tx.DeleteAuthTokensBeyond(user, newest, s.now())
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
