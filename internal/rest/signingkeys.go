package rest

import (
	"errors"

	"github.com/usherhq/usher/internal/identity"
)

// signingKeyView is a key that signs JWTs (ours), without anything that signs.
type signingKeyView struct {
	ID        string                   `json:"id"`
	State     identity.SigningKeyState `json:"state"`
	CreatedAt int64                    `json:"createdAt"`
	SignsFrom int64                    `json:"signsFrom"`
	RemovedAt int64                    `json:"removedAt,omitempty"`
}

func viewSigningKey(key identity.SigningKeyStatus) signingKeyView {
	return signingKeyView{
		ID: key.Key.ID(), State: key.State, CreatedAt: unix(key.CreatedAt), SignsFrom: unix(key.SignsFrom), RemovedAt: unix(key.RemovedAt),
	}
}

func (h *Handler) listSigningKeys(c *call) (answer, error) {
	keys, err := h.service.ListSigningKeys(c.Context())
	if err != nil {
		return answer{}, err
	}
	views := make([]signingKeyView, len(keys))
	for i, key := range keys {
		views[i] = viewSigningKey(key)
	}
	return answer{Data: views}, nil
}

func (h *Handler) rotateSigningKey(c *call) (answer, error) {
	var body struct {
		Now bool `json:"now"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	key, err := h.service.RotateSigningKey(c.Context(), c.caller, body.Now)
	if errors.Is(err, identity.ErrRotatedAlready) {
		return answer{}, invalid("now", "The next key is published already and takes over within 15 minutes; to take over at once, now must be true.")
	}
	if err != nil {
		return answer{}, err
	}
	state := identity.SigningKeyNext
	if body.Now {
		state = identity.SigningKeySigns
	}
	return answer{Data: viewSigningKey(identity.SigningKeyStatus{SigningKey: key, State: state})}, nil
}

func (h *Handler) withdrawSigningKey(c *call) (answer, error) {
	kid := c.PathValue("kid")
	if err := h.service.WithdrawSigningKey(c.Context(), c.caller, kid); err != nil {
		return answer{}, err
	}
	return done("The signing key " + kid + " has been withdrawn: nothing that it signed is good any more."), nil
}
