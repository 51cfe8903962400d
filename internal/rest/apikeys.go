package rest

import "github.com/usherhq/usher/internal/identity"

// keyView is the key object (contract 1.2), which documents the value on every read.
type keyView struct {
	APIKey     string         `json:"apiKey"`
	Name       string         `json:"name"`
	Scope      identity.Scope `json:"scope"`
	CreatedBy  string         `json:"createdBy,omitempty"`
	CreatedAt  int64          `json:"createdAt"`
	LastUsedAt int64          `json:"lastUsedAt,omitempty"`
	Disabled   bool           `json:"disabled,omitempty"`
}

func viewKey(key identity.APIKey) keyView {
	return keyView{
		APIKey: string(key.Value), Name: key.Name, Scope: key.Scope, CreatedBy: key.CreatedBy,
		CreatedAt: unix(key.CreatedAt), LastUsedAt: unix(key.LastUsedAt), Disabled: !key.DisabledAt.IsZero(),
	}
}

type keyBody struct {
	Name     *string         `json:"name"`
	Scope    *identity.Scope `json:"scope"`
	Disabled *bool           `json:"disabled"`
}

func (h *Handler) createKey(c *call) (answer, error) {
	var body keyBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	key, err := h.service.CreateKey(c.Context(), c.caller, identity.KeyChange(body))
	return showKey(key, err)
}

func (h *Handler) getKey(c *call) (answer, error) {
	key, err := h.service.GetKey(c.Context(), c.caller, identity.Secret(c.PathValue("apiKey")))
	return showKey(key, err)
}

func (h *Handler) updateKey(c *call) (answer, error) {
	var body keyBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	key, err := h.service.UpdateKey(c.Context(), c.caller, identity.Secret(c.PathValue("apiKey")), identity.KeyChange(body))
	return showKey(key, err)
}

func showKey(key identity.APIKey, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return answer{Data: viewKey(key)}, nil
}

func (h *Handler) deleteKey(c *call) (answer, error) {
	value := c.PathValue("apiKey")
	if err := h.service.DeleteKey(c.Context(), c.caller, identity.Secret(value)); err != nil {
		return answer{}, err
	}
	// Whoever reads this named the key itself; it works no more.
	return done("The Api Key " + value + " has been deleted successfully."), nil
}

func (h *Handler) listKeys(c *call) (answer, error) {
	page, err := readPage(c)
	if err != nil {
		return answer{}, err
	}
	filter := identity.KeyFilter{Page: page, Scope: identity.Scope(c.URL.Query().Get("scope")), SearchKey: c.URL.Query().Get("searchKey")}
	switch filter.Scope {
	case "", identity.ScopeAuthOnly, identity.ScopeFullAccess:
	default:
		return answer{}, invalid("scope", "The scope must be authOnly or fullAccess.")
	}
	keys, total, err := h.service.ListKeys(c.Context(), c.caller, filter)
	if err != nil {
		return answer{}, err
	}
	views := make([]keyView, len(keys))
	for i, key := range keys {
		views[i] = viewKey(key)
	}
	return listed(views, page, total), nil
}
