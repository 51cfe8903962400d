package dashboard

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"image/png"
	"net/url"

	"github.com/pquerna/otp"

	"github.com/usherhq/usher/internal/identity"
)

// errNoAccount says why there is nothing to change in development.
var errNoAccount = errors.New("in development nobody signs in, so there is no account to change")

type accountPage struct {
	// InDevelopment says that there is no account.
	InDevelopment          bool
	Password, Removal, New *form
	// Secret is for an authenticator that is being set up, and QRCode shows it.
	Secret string
	QRCode template.URL
}

func newAccountPage(c *call) accountPage {
	return accountPage{InDevelopment: c.session == nil, Password: blank(nil), Removal: blank(nil), New: blank(nil)}
}

func (d *Dashboard) showAccount(c *call) (reply, error) {
	return show("account.html", "Account", newAccountPage(c)), nil
}

func (d *Dashboard) changePassword(c *call) (reply, error) {
	if c.session == nil {
		return reply{}, errNoAccount
	}
	page := newAccountPage(c)
	page.Password = c.form()
	again := show("account.html", "Account", page).refused()
	if page.Password.Value("password") != page.Password.Value("repeated") {
		page.Password.reject("repeated", "This is not the same password.")
		return again, nil
	}
	proof := d.strikes.Proof(c.network(), c.operator.Name, page.Password.Value("current"))
	if wait := d.wait(proof); wait > 0 {
		page.Password.reject("current", tooManyAttempts(wait))
		return again, nil
	}
	err := d.service.ChangePassword(c.Context(), c.caller, *c.session,
		identity.Secret(page.Password.Value("current")), identity.Secret(page.Password.Value("password")))
	if page.Password.takes(err) {
		if len(page.Password.Problems("current")) > 0 {
			d.strikes.Wrong(proof, d.config.Clock())
		}
		return again, nil
	}
	return goTo(Prefix + "/account").saying("Your password is changed. Wherever else you were signed in, you are signed out."), err
}

// startAuthenticator shows a new secret. It is kept by nobody until a code proves that an authenticator has it.
func (d *Dashboard) startAuthenticator(c *call) (reply, error) {
	if c.session == nil {
		return reply{}, errNoAccount
	}
	secret, err := d.service.NewSecondFactor()
	if err != nil {
		return reply{}, err
	}
	return d.showAuthenticator(c, secret, blank(nil))
}

func (d *Dashboard) showAuthenticator(c *call, secret identity.Secret, filled *form) (reply, error) {
	page := newAccountPage(c)
	page.New, page.Secret = filled, string(secret)
	var err error
	page.QRCode, err = qrCode(c.operator.Name, secret)
	return show("account.html", "Account", page), err
}

func (d *Dashboard) confirmAuthenticator(c *call) (reply, error) {
	if c.session == nil {
		return reply{}, errNoAccount
	}
	filled := c.form()
	secret, password := identity.Secret(filled.Value("secret")), filled.Value("password")
	again := func() (reply, error) {
		shown, err := d.showAuthenticator(c, secret, filled)
		return shown.refused(), err
	}
	proof := d.strikes.Proof(c.network(), c.operator.Name, password)
	if wait := d.wait(proof); wait > 0 {
		filled.reject("password", tooManyAttempts(wait))
		return again()
	}
	err := d.service.SetSecondFactor(c.Context(), c.caller, *c.session, identity.Secret(password), secret, filled.Value("code"))
	if filled.takes(err) {
		if len(filled.Problems("password")) > 0 {
			d.strikes.Wrong(proof, d.config.Clock())
		}
		return again()
	}
	return goTo(Prefix + "/account").saying("From now on, signing in takes a code of your authenticator."), err
}

func (d *Dashboard) removeAuthenticator(c *call) (reply, error) {
	if c.session == nil {
		return reply{}, errNoAccount
	}
	page := newAccountPage(c)
	page.Removal = c.form()
	again := show("account.html", "Account", page).refused()
	password := page.Removal.Value("password")
	proof := d.strikes.Proof(c.network(), c.operator.Name, password)
	if wait := d.wait(proof); wait > 0 {
		page.Removal.reject("password", tooManyAttempts(wait))
		return again, nil
	}
	err := d.service.RemoveSecondFactor(c.Context(), c.caller, *c.session, identity.Secret(password))
	if page.Removal.takes(err) {
		d.strikes.Wrong(proof, d.config.Clock())
		return again, nil
	}
	return goTo(Prefix + "/account").saying("Your password is enough again."), err
}

// qrCode draws what an authenticator's camera reads.
func qrCode(name string, secret identity.Secret) (template.URL, error) {
	address := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/Usher:" + name,
		RawQuery: url.Values{"secret": {string(secret)}, "issuer": {"Usher"}}.Encode(),
	}
	key, err := otp.NewKeyFromURL(address.String())
	if err != nil {
		return "", errors.New("the secret of the authenticator can't be written as an address")
	}
	drawn, err := key.Image(200, 200)
	if err != nil {
		return "", fmt.Errorf("draw the QR code: %w", err)
	}
	var image bytes.Buffer
	if err := png.Encode(&image, drawn); err != nil {
		return "", fmt.Errorf("encode the QR code: %w", err)
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(image.Bytes())), nil //nolint:gosec // an image of ours
}
