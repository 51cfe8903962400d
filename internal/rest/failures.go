package rest

import (
	"net/http"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// noteRefusal tells the use cases of a refused request what an operator wants to know: that a limit
// refused it, or that it was a login and why that failed.
func (h *Handler) noteRefusal(c *call, refusal *fault.Error) {
	if refusal.Code == fault.CodeTooManyRequests {
		h.service.NoteRefused(c.caller, namedApp(c.Request))
		return
	}
	switch method, route := labels(c.Pattern); method + " " + route {
	case "POST /users/{uid}/auth_tokens":
		h.noteFailedLogin(c, refusal)
	case "PUT /me":
		h.noteFailedSignIn(c, refusal)
	}
}

// noteFailedLogin is for a client that asks for a token of its own. A back end that asks for one has
// read its refusal, and no user waits for it.
func (h *Handler) noteFailedLogin(c *call, refusal *fault.Error) {
	if isBackEnd(c.caller) || refusal.Code == fault.CodeInvalidAppID || refusal.Code == fault.CodeEmptyAppID {
		return
	}
	// What can't be a uid is of no user.
	uid, _ := identity.ParseUID(c.PathValue("uid"))
	h.service.NoteFailedSignIn(c.caller, uid, refusal)
}

// noteFailedSignIn is for a client whose token is not good; one that is may still be refused a change
// of the user's profile.
func (h *Handler) noteFailedSignIn(c *call, refusal *fault.Error) {
	if code := refusal.Code; code != fault.CodeUnknownAuthToken && code != fault.CodeEmptyAuthToken && code.Status() < http.StatusInternalServerError {
		return
	}
	caller := c.caller
	uid := identity.UIDNamedBy(identity.Secret(c.Header.Get("Authtoken")))
	if caller.Session == nil {
		app, err := h.service.FindApp(c.Context(), namedApp(c.Request))
		if err != nil {
			// Of no app: the request names none, and there are several.
			return
		}
		caller.App = app
	}
	h.service.NoteFailedSignIn(caller, uid, refusal)
}
