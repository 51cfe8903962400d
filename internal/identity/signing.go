package identity

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/vault"
)

const (
	// signingPeriod is how long a key signs before the next one takes over.
	signingPeriod = 30 * 24 * time.Hour
	// publishedAhead is how long a key is published before it signs: longer than any verifier may keep
	// the published keys (rest's max-age of five minutes), with room for slow clocks.
	publishedAhead = 15 * time.Minute
	// signingKeysAge is how old what a server knows of the keys may become.
	signingKeysAge = time.Minute
	// reloadInterval keeps JWTs that name keys nobody has from costing a query each.
	reloadInterval = 100 * time.Millisecond
)

// SigningKey is a key that signs JWTs, on every server of a database.
type SigningKey struct {
	ID  int64
	Key *vault.SigningKey
	// SignsFrom is when the key takes over from the one before it; it is published from CreatedAt on.
	CreatedAt, SignsFrom time.Time
}

// goneAt is when nothing is left that a key has signed, given when the next one took over.
func goneAt(next time.Time) time.Time { return next.Add(MaxJWTLife + clockLeeway) }

// signing is what a server knows of the signing keys.
type signing struct {
	known atomic.Pointer[knownKeys]
	// reading holds one while a caller reads the keys and others wait for what it reads. It is no mutex,
	// so that nobody waits longer than a context allows.
	reading chan struct{}
	// begun counts the reads that have begun.
	begun atomic.Uint64
}

type knownKeys struct {
	keys     []SigningKey
	loadedAt time.Time
	// read is the number of the read that gave the keys.
	read uint64
}

// signer is the newest key whose time has come.
func (k *knownKeys) signer(now time.Time) *vault.SigningKey {
	if at := signerOf(k.keys, now); at >= 0 {
		return k.keys[at].Key
	}
	return nil
}

// signerOf is which of the keys signs, or -1.
func signerOf(keys []SigningKey, now time.Time) int {
	for at, one := range slices.Backward(keys) {
		if !one.SignsFrom.After(now) {
			return at
		}
	}
	return -1
}

func (k *knownKeys) all() []*vault.SigningKey {
	keys := make([]*vault.SigningKey, len(k.keys))
	for i, one := range k.keys {
		keys[i] = one.Key
	}
	return keys
}

func (k *knownKeys) have(id string) bool {
	return slices.ContainsFunc(k.keys, func(one SigningKey) bool { return one.Key.ID() == id })
}

// signingKeys gives the keys as they were no longer ago than signingKeysAge.
func (s *Service) signingKeys(ctx context.Context) (*knownKeys, error) {
	known := s.signing.known.Load()
	if known != nil && s.clock().Sub(known.loadedAt) < signingKeysAge {
		return known, nil
	}
	return s.freshSigningKeys(ctx)
}

