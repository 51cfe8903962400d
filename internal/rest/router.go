package rest

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// prefixes are the versions of the API: the documents' /v3, the SDKs' /v3.0, and none, which is what
// an SDK with an overridden host uses (wire.md 1).
var prefixes = []string{"/v3", "/v3.0", ""}

// routes is every endpoint and what its caller must prove.
func (h *Handler) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, prefix := range prefixes {
		handle := func(pattern string, prove proof, run endpoint) {
			method, path, _ := strings.Cut(pattern, " ")
			mux.Handle(method+" "+prefix+path, h.adapt(func(c *call) (answer, error) {
				if err := prove(h, c); err != nil {
					return answer{}, err
				}
				return run(c)
			}))
		}
		handle("POST /users", key(identity.ScopeAuthOnly), h.createUser)
		handle("GET /users", keyOrToken, h.listUsers)
		handle("GET /users/{uid}", keyOrToken, h.getUser)
		handle("PUT /users/{uid}", key(identity.ScopeAuthOnly), h.updateUser)

		handle("POST /users/{uid}/auth_tokens", key(identity.ScopeAuthOnly), h.issueToken)
		handle("GET /users/{uid}/auth_tokens", key(identity.ScopeFullAccess), h.listTokens)
		handle("DELETE /users/{uid}/auth_tokens", key(identity.ScopeFullAccess), h.flushTokens)
		handle("DELETE /users/{uid}/auth_tokens/{authToken}", key(identity.ScopeFullAccess), h.revokeToken)

		handle("PUT /me", token, h.signIn)
		handle("GET /me", token, h.getMe)
		handle("DELETE /me", token, h.signOut)

		handle("GET /settings", app, h.getSettings)
		handle("POST /user_sessions", app, h.noteUserSession)
	}
	mux.Handle("GET /healthz", h.adapt(h.alive))
	mux.Handle("GET /readyz", h.adapt(h.ready))
	mux.Handle("/", h.adapt(unknownPath))
	return mux
}

// A proof finds out who calls, and leaves it in the call.
type proof func(h *Handler, c *call) error

// app needs no more than an app that exists.
func app(h *Handler, c *call) (err error) {
	c.caller.Address = remoteAddress(c.Request)
	c.caller.App, err = h.service.FindApp(c.Context(), namedApp(c.Request))
	return err
}

// key needs an API key of the app that allows the scope.
func key(needed identity.Scope) proof {
	return func(h *Handler, c *call) error {
		if err := app(h, c); err != nil {
			return err
		}
		found, err := h.service.FindKey(c.Context(), c.caller.App, identity.Secret(c.Header.Get("Apikey")))
		if err != nil {
			return err
		}
		if !found.Scope.Allows(needed) {
			return fault.NoAccess(string(found.Scope))
		}
		c.caller.Key = &found
		return nil
	}
}

// token needs the auth token of a logged-in user.
func token(h *Handler, c *call) error {
	c.caller.Address = remoteAddress(c.Request)
	session, err := h.service.FindSession(c.Context(), namedApp(c.Request), identity.Secret(c.Header.Get("Authtoken")))
	if err != nil {
		return err
	}
	c.caller.App, c.caller.Session = session.App, &session
	return nil
}

// keyOrToken takes a back end's key or, from a client, a token (wire.md 4).
func keyOrToken(h *Handler, c *call) error {
	if c.Header.Get("Authtoken") != "" && c.Header.Get("Apikey") == "" {
		return token(h, c)
	}
	return key(identity.ScopeFullAccess)(h, c)
}

// versionForm is a first segment that names a version, and then one that is not spoken here.
var versionForm = regexp.MustCompile(`^/(v[0-9]+(?:\.[0-9]+)?)(?:/|$)`)

func unknownPath(c *call) (answer, error) {
	if version := versionForm.FindStringSubmatch(c.URL.Path); version != nil && version[1] != "v3" && version[1] != "v3.0" {
		return answer{}, fault.InvalidAPIVersion(version[1])
	}
	return answer{}, fault.UnknownEndpoint(c.Method)
}
