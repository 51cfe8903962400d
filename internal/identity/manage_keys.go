package identity

import (
	"context"
	"time"

	"github.com/usherhq/usher/internal/fault"
)

// MaxAPIKeys is how many keys an app may have (contract 1.2).
const MaxAPIKeys = 25

// KeyChange is what a caller wants of a key; nil leaves a field as it is.
type KeyChange struct {
	Name  *string
	Scope *Scope
	// Disabled switches the key off: it is refused as if it did not exist, until switched on again, and
	// every token that it issued ends for good. It is for a key in wrong hands; deleting a key that was
	// replaced leaves its tokens alone.
	Disabled *bool
}

func (c KeyChange) apply(key APIKey, now time.Time) (APIKey, error) {
	found := problems{}
	if c.Name != nil {
		found.checkKeyName(*c.Name)
		key.Name = *c.Name
	}
	if c.Scope != nil {
		if *c.Scope != ScopeFullAccess && *c.Scope != ScopeAuthOnly {
			found.add("scope", "The scope must be authOnly or fullAccess.")
		}
		key.Scope = *c.Scope
	}
	if c.Disabled != nil {
		switch {
		case !*c.Disabled:
			key.DisabledAt = time.Time{}
		case key.DisabledAt.IsZero():
			key.DisabledAt = now
		}
	}
	return key, found.asError()
}

// CreateKey adds a key, of scope authOnly unless said otherwise (contract C22). Codes:
// ERR_BAD_REQUEST with details, ERR_PLAN_QUOTA_RESTRICTION.
func (s *Service) CreateKey(ctx context.Context, caller Caller, wanted KeyChange) (APIKey, error) {
	value, err := s.newKeyValue()
	if err != nil {
		return APIKey{}, err
	}
	if wanted.Name == nil {
		wanted.Name = new(string)
	}
	fresh, err := wanted.apply(APIKey{
		AppID: caller.App.ID, Value: value, Scope: ScopeAuthOnly, CreatedBy: caller.actor(), CreatedAt: s.now(),
	}, s.now())
	if err != nil {
		return APIKey{}, err
	}
	var key APIKey
	err = s.store.Change(ctx, func(tx Tx) error {
		if _, err := tx.LockApp(caller.App.ID); err != nil {
			return err
		}
		count, err := tx.CountAPIKeys(caller.App.ID)
		if err != nil {
			return err
		}
		if count >= MaxAPIKeys {
			return fault.QuotaExceeded("25", "API keys")
		}
		if key, err = tx.AddAPIKey(fresh); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventKeyCreated, keySubject(key.ID))
	})
	return key, inTime(err)
}

// KeyFilter chooses keys of a list; empty fields choose all.
type KeyFilter struct {
	Scope Scope
	// SearchKey is part of the name, in any letter case.
	SearchKey string
	Page      Page
}

// ListKeys gives a page of the app's keys, oldest first, and how many there are. Code: ERR_BAD_REQUEST
// with details.
func (s *Service) ListKeys(ctx context.Context, caller Caller, filter KeyFilter) ([]APIKey, int, error) {
	if err := checkSearch("searchKey", filter.SearchKey); err != nil {
		return nil, 0, err
	}
	keys, total, err := s.store.APIKeys(ctx, caller.App.ID, filter)
	return keys, total, inTime(err)
}

// GetKey finds a key by its value, a disabled one too. Code: ERR_APIKEY_NOT_FOUND.
func (s *Service) GetKey(ctx context.Context, caller Caller, value Secret) (APIKey, error) {
	if !keyForm.MatchString(string(value)) {
		return APIKey{}, fault.UnknownPathAPIKey()
	}
	key, err := s.store.APIKey(ctx, caller.App.ID, value)
	return key, orNotFound(err, fault.UnknownPathAPIKey())
}

// UpdateKey changes a key other than the caller's own. Codes: ERR_APIKEY_NOT_FOUND,
// ERR_APIKEY_NO_SELF_ACTION, ERR_BAD_REQUEST with details.
func (s *Service) UpdateKey(ctx context.Context, caller Caller, value Secret, change KeyChange) (APIKey, error) {
	found, err := s.otherKey(ctx, caller, value)
	if err != nil {
		return APIKey{}, err
	}
	var key APIKey
	err = s.store.Change(ctx, func(tx Tx) (err error) {
		if key, err = tx.LockAPIKey(found.ID); err != nil {
			return err
		}
		wasOn := key.DisabledAt.IsZero()
		if key, err = change.apply(key, s.now()); err != nil {
			return err
		}
		if err := tx.SaveAPIKey(key); err != nil {
			return err
		}
		if wasOn && !key.DisabledAt.IsZero() {
			if _, err := tx.DeleteTokensOfIssuer(key.ID); err != nil {
				return err
			}
		}
		return s.addEventAbout(tx, caller, EventKeyUpdated, keySubject(key.ID))
	})
	key.Value = value
	return key, orNotFound(err, fault.UnknownPathAPIKey())
}

// DeleteKey removes a key other than the caller's own. Codes: ERR_APIKEY_NOT_FOUND,
// ERR_APIKEY_NO_SELF_ACTION.
func (s *Service) DeleteKey(ctx context.Context, caller Caller, value Secret) error {
	key, err := s.otherKey(ctx, caller, value)
	if err != nil {
		return err
	}
	err = s.store.Change(ctx, func(tx Tx) error {
		if err := tx.DeleteAPIKey(key.ID); err != nil {
			return err
		}
		return s.addEventAbout(tx, caller, EventKeyDeleted, keySubject(key.ID))
	})
	return orNotFound(err, fault.UnknownPathAPIKey())
}

// otherKey finds a key that the caller may change. With its own, it could lock itself out.
func (s *Service) otherKey(ctx context.Context, caller Caller, value Secret) (APIKey, error) {
	key, err := s.GetKey(ctx, caller, value)
	if err == nil && caller.Key != nil && caller.Key.ID == key.ID {
		return APIKey{}, fault.APIKeySelfAction()
	}
	return key, err
}
