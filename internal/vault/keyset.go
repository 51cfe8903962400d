package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead/xchacha20poly1305"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/key"
	tinkkeyset "github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf/hmacprf"
)

// The kinds of keys that a keyset holds, and no others.
var (
	// HMAC takes half as long as HKDF, which hashes twice for a salt and a length that fingerprints
	// have no use for.
	fingerprintKind = must(hmacprf.NewParameters(32, hmacprf.SHA256))
	// One key seals for years, on several servers: the nonce must be long enough to be drawn at
	// random without a thought to how often. AES-GCM's is used up after 2^32 seals; 192 bits never
	// are, and of the ciphers that have them, or bear a repetition, this is the fastest here.
	sealKind = must(xchacha20poly1305.NewParameters(xchacha20poly1305.VariantTink))
)

const (
	version = 1
	about   = "This is Usher's keyset. With it, every API key and every auth token in the database can be read; " +
		"without it, none can be found again: whoever loses it loses them all. Keep a copy, apart from the database."
)

// keyset is what the file holds: the keys for fingerprints and those for seals.
type keyset struct {
	fingerprints, seals *tinkkeyset.Handle
}

// document is a keyset as text.
type document struct {
	About   string `json:"about"`
	Version int    `json:"version"`
	// Fingerprints and Seals are keysets in Tink's own JSON, which its tools read too.
	Fingerprints json.RawMessage `json:"fingerprints"`
	Seals        json.RawMessage `json:"seals"`
}

// newKeyset makes a keyset with one key of each kind.
func newKeyset() (keyset, error) {
	return withNewPrimaries(tinkkeyset.NewManager(), tinkkeyset.NewManager())
}

// rotated gives the keyset with new primary keys beside all that it has.
func (s keyset) rotated() (keyset, error) {
	return withNewPrimaries(tinkkeyset.NewManagerFromHandle(s.fingerprints), tinkkeyset.NewManagerFromHandle(s.seals))
}

func withNewPrimaries(fingerprints, seals *tinkkeyset.Manager) (set keyset, err error) {
	if set.fingerprints, err = withNewPrimary(fingerprints, fingerprintKind); err != nil {
		return keyset{}, err
	}
	set.seals, err = withNewPrimary(seals, sealKind)
	return set, err
}

func withNewPrimary(manager *tinkkeyset.Manager, kind key.Parameters) (*tinkkeyset.Handle, error) {
	id, err := manager.AddNewKeyFromParameters(kind)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return manager.Handle()
}

// idsInUse lists the keys that are enabled: the primary first, then from the newest to the oldest.
func idsInUse(handle *tinkkeyset.Handle) []uint32 {
	info := handle.KeysetInfo()
	ids := []uint32{info.GetPrimaryKeyId()}
	for i, one := range slices.Backward(info.GetKeyInfo()) {
		entry := must(handle.Entry(i))
		if entry.KeyStatus() == tinkkeyset.Enabled && !entry.IsPrimary() {
			ids = append(ids, one.GetKeyId())
		}
	}
	return ids
}

func (s keyset) encode() ([]byte, error) {
	fingerprints, err := encodeKeys(s.fingerprints)
	if err != nil {
		return nil, err
	}
	seals, err := encodeKeys(s.seals)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(document{about, version, fingerprints, seals}, "", "  ")
	return append(text, '\n'), err
}

func encodeKeys(handle *tinkkeyset.Handle) (json.RawMessage, error) {
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, tinkkeyset.NewJSONWriter(&text)); err != nil {
		return nil, errors.New("write the keys as JSON")
	}
	return text.Bytes(), nil
}

// decode reads a keyset. Its errors say what is wrong in words of their own: those of a decoder
// repeat what they stumble over, which may be a key.
func decode(text []byte) (keyset, error) {
	// The version comes first: a later one may well have fields that this one does not know.
	var versioned struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &versioned); err != nil {
		return keyset{}, damaged("it is not a JSON object with a version")
	}
	if versioned.Version != version {
		return keyset{}, fmt.Errorf("it has version %d, and this usher reads version %d", versioned.Version, version)
	}
	var d document
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&d); err != nil {
		return keyset{}, damaged("it has fields that are unknown or of another type")
	}
	var set keyset
	var ok bool
	if set.fingerprints, ok = decodeKeys(d.Fingerprints, fingerprintKind); !ok {
		return keyset{}, damaged("the keys for fingerprints can't be used")
	}
	if set.seals, ok = decodeKeys(d.Seals, sealKind); !ok {
		return keyset{}, damaged("the keys for seals can't be used")
	}
	return set, nil
}

func damaged(how string) error {
	return errors.New("it is damaged, or not a keyset of usher: " + how + "; put back the copy that you kept")
}

func decodeKeys(text json.RawMessage, kind key.Parameters) (handle *tinkkeyset.Handle, ok bool) {
	handle, err := insecurecleartextkeyset.Read(tinkkeyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, false
	}
	for i := range handle.Len() {
		if !must(handle.Entry(i)).Key().Parameters().Equal(kind) {
			return nil, false
		}
	}
	return handle, true
}

// must is for what can't fail as it is called here.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
