package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// jsonType is what a script of a page takes.
const jsonType = "application/json"

// What a person meets in the console and nowhere else.
var (
	errNoPage      = errors.New("there is no such page")
	errNotAllowed  = errors.New("your role does not allow this: ask an owner")
	errCrossOrigin = errors.New("the request came from another site and was refused")
	errForeignHost = errors.New("in development, the console answers to localhost and 127.0.0.1 only")
	errBadForm     = errors.New("the form could not be read, or is too large")
)

// statuses are of the errors that speak for themselves.
var statuses = []struct {
	err    error
	status int
}{
	{errNoPage, http.StatusNotFound},
	{errNotAllowed, http.StatusForbidden},
	{errCrossOrigin, http.StatusForbidden},
	{errForeignHost, http.StatusMisdirectedRequest},
	{errBadForm, http.StatusBadRequest},
	{errTooManyStreams, http.StatusServiceUnavailable},
	{errTooManyExports, http.StatusServiceUnavailable},
	{errNoAccount, http.StatusConflict},
	{identity.ErrNoInvitation, http.StatusGone},
	{identity.ErrNoOperator, http.StatusNotFound},
	{identity.ErrLastOwner, http.StatusConflict},
	{identity.ErrTooManyOperators, http.StatusConflict},
}

// problem is the data of error.html.
type problem struct {
	Status int
	Text   string
	// RequestID is set where the log has more.
	RequestID string
}

// refuse is the one door for errors: whoever is not signed in goes to do so, what is meant for people
// becomes a page that says it, and everything else one that names the request, for the log has the cause.
func (d *Dashboard) refuse(c *call, err error) reply {
	if errors.Is(err, identity.ErrNotSignedIn) {
		if accepted := c.Header.Get("Accept"); accepted == eventStream || accepted == jsonType {
			return refusal(c, problem{Status: http.StatusUnauthorized, Text: "Sign in first."})
		}
		if _, err := c.Cookie(sessionCookieName); err == nil {
			return goTo(signInPath(c)).warning("Your session is over. Please sign in again.")
		}
		return goTo(signInPath(c))
	}
	for _, known := range statuses {
		if errors.Is(err, known.err) {
			return refusal(c, problem{Status: known.status, Text: sentence(known.err.Error())})
		}
	}
	if failure, ok := errors.AsType[*fault.Error](err); ok && failure.Code.Status() < http.StatusInternalServerError {
		return refusal(c, problem{Status: failure.Code.Status(), Text: failure.Message})
	}
	if !errors.Is(err, context.Canceled) {
		d.config.Log.Error("page failed", slog.String("route", c.Pattern), slog.Any("error", err), slog.String("request", c.id))
	}
	return refusal(c, problem{
		Status: http.StatusInternalServerError, Text: "Something went wrong on the server. Its log has the cause under this request id:", RequestID: c.id,
	})
}

func refusal(c *call, p problem) reply {
	if c.Header.Get("Accept") == jsonType {
		return tell(map[string]string{"error": strings.TrimSpace(p.Text + " " + p.RequestID)}).withStatus(p.Status)
	}
	return show("error.html", http.StatusText(p.Status), p).withStatus(p.Status)
}

// signInPath leads back to where somebody wanted to go, if that was to look at something.
func signInPath(c *call) string {
	path := Prefix + "/signin"
	if c.Method == http.MethodGet && c.URL.Path != Prefix+"/" {
		path += "?next=" + url.QueryEscape(c.URL.RequestURI())
	}
	return path
}

// sentence makes of an error's text what stands on a page.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }
