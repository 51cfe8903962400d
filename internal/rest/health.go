package rest

import "github.com/usherhq/usher/internal/fault"

// alive says that the process answers; restart it when it does not.
func (h *Handler) alive(*call) (answer, error) {
	return answer{Data: map[string]string{"status": "ok"}}, nil
}

// ready says that requests can be answered; send them elsewhere when not.
func (h *Handler) ready(c *call) (answer, error) {
	if h.draining.Load() {
		return answer{}, fault.NotReady()
	}
	if err := h.service.Ready(c.Context()); err != nil {
		return answer{}, err
	}
	return answer{Data: map[string]string{"status": "ready"}}, nil
}
