package dashboard_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/dashboard"
	"github.com/usherhq/usher/internal/identity"
)

// place is a route, with an address that leads there.
type place struct{ method, path string }

// every place that takes a capability, by the least role that may go there. A route that does not stand here
// fails TestEveryRouteIsGuarded.
var guarded = map[place]identity.OperatorRole{
	{http.MethodGet, appPage("")}:        identity.OperatorViewer,
	{http.MethodGet, appPage("/live")}:   identity.OperatorViewer,
	{http.MethodGet, appPage("/keys")}:   identity.OperatorViewer,
	{http.MethodGet, appPage("/keys/1")}: identity.OperatorViewer,

	{http.MethodGet, appPage("/users")}:                            identity.OperatorViewer,
	{http.MethodGet, appPage("/users/live")}:                       identity.OperatorViewer,
	{http.MethodGet, appPage("/users/uid/cometchat-uid-1")}:        identity.OperatorViewer,
	{http.MethodGet, appPage("/users/uid/cometchat-uid-1/live")}:   identity.OperatorViewer,
	{http.MethodGet, appPage("/users/uid/cometchat-uid-1/events")}: identity.OperatorViewer,
	{http.MethodGet, appPage("/users/uid/cometchat-uid-1/blocks")}: identity.OperatorViewer,

	{http.MethodGet, appPage("/users/new")}:                                                identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/new")}:                                               identity.OperatorDeveloper,
	{http.MethodGet, appPage("/users/import")}:                                             identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/import")}:                                            identity.OperatorDeveloper,
	{http.MethodGet, appPage("/users/import/live")}:                                        identity.OperatorDeveloper,
	{http.MethodGet, appPage("/users/uid/cometchat-uid-1/edit")}:                           identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/edit")}:                          identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/deactivate")}:                    identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/reactivate")}:                    identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/delete")}:                        identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/tokens")}:                        identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/tokens/revoke")}:                 identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/tokens/1/revoke")}:               identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/blocks")}:                        identity.OperatorDeveloper,
	{http.MethodPost, appPage("/users/uid/cometchat-uid-1/blocks/cometchat-uid-2/remove")}: identity.OperatorDeveloper,

	{http.MethodPost, appPage("/keys")}:           identity.OperatorDeveloper,
	{http.MethodPost, appPage("/keys/1")}:         identity.OperatorDeveloper,
	{http.MethodPost, appPage("/keys/1/show")}:    identity.OperatorDeveloper,
	{http.MethodPost, appPage("/keys/1/disable")}: identity.OperatorDeveloper,
	{http.MethodPost, appPage("/keys/1/enable")}:  identity.OperatorDeveloper,
	{http.MethodPost, appPage("/keys/1/delete")}:  identity.OperatorDeveloper,

	{http.MethodGet, "/console/apps"}:                      identity.OperatorViewer,
	{http.MethodGet, appPage("/settings")}:                 identity.OperatorViewer,
	{http.MethodGet, appPage("/webhooks")}:                 identity.OperatorViewer,
	{http.MethodGet, appPage("/webhooks/h")}:               identity.OperatorViewer,
	{http.MethodGet, appPage("/webhooks/h/live")}:          identity.OperatorViewer,
	{http.MethodGet, appPage("/events")}:                   identity.OperatorViewer,
	{http.MethodGet, appPage("/events/live")}:              identity.OperatorViewer,
	{http.MethodGet, appPage("/events/export?format=csv")}: identity.OperatorViewer,

	{http.MethodGet, appPage("/roles")}:                   identity.OperatorViewer,
	{http.MethodGet, appPage("/new-role")}:                identity.OperatorDeveloper,
	{http.MethodPost, appPage("/roles")}:                  identity.OperatorDeveloper,
	{http.MethodGet, appPage("/roles/default")}:           identity.OperatorDeveloper,
	{http.MethodPost, appPage("/roles/default")}:          identity.OperatorDeveloper,
	{http.MethodPost, appPage("/roles/default/features")}: identity.OperatorDeveloper,
	{http.MethodPost, appPage("/roles/default/delete")}:   identity.OperatorDeveloper,

	{http.MethodGet, appPage("/new-webhook")}:                     identity.OperatorDeveloper,
	{http.MethodPost, appPage("/webhooks")}:                       identity.OperatorDeveloper,
	{http.MethodGet, appPage("/webhooks/h/edit")}:                 identity.OperatorDeveloper,
	{http.MethodPost, appPage("/webhooks/h/edit")}:                identity.OperatorDeveloper,
	{http.MethodPost, appPage("/webhooks/h/secret")}:              identity.OperatorDeveloper,
	{http.MethodPost, appPage("/webhooks/h/test")}:                identity.OperatorDeveloper,
	{http.MethodPost, appPage("/webhooks/h/delete")}:              identity.OperatorDeveloper,
	{http.MethodPost, appPage("/webhooks/h/deliveries/1/replay")}: identity.OperatorDeveloper,

	{http.MethodPost, "/console/apps"}:      identity.OperatorOwner,
	{http.MethodPost, appPage("/settings")}: identity.OperatorOwner,
	{http.MethodPost, appPage("/delete")}:   identity.OperatorOwner,
	{http.MethodPost, appPage("/restore")}:  identity.OperatorOwner,

	{http.MethodGet, appPage("/try")}:         identity.OperatorViewer,
	{http.MethodPost, appPage("/try/keys/1")}: identity.OperatorDeveloper,
	{http.MethodPost, appPage("/try/tokens")}: identity.OperatorDeveloper,

	{http.MethodGet, "/console/operators"}:                         identity.OperatorOwner,
	{http.MethodPost, "/console/operators/invitations"}:            identity.OperatorOwner,
	{http.MethodPost, "/console/operators/invitations/1/withdraw"}: identity.OperatorOwner,
	{http.MethodPost, "/console/operators/ada/role"}:               identity.OperatorOwner,
	{http.MethodPost, "/console/operators/ada/remove"}:             identity.OperatorOwner,
}

