package storetest

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

func signingKeys() []behaviour {
	return []behaviour{
		{"a signing key is listed as it was added, the oldest first", listSigningKeys},
		{"a signing key is removed once", deleteSigningKey},
		{"of many who find no signing key one adds it", addOneSigningKey},
		{"a session is found by its token's id", sessionOfToken},
		{"the tokens of an issuer end, and no others", deleteTokensOfIssuer},
		{"tokens that are issued while those of their key end take nobody else's place", issueAgainstIssuer},
	}
}

func newSigningKey(tb testing.TB, from time.Time) identity.SigningKey {
	tb.Helper()
	key, err := vault.NewSigningKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return identity.SigningKey{Key: key, CreatedAt: founded, SignsFrom: from}
}

func addSigningKey(tb testing.TB, store identity.Store, key identity.SigningKey) identity.SigningKey {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		key, err = tx.AddSigningKey(key)
		return err
	})
	return key
}

func listSigningKeys(t *testing.T, store identity.Store) {
	setUp(t, store)
	later := addSigningKey(t, store, newSigningKey(t, founded.Add(time.Hour)))
	first := addSigningKey(t, store, newSigningKey(t, founded))
	check := func(keys []identity.SigningKey, err error) {
		t.Helper()
		wantError(t, "list the signing keys", err, nil)
		if len(keys) != 2 || keys[0].ID != first.ID || keys[1].ID != later.ID || keys[0].Key.ID() != first.Key.ID() ||
			!keys[1].SignsFrom.Equal(later.SignsFrom) || !keys[1].CreatedAt.Equal(founded) {
			t.Fatalf("the keys are %v", keys)
		}
		signed, err := keys[0].Key.Sign(map[string]string{"sub": "mina"})
		wantError(t, "sign", err, nil)
		if _, _, err := vault.Verify([]*vault.SigningKey{first.Key}, signed); err != nil {
			t.Errorf("what the stored key signs, the key does not verify: %v", err)
		}
	}
	check(store.SigningKeys(t.Context()))
	change(t, store, func(tx identity.Tx) error {
		check(tx.LockSigningKeys())
		return nil
	})
}

func deleteSigningKey(t *testing.T, store identity.Store) {
	setUp(t, store)
	key := addSigningKey(t, store, newSigningKey(t, founded))
	remove := func(tx identity.Tx) error { return tx.DeleteSigningKey(key.ID) }
	change(t, store, remove)
	if err := store.Change(t.Context(), remove); !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("removed again: %v", err)
	}
	if keys, err := store.SigningKeys(t.Context()); err != nil || len(keys) != 0 {
		t.Errorf("%d keys are left, %v", len(keys), err)
	}
}

func addOneSigningKey(t *testing.T, store identity.Store) {
	setUp(t, store)
	candidates := make([]identity.SigningKey, servers)
	for number := range candidates {
		candidates[number] = newSigningKey(t, founded)
	}
	wantAllWell(t, together(servers, func(number int) error {
		return store.Change(t.Context(), func(tx identity.Tx) error {
			keys, err := tx.LockSigningKeys()
			if err != nil || len(keys) > 0 {
				return err
			}
			_, err = tx.AddSigningKey(candidates[number])
			return err
		})
	}))
	if keys, err := store.SigningKeys(t.Context()); err != nil || len(keys) != 1 {
		t.Errorf("there are %d keys, %v", len(keys), err)
	}
}

func sessionOfToken(t *testing.T, store identity.Store) {
	user := addMina(t, store)
	token := addToken(t, store, user, newToken("mina-token"))
	for range 2 {
		session, err := store.SessionOfToken(t.Context(), token.ID)
		wantError(t, "find the session", err, nil)
		if session.Token.Value != "mina-token" || session.User.UID != "mina" || session.App.ID != "acme" {
			t.Errorf("the session is %+v", session)
		}
	}
	_, err := store.SessionOfToken(t.Context(), token.ID+1)
	wantError(t, "find another", err, identity.ErrNotFound)
	deactivate(t, store, user)
	_, err = store.SessionOfToken(t.Context(), token.ID)
	wantError(t, "find that of a deactivated user", err, identity.ErrNotFound)
}

func issuedBy(issuer int64, value identity.Secret) identity.AuthToken {
	token := newToken(value)
	token.IssuerID = issuer
	return token
}

func endTokensOf(tb testing.TB, store identity.Store, issuer int64) (ended int) {
	tb.Helper()
	change(tb, store, func(tx identity.Tx) (err error) {
		ended, err = tx.DeleteTokensOfIssuer(issuer)
		return err
	})
	return ended
}

func deleteTokensOfIssuer(t *testing.T, store identity.Store) {
	mina := addMina(t, store)
	oleg := addUser(t, store, newUser(identity.App{ID: "acme"}, "oleg"))
	addToken(t, store, mina, issuedBy(1, "mina-1"))
	addToken(t, store, oleg, issuedBy(1, "oleg-1"))
	kept := addToken(t, store, mina, issuedBy(2, "mina-2"))
	addToken(t, store, mina, issuedBy(0, "mina-0"))
	// A session that was read before is kept somewhere, perhaps.
	_, err := store.Session(t.Context(), "mina-1")
	wantError(t, "find the session", err, nil)
	if ended := endTokensOf(t, store, 1); ended != 2 {
		t.Errorf("%d tokens ended", ended)
	}
	for value, want := range map[identity.Secret]error{"mina-1": identity.ErrNotFound, "oleg-1": identity.ErrNotFound, "mina-2": nil, "mina-0": nil} {
		_, err := store.Session(t.Context(), value)
		wantError(t, "find "+string(value), err, want)
	}
	session, err := store.SessionOfToken(t.Context(), kept.ID)
	wantError(t, "find the other", err, nil)
	if session.Token.IssuerID != 2 {
		t.Errorf("the issuer is %d", session.Token.IssuerID)
	}
	if ended := endTokensOf(t, store, 1); ended != 0 {
		t.Errorf("%d more ended", ended)
	}
}

func issueAgainstIssuer(t *testing.T, store identity.Store) {
	user := addMina(t, store)
	const rounds = 10
	wantAllWell(t, together(servers, func(number int) error {
		for round := range rounds {
			err := store.Change(t.Context(), func(tx identity.Tx) error {
				if number == 0 {
					_, err := tx.DeleteTokensOfIssuer(1)
					return err
				}
				owner, err := tx.LockOwner(user.AppID, user.UID)
				if err != nil {
					return err
				}
				token := issuedBy(int64(1+number%2), identity.Secret(uidNumbered(number*100+round)))
				token.UID = user.UID
				_, _, err = tx.AddAuthToken(owner, token)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	endTokensOf(t, store, 1)
	left := listTokens(t, store, user)
	for _, token := range left {
		if token.IssuerID != 2 {
			t.Errorf("a token of %d is left", token.IssuerID)
		}
	}
	if want := rounds * (servers / 2); len(left) != want {
		t.Errorf("%d tokens are left, want %d", len(left), want)
	}
	change(t, store, func(tx identity.Tx) error {
		owner, err := tx.LockOwner(user.AppID, user.UID)
		if err != nil {
			return err
		}
		token := newToken("one-more")
		token.UID = user.UID
		if _, others, err := tx.AddAuthToken(owner, token); err != nil || others != len(left) {
			t.Errorf("there are %d others, %v; want %d", others, err, len(left))
		}
		return nil
	})
}
