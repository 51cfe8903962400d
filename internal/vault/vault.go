package vault

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// Purpose says what a credential is for. The same value has another fingerprint for another purpose,
// and opens for the purpose that it was sealed for. A purpose is written into every row: never
// change the text of one.
type Purpose string

const (
	// PurposeAPIKey is an API key of an app.
	PurposeAPIKey Purpose = "api key"
	// PurposeAuthToken is an auth token of a user.
	PurposeAuthToken Purpose = "auth token"
	// PurposeSigningKey is a private key that signs JWTs.
	PurposeSigningKey Purpose = "signing key"
	// PurposeStoredAnswer is an answer that is kept to be given again, with the credentials in it.
	PurposeStoredAnswer Purpose = "stored answer"
	// PurposeWebhook is what a webhook signs with, and what it shows to its receiver.
	PurposeWebhook Purpose = "webhook"
	// PurposeSecondFactor is the secret of an operator's authenticator.
	PurposeSecondFactor Purpose = "second factor"
	// PurposeOperatorSession is the cookie of an operator. It is found, and never given back.
	PurposeOperatorSession Purpose = "operator session"
	// PurposeInvitation is the code that makes somebody an operator. It is found, and never given back.
	PurposeInvitation Purpose = "operator invitation"
)

var (
	// ErrUnknownKey says that a value was sealed with a key that the keyset lacks: the keyset is
	// another database's, or was rotated elsewhere and not reloaded here.
	ErrUnknownKey = errors.New("the value was sealed with a key that this keyset lacks")
	// ErrAltered says that a sealed value was changed, or sealed for another purpose or owner.
	ErrAltered = errors.New("the sealed value is damaged, or was sealed for another row")
)

// Vault fingerprints and seals credentials. Make one with OpenFile, FromText or Ephemeral; it is safe
// for concurrent use.
type Vault struct {
	keys atomic.Pointer[keys]
	// path is empty when there is no file to reload.
	path string
	// reloading keeps a slow Reload from putting back what a later one has replaced.
	reloading sync.Mutex
}

// FromText opens the keyset in a text, such as an environment variable: what OpenFile writes to a
// file. No error repeats any of it.
func FromText(text string) (*Vault, error) {
	v, err := fromText("", []byte(text))
	if err != nil {
		return nil, fmt.Errorf("the keyset given as text: %w", err)
	}
	return v, nil
}

// Ephemeral makes a vault whose keys end with the process, for tests and development.
func Ephemeral() *Vault {
	return must(newVault("", must(newKeyset())))
}

func fromText(path string, text []byte) (*Vault, error) {
	set, err := decode(text)
	if err != nil {
		return nil, err
	}
	return newVault(path, set)
}

func newVault(path string, set keyset) (*Vault, error) {
	opened, err := newKeys(set)
	if err != nil {
		return nil, err
	}
	v := &Vault{path: path}
	v.keys.Store(opened)
	return v, nil
}

// Fingerprint gives what a new row is found by: 4 bytes that name the primary key and 16 that only
// this keyset can make of the value. It takes less than a microsecond.
func (v *Vault) Fingerprint(purpose Purpose, value string) []byte {
	return v.keys.Load().fingerprints[0].of(bind(purpose, value))
}

// Candidates gives the fingerprints under which the row of a value may stand, one for every key in
// use: the primary's first, as in most rows, then from the newest key to the oldest.
func (v *Vault) Candidates(purpose Purpose, value string) [][]byte {
	fingerprints := v.keys.Load().fingerprints
	bound := bind(purpose, value)
	candidates := make([][]byte, len(fingerprints))
	for i, key := range fingerprints {
		candidates[i] = key.of(bound)
	}
	return candidates
}

// Seal encrypts a value so that it opens only for the same purpose and owner, which names the row:
// the app and the row's fingerprint, for example. The result is 45 bytes longer than the value.
func (v *Vault) Seal(purpose Purpose, owner, value string) ([]byte, error) {
	sealed, err := v.keys.Load().seals.Encrypt([]byte(value), bind(purpose, owner))
	if err != nil {
		return nil, fmt.Errorf("seal a credential: %w", err)
	}
	return sealed, nil
}

// Open gives the value that was sealed for this purpose and owner, or ErrUnknownKey or ErrAltered.
func (v *Vault) Open(purpose Purpose, owner string, sealed []byte) (string, error) {
	k := v.keys.Load()
	id, ok := idOfSeal(sealed)
	switch {
	case !ok:
		return "", ErrAltered
	case !k.opens(id):
		return "", ErrUnknownKey
	}
	value, err := k.seals.Decrypt(sealed, bind(purpose, owner))
	if err != nil {
		return "", ErrAltered
	}
	return string(value), nil
}

// NeedsReseal tells of a row whether anything in it was made with a key that is not primary: open
// it, and write both anew.
func (v *Vault) NeedsReseal(sealed, fingerprint []byte) bool {
	k := v.keys.Load()
	sealedWith, isSeal := idOfSeal(sealed)
	foundWith, isFingerprint := idOfFingerprint(fingerprint)
	return !isSeal || sealedWith != k.sealIDs[0] || !isFingerprint || foundWith != k.fingerprints[0].id
}

// Format keeps the keys out of what any verb prints.
func (*Vault) Format(out fmt.State, _ rune) { _, _ = io.WriteString(out, "[vault]") }
