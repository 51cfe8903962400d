package identity_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/vault"
)

const (
	issuer = "https://auth.example.com"
	day    = 24 * time.Hour
)

// published lists the ids of the keys that a server publishes.
func published(t *testing.T, s *identity.Service) []string {
	t.Helper()
	text, err := s.PublicKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []struct{ KID string } }
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, key := range set.Keys {
		ids = append(ids, key.KID)
	}
	return ids
}

// signer is the id of the key that signed a JWT.
func signer(t *testing.T, jwt string) string {
	t.Helper()
	head, _, _ := strings.Cut(jwt, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		t.Fatal(err)
	}
	var header struct{ KID string }
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	return header.KID
}

// jwt gives a JWT of mina that was signed now.
func (h *house) jwt(t *testing.T, session identity.Session) string {
	t.Helper()
	text, err := h.IssueJWT(t.Context(), session, issuer, json.RawMessage(`1`))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// signedIn gives a session of mina.
func (h *house) signedIn(t *testing.T) identity.Session {
	t.Helper()
	h.mina(t)
	session, err := h.FindSession(t.Context(), "", h.issue(t, identity.ScopeFullAccess, "mina").Value)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// keep does what a server does about once an hour.
func (h *house) keep(t *testing.T) {
	t.Helper()
	if err := h.KeepSigningKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestTheLifeOfASigningKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.signedIn(t)
	first := published(t, h.Service)
	if len(first) != 1 || signer(t, h.jwt(t, session)) != first[0] {
		t.Fatalf("a new database has the keys %v", first)
	}
	const ahead = 15 * time.Minute
	h.pass(30*day - ahead - time.Second)
	h.keep(t)
	wantEqual(t, "the keys before it is time", published(t, h.Service), first)

	h.pass(time.Second)
	h.keep(t)
	h.keep(t)
	both := published(t, h.Service)
	if len(both) != 2 || both[0] != first[0] {
		t.Fatalf("15 minutes ahead the keys are %v", both)
	}
	h.pass(ahead - time.Second)
	last := h.jwt(t, session)
	wantEqual(t, "the signer until the 30 days are over", signer(t, last), both[0])
	h.pass(time.Second)
	wantEqual(t, "the signer from then on", signer(t, h.jwt(t, session)), both[1])

	// The old key stays as long as the last that it signed, and a minute for clocks that differ.
	h.pass(60*day - 2*time.Second)
	h.keep(t)
	if !slices.Contains(published(t, h.Service), both[0]) {
		t.Error("the old key is gone before what it signed")
	}
	if _, _, err := h.SessionOfJWT(t.Context(), last); err != nil {
		t.Errorf("its last JWT in its last second: %v", err)
	}
	h.pass(time.Second)
	_, _, err := h.SessionOfJWT(t.Context(), last)
	wantCode(t, "its last JWT after 60 days", err, fault.CodeUnknownAuthToken)
	h.pass(time.Minute)
	h.keep(t)
	if !slices.Contains(published(t, h.Service), both[0]) {
		t.Error("the old key is gone before the minute is over")
	}
	h.pass(time.Second)
	h.keep(t)
	left := published(t, h.Service)
	if slices.Contains(left, both[0]) || !slices.Contains(left, both[1]) {
		t.Errorf("after 60 days and a minute the keys are %v, of %v", left, both)
	}
	if _, _, err := h.SessionOfJWT(t.Context(), h.jwt(t, session)); err != nil {
		t.Errorf("a JWT of the key that signs now: %v", err)
	}
}

// A server that was off for long has one key, which signed nothing for long.
func TestASigningKeyIsNeverGoneWithoutASuccessor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.signedIn(t)
	h.pass(1000 * day)
	jwt := h.jwt(t, session)
	h.keep(t)
	if keys := published(t, h.Service); len(keys) != 2 || keys[0] != signer(t, jwt) {
		t.Errorf("the keys are %v", keys)
	}
	if _, _, err := h.SessionOfJWT(t.Context(), jwt); err != nil {
		t.Errorf("a JWT that was made just before: %v", err)
	}
}

func TestSeveralServersMakeOneSuccessor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	services := []*identity.Service{h.Service}
	for range 7 {
		services = append(services, identity.NewService(h.store, h.now, rand.Reader))
	}
	h.pass(30 * day)
	var all sync.WaitGroup
	for _, one := range services {
		all.Go(func() {
			if err := one.KeepSigningKeys(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if keys := published(t, h.Service); len(keys) != 2 {
		t.Errorf("there are %d keys, want the first and its successor", len(keys))
	}
	var made, refused atomic.Int64
	h.pass(15 * time.Minute)
	for _, one := range services {
		all.Go(func() {
			switch _, err := one.RotateSigningKey(t.Context(), identity.Caller{}, false); {
			case err == nil:
				made.Add(1)
			case errors.Is(err, identity.ErrRotatedAlready):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 || refused.Load() != 7 || len(published(t, h.Service)) != 3 {
		t.Errorf("%d rotated and %d were told that it is done", made.Load(), refused.Load())
	}
}

func TestAWithdrawnKeyTakesWhatItSignedWithIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.signedIn(t)
	early := h.jwt(t, session)
	if _, err := h.RotateSigningKey(t.Context(), identity.Caller{}, true); err != nil {
		t.Fatal(err)
	}
	stolen := h.jwt(t, session)
	given, err := h.IssueJWT(t.Context(), session, issuer, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := h.ProveJWT(t.Context(), stolen)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.WithdrawSigningKey(t.Context(), identity.Caller{}, signer(t, stolen)); err != nil {
		t.Fatal(err)
	}
	_, _, err = h.SessionOfJWT(t.Context(), stolen)
	wantCode(t, "what it signed", err, fault.CodeUnknownAuthToken)
	_, err = h.SessionOfClaims(t.Context(), claims)
	wantCode(t, "what was proven before", err, fault.CodeUnknownAuthToken)
	if _, _, err := h.SessionOfJWT(t.Context(), early); err != nil {
		t.Errorf("what another key signed: %v", err)
	}
	fresh, err := h.IssueJWT(t.Context(), session, issuer, nil)
	if err != nil || fresh == given {
		t.Errorf("the client is given the same JWT again, %v", err)
	}
	keys := published(t, h.Service)
	wantEqual(t, "the keys, the oldest first", keys, []string{signer(t, early), signer(t, fresh)})
	if signer(t, fresh) == signer(t, stolen) {
		t.Error("the withdrawn key signs")
	}

	err = h.WithdrawSigningKey(t.Context(), identity.Caller{}, signer(t, stolen))
	wantCode(t, "withdraw it again", err, fault.CodeUnknownSigningKey)
	events, err := h.ListEvents(t.Context(), identity.Caller{}, identity.EventFilter{Limit: 10, Kind: identity.EventSigningKeyWithdrawn})
	if err != nil || len(events) != 1 || events[0].Subject != "signing_key:"+signer(t, stolen) {
		t.Errorf("the events are %v, %v", events, err)
	}
}

// Neither one that signs no more nor one that does not sign yet needs a successor.
func TestAWithdrawnKeyThatDoesNotSignIsNotReplaced(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.signedIn(t)
	first := signer(t, h.jwt(t, session))
	for _, atOnce := range []bool{true, false} {
		if _, err := h.RotateSigningKey(t.Context(), identity.Caller{}, atOnce); err != nil {
			t.Fatal(err)
		}
	}
	signs := signer(t, h.jwt(t, session))
	for _, id := range published(t, h.Service) {
		if id == signs {
			continue
		}
		if err := h.WithdrawSigningKey(t.Context(), identity.Caller{}, id); err != nil {
			t.Fatal(err)
		}
	}
	wantEqual(t, "the keys that are left", published(t, h.Service), []string{signs})
	if first == signs {
		t.Error("the first key still signs")
	}
}

func TestARotatedKeyTakesOverAtOnceOrWhenEverybodyHasIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.signedIn(t)
	old := h.jwt(t, session)
	next, err := h.RotateSigningKey(t.Context(), identity.Caller{}, false)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "when it takes over", next.SignsFrom, h.now().Add(15*time.Minute))
	if !slices.Contains(published(t, h.Service), next.Key.ID()) || signer(t, h.jwt(t, session)) != signer(t, old) {
		t.Error("the next key is not published, or signs already")
	}
	atOnce, err := h.RotateSigningKey(t.Context(), identity.Caller{}, true)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "the signer after a rotation at once", signer(t, h.jwt(t, session)), atOnce.Key.ID())
	h.pass(15 * time.Minute)
	wantEqual(t, "the signer after the published one's time came", signer(t, h.jwt(t, session)), next.Key.ID())
	if _, _, err := h.SessionOfJWT(t.Context(), old); err != nil {
		t.Errorf("what the oldest key signed: %v", err)
	}
	events, err := h.ListEvents(t.Context(), identity.Caller{}, identity.EventFilter{Limit: 10, Kind: identity.EventSigningKeyAdded})
	if err != nil || len(events) != 3 || events[1].Subject != "signing_key:"+next.Key.ID() {
		t.Errorf("the events are %+v (%v)", events, err)
	}
}

// Another server made the key this moment: neither what a server verifies nor what it publishes may
// be of before.
func TestAKeyOfAnotherServerIsKnownAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.signedIn(t)
	other := identity.NewService(h.store, h.now, rand.Reader)
	published(t, other)
	key, err := h.RotateSigningKey(t.Context(), identity.Caller{}, true)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(published(t, other), key.Key.ID()) {
		t.Error("the other server does not publish the key")
	}
	if key, err = h.RotateSigningKey(t.Context(), identity.Caller{}, true); err != nil {
		t.Fatal(err)
	}
	jwt := h.jwt(t, session)
	wantEqual(t, "the signer", signer(t, jwt), key.Key.ID())
	if _, _, err := other.SessionOfJWT(t.Context(), jwt); err != nil {
		t.Errorf("the other server: %v", err)
	}
}

// slowKeys is a database that takes a second to tell the keys that it had when it was asked.
type slowKeys struct {
	identity.Store

	mu   sync.Mutex
	keys []identity.SigningKey
}

func (s *slowKeys) SigningKeys(context.Context) ([]identity.SigningKey, error) {
	s.mu.Lock()
	keys := slices.Clone(s.keys)
	s.mu.Unlock()
	<-time.After(time.Second)
	return keys, nil
}

// signs makes a key, as another server does, and gives a JWT that it signed.
func (s *slowKeys) signs(t *testing.T) (jwt string) {
	t.Helper()
	key, err := vault.NewSigningKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	jwt, err = key.Sign(identity.Claims{Use: "session", Expires: time.Now().Add(time.Hour).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, identity.SigningKey{Key: key})
	return jwt
}

// What a read gives that began before a key was made says nothing about that key.
func TestAKeyMadeWhileTheKeysAreReadIsKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &slowKeys{}
		service := identity.NewService(store, time.Now, rand.Reader)
		var all sync.WaitGroup
		for key := range 4 {
			jwt := store.signs(t)
			all.Go(func() {
				if _, err := service.ProveJWT(t.Context(), jwt); err != nil {
					t.Errorf("a JWT of the key %d: %v", key, err)
				}
			})
			synctest.Wait()
			if key == 0 {
				all.Wait()
			}
		}
		all.Wait()
	})
}

func TestNobodyWaitsForTheKeysLongerThanTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &slowKeys{}
		service := identity.NewService(store, time.Now, rand.Reader)
		var reading sync.WaitGroup
		reading.Go(func() { _, _ = service.PublicKeys(t.Context()) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := service.PublicKeys(ctx)
		wantCode(t, "after a millisecond", err, fault.CodeMissionFailed)
		reading.Wait()
	})
}

// counting counts how often the keys are read.
type counting struct {
	identity.Store

	reads *atomic.Int64
}

func (c counting) SigningKeys(context.Context) ([]identity.SigningKey, error) {
	c.reads.Add(1)
	return nil, nil
}

func TestUnknownKeysCostFewReads(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	jwt := h.jwt(t, h.signedIn(t))
	synctest.Test(t, func(t *testing.T) {
		var reads atomic.Int64
		s := identity.NewService(counting{reads: &reads}, time.Now, rand.Reader)
		began := time.Now()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				for range 20 {
					_, err := s.ProveJWT(t.Context(), jwt)
					wantCode(t, "a JWT of a key that nobody has", err, fault.CodeUnknownAuthToken)
				}
			})
		}
		all.Wait()
		if most := int64(time.Since(began)/(100*time.Millisecond)) + 1; reads.Load() > most || reads.Load() > 25 {
			t.Errorf("1000 JWTs cost %d reads in %v", reads.Load(), time.Since(began))
		}
	})
}
