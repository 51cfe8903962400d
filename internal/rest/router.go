package rest

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// prefixes are the versions of the API: the documents' /v3, the SDKs' /v3.0, and none, which is what
// an SDK with an overridden host uses (wire.md 1).
var prefixes = []string{"/v3", "/v3.0", ""}

// route is an endpoint and what its caller must prove.
type route struct {
	// pattern is method and path, without the version.
	pattern string
	prove   proof
	run     endpoint
}

// endpoints is all of them.
func (h *Handler) endpoints() []route {
	backEnd := key(identity.NeedFullAccess)
	return []route{
		{"POST /users", key(identity.NeedUsers), h.createUser},
		{"GET /users", keyOrToken, h.listUsers},
		{"PUT /users", backEnd, h.reactivateUsers},
		{"DELETE /users", backEnd, h.deactivateUsers},
		{"GET /users/{uid}", keyOrToken, h.getUser},
		{"PUT /users/{uid}", key(identity.NeedUsers), h.updateUser},
		{"DELETE /users/{uid}", backEnd, h.deleteUser},

		{"POST " + importPath, backEnd, h.importUsers},

		{"POST /users/{uid}/auth_tokens", key(identity.NeedTokens), h.issueToken},
		{"GET /users/{uid}/auth_tokens", backEnd, h.listTokens},
		{"DELETE /users/{uid}/auth_tokens", backEnd, h.flushTokens},
		{"GET /users/{uid}/auth_tokens/{authToken}", backEnd, h.getToken},
		{"PUT /users/{uid}/auth_tokens/{authToken}", backEnd, h.updateToken},
		{"DELETE /users/{uid}/auth_tokens/{authToken}", backEnd, h.revokeToken},

		{"POST /users/{uid}/blockedusers", backEnd, h.blockUsers},
		{"GET /users/{uid}/blockedusers", backEnd, h.listBlockedUsers},
		{"DELETE /users/{uid}/blockedusers", backEnd, h.unblockUsers},
		{"POST /blockedusers", token, h.blockUsers},
		{"GET /blockedusers", token, h.listBlockedUsers},
		{"DELETE /blockedusers", token, h.unblockUsers},

		{"POST /roles", backEnd, h.createRole},
		{"GET /roles", backEnd, h.listRoles},
		{"GET /roles/{role}", backEnd, h.getRole},
		{"PUT /roles/{role}", backEnd, h.updateRole},
		{"DELETE /roles/{role}", backEnd, h.deleteRole},
		{"POST /roles/{role}/restrictedfeatures", backEnd, h.restrictFeatures},
		{"GET /roles/{role}/restrictedfeatures", backEnd, h.listRestricted},
		{"DELETE /roles/{role}/restrictedfeatures", backEnd, h.allowFeatures},

		{"POST /apikeys", backEnd, h.createKey},
		{"GET /apikeys", backEnd, h.listKeys},
		{"GET /apikeys/{apiKey}", backEnd, h.getKey},
		{"PUT /apikeys/{apiKey}", backEnd, h.updateKey},
		{"DELETE /apikeys/{apiKey}", backEnd, h.deleteKey},

		{"GET /events", backEnd, h.listEvents},

		{"POST /webhooks", backEnd, h.createWebhook},
		{"GET /webhooks", backEnd, h.listWebhooks},
		{"GET /webhooks/{id}", backEnd, h.getWebhook},
		{"PUT /webhooks/{id}", backEnd, h.updateWebhook},
		{"DELETE /webhooks/{id}", backEnd, h.deleteWebhook},
		{"POST /webhooks/{id}/test", backEnd, h.testWebhook},
		{"GET /webhooks/{id}/deliveries", backEnd, h.listDeliveries},
		{"POST /webhooks/{id}/deliveries/{deliveryId}/replay", backEnd, h.replayDelivery},

		{"POST /apps", management, h.createApp},
		{"GET /apps", management, h.listApps},
		{"GET /apps/{appId}", management, h.getApp},
		{"PUT /apps/{appId}", management, h.updateApp},
		{"DELETE /apps/{appId}", management, h.deleteApp},
		{"POST /apps/{appId}/restore", management, h.restoreApp},

		{"GET /signing_keys", management, h.listSigningKeys},
		{"POST /signing_keys", management, h.rotateSigningKey},
		{"DELETE /signing_keys/{kid}", management, h.withdrawSigningKey},

		{"PUT /me", token, h.signIn},
		{"GET /me", token, h.getMe},
		{"DELETE /me", token, h.signOut},
		{"POST /me/jwt", token, h.issueJWT},
		{"POST /call_tokens", token, h.issueCallToken},
		{"GET /call_tokens", callToken, h.verifyCallToken},
		{"POST /introspect", backEnd, h.introspect},

		{"GET /settings", app, h.getSettings},
		{"POST /user_sessions", app, h.noteUserSession},
	}
}

