package dashboard

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/usherhq/usher/internal/identity"
)

// WelcomePath is where the code of an invitation goes, behind a #, which browsers send to nobody.
const WelcomePath = Prefix + "/welcome"

type welcomePage struct{ Form *form }

func (d *Dashboard) showWelcome(*call) (reply, error) {
	return show("welcome.html", "Welcome", welcomePage{blank(nil)}), nil
}

// welcome makes an operator of whoever has an invitation.
func (d *Dashboard) welcome(c *call) (reply, error) {
	filled := c.form()
	again := show("welcome.html", "Welcome", welcomePage{filled})
	code, password := identity.Secret(filled.Value("code")), identity.Secret(filled.Value("password"))
	if filled.Value("password") != filled.Value("repeated") {
		filled.reject("repeated", "This is not the same password.")
		return again.refused(), nil
	}
	proof := d.strikes.Proof(c.network(), string(code))
	if wait := d.wait(proof); wait > 0 {
		filled.reject("code", fmt.Sprintf("Too many attempts from your network. Try again in %s.", inWords(wait)))
		return again.withStatus(http.StatusTooManyRequests), nil
	}
	session, err := d.service.AcceptInvitation(c.Context(), c.caller, code, filled.Value("name"), password)
	if errors.Is(err, identity.ErrNoInvitation) {
		d.strikes.Wrong(proof, d.config.Clock())
	}
	if filled.takes(err) {
		return again.refused(), nil
	}
	if err != nil {
		return reply{}, err
	}
	entered, err := d.enter(c, session, Prefix+"/")
	return entered.saying("Welcome, " + session.Operator.Name + "."), err
}
