package vault

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

const (
	idSize = 4
	// 16 bytes of the PRF's output: among 2^48 credentials the chance that any two share a
	// fingerprint is 2^-33, and a guess hits one of 2^30 with 2^-98. 32 bytes would only make the
	// index larger.
	prfSize         = 16
	fingerprintSize = idSize + prfSize
	// sealPrefix is the first byte of what Tink seals with a key that is named; the id follows.
	sealPrefix = 1
)

// keys is a keyset made ready for use. It never changes.
type keys struct {
	// fingerprints has the primary first, then the others from the newest to the oldest.
	fingerprints []fingerprintKey
	seals        tink.AEAD
	// sealIDs has the primary first.
	sealIDs []uint32
}

type fingerprintKey struct {
	id  uint32
	prf prf.PRF
}

func newKeys(set keyset) (*keys, error) {
	prfs, err := prf.NewPRFSet(set.fingerprints)
	if err != nil {
		return nil, fmt.Errorf("prepare the keys for fingerprints: %w", err)
	}
	seals, err := aead.New(set.seals)
	if err != nil {
		return nil, fmt.Errorf("prepare the keys for seals: %w", err)
	}
	k := &keys{seals: seals, sealIDs: idsInUse(set.seals)}
	for _, id := range idsInUse(set.fingerprints) {
		k.fingerprints = append(k.fingerprints, fingerprintKey{id, prfs.PRFs[id]})
	}
	return k, nil
}

func (k *keys) opens(sealID uint32) bool { return slices.Contains(k.sealIDs, sealID) }

// continues says whether what was written with the primary keys of another keyset is found and
// opened by this one.
func (k *keys) continues(other *keys) bool {
	return k.opens(other.sealIDs[0]) && slices.ContainsFunc(k.fingerprints, func(key fingerprintKey) bool {
		return key.id == other.fingerprints[0].id
	})
}

func (f fingerprintKey) of(bound []byte) []byte {
	output, err := f.prf.ComputePRF(bound, prfSize)
	if err != nil {
		// HMAC fails only when asked for more bytes than it has.
		panic(err)
	}
	fingerprint := make([]byte, 0, fingerprintSize)
	return append(binary.BigEndian.AppendUint32(fingerprint, f.id), output...)
}

// bind joins a purpose with a text so that no other two give the same bytes.
func bind(purpose Purpose, text string) []byte {
	bound := make([]byte, 0, binary.MaxVarintLen64+len(purpose)+len(text))
	bound = binary.AppendUvarint(bound, uint64(len(purpose)))
	bound = append(bound, purpose...)
	return append(bound, text...)
}

func idOfFingerprint(fingerprint []byte) (id uint32, ok bool) {
	if len(fingerprint) != fingerprintSize {
		return 0, false
	}
	return binary.BigEndian.Uint32(fingerprint), true
}

func idOfSeal(sealed []byte) (id uint32, ok bool) {
	if len(sealed) < 1+idSize || sealed[0] != sealPrefix {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:]), true
}
