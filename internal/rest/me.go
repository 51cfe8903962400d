package rest

import "github.com/usherhq/usher/internal/identity"

// meView is the object that a login ends with (wire.md 4). Its authToken must be the one of the
// request (wire.md 0.3), and no other answer but this and the token endpoints may carry one.
type meView struct {
	userView
	AuthToken string `json:"authToken"`
	// JWT is all that an SDK shows to the realtime gateway (wire.md 0.5).
	JWT      string       `json:"jwt"`
	Settings settingsView `json:"settings"`
}

func (h *Handler) viewMe(c *call, session identity.Session) (answer, error) {
	user, err := viewUser(c, session.User)
	if err != nil {
		return answer{}, err
	}
	// Whoever reads this is here.
	user.Status = statusAvailable
	jwt, err := h.service.IssueJWT(c.Context(), session, h.hosts.issuer(c.Request), nil)
	if err != nil {
		return answer{}, err
	}
	return answer{Data: meView{userView: user, AuthToken: string(session.Token.Value), JWT: jwt, Settings: h.settings(c)}}, nil
}

// signIn is PUT me: what an SDK does with a token first, and how it changes the user's own profile.
func (h *Handler) signIn(c *call) (answer, error) {
	var body struct {
		deviceBody
		userBody
	}
	if err := decode(c, &body); err != nil {
		return answer{}, err
	}
	session, err := h.service.SignIn(c.Context(), c.caller, body.device(), body.asChange())
	if err != nil {
		return answer{}, err
	}
	return h.viewMe(c, session)
}

func (h *Handler) getMe(c *call) (answer, error) {
	return h.viewMe(c, *c.caller.Session)
}

func (h *Handler) signOut(c *call) (answer, error) {
	if err := h.service.SignOut(c.Context(), c.caller); err != nil {
		return answer{}, err
	}
	return done("Logged out successfully."), nil
}
