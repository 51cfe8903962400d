package rest

import "github.com/usherhq/usher/internal/identity"

func (h *Handler) blockUsers(c *call) (answer, error)   { return h.setBlocked(c, true) }
func (h *Handler) unblockUsers(c *call) (answer, error) { return h.setBlocked(c, false) }

// outcomeView is what became of one user of a request that names several.
type outcomeView struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

func (h *Handler) setBlocked(c *call, blocked bool) (answer, error) {
	uid, err := c.uid()
	if err != nil {
		return answer{}, err
	}
	var body struct {
		BlockedUIDs []string `json:"blockedUids"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	outcomes, err := h.service.SetBlocked(c.Context(), c.caller, uid, body.BlockedUIDs, blocked)
	if err != nil {
		return answer{}, err
	}
	views := map[string]outcomeView{}
	for name, outcome := range outcomes {
		views[name] = outcomeView(outcome)
	}
	return answer{Data: views}, nil
}

func (h *Handler) listBlockedUsers(c *call) (answer, error) {
	uid, err := c.uid()
	if err != nil {
		return answer{}, err
	}
	page, err := readPage(c)
	if err != nil {
		return answer{}, err
	}
	direction := identity.BlockDirection(c.URL.Query().Get("direction"))
	switch direction {
	case "":
		direction = identity.BlockedEither
	case identity.BlockedByMe, identity.HasBlockedMe, identity.BlockedEither:
	default:
		return answer{}, invalid("direction", "The direction must be both, blockedByMe or hasBlockedMe.")
	}
	blocked, total, err := h.service.ListBlocked(c.Context(), c.caller, uid, direction, page)
	if err != nil {
		return answer{}, err
	}
	views := make([]userView, len(blocked))
	for i, entry := range blocked {
		if views[i], err = viewUser(c, entry.User); err != nil {
			return answer{}, err
		}
		views[i].Tags = nil
		views[i].relationView = viewRelation(entry.Relation)
	}
	return listed(views, page, total), nil
}
