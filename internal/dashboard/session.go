package dashboard

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
)

const (
	sessionCookieName = "usher_console"
	flashCookieName   = "usher_flash"
	flashLife         = time.Minute
)

// findOperator finds out who asks, or gives identity.ErrNotSignedIn.
func (d *Dashboard) findOperator(c *call) error {
	if d.config.Development {
		c.operator = identity.Operator{Name: identity.DevelopmentOperator, Role: identity.OperatorOwner}
		return nil
	}
	cookie, err := c.Cookie(sessionCookieName)
	if err != nil {
		return identity.ErrNotSignedIn
	}
	find := d.service.FindOperatorSession
	if c.isLive() {
		find = d.service.ProveOperatorSession
	}
	session, err := find(c.Context(), identity.Secret(cookie.Value))
	if err != nil {
		return err
	}
	c.session, c.operator = &session, session.Operator
	return nil
}

// sessionCookie gives a browser its session; without a value, it takes it away.
func (d *Dashboard) sessionCookie(c *call, value identity.Secret) *http.Cookie {
	cookie := d.cookie(c, sessionCookieName, string(value)) //nolint:gosec // see cookie
	cookie.MaxAge = int(identity.OperatorSessionLife / time.Second)
	if value == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// cookie is one that no script sees, that other sites' requests do not carry, and that never goes over a
// plain connection when this page came over a safe one.
func (d *Dashboard) cookie(c *call, name, value string) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // on a plain connection, a browser would not take a secure one
		Name: name, Value: value, Path: Prefix, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: c.TLS != nil || strings.HasPrefix(d.config.PublicURL, "https://") || c.Header.Get("X-Forwarded-Proto") == "https",
	}
}

// flash is what is said once.
type flash struct {
	Text string
	Bad  bool
}

func (d *Dashboard) flashCookie(c *call, said flash) *http.Cookie {
	if said.Text == "" {
		cookie := d.cookie(c, flashCookieName, "") //nolint:gosec // see cookie
		cookie.MaxAge = -1
		return cookie
	}
	// It has a text and a bool: it can't fail.
	text, _ := json.Marshal(said)
	cookie := d.cookie(c, flashCookieName, base64.RawURLEncoding.EncodeToString(text)) //nolint:gosec // see cookie
	cookie.MaxAge = int(flashLife / time.Second)
	return cookie
}

// saidBefore is what the page before this one wanted to be said. What is not ours says nothing.
func saidBefore(c *call) (said flash) {
	cookie, err := c.Cookie(flashCookieName)
	if err != nil {
		return flash{}
	}
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(text, &said) != nil {
		return flash{}
	}
	return said
}
