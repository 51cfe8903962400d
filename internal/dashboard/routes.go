package dashboard

import (
	"net/http"

	"github.com/usherhq/usher/internal/identity"
)

// route is a place in the console: who may go there, and what is done.
type route struct {
	pattern string
	// needs is the capability that it takes; open for everybody, signedIn for every operator.
	needs identity.Capability
	run   handler
}

const (
	open     identity.Capability = "open"
	signedIn identity.Capability = "signed in"
)

// inApp is where the pages of an app lie. The app is found before their handlers run.
const inApp = Prefix + "/apps/{appId}"

// ofUser is where the pages of a user lie: apart from the other pages about users, for a user may have the uid
// "new".
const ofUser = inApp + "/users/uid/{uid}"

// routes is every place of the console there is.
func (d *Dashboard) routes() []route {
	return []route{
		{"GET " + Prefix + "/signin", open, d.showSignIn},
		{"POST " + Prefix + "/signin", open, d.signIn},
		{"GET " + Prefix + "/welcome", open, d.showWelcome},
		{"POST " + Prefix + "/welcome", open, d.welcome},
		{"POST " + Prefix + "/signout", signedIn, d.signOut},

		{"GET " + Prefix + "/{$}", signedIn, d.home},
		{"GET " + Prefix + "/account", signedIn, d.showAccount},
		{"POST " + Prefix + "/account/password", signedIn, d.changePassword},
		{"POST " + Prefix + "/account/authenticator", signedIn, d.startAuthenticator},
		{"POST " + Prefix + "/account/authenticator/confirm", signedIn, d.confirmAuthenticator},
		{"POST " + Prefix + "/account/authenticator/remove", signedIn, d.removeAuthenticator},

		{"GET " + Prefix + "/operators", identity.CanManageOperators, d.listOperators},
		{"POST " + Prefix + "/operators/invitations", identity.CanManageOperators, d.inviteOperator},
		{"POST " + Prefix + "/operators/invitations/{id}/withdraw", identity.CanManageOperators, d.withdrawInvitation},
		{"POST " + Prefix + "/operators/{name}/role", identity.CanManageOperators, d.setOperatorRole},
		{"POST " + Prefix + "/operators/{name}/remove", identity.CanManageOperators, d.removeOperator},

		{"GET " + Prefix + "/apps", identity.CanLook, d.listApps},
		{"POST " + Prefix + "/apps", identity.CanManageApps, d.createApp},
		{"GET " + inApp + "/settings", identity.CanLook, d.showSettings},
		{"POST " + inApp + "/settings", identity.CanManageApps, d.updateSettings},
		{"POST " + inApp + "/delete", identity.CanManageApps, d.deleteApp},
		{"POST " + inApp + "/restore", identity.CanManageApps, d.restoreApp},

		{"GET " + inApp, identity.CanLook, d.overview},
		{"GET " + inApp + "/live", identity.CanLook, d.live},

		{"GET " + inApp + "/users", identity.CanLook, d.listUsers},
		{"GET " + inApp + "/users/live", identity.CanLook, d.liveUsers},
		{"GET " + inApp + "/users/new", identity.CanManageUsers, d.newUser},
		{"POST " + inApp + "/users/new", identity.CanManageUsers, d.createUser},
		{"GET " + inApp + "/users/import", identity.CanManageUsers, d.showImport},
		{"POST " + inApp + "/users/import", identity.CanManageUsers, d.importUsers},
		{"GET " + inApp + "/users/import/live", identity.CanManageUsers, d.liveImport},

		{"GET " + ofUser, identity.CanLook, d.showUser},
		{"GET " + ofUser + "/live", identity.CanLook, d.liveUser},
		{"GET " + ofUser + "/events", identity.CanLook, d.userEvents},
		{"GET " + ofUser + "/edit", identity.CanManageUsers, d.editUser},
		{"POST " + ofUser + "/edit", identity.CanManageUsers, d.updateUser},
		{"POST " + ofUser + "/deactivate", identity.CanManageUsers, d.deactivateUser},
		{"POST " + ofUser + "/reactivate", identity.CanManageUsers, d.reactivateUser},
		{"POST " + ofUser + "/delete", identity.CanManageUsers, d.deleteUser},
		{"POST " + ofUser + "/tokens", identity.CanManageUsers, d.issueToken},
		{"POST " + ofUser + "/tokens/revoke", identity.CanManageUsers, d.revokeTokens},
		{"POST " + ofUser + "/tokens/{tokenId}/revoke", identity.CanManageUsers, d.revokeToken},
		{"GET " + ofUser + "/blocks", identity.CanLook, d.listBlocks},
		{"POST " + ofUser + "/blocks", identity.CanManageUsers, d.block},
		{"POST " + ofUser + "/blocks/{other}/remove", identity.CanManageUsers, d.unblock},

		{"GET " + inApp + "/keys", identity.CanLook, d.listKeys},
		{"POST " + inApp + "/keys", identity.CanManageKeys, d.createKey},
		{"GET " + inApp + "/keys/{keyId}", identity.CanLook, d.showKey},
		{"POST " + inApp + "/keys/{keyId}/show", identity.CanManageKeys, d.revealKey},
		{"POST " + inApp + "/keys/{keyId}", identity.CanManageKeys, d.updateKey},
		{"POST " + inApp + "/keys/{keyId}/disable", identity.CanManageKeys, d.disableKey},
		{"POST " + inApp + "/keys/{keyId}/enable", identity.CanManageKeys, d.enableKey},
		{"POST " + inApp + "/keys/{keyId}/delete", identity.CanManageKeys, d.deleteKey},

		{"GET " + inApp + "/webhooks", identity.CanLook, d.listWebhooks},
		{"GET " + inApp + "/new-webhook", identity.CanManageWebhooks, d.newWebhook},
		{"POST " + inApp + "/webhooks", identity.CanManageWebhooks, d.createWebhook},
		{"GET " + ofWebhook, identity.CanLook, d.showWebhook},
		{"GET " + ofWebhook + "/live", identity.CanLook, d.liveDeliveries},
		{"GET " + ofWebhook + "/edit", identity.CanManageWebhooks, d.editWebhook},
		{"POST " + ofWebhook + "/edit", identity.CanManageWebhooks, d.updateWebhook},
		{"POST " + ofWebhook + "/secret", identity.CanManageWebhooks, d.renewWebhookSecret},
		{"POST " + ofWebhook + "/test", identity.CanManageWebhooks, d.testWebhook},
		{"POST " + ofWebhook + "/delete", identity.CanManageWebhooks, d.deleteWebhook},
		{"POST " + ofWebhook + "/deliveries/{deliveryId}/replay", identity.CanManageWebhooks, d.replayDelivery},

		{"GET " + inApp + "/roles", identity.CanLook, d.listRoles},
		{"GET " + inApp + "/new-role", identity.CanManageUsers, d.newRole},
		{"POST " + inApp + "/roles", identity.CanManageUsers, d.createRole},
		{"GET " + ofRole, identity.CanManageUsers, d.showRole},
		{"POST " + ofRole, identity.CanManageUsers, d.updateRole},
		{"POST " + ofRole + "/features", identity.CanManageUsers, d.restrictRole},
		{"POST " + ofRole + "/delete", identity.CanManageUsers, d.deleteRole},

		{"GET " + inApp + "/events", identity.CanLook, d.listEvents},
		{"GET " + inApp + "/events/live", identity.CanLook, d.liveEvents},
		{"GET " + inApp + "/events/export", identity.CanLook, d.exportEvents},

		{"GET " + inApp + "/try", identity.CanLook, d.tryIt},
		{"POST " + inApp + "/try/keys/{keyId}", identity.CanManageKeys, d.keyToTry},
		{"POST " + inApp + "/try/tokens", identity.CanManageUsers, d.tokenToTry},
	}
}

