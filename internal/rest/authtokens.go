package rest

import (
	"encoding/json"
	"fmt"

	"github.com/usherhq/usher/internal/identity"
)

// tokenView is the token object (contract 1.4).
type tokenView struct {
	UID       identity.UID    `json:"uid"`
	AuthToken string          `json:"authToken"`
	CreatedAt int64           `json:"createdAt"`
	Platform  string          `json:"platform,omitempty"`
	UserAgent string          `json:"userAgent,omitempty"`
	AppInfo   json.RawMessage `json:"appInfo,omitempty"`
}

func viewToken(token identity.AuthToken) tokenView {
	return tokenView{
		UID: token.UID, AuthToken: string(token.Value), CreatedAt: unix(token.CreatedAt),
		Platform: token.Device.Platform, UserAgent: token.Device.UserAgent, AppInfo: token.Device.AppInfo,
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
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	token, err := h.service.IssueToken(c.Context(), c.caller, uid, body.device(), body.Force)
	if err != nil {
		return answer{}, err
	}
	// Just what the documents show: the device is for lists.
	return answer{Data: tokenView{UID: token.UID, AuthToken: string(token.Value), CreatedAt: unix(token.CreatedAt)}}, nil
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
