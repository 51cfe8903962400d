package vault

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-jose/go-jose/v4"
)

// signingAlgorithm is the only one that is made or taken: a token does not choose how it is verified.
const signingAlgorithm = jose.ES256

// ErrBadSignature says that a text is no JWT of ours: not one at all, signed in another way, or changed.
var ErrBadSignature = errors.New("the text is not a JWT with a good signature")

// ErrUnknownSigner says that a JWT names a key that is not here; another server may have just made it.
var ErrUnknownSigner = errors.New("the JWT was signed with a key that is not known here")

// SigningKey signs JWTs with ES256. Others verify them with its public half.
type SigningKey struct {
	id     string
	key    *ecdsa.PrivateKey
	signer jose.Signer
}

// NewSigningKey makes a key. Its id is the thumbprint of RFC 7638, so that no two keys share one.
func NewSigningKey(random io.Reader) (*SigningKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), random)
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	return newSigningKey(key)
}

// ParseSigningKey reads what Text gave. No error repeats any of it.
func ParseSigningKey(text string) (*SigningKey, error) {
	var parsed jose.JSONWebKey
	if err := parsed.UnmarshalJSON([]byte(text)); err != nil {
		return nil, errors.New("the stored signing key is not a JSON Web Key")
	}
	key, ok := parsed.Key.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("the stored signing key is not a private key of the curve P-256")
	}
	return newSigningKey(key)
}

func newSigningKey(key *ecdsa.PrivateKey) (*SigningKey, error) {
	thumbprint, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("name a signing key: %w", err)
	}
	id := base64.RawURLEncoding.EncodeToString(thumbprint)
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: signingAlgorithm, Key: jose.JSONWebKey{Key: key, KeyID: id}},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare a signing key: %w", err)
	}
	return &SigningKey{id: id, key: key, signer: signer}, nil
}

// ID is the kid of what the key signs.
func (k *SigningKey) ID() string { return k.id }

// Text is the private key as a JSON Web Key, to be sealed: whoever has it can be any user.
func (k *SigningKey) Text() (string, error) {
	text, err := json.Marshal(jose.JSONWebKey{Key: k.key, KeyID: k.id, Algorithm: string(signingAlgorithm), Use: "sig"})
	return string(text), err
}

// Sign makes a JWT of claims, which are encoded as JSON. It takes about 30 microseconds.
func (k *SigningKey) Sign(claims any) (string, error) {
	text, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	signed, err := k.signer.Sign(text)
	if err != nil {
		return "", fmt.Errorf("sign claims: %w", err)
	}
	return signed.CompactSerialize()
}

// Format keeps the key out of what any verb prints.
func (k *SigningKey) Format(out fmt.State, _ rune) {
	_, _ = io.WriteString(out, "[signing key "+k.id+"]")
}

// PublicKeys is the JSON Web Key Set (RFC 7517) by which others verify what the keys sign.
func PublicKeys(keys []*SigningKey) ([]byte, error) {
	set := jose.JSONWebKeySet{Keys: make([]jose.JSONWebKey, len(keys))}
	for i, one := range keys {
		set.Keys[i] = jose.JSONWebKey{Key: one.key.Public(), KeyID: one.id, Algorithm: string(signingAlgorithm), Use: "sig"}
	}
	return json.Marshal(set)
}

// Verify gives the claims of a JWT that one of the keys signed, and which one, or ErrUnknownSigner or
// ErrBadSignature. What the claims say, their times among it, is for the caller to judge.
func Verify(keys []*SigningKey, text string) (claims []byte, signer *SigningKey, err error) {
	parsed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{signingAlgorithm})
	if err != nil {
		return nil, nil, ErrBadSignature
	}
	for _, one := range keys {
		if one.id != parsed.Signatures[0].Header.KeyID {
			continue
		}
		if claims, err = parsed.Verify(one.key.Public()); err != nil {
			return nil, nil, ErrBadSignature
		}
		return claims, one, nil
	}
	return nil, nil, ErrUnknownSigner
}