// freshSigningKeys gives the keys as a read finds them that begins after the call: one that is under way
// may not see a key that the caller has seen the work of. Callers that come at once share a read, and
// soon after one they wait a little, so that many of them cost few.
func (s *Service) freshSigningKeys(ctx context.Context) (*knownKeys, error) {
	before := s.signing.begun.Load()
	select {
	case s.signing.reading <- struct{}{}:
		defer func() { <-s.signing.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	known := s.signing.known.Load()
	if known != nil {
		if known.read > before {
			return known, nil
		}
		if early := reloadInterval - s.clock().Sub(known.loadedAt); early > 0 && early <= reloadInterval {
			if err := pause(ctx, early); err != nil {
				return nil, err
			}
		}
	}
	at, read := s.clock(), s.signing.begun.Add(1)
	keys, err := s.store.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	fresh := &knownKeys{keys: keys, loadedAt: at, read: read}
	s.signing.known.Store(fresh)
	return fresh, nil
}

func pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// KeepSigningKeys makes the first key, gives each its successor in time and removes those of which
// nothing is left. A server calls it when it starts and about once an hour; several may do so at once.
func (s *Service) KeepSigningKeys(ctx context.Context) error {
	now := s.now()
	err := s.store.Change(ctx, func(tx Tx) error {
		keys, err := tx.LockSigningKeys()
		if err != nil {
			return err
		}
		switch last := len(keys) - 1; {
		case !slices.ContainsFunc(keys, func(key SigningKey) bool { return !key.SignsFrom.After(now) }):
			// There is none yet, or the clock was set back before those there are.
			_, err = s.addSigningKey(tx, Caller{}, now, now)
		case !keys[last].SignsFrom.Add(signingPeriod - publishedAhead).After(now):
			_, err = s.addSigningKey(tx, Caller{}, now, now.Add(publishedAhead))
		}
		if err != nil {
			return err
		}
		for i, key := range keys[:max(len(keys)-1, 0)] {
			if now.Before(goneAt(keys[i+1].SignsFrom)) {
				continue
			}
			if err := tx.DeleteSigningKey(key.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return s.reloadAfter(ctx, err)
}

// ErrRotatedAlready says that a newer key than the one that signs is published and about to take over.
var ErrRotatedAlready = errors.New("the signing key was rotated just now: the next one is published and takes over within 15 minutes")

// SigningKeyState says what a key is there for.
type SigningKeyState string

// The states of a signing key, in their order.
const (
	// SigningKeyNext is published, and will sign.
	SigningKeyNext SigningKeyState = "next"
	// SigningKeySigns is the one that signs.
	SigningKeySigns SigningKeyState = "signing"
	// SigningKeyVerifies signs no more: it is there for what it signed.
	SigningKeyVerifies SigningKeyState = "verifying"
)

// SigningKeyStatus is a signing key as an operator sees it.
type SigningKeyStatus struct {
	SigningKey

	State SigningKeyState
	// RemovedAt is when nothing is left of what the key signed; zero until another one has taken over.
	RemovedAt time.Time
}

// ListSigningKeys gives the keys in the order in which they sign.
func (s *Service) ListSigningKeys(ctx context.Context) ([]SigningKeyStatus, error) {
	keys, err := s.store.SigningKeys(ctx)
	if err != nil {
		return nil, inTime(err)
	}
	now := s.clock()
	list := make([]SigningKeyStatus, len(keys))
	for i, key := range keys {
		list[i] = SigningKeyStatus{SigningKey: key, State: SigningKeySigns}
		switch {
		case key.SignsFrom.After(now):
			list[i].State = SigningKeyNext
		case i+1 < len(keys) && !keys[i+1].SignsFrom.After(now):
			list[i].State, list[i].RemovedAt = SigningKeyVerifies, goneAt(keys[i+1].SignsFrom)
		}
	}
	return list, nil
}

// RotateSigningKey makes a key that takes over from the one that signs: at once, for one that may be in
// wrong hands, or after it has been published for long enough that every verifier has it. What older
// keys signed stays good until it expires. ErrRotatedAlready when the next one is waiting already.
func (s *Service) RotateSigningKey(ctx context.Context, caller Caller, atOnce bool) (SigningKey, error) {
	var added SigningKey
	err := s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		keys, err := tx.LockSigningKeys()
		if err != nil {
			return err
		}
		from := now.Add(publishedAhead)
		if atOnce || len(keys) == 0 {
			from = now
		} else if keys[len(keys)-1].SignsFrom.After(now) {
			return ErrRotatedAlready
		}
		added, err = s.addSigningKey(tx, caller, now, from)
		return err
	})
	return added, s.reloadAfter(ctx, err)
}

// WithdrawSigningKey removes a key that is in wrong hands before its time, and with it everything that it
// signed: no JWT by it is taken from then on. The auth tokens behind them live on, and get other JWTs. A
// key that signs is followed by a new one that signs at once. Code: ERR_SIGNING_KEY_NOT_FOUND.
func (s *Service) WithdrawSigningKey(ctx context.Context, caller Caller, id string) error {
	err := s.store.Change(ctx, func(tx Tx) error {
		now := s.now()
		keys, err := tx.LockSigningKeys()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(keys, func(key SigningKey) bool { return key.Key.ID() == id })
		if at < 0 {
			return fault.UnknownSigningKey()
		}
		if at == signerOf(keys, now) {
			if _, err := s.addSigningKey(tx, caller, now, now); err != nil {
				return err
			}
		}
		if err := tx.DeleteSigningKey(keys[at].ID); err != nil {
			return err
		}
		caller.App = App{}
		return s.addEventAbout(tx, caller, EventSigningKeyWithdrawn, "signing_key:"+id)
	})
	return s.reloadAfter(ctx, err)
}

// ReloadSigningKeys makes a server follow at once what another one did with the keys, of which it would
// know within a minute.
func (s *Service) ReloadSigningKeys(ctx context.Context) error {
	_, err := s.freshSigningKeys(ctx)
	return inTime(err)
}

func (s *Service) reloadAfter(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	_, err = s.freshSigningKeys(ctx)
	return err
}

func (s *Service) addSigningKey(tx Tx, caller Caller, now, from time.Time) (SigningKey, error) {
	key, err := vault.NewSigningKey(s.random)
	if err != nil {
		return SigningKey{}, err
	}
	added, err := tx.AddSigningKey(SigningKey{Key: key, CreatedAt: now, SignsFrom: from})
	if err != nil {
		return SigningKey{}, err
	}
	// The keys belong to no app, and neither does the event.
	caller.App = App{}
	return added, s.addEventAbout(tx, caller, EventSigningKeyAdded, "signing_key:"+key.ID())
}

// PublicKeys gives the JSON Web Key Set that verifies every JWT which is still good. It is read anew:
// who asks may hold a JWT by a key that another server made this moment.
func (s *Service) PublicKeys(ctx context.Context) ([]byte, error) {
	known, err := s.freshSigningKeys(ctx)
	if err != nil {
		return nil, inTime(err)
	}
	return vault.PublicKeys(known.all())
}