// routes serves every endpoint under every version.
func (h *Handler) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, route := range h.endpoints() {
		prove, run := h.limiter.guard(route), h.once(route)
		method, path, _ := strings.Cut(route.pattern, " ")
		for _, prefix := range prefixes {
			mux.Handle(method+" "+prefix+path, h.adapt(func(c *call) (answer, error) {
				if err := prove(h, c); err != nil {
					return answer{}, err
				}
				// Parameters that can't be read would otherwise be dropped without a word, and a list
				// answered from its start instead of from its cursor.
				if _, err := url.ParseQuery(c.URL.RawQuery); err != nil {
					return answer{}, invalid("query", "The query holds a semicolon or an escape that is none.")
				}
				return run(c)
			}))
		}
	}
	mux.Handle("GET "+jwksPath, h.adapt(h.publicKeys))
	mux.Handle("GET /healthz", h.adapt(h.alive))
	mux.Handle("GET /readyz", h.adapt(h.ready))
	mux.Handle("/", h.adapt(unknownPath))
	return mux
}

// A proof finds out who calls, and leaves it in the call.
type proof func(h *Handler, c *call) error

// app needs no more than an app that exists.
func app(h *Handler, c *call) (err error) {
	c.from()
	c.caller.App, err = h.service.FindApp(c.Context(), namedApp(c.Request))
	return err
}

// key needs an API key that may do it.
func key(need identity.Need) proof {
	return func(h *Handler, c *call) error {
		if err := app(h, c); err != nil || c.byOperator() {
			return err
		}
		value := c.Header.Get("Apikey")
		var found identity.APIKey
		err := h.limiter.try(c, value, func() (err error) {
			found, err = h.service.FindKey(c.Context(), c.caller.App, identity.Secret(value))
			return err
		})
		if err != nil {
			return err
		}
		// Whose key it is, is known even where it may not do this.
		c.caller.Key = &found
		if !c.caller.App.Allows(found, need) {
			return fault.NoAccess(string(found.Scope))
		}
		return nil
	}
}

// token needs the auth token of a logged-in user.
func token(h *Handler, c *call) error {
	c.from()
	value := c.Header.Get("Authtoken")
	var session identity.Session
	err := h.limiter.try(c, value, func() (err error) {
		session, err = h.service.FindSession(c.Context(), namedApp(c.Request), identity.Secret(value))
		return err
	})
	if err != nil {
		return err
	}
	c.caller.App, c.caller.Session = session.App, &session
	return nil
}

// callToken needs what POST /call_tokens gave.
func callToken(h *Handler, c *call) error {
	c.from()
	value := c.Header.Get("Calltoken")
	return h.limiter.try(c, value, func() error {
		session, claims, err := h.service.SessionOfCallToken(c.Context(), value)
		if err != nil {
			return err
		}
		c.caller.App, c.caller.Session, c.claims = session.App, &session, claims
		return nil
	})
}

// keyOrToken takes a back end's key or, from a client, a token (wire.md 4).
func keyOrToken(h *Handler, c *call) error {
	if c.Header.Get("Authtoken") != "" && c.Header.Get("Apikey") == "" {
		return token(h, c)
	}
	return key(identity.NeedFullAccess)(h, c)
}

// management needs the credentials of the management API: as two headers, or by Basic authentication
// (contract C2). An installation that was given none refuses everybody.
func management(h *Handler, c *call) error {
	c.from()
	if c.byOperator() {
		return nil
	}
	name, secret := c.Header.Get("Key"), c.Header.Get("Secret")
	if name == "" && secret == "" {
		name, secret, _ = c.BasicAuth()
	}
	if name == "" || secret == "" {
		return fault.EmptyAuthHeader()
	}
	return h.limiter.try(c, name+"\n"+secret, func() error {
		if !h.management.matches(name, secret) {
			return fault.InvalidAuthHeader()
		}
		c.caller.Management = true
		return nil
	})
}

// Management is the credentials of the management API; empty ones switch it off.
type Management struct {
	Key    identity.Secret
	Secret identity.Secret
}

// matches compares in a time that tells nothing of how much was right.
func (m Management) matches(key, secret string) bool {
	if m.Key == "" || m.Secret == "" {
		return false
	}
	return equalSecrets(string(m.Key), key)&equalSecrets(string(m.Secret), secret) == 1
}

// equalSecrets compares digests, which have one length.
func equalSecrets(want, got string) int {
	wanted, given := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(got))
	return subtle.ConstantTimeCompare(wanted[:], given[:])
}

// versionForm is a first segment that names a version, and then one that is not spoken here.
var versionForm = regexp.MustCompile(`^/(v[0-9]+(?:\.[0-9]+)?)(?:/|$)`)

func unknownPath(c *call) (answer, error) {
	if version := versionForm.FindStringSubmatch(c.URL.Path); version != nil && version[1] != "v3" && version[1] != "v3.0" {
		return answer{}, fault.InvalidAPIVersion(version[1])
	}
	return answer{}, fault.UnknownEndpoint(c.Method)
}
