package identity_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// countingStore counts changes, and fails them when told to.
type countingStore struct {
	identity.Store

	changes atomic.Int64
	failure atomic.Pointer[error]
}

func (s *countingStore) Change(ctx context.Context, do func(tx identity.Tx) error) error {
	s.changes.Add(1)
	if failure := s.failure.Load(); failure != nil {
		return *failure
	}
	return s.Store.Change(ctx, do)
}

// repeatingStore makes every change twice, as a database does that ends one of two transactions that
// wait for each other: the first time, it is undone or breaks off.
type repeatingStore struct{ identity.Store }

var errRepeat = errors.New("to be repeated")

func (s repeatingStore) Change(ctx context.Context, do func(tx identity.Tx) error) error {
	for _, attempt := range []func(tx identity.Tx) error{
		func(tx identity.Tx) error { return do(breakingTx{tx}) },
		func(tx identity.Tx) error { return errors.Join(do(tx), errRepeat) },
	} {
		err := s.Store.Change(ctx, attempt)
		if _, refused := errors.AsType[*fault.Error](err); err == nil || refused {
			return err
		}
	}
	return s.Store.Change(ctx, do)
}

// breakingTx breaks off where a change finds or adds what it then goes on with.
type breakingTx struct{ identity.Tx }

func (breakingTx) AddUser(identity.User) (identity.User, error) {
	return identity.User{}, errRepeat
}

func (breakingTx) AddAPIKey(identity.APIKey) (identity.APIKey, error) {
	return identity.APIKey{}, errRepeat
}

func (breakingTx) LockAPIKey(int64) (identity.APIKey, error) { return identity.APIKey{}, errRepeat }

func (breakingTx) SaveUser(identity.User) error { return errRepeat }

func (breakingTx) SaveApp(identity.App) error { return errRepeat }

func (breakingTx) BindDevice(identity.User, identity.AuthToken) error { return errRepeat }

// What a change leaves behind when it breaks off must not change what it does the next time.
func TestAChangeMayRunAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Service = identity.NewService(repeatingStore{h.store}, h.now, counter{new(atomic.Int64)})
	server := h.server(t)
	log := h.watch(t, h.app)

	user, token, err := h.CreateUser(t.Context(), server, identity.NewUser{UID: "mina", Name: "Mina", Tags: []string{"pilot"}}, true)
	wantCode(t, "create a user", err, "")
	found, err := h.GetUser(t.Context(), server, "mina")
	wantCode(t, "get the user", err, "")
	wantEqual(t, "the user", found, user)
	wantEqual(t, "the tokens", h.live(t), []identity.AuthToken{*token})

	key, err := h.CreateKey(t.Context(), server, identity.KeyChange{Name: new("one")})
	wantCode(t, "create a key", err, "")
	key, err = h.UpdateKey(t.Context(), server, key.Value, identity.KeyChange{Name: new("two")})
	wantCode(t, "update the key", err, "")
	kept, err := h.GetKey(t.Context(), server, key.Value)
	wantCode(t, "get the key", err, "")
	wantEqual(t, "the key", kept, key)

	role, err := h.CreateRole(t.Context(), server, "tutor", identity.RoleChange{Name: new("Tutor")})
	wantCode(t, "create a role", err, "")
	wantEqual(t, "the role", role.ID, "tutor")
	_, err = h.UpdateUser(t.Context(), server, "mina", identity.UserChange{Role: &role.ID})
	wantCode(t, "update the user", err, "")
	uids, err := h.DeactivateUsers(t.Context(), server, []identity.UID{"mina", "nobody"})
	wantCode(t, "deactivate", err, "")
	wantEqual(t, "the deactivated", uids, []identity.UID{"mina"})
	uids, err = h.ReactivateUsers(t.Context(), server, []identity.UID{"mina"})
	wantCode(t, "reactivate", err, "")
	wantEqual(t, "the reactivated", uids, []identity.UID{"mina"})
	_, err = h.DeleteApp(t.Context(), identity.Caller{Management: true}, "acme")
	wantCode(t, "delete the app", err, "")
	_, err = h.RestoreApp(t.Context(), identity.Caller{Management: true}, "acme")
	wantCode(t, "restore the app", err, "")
	_, _, err = h.CreateUser(t.Context(), server, identity.NewUser{UID: "mina", Name: "Mina"}, false)
	wantCode(t, "create the user again", err, fault.CodeUIDTaken)

	var kinds []string
	events, err := h.ListEvents(t.Context(), server, identity.EventFilter{After: log.after, Limit: 100})
	wantCode(t, "list the events", err, "")
	for _, event := range events {
		kinds = append(kinds, string(event.Kind))
	}
	wantEqual(t, "the events", kinds, []string{
		"user_created", "token_issued", "key_created", "key_updated", "role_created", "user_updated", "token_revoked",
		"user_deactivated", "user_reactivated", "app_deleted", "app_restored",
	})
}

// counter is randomness that never repeats.
type counter struct{ at *atomic.Int64 }

func (c counter) Read(into []byte) (int, error) {
	next := c.at.Add(1)
	for i := range into {
		into[i] = byte(next >> (8 * (i % 8)))
	}
	return len(into), nil
}
