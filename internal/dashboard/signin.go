package dashboard

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/limit"
)

type signInPage struct {
	Form *form
	// Next is where to go on, a path of the console.
	Next string
	// NobodyYet says that there is no operator who could sign in.
	NobodyYet bool
}

func (d *Dashboard) showSignIn(c *call) (reply, error) {
	if c.operator.Name != "" {
		return goTo(Prefix + "/"), nil
	}
	operators, err := d.service.ListOperators(c.Context())
	return show("signin.html", "Sign in", signInPage{blank(nil), ownPath(c.FormValue("next")), len(operators) == 0}), err
}

func (d *Dashboard) signIn(c *call) (reply, error) {
	filled := c.form()
	name, password := filled.Value("name"), identity.Secret(filled.Value("password"))
	again := func(text string, status int) (reply, error) {
		filled.reject("name", text)
		return show("signin.html", "Sign in", signInPage{filled, ownPath(filled.Value("next")), false}).withStatus(status), nil
	}
	proof := d.strikes.Proof(c.network(), name, string(password))
	if wait := d.wait(proof); wait > 0 {
		return again(tooManyAttempts(wait), http.StatusTooManyRequests)
	}
	session, err := d.service.SignInOperator(c.Context(), c.caller, name, password, strings.ReplaceAll(filled.Value("code"), " ", ""))
	if errors.Is(err, identity.ErrWrongSignIn) {
		d.strikes.Wrong(proof, d.config.Clock())
		if errors.Is(err, identity.ErrNotNoted) {
			d.config.Log.Error("refused sign-in not noted", slog.Any("error", err), slog.String("request", c.id))
		}
		if tooMany, ok := errors.AsType[*identity.TooManyCodesError](err); ok {
			return again(fmt.Sprintf("Too many wrong codes. Try again in %s.", inWords(tooMany.Wait)), http.StatusTooManyRequests)
		}
		return again(sentence(identity.ErrWrongSignIn.Error()), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return reply{}, err
	}
	d.strikes.Good(proof, d.config.Clock())
	return d.enter(c, session, ownPath(filled.Value("next")))
}

// wait is how long what was sent is not listened to.
func (d *Dashboard) wait(proof limit.Proof) time.Duration {
	if d.config.NoAttemptLimit {
		return 0
	}
	return d.strikes.Wait(proof, d.config.Clock())
}

func tooManyAttempts(wait time.Duration) string {
	return fmt.Sprintf("Too many attempts from your network. Try again in %s.", inWords(wait))
}

// enter gives the browser a new session. One that it had before ends: it may have been planted there.
func (d *Dashboard) enter(c *call, session identity.OperatorSession, next string) (reply, error) {
	if c.session != nil {
		if err := d.service.SignOutOperator(c.Context(), c.caller, *c.session); err != nil {
			return reply{}, err
		}
	}
	entered := goTo(next)
	entered.cookies = []*http.Cookie{d.sessionCookie(c, session.Value)}
	return entered, nil
}

func (d *Dashboard) signOut(c *call) (reply, error) {
	if c.session != nil {
		if err := d.service.SignOutOperator(c.Context(), c.caller, *c.session); err != nil {
			return reply{}, err
		}
	}
	left := goTo(Prefix + "/signin").saying("You are signed out.")
	left.cookies = []*http.Cookie{d.sessionCookie(c, "")}
	return left, nil
}

// ownPath is a path of the console, or its start: nobody is sent elsewhere by a link to the sign-in.
func ownPath(path string) string {
	if !strings.HasPrefix(path, Prefix+"/") || strings.ContainsAny(path, "\\\r\n") || strings.Contains(path, "//") {
		return Prefix + "/"
	}
	return path
}
