package session

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/usherhq/usher/sdk/go/internal/socket"
	"github.com/usherhq/usher/sdk/go/internal/transport"
	"github.com/usherhq/usher/sdk/go/usher"
)

// errOtherUser is why an answer cannot be used whose token must not be touched.
var errOtherUser = errors.New("it is not about the user who logs in")

// issueToken asks the server for an auth token of the user.
func (c *Client) issueToken(ctx context.Context, uid, apiKey string) (string, error) {
	var issued struct {
		AuthToken string `json:"authToken"`
	}
	err := c.caller.Do(ctx, transport.Request{
		Method: http.MethodPost,
		Path:   []string{"users", uid, "auth_tokens"},
		Key:    apiKey,
		Body:   c.device,
	}, &issued, nil)
	refusal, refused := errors.AsType[*usher.Error](err)
	if refused && (refusal.Code == usher.CodeUnknownAPIKey || refusal.Code == usher.CodeEmptyAPIKey) {
		notFound := usher.NewError(usher.CodeAPIKeyNotFound, refusal)
		notFound.Status = refusal.Status
		return "", notFound
	}
	if err != nil {
		return "", coded(err)
	}
	if usher.CheckAuthToken(issued.AuthToken) != nil {
		return "", unusable(errors.New("it holds no usable auth token"))
	}
	return issued.AuthToken, nil
}

// me is what the server says of the user of a token.
type me struct {
	usher.User
	AuthToken string          `json:"authToken"`
	JWT       json.RawMessage `json:"jwt"`
	Settings  json.RawMessage `json:"settings"`
}

// signIn tells the server that this device now acts with the token, and learns whose it is. Unless
// uid is empty the answer must be about that user.
func (c *Client) signIn(ctx context.Context, token, uid string) (*session, error) {
	var answer me
	err := c.caller.Do(ctx, transport.Request{
		Method: http.MethodPut,
		Path:   []string{"me"},
		Token:  token,
		Body:   c.device,
	}, &answer, nil)
	if err != nil {
		return nil, coded(err)
	}
	return answer.session(c.caller.Base(), token, uid)
}

// askMe sends a request of the user of a session that is answered with the user as they are now.
func (c *Client) askMe(ctx context.Context, current *session, request transport.Request) (*session, error) {
	request.Path, request.Token = []string{"me"}, current.AuthToken
	var answer me
	if err := c.caller.Do(ctx, request, &answer, nil); err != nil {
		return nil, coded(err)
	}
	return answer.session(c.caller.Base(), current.AuthToken, current.User.UID)
}

func (m me) session(base, token, uid string) (*session, error) {
	if m.UID == "" {
		return nil, unusable(errors.New("it names no user"))
	}
	if uid != "" && !strings.EqualFold(m.UID, uid) {
		return nil, unusable(errOtherUser)
	}
	// A server that answers with another token has replaced the one that was sent.
	current := cmp.Or(m.AuthToken, token)
	if usher.CheckAuthToken(current) != nil {
		return nil, unusable(errors.New("it holds no usable auth token"))
	}
	fresh := &session{
		Format: sessionFormat, User: m.User, AuthToken: current, Socket: socket.Address(base, m.Settings),
	}
	// One that is no text counts as none: nothing here depends on it.
	_ = json.Unmarshal(m.JWT, &fresh.JWT)
	return fresh, nil
}

// signOut asks the server to end the session of a token. That it does not know the token is fine.
func (c *Client) signOut(ctx context.Context, token string) (message string, err error) {
	var answer struct {
		Message string `json:"message"`
	}
	err = c.caller.Do(ctx, transport.Request{
		Method: http.MethodDelete,
		Path:   []string{"me"},
		Token:  token,
	}, &answer, nil)
	if err != nil && !usher.EndsSession(err) {
		return "", err
	}
	return cmp.Or(answer.Message, loggedOut), nil
}

// coded gives every error of a call a code to decide by.
func coded(err error) error {
	switch {
	case err == nil || usher.CodeOf(err) != "":
		return err
	case errors.Is(err, usher.ErrUnusableAnswer):
		return usher.NewError(usher.CodeUnusableAnswer, err)
	}
	return usher.NewError(usher.CodeNotReached, err)
}

// unusable is for an answer that is not what was asked for.
func unusable(why error) error {
	return usher.NewError(usher.CodeUnusableAnswer, fmt.Errorf("%w: %w", usher.ErrUnusableAnswer, why))
}
