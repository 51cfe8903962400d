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
	refused, err := d.withPassword(c, page.Password, "current", func(current identity.Secret) error {
		return d.service.ChangePassword(c.Context(), c.caller, *c.session, current, identity.Secret(page.Password.Value("password")))
	})
	if refused {
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
	secret := identity.Secret(filled.Value("secret"))
	refused, err := d.withPassword(c, filled, "password", func(password identity.Secret) error {
		return d.service.SetSecondFactor(c.Context(), c.caller, *c.session, password, secret, filled.Value("code"))
	})
	if refused {
		shown, err := d.showAuthenticator(c, secret, filled)
		return shown.refused(), err
	}
	return goTo(Prefix + "/account").saying("From now on, signing in takes a code of your authenticator."), err
}

func (d *Dashboard) removeAuthenticator(c *call) (reply, error) {
	if c.session == nil {
		return reply{}, errNoAccount
	}
	page := newAccountPage(c)
	page.Removal = c.form()
	refused, err := d.withPassword(c, page.Removal, "password", func(password identity.Secret) error {
		return d.service.RemoveSecondFactor(c.Context(), c.caller, *c.session, password)
	})
	if refused {
		return show("account.html", "Account", page).refused(), nil
	}
	return goTo(Prefix + "/account").saying("Your password is enough again."), err
}

// withPassword does what takes the operator's password, which stands in a field of a form, and counts a wrong one
// like one at signing in. refused says that nothing was done, and that the form says why.
func (d *Dashboard) withPassword(c *call, filled *form, field string, do func(password identity.Secret) error) (refused bool, err error) {
	password := filled.Value(field)
	proof := d.strikes.Proof(c.network(), c.operator.Name, password)
	if wait := d.wait(proof); wait > 0 {
		filled.reject(field, tooManyAttempts(wait))
		return true, nil
	}
	err = do(identity.Secret(password))
	if !filled.takes(err) {
		return false, err
	}
	if len(filled.Problems(field)) > 0 {
		d.strikes.Wrong(proof, d.config.Clock())
	}
	return true, nil
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
