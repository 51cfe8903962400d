package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/ijson"
)

// tokenView is the token object (contract 1.4).
type tokenView struct {
	UID       identity.UID    `json:"uid"`
	AuthToken string          `json:"authToken"`
	CreatedAt int64           `json:"createdAt"`
	Platform  string          `json:"platform,omitempty"`
	UserAgent string          `json:"userAgent,omitempty"`
	AppInfo   json.RawMessage `json:"appInfo,omitempty"`
	ExpiresAt int64           `json:"expiresAt,omitempty"`
}

// maxAppInfoBytes is what identity keeps of an appInfo that a client sends by itself; here, more is
// refused instead of dropped.
const maxAppInfoBytes = 5 << 10

func viewToken(token identity.AuthToken) tokenView {
	return tokenView{
		UID: token.UID, AuthToken: string(token.Value), CreatedAt: unix(token.CreatedAt),
		Platform: token.Device.Platform, UserAgent: token.Device.UserAgent, AppInfo: token.Device.AppInfo,
		ExpiresAt: unix(token.ExpiresAt),
	}
}

// deviceBody is what a client tells of itself, at login and with PUT me (wire.md 4).
type deviceBody struct {
	Platform  string          `json:"platform"`
	DeviceID  string          `json:"deviceId"`
	UserAgent string          `json:"userAgent"`
	AppInfo   json.RawMessage `json:"appInfo"`
}

func (b deviceBody) device() identity.Device {
	device := identity.Device{Platform: b.Platform, DeviceID: b.DeviceID, UserAgent: b.UserAgent, AppInfo: b.AppInfo}
	if device.UserAgent == "" && len(b.AppInfo) > 0 && b.AppInfo[0] == '{' {
		// The SDKs put it there. That it is absent or no text is nothing to refuse a login for.
		var info struct{ UserAgent string }
		if json.Unmarshal(b.AppInfo, &info) == nil {
			device.UserAgent = info.UserAgent
		}
	}
	return device
}

func (h *Handler) issueToken(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	var body struct {
		deviceBody
		Force bool `json:"force"`
		// Seconds; ours.
		ExpiresIn *int64 `json:"expiresIn"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	wanted := identity.TokenRequest{Device: body.device(), Force: body.Force}
	if body.ExpiresIn != nil {
		// Out of range is out of range, however far: no product may overflow.
		wanted.Life = time.Duration(max(-1, min(*body.ExpiresIn, 1<<30))) * time.Second
		if wanted.Life == 0 {
			wanted.Life = -1
		}
	}
	token, err := h.service.IssueToken(c.Context(), c.caller, uid, wanted)
	if err != nil {
		return answer{}, err
	}
	// Just what the documents show: the device is for lists.
	return answer{Data: tokenView{
		UID: token.UID, AuthToken: string(token.Value), CreatedAt: unix(token.CreatedAt), ExpiresAt: unix(token.ExpiresAt),
	}}, nil
}

func (h *Handler) listTokens(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	page, err := readPage(c)
	if err != nil {
		return answer{}, err
	}
	tokens, total, err := h.service.ListTokens(c.Context(), c.caller, uid, page)
	if err != nil {
		return answer{}, err
	}
	views := make([]tokenView, len(tokens))
	for i, token := range tokens {
		views[i] = viewToken(token)
	}
	return listed(views, page, total), nil
}

func (h *Handler) getToken(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	token, err := h.service.GetToken(c.Context(), c.caller, uid, identity.Secret(c.PathValue("authToken")))
	if err != nil {
		return answer{}, err
	}
	return answer{Data: viewToken(token)}, nil
}

func (h *Handler) updateToken(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	var body struct {
		Platform  *string         `json:"platform"`
		UserAgent *string         `json:"userAgent"`
		AppInfo   json.RawMessage `json:"appInfo"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	change := identity.DeviceChange{Platform: body.Platform, UserAgent: body.UserAgent}
	if len(body.AppInfo) > 0 && string(body.AppInfo) != "null" {
		info, err := readAppInfo(body.AppInfo)
		if err != nil {
			return answer{}, err
		}
		change.AppInfo = &info
	}
	token, err := h.service.UpdateToken(c.Context(), c.caller, uid, identity.Secret(c.PathValue("authToken")), change)
	if err != nil {
		return answer{}, err
	}
	return answer{Data: viewToken(token)}, nil
}

// readAppInfo takes an object, or a text that holds one: the documents have both (contract C10).
func readAppInfo(given json.RawMessage) (json.RawMessage, error) {
	var text string
	if json.Unmarshal(given, &text) == nil {
		given = json.RawMessage(text)
	}
	given = bytes.TrimSpace(given)
	if ijson.Check(given) != nil || given[0] != '{' || len(given) > maxAppInfoBytes {
		return nil, invalid("appInfo", "The appInfo must be an object of at most 5 KB.")
	}
	return given, nil
}

func (h *Handler) revokeToken(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	if err := h.service.RevokeToken(c.Context(), c.caller, uid, identity.Secret(c.PathValue("authToken"))); err != nil {
		return answer{}, err
	}
	return done(fmt.Sprintf("The auth token of the user %s has been deleted successfully.", uid)), nil
}

func (h *Handler) flushTokens(c *call) (answer, error) {
	uid, err := identity.ParsePathUID(c.PathValue("uid"))
	if err != nil {
		return answer{}, err
	}
	if err := h.service.FlushTokens(c.Context(), c.caller, uid); err != nil {
		return answer{}, err
	}
	return done(fmt.Sprintf("Cleared Auth Tokens successfully for uid %s.", uid)), nil
}