func TestEveryRouteIsGuarded(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.owner()
	browsers := map[identity.OperatorRole]*browser{
		identity.OperatorViewer: c.member(identity.OperatorViewer), identity.OperatorDeveloper: c.member(identity.OperatorDeveloper),
	}
	routes := map[string]bool{}
	for place, least := range guarded {
		routes[dashboard.RouteOf(place.method, place.path)] = true
		for _, role := range identity.OperatorRoles {
			if role == least {
				break
			}
			got := browsers[role].send(browsers[role].request(place.method, place.path))
			if got.status != http.StatusForbidden {
				t.Errorf("a %s gets status %d from %s %s", role, got.status, place.method, place.path)
			}
		}
	}
	for _, pattern := range dashboard.GuardedRoutes() {
		if !routes[pattern] {
			t.Errorf("no test says who may %s", pattern)
		}
	}
}

func TestAViewerSeesNoKey(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	viewer := c.member(identity.OperatorViewer)
	keys, _, err := c.service.ListKeys(t.Context(), callerOf(t, c), identity.KeyFilter{Page: identity.Page{Number: 1, Size: 9}})
	if err != nil {
		t.Fatal(err)
	}
	value := string(keys[0].Value)
	if got := viewer.get(appPage("/keys/1")); got.status != http.StatusOK || strings.Contains(got.body, value) || strings.Contains(got.body, "<form method=\"post\" action=\""+appPage("/keys/1")) {
		t.Errorf("a viewer gets status %d, the key or a form", got.status)
	}
	if got := owner.get(appPage("/keys/1")); strings.Contains(got.body, value) {
		t.Error("the key is shown to somebody who did not ask for it")
	}
	if got := owner.post(appPage("/keys/1/show")); !strings.Contains(got.body, value) {
		t.Error("the key is not shown")
	}
	if strings.Contains(c.log.String(), value) {
		t.Error("the log has the key")
	}
}

