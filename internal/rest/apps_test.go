package rest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/rest"
)

// Contract 9.1, 9.24.
func TestAnAppGoesThroughItsLife(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	created := a.must(http.MethodPost, "/apps", byManager(), `{"name":"Clinic","region":"EU","id":"Clinic-1"}`).data()
	if created["id"] != "clinic-1" || created["region"] != "eu" || created["state"] != "active" {
		t.Errorf("created %v, %v, %v", created["id"], created["region"], created["state"])
	}
	var full headers
	for value, key := range created["apiKeys"].(map[string]any) {
		a.isSecret(value)
		if key.(map[string]any)["scope"] == "fullAccess" {
			full = headers{"apikey": value, "appId": "clinic-1"}
		}
	}
	if got := len(a.must(http.MethodGet, "/users", full, "").list()); got != 5 {
		t.Errorf("the new app has %d users", got)
	}
	a.refused(http.MethodPost, "/apps", byManager(), `{"name":"Again","id":"clinic-1"}`, "ERR_BAD_REQUEST", 400)
	if got := uids(a.must(http.MethodGet, "/apps?searchKey=CLIN", byManager(), ""), "id"); !cmp.Equal(got, []string{"clinic-1"}) {
		t.Errorf("found %v", got)
	}
	token := a.must(http.MethodPost, "/users/"+andrew+"/auth_tokens", full, "").data()["authToken"].(string)
	asAndrew := byToken(token).with("appId", "clinic-1")
	a.must(http.MethodGet, "/me", asAndrew, "")

	when := a.must(http.MethodDelete, "/apps/clinic-1", byManager(), "").data()["scheduledToDeleteAt"]
	if when != float64(noon.Add(identity.AppGracePeriod).Unix()) {
		t.Errorf("scheduled to delete at %v", when)
	}
	a.refused(http.MethodGet, "/users", full, "", "AUTH_ERR_INVALID_APPID", 404)
	a.refused(http.MethodGet, "/me", asAndrew, "", "AUTH_ERR_INVALID_APPID", 404)
	a.refused(http.MethodGet, "/me", byToken(token).with("appId", ""), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	a.refused(http.MethodPut, "/apps/clinic-1", byManager(), `{"name":"Gone"}`, "ERR_APP_ARCHIVED", 409)
	a.refused(http.MethodDelete, "/apps/clinic-1", byManager(), "", "ERR_APP_ARCHIVED", 409)
	if got := uids(a.must(http.MethodGet, "/apps?state=archived", byManager(), ""), "id"); !cmp.Equal(got, []string{"clinic-1"}) {
		t.Errorf("archived are %v", got)
	}
	a.must(http.MethodPost, "/apps/clinic-1/restore", byManager(), "")
	a.must(http.MethodGet, "/me", asAndrew, "")
	a.refused(http.MethodGet, "/apps/nowhere", byManager(), "", "ERR_APP_NOT_FOUND", 404)
	a.refused(http.MethodGet, "/apps/no%20app", byManager(), "", "ERR_APP_NOT_FOUND", 404)
}

// uids gives one field of each object of a list.
func uids(got reply, field string) []string {
	values := []string{}
	for _, object := range got.list() {
		values = append(values, object[field].(string))
	}
	return values
}

// Contract 9.3, 9.54.
func TestAnAppDecidesWhatItsAuthKeyMayDo(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for access, may := range map[string]struct{ users, tokens bool }{"full": {true, true}, "tokens": {false, true}, "none": {}} {
		got := a.must(http.MethodPut, "/apps/"+appID, byManager(), `{"authOnlyAccess":"`+access+`"}`).data()
		if got["authOnlyAccess"] != access {
			t.Errorf("it is %v", got["authOnlyAccess"])
		}
		for path, allowed := range map[string]bool{"/users/" + andrew + "/auth_tokens": may.tokens, "/users": may.users} {
			answered := a.call(http.MethodPost, path, byAuthKey(), `{"uid":"new-`+access+`","name":"New"}`)
			if allowed != (answered.status == http.StatusOK) || !allowed && answered.code() != "AUTH_ERR_NO_ACCESS" {
				t.Errorf("%s, POST %s: %d %s", access, path, answered.status, answered.code())
			}
		}
	}
}

// Contract 9.57.
func TestTokensLiveAsLongAsTheAppOrTheRequestSays(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.must(http.MethodPut, "/apps/"+appID, byManager(), `{"authTokenLifetime":3600}`)
	path := "/users/" + andrew + "/auth_tokens"
	if got := a.must(http.MethodPost, path, byREST(), `{"force":true}`).data()["expiresAt"]; got != float64(noon.Unix()+3600) {
		t.Errorf("by the app: %v", got)
	}
	if got := a.must(http.MethodPost, path, byREST(), `{"expiresIn":60}`).data()["expiresAt"]; got != float64(noon.Unix()+60) {
		t.Errorf("by the request: %v", got)
	}
	for _, wrong := range []string{"0", "59", "-1", "315360001", "9223372036854775807"} {
		a.refused(http.MethodPost, path, byREST(), `{"expiresIn":`+wrong+`}`, "ERR_BAD_REQUEST", 400)
	}
	for _, wrong := range []string{`{"authTokenLifetime":-1}`, `{"authTokenLifetime":315360001}`, `{"logoutRevokes":"maybe"}`, `{"authOnlyAccess":"some"}`, `{"name":""}`} {
		a.refused(http.MethodPut, "/apps/"+appID, byManager(), wrong, "ERR_BAD_REQUEST", 400)
	}
	for _, wrong := range []string{`{}`, `{"name":"A","region":"the moon"}`, `{"name":"A","version":"2"}`, `{"name":"A","id":"a b"}`} {
		a.refused(http.MethodPost, "/apps", byManager(), wrong, "ERR_BAD_REQUEST", 400)
	}
}

// Contract 9.24.
func TestManagementAlsoTakesBasicAuthentication(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	request := httptest.NewRequest(http.MethodGet, "/apps", nil)
	request.SetBasicAuth(managementKey, managementSecret)
	a.must(http.MethodGet, "/apps", headers{"Authorization": request.Header.Get("Authorization")}, "")
	a.refused(http.MethodGet, "/apps", headers{"Authorization": "Basic x"}, "", "AUTH_ERR_EMPTY_AUTH_HEADER", 401)
}

func TestWithoutCredentialsTheManagementAPIIsOff(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(_ *identity.FirstApp, config *rest.Config) { config.Management = rest.Management{} })
	a.refused(http.MethodGet, "/apps", headers{}, "", "AUTH_ERR_EMPTY_AUTH_HEADER", 401)
	a.refused(http.MethodGet, "/apps", byManager(), "", "AUTH_ERR_INVALID_AUTH_HEADER", 401)
}
