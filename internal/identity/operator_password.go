package identity

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// How passwords are hashed, as OWASP recommends for argon2id: one hash takes 19 MiB of memory and some
// 30 ms. A hash names its parameters, so that raising these leaves the old ones good.
const (
	argonMemory  = 19 << 10 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
	// mostArgonMemory and mostArgonTime keep a hash that was altered in the database from costing more.
	mostArgonMemory = 1 << 20
	mostArgonTime   = 100
)

// hashesAtOnce bounds what log-in attempts may take: more of them wait.
const hashesAtOnce = 2

// passwords hashes and verifies passwords, few at a time.
type passwords struct{ slots chan struct{} }

func newPasswords() passwords { return passwords{make(chan struct{}, hashesAtOnce)} }

// enter waits for a slot, at most as long as ctx allows.
func (p passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errors.Join(ErrOverloaded, ctx.Err())
	}
}

func (p passwords) leave() { <-p.slots }

// hash makes of a password what may be stored.
func (p passwords) hash(ctx context.Context, password Secret, salt []byte) (string, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// matches says whether a password is the one of a hash. An empty hash is nobody's, and takes as long.
func (p passwords) matches(ctx context.Context, password Secret, hash string) (bool, error) {
	stored := storedHash{memory: argonMemory, time: argonTime, threads: argonThreads, salt: make([]byte, argonSalt), key: make([]byte, argonKey)}
	if hash != "" {
		var err error
		if stored, err = parseHash(hash); err != nil {
			return false, err
		}
	}
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	key := argon2.IDKey([]byte(password), stored.salt, stored.time, stored.memory, stored.threads, uint32(len(stored.key))) //nolint:gosec // bounded by parseHash
	return subtle.ConstantTimeCompare(key, stored.key) == 1 && hash != "", nil
}

type storedHash struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

var errForeignHash = errors.New("the stored hash of a password is not one that was made here")

func parseHash(text string) (storedHash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return storedHash{}, errForeignHash
	}
	var hash storedHash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &hash.memory, &hash.time, &hash.threads); err != nil {
		return storedHash{}, errForeignHash
	}
	var failures [2]error
	hash.salt, failures[0] = base64.RawStdEncoding.DecodeString(parts[4])
	hash.key, failures[1] = base64.RawStdEncoding.DecodeString(parts[5])
	if errors.Join(failures[:]...) != nil || len(hash.key) < 16 || len(hash.key) > 64 || hash.threads == 0 ||
		hash.time == 0 || hash.time > mostArgonTime || hash.memory > mostArgonMemory {
		return storedHash{}, errForeignHash
	}
	return hash, nil
}
