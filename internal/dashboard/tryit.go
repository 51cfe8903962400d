package dashboard

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/usherhq/usher/internal/fault"
	"github.com/usherhq/usher/internal/identity"
)

// triedTokenLife is how long a token lives that the page had issued. By default a logout keeps it, as it keeps
// every token of a back end, and then nobody has it any more.
const triedTokenLife = time.Hour

// usersOffered is how many users the page offers beside the sample users; typing finds the others.
const usersOffered = 20

type tryPage struct {
	// Sessions are the panes: two, so that one user sees the other come.
	Sessions []trySession
	// Keys are those that a client may log in with.
	Keys []identity.APIKey
	// Users are offered for choosing, the sample users first.
	Users []identity.User
	// Nobody says that there is no user at all, whatever was typed.
	Nobody bool
}

// trySession is a pane of the page.
type trySession struct {
	Number int
	Name   string
	// UID is who is suggested.
	UID string
}

// pane is what the template of a session gets.
type pane struct {
	View    view
	Session trySession
}

// Pane puts a session beside the page that it is on.
func (tryPage) Pane(v view, session trySession) pane { return pane{v, session} }

// tryIt shows the page that logs in with the SDK. What happens there is in assets/tryit.js.
func (d *Dashboard) tryIt(c *call) (reply, error) {
	page := tryPage{Sessions: []trySession{{1, "First session", ""}, {2, "Second session", ""}}}
	keys, _, err := d.service.ListKeys(c.Context(), c.caller, everyKey)
	if err != nil {
		return reply{}, err
	}
	for _, key := range keys {
		if key.Scope == identity.ScopeAuthOnly && key.DisabledAt.IsZero() {
			page.Keys = append(page.Keys, key)
		}
	}
	typed := c.FormValue("uid")
	if page.Users, err = d.usersToTry(c.Context(), c.caller, typed); err != nil {
		return reply{}, err
	}
	page.Nobody = typed == "" && len(page.Users) == 0
	for i := range min(len(page.Sessions), len(page.Users)) {
		page.Sessions[i].UID = string(page.Users[i].UID)
	}
	return show("tryit.html", "Try it", page), nil
}

// usersToTry are the sample users that are left, and then those that begin as somebody typed.
func (d *Dashboard) usersToTry(ctx context.Context, caller identity.Caller, typed string) ([]identity.User, error) {
	samples, _, err := d.service.ListUsers(ctx, caller, identity.UserFilter{
		Page: identity.Page{Number: 1, Size: len(identity.SampleUIDs)}, UIDs: identity.SampleUIDs[:], SortBy: "uid",
	})
	if err != nil {
		return nil, err
	}
	found, _, err := d.service.ListUsers(ctx, caller, identity.UserFilter{
		Page: identity.Page{Number: 1, Size: usersOffered}, SearchKey: typed, SortBy: "uid",
	})
	for _, user := range found {
		if !slices.Contains(identity.SampleUIDs[:], user.UID) {
			samples = append(samples, user)
		}
	}
	return samples, err
}

// keyToTry gives the page's script the value of an Auth Key. Only those are given: one that may do everything has
// no business in a client.
func (d *Dashboard) keyToTry(c *call) (reply, error) {
	key, err := d.findKey(c)
	if err == nil && key.Scope != identity.ScopeAuthOnly {
		err = fault.UnknownPathAPIKey()
	}
	return tell(map[string]string{"authKey": string(key.Value)}), err
}

// tokenToTry issues an auth token for the page's script, as the back end of an app would, for a short time.
func (d *Dashboard) tokenToTry(c *call) (reply, error) {
	filled := c.form()
	uid, err := identity.ParseUID(filled.Value("uid"))
	if filled.takes(err) {
		return tell(map[string]string{"error": strings.Join(filled.Problems("uid"), " ")}).refused(), nil
	}
	token, err := d.service.IssueToken(c.Context(), c.caller, uid, identity.TokenRequest{Force: true, Life: triedTokenLife})
	return tell(map[string]string{"authToken": string(token.Value)}), err
}
