package dashboard

import (
	"strconv"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

type keysPage struct {
	Keys   []identity.APIKey
	Form   *form
	Scopes []Option
	// Full says that the app has as many keys as it may have.
	Full bool
}

type keyPage struct {
	Key    identity.APIKey
	Form   *form
	Scopes []Option
	// Value is the key in clear, where somebody asked for it.
	Value string
}

// What the scopes are for, as people are told it.
var scopeOptions = []Option{
	{string(identity.ScopeAuthOnly), "authOnly", "creates users and issues auth tokens; for development"},
	{string(identity.ScopeFullAccess), "fullAccess", "may do everything; for your back end only"},
}

// everyKey is a page that holds all keys an app may have.
var everyKey = identity.KeyFilter{Page: identity.Page{Number: 1, Size: identity.MaxAPIKeys}}

func (d *Dashboard) keysPage(c *call, filled *form) (keysPage, error) {
	keys, total, err := d.service.ListKeys(c.Context(), c.caller, everyKey)
	return keysPage{keys, filled, scopeOptions, total >= identity.MaxAPIKeys}, err
}

func (d *Dashboard) listKeys(c *call) (reply, error) {
	page, err := d.keysPage(c, blank(map[string]string{"scope": string(identity.ScopeAuthOnly)}))
	return show("keys.html", "API keys", page), err
}

func (d *Dashboard) createKey(c *call) (reply, error) {
	filled := c.form()
	key, err := d.service.CreateKey(c.Context(), c.caller, wantedKey(filled))
	if filled.takes(err) {
		page, err := d.keysPage(c, filled)
		return show("keys.html", "API keys", page).refused(), err
	}
	return goTo(keyPath(c, key)).saying("The key was created."), err
}

func wantedKey(filled *form) identity.KeyChange {
	return identity.KeyChange{Name: new(filled.Value("name")), Scope: new(identity.Scope(filled.Value("scope")))}
}

// findKey finds the key of the path by its number: its value has no place in an address.
func (d *Dashboard) findKey(c *call) (identity.APIKey, error) {
	keys, _, err := d.service.ListKeys(c.Context(), c.caller, everyKey)
	if err != nil {
		return identity.APIKey{}, err
	}
	for _, key := range keys {
		if strconv.FormatInt(key.ID, 10) == c.PathValue("keyId") {
			return key, nil
		}
	}
	return identity.APIKey{}, fault.UnknownPathAPIKey()
}

func showKey(key identity.APIKey, filled *form) keyPage {
	if filled == nil {
		filled = blank(map[string]string{"name": key.Name, "scope": string(key.Scope)})
	}
	return keyPage{Key: key, Form: filled, Scopes: scopeOptions}
}

func (d *Dashboard) showKey(c *call) (reply, error) {
	key, err := d.findKey(c)
	return show("key.html", key.Name, showKey(key, nil)), err
}

// revealKey shows the value. It is asked for by a form, so that no address and no history has it.
func (d *Dashboard) revealKey(c *call) (reply, error) {
	key, err := d.findKey(c)
	page := showKey(key, nil)
	page.Value = string(key.Value)
	return show("key.html", key.Name, page).at(keyPath(c, key)), err
}

func (d *Dashboard) updateKey(c *call) (reply, error) {
	key, err := d.findKey(c)
	if err != nil {
		return reply{}, err
	}
	filled := c.form()
	_, err = d.service.UpdateKey(c.Context(), c.caller, key.Value, wantedKey(filled))
	if filled.takes(err) {
		return show("key.html", key.Name, showKey(key, filled)).refused(), nil
	}
	return goTo(keyPath(c, key)).saying("The key was changed."), err
}

func (d *Dashboard) disableKey(c *call) (reply, error) {
	return d.switchKey(c, true, "The key is off, and every token that it issued has ended.")
}

func (d *Dashboard) enableKey(c *call) (reply, error) {
	return d.switchKey(c, false, "The key works again.")
}

func (d *Dashboard) switchKey(c *call, off bool, text string) (reply, error) {
	key, err := d.findKey(c)
	if err != nil {
		return reply{}, err
	}
	_, err = d.service.UpdateKey(c.Context(), c.caller, key.Value, identity.KeyChange{Disabled: &off})
	return goTo(keyPath(c, key)).saying(text), err
}

func (d *Dashboard) deleteKey(c *call) (reply, error) {
	key, err := d.findKey(c)
	if err != nil {
		return reply{}, err
	}
	if c.form().Value("confirmed") != key.Name {
		return goTo(keyPath(c, key)).warning("The key was not deleted: what you typed is not its name."), nil
	}
	err = d.service.DeleteKey(c.Context(), c.caller, key.Value)
	return goTo(appPath(c.app.ID) + "/keys").saying("The key was deleted."), err
}

func keyPath(c *call, key identity.APIKey) string {
	return appPath(c.app.ID) + "/keys/" + strconv.FormatInt(key.ID, 10)
}
