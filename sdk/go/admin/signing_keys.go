package admin

import (
	"context"
	"net/http"

	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// SigningKeysService works on the keys with which a server signs JWTs. The server rotates them by itself.
type SigningKeysService struct{ service }

// SigningKeyState says what a signing key is there for. The type is open.
type SigningKeyState string

// The states of a signing key.
const (
	// SigningKeyNext is published, and will sign.
	SigningKeyNext SigningKeyState = "next"
	// SigningKeySigns is the one that signs.
	SigningKeySigns SigningKeyState = "signing"
	// SigningKeyVerifies signs no more, and is there for what it signed.
	SigningKeyVerifies SigningKeyState = "verifying"
)

// SigningKey is a key without what signs.
type SigningKey struct {
	// ID is the kid in the JWTs that it signs.
	ID    string          `json:"id"`
	State SigningKeyState `json:"state"`
	// CreatedAt, SignsFrom and RemovedAt are in Unix seconds; RemovedAt is 0 until another key signs.
	CreatedAt int64 `json:"createdAt"`
	SignsFrom int64 `json:"signsFrom"`
	RemovedAt int64 `json:"removedAt,omitempty"`
}

// List gives all keys, in the order in which they sign.
func (s *SigningKeysService) List(ctx context.Context) ([]*SigningKey, error) {
	page, err := list(ctx, s.service, transport.Request{Path: []string{"signing_keys"}}, hasKeyID)
	if err != nil {
		return nil, err
	}
	return page.Items, nil
}

// Rotate makes a key that takes over in 15 minutes, when every verifier knows it. Code:
// usher.CodeBadRequest when such a key is waiting already.
func (s *SigningKeysService) Rotate(ctx context.Context) (*SigningKey, error) {
	return s.rotate(ctx, false)
}

// RotateNow makes a key that takes over at once, for one that may be in wrong hands. What older keys
// signed stays good until it expires.
func (s *SigningKeysService) RotateNow(ctx context.Context) (*SigningKey, error) {
	return s.rotate(ctx, true)
}

func (s *SigningKeysService) rotate(ctx context.Context, now bool) (*SigningKey, error) {
	body := struct {
		Now bool `json:"now"`
	}{now}
	return get(ctx, s.service, transport.Request{Method: http.MethodPost, Path: []string{"signing_keys"}, Body: body}, hasKeyID)
}

// Withdraw removes a key that is in wrong hands before its time: no server takes a JWT that it signed from
// then on, and package verify none once it has fetched the keys again. Sockets that were opened with one
// end. The auth tokens live on, and clients get other JWTs with them. A key that signs is replaced at
// once. Code: usher.CodeUnknownSigningKey.
func (s *SigningKeysService) Withdraw(ctx context.Context, id string) error {
	// An id has the characters of a uid, and fewer of them.
	if err := usher.CheckUID(id); err != nil {
		return usher.NewError(usher.CodeUnknownSigningKey, nil)
	}
	return s.remove(ctx, transport.Request{Path: []string{"signing_keys", id}})
}

func hasKeyID(key *SigningKey) bool { return key.ID != "" }
