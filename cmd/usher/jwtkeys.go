package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
)

// jwtKeysCommand looks after the keys that sign JWTs.
type jwtKeysCommand struct {
	place

	List     listJWTKeysCommand    `cmd:"" help:"List the keys in the order in which they sign."`
	Rotate   rotateJWTKeysCommand  `cmd:"" help:"Make a key that takes over from the one that signs."`
	Withdraw withdrawJWTKeyCommand `cmd:"" help:"Remove a key that is in wrong hands, with all that it signed."`
}

// Help says when there is something to do.
func (*jwtKeysCommand) Help() string {
	return `Servers rotate the key every 30 days by themselves; this is for a key that may be in wrong hands,
or to see that it works. Running servers on PostgreSQL follow within a minute.`
}

// jwtKey is a key, without what signs.
type jwtKey struct {
	ID        string `json:"id"`
	State     string `json:"state"`
	CreatedAt int64  `json:"createdAt"`
	SignsFrom int64  `json:"signsFrom"`
	RemovedAt int64  `json:"removedAt"`
}

var jwtKeyFields = []field[jwtKey]{
	{title: "key", value: func(k jwtKey) string { return k.ID }},
	{title: "state", value: func(k jwtKey) string { return k.State }},
	{title: "created", value: func(k jwtKey) string { return when(k.CreatedAt) }},
	{title: "signs from", value: func(k jwtKey) string { return when(k.SignsFrom) }},
	{title: "removed", value: func(k jwtKey) string { return when(k.RemovedAt) }},
}

type listJWTKeysCommand struct{}

// Run prints the keys.
func (c *listJWTKeysCommand) Run(ctx context.Context, at *place) error {
	ask := request{method: http.MethodGet, path: []string{"signing_keys"}, management: true}
	return perform(ctx, at, ask, func(keys []json.RawMessage) error {
		if len(keys) == 0 {
			return errors.New("the database has no keys yet: usher serve makes the first one")
		}
		return printTable(os.Stdout, keys, jwtKeyFields)
	})
}

type rotateJWTKeysCommand struct {
	Now bool `help:"Take over at once, not after the 15 minutes in which every verifier gets to know the key."`
}

// Run makes the key and says when it signs.
func (c *rotateJWTKeysCommand) Run(ctx context.Context, at *place) error {
	body := map[string]bool{"now": c.Now}
	ask := request{method: http.MethodPost, path: []string{"signing_keys"}, body: body, management: true}
	err := perform(ctx, at, ask, func(key jwtKey) error {
		text := "The new key %s takes over at %s, when every verifier knows it. What older keys signed stays good."
		if c.Now {
			text = "The new key %s signs from now on, %s; running servers follow within a minute. What older keys signed stays good."
		}
		return printLine(fmt.Sprintf(text, key.ID, when(key.SignsFrom)))
	})
	if refused, ok := errors.AsType[*refusal](err); ok && refused.Details["now"] != nil {
		return errors.New("the key was rotated just now, and the next one takes over within 15 minutes; --now makes one that takes over at once")
	}
	return err
}

type withdrawJWTKeyCommand struct {
	KID string `arg:"" help:"The key, as list shows it."`
}

// Help says what it costs.
func (*withdrawJWTKeyCommand) Help() string {
	return `No JWT that the key signed is taken from then on: not by servers, which close the sockets that were
opened with one, and not by others once they fetch the published keys again. Nobody is logged out; clients
take another JWT, the vendor's own SDKs with their next login. A key that signs is replaced at once.`
}

// Run removes the key and says what follows.
func (c *withdrawJWTKeyCommand) Run(ctx context.Context, at *place) error {
	ask := request{method: http.MethodDelete, path: []string{"signing_keys", c.KID}, management: true}
	return perform(ctx, at, ask, func(struct{}) error {
		return printLine("The key " + c.KID + " is withdrawn: nothing that it signed is good any more. Whoever keeps the published keys takes it for up to 15 minutes more.")
	})
}