func TestAChangedOrRemovedOperatorIsOutAtOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner, developer, viewer := c.owner(), c.member(identity.OperatorDeveloper), c.member(identity.OperatorViewer)
		wantStatus(t, "another role", owner.post("/console/operators/Developer/role", "role", "viewer"), http.StatusSeeOther)
		wantStatus(t, "who was changed", developer.get(appPage("")), http.StatusSeeOther)
		wantStatus(t, "sign in again", developer.signIn("developer", password, ""), http.StatusSeeOther)
		wantStatus(t, "with the new role", developer.post(appPage("/keys/1/show")), http.StatusForbidden)

		wantStatus(t, "remove without the name", owner.post("/console/operators/viewer/remove", "confirmed", "view"), http.StatusSeeOther)
		wantStatus(t, "who was not removed", viewer.get(appPage("")), http.StatusOK)
		wantStatus(t, "remove", owner.post("/console/operators/viewer/remove", "confirmed", "viewer"), http.StatusSeeOther)
		wantStatus(t, "who was removed", viewer.get(appPage("")), http.StatusSeeOther)
		wantStatus(t, "sign in", viewer.signIn("viewer", password, ""), http.StatusUnprocessableEntity)
	})
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	owner.post("/console/operators/ada/role", "role", "viewer")
	owner.post("/console/operators/ada/remove", "confirmed", "ada")
	got := owner.get("/console/operators")
	wantStatus(t, "the owner", got, http.StatusOK)
	wantText(t, "the owner", got, "This is the last owner")
}

// Whoever was an owner must have kept no way back.
func TestTheInvitationsOfWhoIsNoOwnerAnyMoreAreNoGood(t *testing.T) {
	t.Parallel()
	for what, end := range map[string][]string{
		"removed": {"/console/operators/owner/remove", "confirmed", "owner"},
		"demoted": {"/console/operators/owner/role", "role", "developer"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			onBothEngines(t, func(t *testing.T, c *console) {
				t.Helper()
				owner, leaving := c.owner(), c.member(identity.OperatorOwner)
				kept := owner.invite(identity.OperatorViewer)
				link := leaving.invite(identity.OperatorOwner)
				wantStatus(t, "still an owner", owner.post("/console/operators/owner/role", "role", "owner"), http.StatusSeeOther)
				if open, err := c.service.ListInvitations(t.Context()); err != nil || len(open) != 2 {
					t.Errorf("%d invitations are open, %v", len(open), err)
				}
				wantStatus(t, what, owner.post(end[0], end[1:]...), http.StatusSeeOther)
				wantStatus(t, "come in again", c.newBrowser().accept(link, "eve"), http.StatusGone)
				wantStatus(t, "whom another invited", c.newBrowser().accept(kept, "grace"), http.StatusSeeOther)
			})
		})
	}
}

// invite makes a link and gives its code.
func (b *browser) invite(role identity.OperatorRole) identity.Secret {
	b.c.t.Helper()
	got := b.post("/console/operators/invitations", "role", string(role))
	wantStatus(b.c.t, "invite", got, http.StatusOK)
	_, rest, _ := strings.Cut(got.body, "/console/welcome#")
	return identity.Secret(rest[:26])
}

func TestAWithdrawnInvitationIsNoGood(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	code := owner.invite(identity.OperatorDeveloper)
	if strings.Contains(owner.get("/console/operators").body, string(code)) {
		t.Error("the link is shown twice")
	}
	wantStatus(t, "withdraw", owner.post("/console/operators/invitations/2/withdraw"), http.StatusSeeOther)
	wantStatus(t, "come in", c.newBrowser().accept(code, "eve"), http.StatusGone)
	wantStatus(t, "invite to nothing", owner.post("/console/operators/invitations", "role", "admin"), http.StatusUnprocessableEntity)
}
