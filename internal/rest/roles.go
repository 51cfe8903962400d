package rest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/usherhq/usher/internal/identity"
)

// roleView is the role object (contract 1.5).
type roleView struct {
	Role        string                 `json:"role"`
	Name        string                 `json:"name"`
	Description string                 `json:"description,omitempty"`
	Metadata    json.RawMessage        `json:"metadata,omitempty"`
	Settings    *identity.RoleSettings `json:"settings,omitempty"`
	CreatedAt   int64                  `json:"createdAt"`
	UpdatedAt   int64                  `json:"updatedAt,omitempty"`
}

func viewRole(role identity.Role) roleView {
	view := roleView{
		Role: role.ID, Name: role.Name, Description: role.Description, Metadata: role.Metadata,
		CreatedAt: unix(role.CreatedAt), UpdatedAt: unix(role.UpdatedAt),
	}
	if role.Settings != (identity.RoleSettings{}) {
		view.Settings = &role.Settings
	}
	return view
}

type roleBody struct {
	Role        string                 `json:"role"`
	Name        *string                `json:"name"`
	Description *string                `json:"description"`
	Metadata    json.RawMessage        `json:"metadata"`
	Settings    *identity.RoleSettings `json:"settings"`
	Unset       []string               `json:"unset"`
}

func (b roleBody) asChange() (identity.RoleChange, error) {
	change := identity.RoleChange{Name: b.Name, Description: b.Description, Settings: b.Settings}
	if len(b.Metadata) > 0 && !bytes.Equal(b.Metadata, []byte("null")) {
		change.Metadata = &b.Metadata
	}
	for _, field := range b.Unset {
		switch field {
		case "settings":
			change.Settings = &identity.RoleSettings{}
		case "description":
			change.Description = new("")
		case "metadata":
			change.Metadata = &json.RawMessage{}
		default:
			return change, invalid("unset", "Only settings, description and metadata can be unset.")
		}
	}
	return change, nil
}

func (h *Handler) createRole(c *call) (answer, error) {
	var body roleBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	change, err := body.asChange()
	if err != nil {
		return answer{}, err
	}
	role, err := h.service.CreateRole(c.Context(), c.caller, body.Role, change)
	return showRole(role, err)
}

func (h *Handler) getRole(c *call) (answer, error) {
	role, err := h.service.GetRole(c.Context(), c.caller, c.PathValue("role"))
	return showRole(role, err)
}

func (h *Handler) updateRole(c *call) (answer, error) {
	var body roleBody
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	change, err := body.asChange()
	if err != nil {
		return answer{}, err
	}
	role, err := h.service.UpdateRole(c.Context(), c.caller, c.PathValue("role"), change)
	return showRole(role, err)
}

func showRole(role identity.Role, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return answer{Data: viewRole(role)}, nil
}

func (h *Handler) deleteRole(c *call) (answer, error) {
	if err := h.service.DeleteRole(c.Context(), c.caller, c.PathValue("role")); err != nil {
		return answer{}, err
	}
	return done(fmt.Sprintf("Role %s has been deleted successfully.", c.PathValue("role"))), nil
}

// restrictedView is what users of a role may not do. Its form is ours: the documents show none.
type restrictedView struct {
	Features []string `json:"restrictedFeatures"`
}

func showRestricted(role identity.Role, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	// Never null.
	return answer{Data: restrictedView{append([]string{}, role.Restricted...)}}, nil
}

func (h *Handler) listRestricted(c *call) (answer, error) {
	role, err := h.service.GetRole(c.Context(), c.caller, c.PathValue("role"))
	return showRestricted(role, err)
}

func (h *Handler) restrictFeatures(c *call) (answer, error) {
	var body struct {
		Features []string `json:"featuresToRestrict"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	if len(body.Features) == 0 {
		return answer{}, invalid("featuresToRestrict", "The featuresToRestrict field is required.")
	}
	role, err := h.service.RestrictFeatures(c.Context(), c.caller, c.PathValue("role"), identity.FeatureChange{Restrict: body.Features})
	return showRestricted(role, err)
}

func (h *Handler) allowFeatures(c *call) (answer, error) {
	var body struct {
		Features []string `json:"featuresToAllow"`
		All      bool     `json:"allowAll"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	if len(body.Features) == 0 && !body.All {
		return answer{}, invalid("featuresToAllow", "The featuresToAllow field is required, unless allowAll is true.")
	}
	role, err := h.service.RestrictFeatures(c.Context(), c.caller, c.PathValue("role"), identity.FeatureChange{Allow: body.Features, AllowAll: body.All})
	return showRestricted(role, err)
}

func (h *Handler) listRoles(c *call) (answer, error) {
	page, err := readPage(c)
	if err != nil {
		return answer{}, err
	}
	roles, total, err := h.service.ListRoles(c.Context(), c.caller, page)
	if err != nil {
		return answer{}, err
	}
	views := make([]roleView, len(roles))
	for i, role := range roles {
		views[i] = viewRole(role)
	}
	return listed(views, page, total), nil
}
