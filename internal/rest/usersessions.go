package rest

// noteUserSession takes the telemetry that an SDK sends five seconds after a login (wire.md 9). It
// is answered, else it comes again with every login, and not kept.
func (h *Handler) noteUserSession(c *call) (answer, error) {
	var body struct {
		SessionID string `json:"sessionId"`
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	return answer{Data: map[string]string{"sessionId": body.SessionID}}, nil
}
