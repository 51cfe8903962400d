package rest_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Contract 9.17.
func TestIssuedTokensHaveTheDocumentedForm(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	got := a.must(http.MethodPost, "/v3/users/CometChat-UID-1/auth_tokens", byREST(), "").data()
	if form := regexp.MustCompile(`^cometchat-uid-1_1772625600[0-9a-f]{30}$`); !form.MatchString(got["authToken"].(string)) {
		t.Errorf("the token has another form than uid_SECONDS30HEX: %d characters", len(got["authToken"].(string)))
	}
	delete(got, "authToken")
	if difference := cmp.Diff(map[string]any{"uid": andrew, "createdAt": float64(noon.Unix())}, got); difference != "" {
		t.Error(difference)
	}
}

// Contract 9.17.
func TestIssueGivesAnUnusedTokenAgainUnlessForced(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	path := "/users/" + andrew + "/auth_tokens"
	issue := func(by headers, body string) string {
		t.Helper()
		return a.must(http.MethodPost, path, by, body).data()["authToken"].(string)
	}
	first := issue(byREST(), "")
	if again := issue(byREST(), `{}`); again != first {
		t.Error("a token that nobody used is not given again")
	}
	if byClient := issue(byAuthKey(), ""); byClient == first {
		t.Error("a client got the token of a back end")
	}
	forced := issue(byREST(), `{"force":true}`)
	if forced == first {
		t.Error("force gave an old token")
	}
	device := `{"platform":"WEB","deviceId":"one","appInfo":{"userAgent":"browser"}}`
	if login := issue(byREST(), device); login == first || login == forced {
		t.Error("a client that names its device got a token that another may hold")
	}
	// A token that has signed in is in use.
	a.must(http.MethodPut, "/me", byToken(forced), device)
	if next := issue(byREST(), ""); next != first {
		t.Error("the newest unused token is not the one given")
	}
	a.must(http.MethodPut, "/me", byToken(first), device)
	if next := issue(byREST(), ""); next == first || next == forced {
		t.Error("a token in use was given again")
	}
}

// Contract 9.18.
func TestTokensAreListedNewestFirstWithTheirDevice(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	first, second := a.issue(andrew, byREST()), a.issue(andrew, byREST())
	a.must(http.MethodPut, "/me", byToken(first), `{"platform":"WEB","deviceId":"d","appInfo":{"version":"4","userAgent":"browser"}}`)
	got := a.must(http.MethodGet, "/users/"+andrew+"/auth_tokens", byREST(), "")
	want := []map[string]any{
		{"uid": andrew, "authToken": second, "createdAt": float64(noon.Unix())},
		{
			"uid": andrew, "authToken": first, "createdAt": float64(noon.Unix()), "platform": "WEB", "userAgent": "browser",
			"appInfo": map[string]any{"version": "4", "userAgent": "browser"},
		},
	}
	if difference := cmp.Diff(want, got.list()); difference != "" {
		t.Error(difference)
	}
	if difference := cmp.Diff(map[string]any{"pagination": pagination(2, 2, 100, 1, 1)}, got.body["meta"]); difference != "" {
		t.Error(difference)
	}
}

// Contract 9.18, 9.21.
func TestARevokedTokenIsDeadAtOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	path := "/users/" + andrew + "/auth_tokens"
	token, other := a.issue(andrew, byREST()), a.issue(andrew, byREST())
	// Seen alive first, so that whatever remembers it has it.
	a.must(http.MethodGet, "/me", byToken(token), "")
	got := a.must(http.MethodDelete, path+"/"+token, byREST(), "").data()
	if got["success"] != true || got["message"] == "" {
		t.Errorf("answered %v", got)
	}
	a.refused(http.MethodGet, "/me", byToken(token), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	a.refused(http.MethodPut, "/me", byToken(token), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	a.refused(http.MethodDelete, path+"/"+token, byREST(), "", "ERR_AUTH_TOKEN_NOT_FOUND", 404)
	a.must(http.MethodGet, "/me", byToken(other), "")
	// A token of one user is not there under another one.
	a.refused(http.MethodDelete, "/users/cometchat-uid-2/auth_tokens/"+other, byREST(), "", "ERR_AUTHTOKEN_NOT_ACCESSIBLE", 403)
	a.must(http.MethodGet, "/me", byToken(other), "")
}

// Contract 9.18, 9.60.
func TestFlushEndsAllTokensOfOneUser(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	mine := []string{a.issue(andrew, byREST()), a.issue(andrew, byAuthKey())}
	others := a.issue("cometchat-uid-2", byREST())
	for _, token := range mine {
		a.must(http.MethodGet, "/me", byToken(token), "")
	}
	got := a.must(http.MethodDelete, "/users/"+andrew+"/auth_tokens", byREST(), "").data()
	if want := "Cleared Auth Tokens successfully for uid cometchat-uid-1."; got["message"] != want {
		t.Errorf("message is %v", got["message"])
	}
	for _, token := range mine {
		a.refused(http.MethodGet, "/me", byToken(token), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	}
	a.must(http.MethodGet, "/me", byToken(others), "")
	a.must(http.MethodDelete, "/users/"+andrew+"/auth_tokens", byREST(), "")
}

// Contract 9.19.
func TestTheHundredAndFirstTokenEndsTheFirst(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	oldest := a.issue(andrew, byREST())
	second := a.issue(andrew, byREST())
	for range 98 {
		a.issue(andrew, byREST())
	}
	a.must(http.MethodGet, "/me", byToken(oldest), "")
	a.issue(andrew, byREST())
	a.refused(http.MethodGet, "/me", byToken(oldest), "", "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	a.must(http.MethodGet, "/me", byToken(second), "")
	if total := a.must(http.MethodGet, "/users/"+andrew+"/auth_tokens?perPage=1", byREST(), "").body["meta"]; total == nil {
		t.Error("no meta")
	} else if difference := cmp.Diff(map[string]any{"pagination": pagination(100, 1, 1, 1, 100)}, total); difference != "" {
		t.Error(difference)
	}
}

// Contract 9.21.
func TestATokenBelongsToItsDeviceWhereTheAppSaysSo(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	token := a.issue(andrew, byREST())
	const laptop, phone = `{"platform":"WEB","deviceId":"laptop"}`, `{"platform":"IOS","deviceId":"phone"}`
	a.must(http.MethodPut, "/me", byToken(token), laptop)
	// Unless told otherwise, a token may serve several devices.
	a.must(http.MethodPut, "/me", byToken(token), phone)
	a.must(http.MethodPut, "/apps/"+appID, byManager(), `{"bindTokensToDevice":true}`)
	a.refused(http.MethodPut, "/me", byToken(token), laptop, "AUTH_ERR_AUTH_TOKEN_NOT_FOUND", 401)
	a.must(http.MethodPut, "/me", byToken(token), phone)
	a.must(http.MethodPut, "/me", byToken(token), `{"statusMessage":"no device named"}`)
	path := "/users/" + andrew + "/auth_tokens/" + token
	a.refused(http.MethodPut, path, byREST(), `{"platform":"WEB"}`, "ERR_AUTHTOKEN_UNAVAILABLE", 409)
	a.must(http.MethodPut, path, byREST(), `{"platform":"IOS","userAgent":"app/2"}`)
	fresh := a.issue(andrew, byREST())
	a.must(http.MethodPut, "/me", byToken(fresh), laptop)
}