// section is an entry of the menu. Path is behind the app, or behind the console for those of no app.
type section struct {
	Name, Path string
	needs      identity.Capability
}

// The menu, in its order.
var (
	sectionsOfApp = []section{
		{"Overview", "", identity.CanLook},
		{"Users", "/users", identity.CanLook},
		{"API keys", "/keys", identity.CanLook},
		{"Roles", "/roles", identity.CanLook},
		{"Webhooks", "/webhooks", identity.CanLook},
		{"Events", "/events", identity.CanLook},
		{"Try it", "/try", identity.CanLook},
		{"Settings", "/settings", identity.CanLook},
	}
	sectionsOfNoApp = []section{
		{"Apps", "/apps", identity.CanLook},
		{"Operators", "/operators", identity.CanManageOperators},
		{"Account", "/account", signedIn},
	}
)

func (d *Dashboard) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, route := range d.routes() {
		mux.HandleFunc(route.pattern, d.adapt(route.needs, route.run))
	}
	mux.Handle("GET "+Prefix+"/assets/{file}", http.HandlerFunc(serveAsset))
	mux.HandleFunc("GET "+Prefix, d.adapt(open, func(*call) (reply, error) { return goTo(Prefix + "/"), nil }))
	mux.HandleFunc(Prefix+"/", d.adapt(open, func(*call) (reply, error) { return reply{}, errNoPage }))
	return mux
}

// home goes to the first app there is.
func (d *Dashboard) home(c *call) (reply, error) {
	apps, _, err := d.service.ListApps(c.Context(), identity.AppFilter{Page: identity.Page{Number: 1, Size: 1}})
	if err != nil {
		return reply{}, err
	}
	if len(apps) == 0 {
		return show("noapp.html", "No app", nil), nil
	}
	return goTo(appPath(apps[0].ID)), nil
}

func appPath(app identity.AppID) string { return Prefix + "/apps/" + string(app) }
